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
    std::string& line = open_.emplace_back();
    transmitted.attach([this, &line](uint8_t character) { add(line, character); });
}

std::string ConsoleLog::text() const {
    std::string all = text_;
    for (const std::string& line : open_) all += line;
    return all;
}

std::string ConsoleLog::last_lines(size_t count) const {
    const std::string all = text();
    const size_t end = all.find_last_not_of("\r\n ") + 1;  // npos + 1 is 0: nothing
    size_t begin = end;
    while (begin > 0 && (all[begin - 1] != '\n' || --count > 0)) --begin;
    return all.substr(begin, end - begin);
}

void ConsoleLog::add(std::string& line, uint8_t character) {
    line.push_back(static_cast<char>(character));
    if (character != '\n') return;
    text_ += line;
    const bool crash = !crashed_ && tells_of_crash(line);
    line.clear();
    if (!crash) return;
    crashed_ = true;
    if (on_crash) on_crash();
}

}  // namespace exysim::observe
