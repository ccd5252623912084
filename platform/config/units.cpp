#include "platform/config/units.hpp"

#include <fmt/format.h>

#include <cctype>
#include <vector>

#include "platform/config/nearest.hpp"

namespace exysim::config {

namespace {

struct Suffix {
    Unit unit;
    std::string_view name;
    uint64_t scale;  // base units
};

// clang-format off
constexpr Suffix kSuffixes[] = {  // of each unit the smallest first
    {Unit::bytes, "B", 1},
    {Unit::bytes, "kB", 1'000}, {Unit::bytes, "KiB", 1 << 10},
    {Unit::bytes, "MB", 1'000'000}, {Unit::bytes, "MiB", 1 << 20},
    {Unit::bytes, "GB", 1'000'000'000}, {Unit::bytes, "GiB", 1 << 30},
    {Unit::hertz, "Hz", 1}, {Unit::hertz, "kHz", 1'000},
    {Unit::hertz, "MHz", 1'000'000}, {Unit::hertz, "GHz", 1'000'000'000},
    {Unit::nanoseconds, "ns", 1}, {Unit::nanoseconds, "us", 1'000}, {Unit::nanoseconds, "ms", 1'000'000},
    {Unit::nanoseconds, "s", 1'000'000'000}, {Unit::nanoseconds, "min", 60'000'000'000},
    {Unit::percent, "%", 1},
    {Unit::degrees, "deg", 1},
    {Unit::bandwidth, "B/s", 1},
    {Unit::bandwidth, "kB/s", 1'000}, {Unit::bandwidth, "KiB/s", 1 << 10},
    {Unit::bandwidth, "MB/s", 1'000'000}, {Unit::bandwidth, "MiB/s", 1 << 20},
    {Unit::bandwidth, "GB/s", 1'000'000'000}, {Unit::bandwidth, "GiB/s", 1 << 30},
};
// clang-format on

bool needs_suffix(Unit unit) {
    return unit == Unit::nanoseconds || unit == Unit::percent || unit == Unit::bandwidth;
}

std::vector<std::string> suffixes_of(Unit unit) {
    std::vector<std::string> names;
    for (const Suffix& s : kSuffixes) {
        if (s.unit == unit) names.emplace_back(s.name);
    }
    return names;
}

/// A number as written: `digits` / 10^`decimals`.
struct Number {
    uint64_t digits = 0;
    unsigned decimals = 0;
    bool valid = false;
    bool too_large = false;
};

int digit_value(char c, uint64_t base) {
    const int v = std::isdigit(static_cast<unsigned char>(c)) ? c - '0'
                  : std::isxdigit(static_cast<unsigned char>(c))
                      ? std::tolower(static_cast<unsigned char>(c)) - 'a' + 10
                      : 16;
    return v < static_cast<int>(base) ? v : -1;
}

bool append_digit(Number& n, uint64_t base, int digit) {
    return !__builtin_mul_overflow(n.digits, base, &n.digits) &&
           !__builtin_add_overflow(n.digits, static_cast<uint64_t>(digit), &n.digits);
}

/// Takes the number off the front of `text`.
Number take_number(std::string_view& text) {
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    const uint64_t base = hex ? 16 : 10;
    size_t i = hex ? 2 : 0;
    Number n;
    bool point = false;
    for (; i < text.size(); ++i) {
        if (text[i] == '_' && n.valid) continue;
        if (text[i] == '.' && n.valid && !point && !hex && i + 1 < text.size() &&
            digit_value(text[i + 1], 10) >= 0) {
            point = true;
            continue;
        }
        const int digit = digit_value(text[i], base);
        if (digit < 0) break;
        if (!append_digit(n, base, digit)) n.too_large = true;
        n.decimals += point;
        n.valid = true;
    }
    if (i > 0 && text[i - 1] == '_') n.valid = false;
    text.remove_prefix(i);
    return n;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

Quantity scaled(std::string_view text, const Number& n, const Suffix& suffix) {
    uint64_t value = n.digits;
    bool overflow = n.too_large || __builtin_mul_overflow(value, suffix.scale, &value);
    if (overflow) return {{}, fmt::format("'{}' is too large", text), {}};
    for (unsigned i = 0; i < n.decimals; ++i) {
        if (value % 10 != 0) return {{}, fmt::format("'{}' is not a whole number", text), {}};
        value /= 10;
    }
    return {value, {}, {}};
}

Quantity unknown_suffix(std::string_view text, std::string_view suffix, Unit unit) {
    const std::vector<std::string> known = suffixes_of(unit);
    if (known.empty()) return {{}, fmt::format("'{}' is not a whole number", text), {}};
    return {{},
            fmt::format("'{}' has an unknown unit '{}', expected {}", text, suffix, list_of(known)),
            suggestion(suffix, known)};
}

}  // namespace

Quantity parse_quantity(std::string_view text, Unit unit) {
    std::string_view rest = trimmed(text);
    if (rest.empty()) return {{}, fmt::format("is empty, expected {}", example_of(unit)), {}};
    if (rest.front() == '-') return {{}, fmt::format("'{}' is negative", text), {}};
    const Number number = take_number(rest);
    if (!number.valid) return {{}, fmt::format("'{}' is not {}", text, example_of(unit)), {}};
    rest = trimmed(rest);
    if (rest.empty()) {
        if (needs_suffix(unit) && number.digits != 0) {
            return {{}, fmt::format("'{}' needs a unit: {}", text, list_of(suffixes_of(unit))), {}};
        }
        return scaled(text, number, {unit, "", 1});
    }
    for (const Suffix& suffix : kSuffixes) {
        if (suffix.unit == unit && suffix.name == rest) return scaled(text, number, suffix);
    }
    return unknown_suffix(text, rest, unit);
}

Quantity parse_measurement(std::string_view text, Unit& unit) {
    const Quantity count = parse_quantity(text, Unit::count);
    unit = Unit::count;
    if (count.value) return count;
    constexpr Unit kWithSuffix[] = {Unit::nanoseconds, Unit::bytes,   Unit::hertz,
                                    Unit::percent,     Unit::degrees, Unit::bandwidth};
    for (const Unit candidate : kWithSuffix) {
        const Quantity found = parse_quantity(text, candidate);
        if (!found.value) continue;
        unit = candidate;
        return found;
    }
    return {{}, fmt::format("'{}' is not a whole number with a unit such as 12 us or 4 KiB", text), {}};
}

std::string format_quantity(uint64_t value, Unit unit) {
    const Suffix* best = nullptr;
    for (const Suffix& s : kSuffixes) {
        const bool binary = s.name.find('i') != std::string_view::npos && s.name != "min";
        const bool decimal_bytes = (unit == Unit::bytes || unit == Unit::bandwidth) && !binary && s.scale > 1;
        if (s.unit != unit || s.name == "min" || (value == 0 && best)) continue;
        if (unit == Unit::bytes && decimal_bytes) continue;  // memory sizes are powers of two
        if (unit == Unit::bandwidth && binary) continue;     // transfer rates are powers of ten
        if (value % s.scale == 0) best = &s;
    }
    if (!best) return std::to_string(value);
    return fmt::format("{} {}", value / best->scale, best->name);
}

std::string_view example_of(Unit unit) {
    switch (unit) {
        case Unit::count:
            return "a whole number";
        case Unit::bytes:
            return "a size such as 4 MiB";
        case Unit::hertz:
            return "a frequency such as 24 MHz";
        case Unit::nanoseconds:
            return "a time such as 60 ms";
        case Unit::percent:
            return "a share such as 50 %";
        case Unit::degrees:
            return "an angle such as 90";
        case Unit::bandwidth:
            return "a rate such as 3200 MB/s";
    }
    return "a number";
}

}  // namespace exysim::config
