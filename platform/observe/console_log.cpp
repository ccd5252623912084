#include "platform/observe/console_log.hpp"

#include <string_view>

namespace exysim::observe {

namespace {
/// Linux's words, which our kernel uses too.
bool tells_of_crash(std::string_view line) {
    return line.find("Kernel panic") != std::string_view::npos || line.find("Oops") != std::string_view::npos;
}
}  // namespace

void ConsoleLog::attach(Probe<uint8_t>& transmitted) {
    transmitted.attach([this](uint8_t character) { add(character); });
}

std::string ConsoleLog::last_lines(size_t count) const {
    const size_t end = text_.find_last_not_of("\r\n ") + 1;  // npos + 1 is 0: nothing
    size_t begin = end;
    while (begin > 0 && (text_[begin - 1] != '\n' || --count > 0)) --begin;
    return text_.substr(begin, end - begin);
}

void ConsoleLog::add(uint8_t character) {
    text_.push_back(static_cast<char>(character));
    if (character != '\n') return;
    const std::string_view line = std::string_view{text_}.substr(line_start_);
    line_start_ = text_.size();
    if (crashed_ || !tells_of_crash(line)) return;
    crashed_ = true;
    if (on_crash) on_crash();
}

}  // namespace exysim::observe
