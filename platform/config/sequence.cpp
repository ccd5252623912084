#include "platform/config/sequence.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "platform/config/clip.hpp"
#include "platform/config/units.hpp"

namespace exysim::config {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMostFiles = 100'000;
constexpr size_t kWidest = 9;  // digits of a %0Nd

/// "a%04d.png" as "a", 4, ".png".
struct NumberPattern {
    std::string before, after;
    size_t digits = 1;

    std::string file(uint64_t number) const {
        return fmt::format("{}{:0{}}{}", before, number, digits, after);
    }
};

NumberPattern parse_number_pattern(const std::string& name) {
    const auto wrong = [&] {
        return ClipProblem{fmt::format("'{}' is not a sequence: expected one %d or %0Nd", name)};
    };
    const size_t percent = name.find('%');
    size_t at = percent + 1;
    NumberPattern pattern{name.substr(0, percent), {}, 1};
    if (at < name.size() && name[at] == '0') {
        const size_t first = ++at;
        while (at < name.size() && name[at] >= '0' && name[at] <= '9') ++at;
        if (at == first || at - first > 1) throw wrong();
        pattern.digits = static_cast<size_t>(name[first] - '0');
    }
    if (at >= name.size() || name[at] != 'd' || pattern.digits == 0 || pattern.digits > kWidest)
        throw wrong();
    pattern.after = name.substr(at + 1);
    if (pattern.after.find('%') != std::string::npos) throw wrong();
    return pattern;
}

bool exists(const std::string& file) {
    std::error_code error;
    return fs::is_regular_file(file, error);
}

std::vector<std::string> numbered(const std::string& name) {
    const NumberPattern pattern = parse_number_pattern(name);
    uint64_t number = exists(pattern.file(0)) ? 0 : 1;
    std::vector<std::string> files;
    while (files.size() < kMostFiles && exists(pattern.file(number))) files.push_back(pattern.file(number++));
    if (files.empty())
        throw ClipProblem{fmt::format("neither '{}' nor '{}' exists", pattern.file(0), pattern.file(1))};
    return files;
}

std::vector<std::string> matching(const std::string& name) {
    const fs::path path{name};
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path{"."};
    const std::string wanted = path.filename().string();
    std::vector<std::string> files;
    std::error_code error;
    for (fs::directory_iterator it{folder, error}, end; !error && it != end; it.increment(error)) {
        const std::string file = it->path().string();
        if (fnmatch(wanted.c_str(), it->path().filename().c_str(), FNM_PERIOD) == 0 && exists(file))
            files.push_back(file);
    }
    if (files.empty()) throw ClipProblem{fmt::format("no file matches '{}'", name)};
    std::sort(files.begin(), files.end());
    return files;
}

std::string trimmed(const std::string& line) {
    const std::string text = line.substr(0, line.find('#'));
    const size_t first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

}  // namespace

bool is_sequence(const std::string& name) { return name.find_first_of("%*?") != std::string::npos; }

std::vector<std::string> sequence_files(const std::string& name) {
    return name.find('%') != std::string::npos ? numbered(name) : matching(name);
}

std::vector<uint64_t> read_frame_times(const std::string& file) {
    std::ifstream in{file};
    if (!in) throw ClipProblem{"cannot be read: " + std::generic_category().message(errno)};
    std::vector<uint64_t> times;
    std::string line;
    for (uint64_t number = 1; std::getline(in, line); ++number) {
        const std::string text = trimmed(line);
        if (text.empty()) continue;
        const Quantity time = parse_quantity(text, Unit::nanoseconds);
        if (!time.value) throw ClipProblem{fmt::format("line {}: {}", number, time.problem)};
        if (!times.empty() && *time.value <= times.back())
            throw ClipProblem{fmt::format("line {}: frames must begin one after the other", number)};
        times.push_back(*time.value);
    }
    if (times.empty()) throw ClipProblem{"holds no frame time"};
    return times;
}

}  // namespace exysim::config
