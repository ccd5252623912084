#include "platform/config/memory_trace.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "platform/config/units.hpp"

namespace exysim::config {

namespace {

constexpr size_t kMostMistakes = 20;

struct Word {
    std::string_view text;
    int column;  ///< from 1
};

std::vector<Word> words_of(std::string_view line) {
    std::vector<Word> found;
    for (size_t i = 0; i < line.size() && line[i] != '#';) {
        if (line[i] == ' ' || line[i] == '\t' || line[i] == '\r') {
            ++i;
            continue;
        }
        const size_t end = std::min(line.find_first_of(" \t\r#", i), line.size());
        found.push_back({line.substr(i, end - i), static_cast<int>(i) + 1});
        i = end;
    }
    return found;
}

std::optional<uint64_t> digits(std::string_view text, int base) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

std::optional<uint64_t> whole_number(std::string_view text) {
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    return hex ? digits(text.substr(2), 16) : digits(text, 10);
}

/// Nanoseconds with at most three decimals.
std::optional<Picoseconds> time_of(std::string_view text) {
    const size_t point = std::min(text.find('.'), text.size());
    const auto whole = digits(text.substr(0, point), 10);
    if (!whole || *whole > 1'000'000'000'000'000) return {};
    std::string decimals{point < text.size() ? text.substr(point + 1) : "0"};
    if (decimals.empty() || decimals.size() > 3) return {};
    decimals.resize(3, '0');
    const auto fraction = digits(decimals, 10);
    if (!fraction) return {};
    return *whole * 1000 + *fraction;
}

class TraceReader {
public:
    TraceReader(const std::string& name, const std::string& text, const TraceLimits& limits)
        : source_{std::make_shared<const SourceText>(SourceText{name, text})}, limits_{limits} {}

    std::vector<TraceRequest> read() {
        const std::string_view text = source_->text;
        for (size_t at = 0; at < text.size() && mistakes_.all().size() < kMostMistakes; ++line_) {
            const size_t end = std::min(text.find('\n', at), text.size());
            read_line(text.substr(at, end - at));
            at = end + 1;
        }
        if (mistakes_.empty() && requests_.empty())
            mistakes_.error({source_, 1, 1, 1}, "", "holds no requests");
        mistakes_.throw_if_any();
        return std::move(requests_);
    }

private:
    void read_line(std::string_view line) {
        const std::vector<Word> words = words_of(line);
        if (words.empty()) return;
        if (words.size() < 3)
            return complain(words.back(), "the line ends here, expected: time_ns R|W address [bytes]");
        if (words.size() > 4)
            return complain(words[4], "is one word too many, expected: time_ns R|W address [bytes]");
        const auto time = time_of(words[0].text);
        if (!time) return complain(words[0], "is no time in ns (up to three decimals)");
        if (!requests_.empty() && *time < requests_.back().at)
            return complain(words[0], "is earlier than the request before");
        const std::string_view direction = words[1].text;
        const bool write = direction == "W" || direction == "w";
        if (!write && direction != "R" && direction != "r") return complain(words[1], "is neither R nor W");
        const auto address = whole_number(words[2].text);
        if (!address) return complain(words[2], "is no address (decimal, or hexadecimal with 0x)");
        const uint64_t bytes =
            words.size() == 4 ? whole_number(words[3].text).value_or(0) : limits_.usual_bytes;
        if (bytes == 0 || bytes > limits_.most_bytes)
            return complain(words[3], fmt::format("is no size from 1 to {} bytes", limits_.most_bytes));
        if (*address < limits_.base ||
            *address - limits_.base > limits_.size - std::min(bytes, limits_.size)) {
            return complain(words[2], fmt::format("is outside memory: {} from {:#x} (--base moves it)",
                                                  format_quantity(limits_.size, Unit::bytes), limits_.base));
        }
        requests_.push_back({*time, *address - limits_.base, static_cast<uint32_t>(bytes), write});
    }
    void complain(const Word& word, const std::string& what) {
        mistakes_.error({source_, line_, word.column, static_cast<int>(word.text.size())}, "",
                        fmt::format("'{}' {}", word.text, what));
    }

    std::shared_ptr<const SourceText> source_;
    TraceLimits limits_;
    Diagnostics mistakes_;
    std::vector<TraceRequest> requests_;
    int line_ = 1;
};

}  // namespace

std::vector<TraceRequest> parse_trace(const std::string& name, const std::string& text,
                                      const TraceLimits& limits) {
    return TraceReader{name, text, limits}.read();
}

std::vector<TraceRequest> load_trace(const std::string& file, const TraceLimits& limits) {
    std::ifstream in{file, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in && text.empty())
        throw ConfigError{fmt::format("cannot read '{}': {}", file, std::generic_category().message(errno))};
    return parse_trace(file, text, limits);
}

}  // namespace exysim::config
