#include "platform/observe/measurements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

namespace exysim::observe {

namespace {

constexpr std::string_view kKeyword = "measured ";

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '_' || c == '.' || c == '-';
    });
}

struct Line {
    std::string name;
    Measurement measurement;
};

/// What follows the keyword, or nothing.
std::optional<Line> parse(std::string_view text) {
    const size_t blank = text.find(' ');
    if (blank == std::string_view::npos || !is_name(text.substr(0, blank))) return {};
    Line line{std::string{text.substr(0, blank)}, {}};
    const config::Quantity value = config::parse_measurement(text.substr(blank + 1), line.measurement.unit);
    if (!value.value) return {};
    line.measurement.value = *value.value;
    return line;
}

/// The unit's name in stats.json.
std::string_view unit_name(config::Unit unit) {
    // clang-format off
    constexpr struct { config::Unit unit; std::string_view name; } kNames[] = {
        {config::Unit::count, "1"}, {config::Unit::nanoseconds, "ns"}, {config::Unit::bytes, "bytes"},
        {config::Unit::hertz, "Hz"}, {config::Unit::percent, "%"}, {config::Unit::degrees, "deg"},
        {config::Unit::bandwidth, "bytes/s"},
    };
    // clang-format on
    return std::find_if(std::begin(kNames), std::end(kNames),
                        [&](const auto& row) { return row.unit == unit; })
        ->name;
}

bool meets(const Measurement& m, const config::Expectation& e) {
    const bool bare_zero = e.unit == config::Unit::count && e.bound.value == 0;
    return (m.unit == e.unit || bare_zero) && e.bound.holds(m.value);
}

}  // namespace

void Measurements::read(std::string_view output) {
    while (!output.empty()) {
        const size_t end = output.find('\n');
        read_line(output.substr(0, end));
        if (end == std::string_view::npos) return;
        output.remove_prefix(end + 1);
    }
}

void Measurements::read_line(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with(kKeyword)) return;
    const auto parsed = parse(line.substr(kKeyword.size()));
    if (!parsed || !all_.emplace(parsed->name, parsed->measurement).second) broken_.emplace_back(line);
}

std::vector<Verdict> Measurements::judge(const std::vector<config::Expectation>& expected) const {
    std::vector<Verdict> verdicts;
    for (const config::Expectation& e : expected) {
        const auto found = all_.find(e.name);
        const bool known = found != all_.end();
        verdicts.push_back({"measured." + e.name, e.bound.text,
                            known ? shown(found->second.value, found->second.unit) : "not measured",
                            known && meets(found->second, e)});
    }
    for (const std::string& line : broken_)
        verdicts.push_back({"program output", "measured NAME VALUE [UNIT], each name once", line, false});
    return verdicts;
}

void Measurements::register_in(Statistics& statistics) const {
    for (const auto& [name, m] : all_) {
        statistics.gauge("program." + name, std::string{unit_name(m.unit)},
                         "as the guest's program measured it",
                         [value = m.value] { return static_cast<double>(value); });
    }
}

std::string Measurements::text() const {
    std::string text;
    for (const auto& [name, m] : all_)
        text += fmt::format("  {:<12} {:>12}   {}\n", text.empty() ? "measured" : "", shown(m.value, m.unit),
                            name);
    return text;
}

}  // namespace exysim::observe
