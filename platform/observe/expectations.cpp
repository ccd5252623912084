#include "platform/observe/expectations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace exysim::observe {

namespace {

/// Largest difference of any channel.
int farthest(const pictures::Picture& a, const pictures::Picture& b) {
    int most = 0;
    for (size_t i = 0; i < a.rgb.size(); ++i) most = std::max(most, std::abs(a.rgb[i] - b.rgb[i]));
    return most;
}

std::string comparison(const pictures::Picture* delivered, const pictures::Picture& wanted) {
    if (!delivered) return "not delivered";
    if (delivered->width != wanted.width || delivered->height != wanted.height) {
        return fmt::format("{}x{} instead of {}x{}", delivered->width, delivered->height, wanted.width,
                           wanted.height);
    }
    const int most = farthest(*delivered, wanted);
    return most == 0 ? "equal" : fmt::format("differs by up to {} levels", most);
}

}  // namespace

std::vector<Verdict> judge(const config::Expect& expect, const Measured& measured) {
    std::vector<Verdict> verdicts;
    for (const config::Expectation& e : expect.values) {
        const auto found = measured.find(e.name);
        const bool known = found != measured.end();
        verdicts.push_back({e.name, e.bound.text, known ? shown(found->second, e.unit) : "not measured",
                            known && e.bound.holds(found->second)});
    }
    return verdicts;
}

Verdict judge_image(std::string_view list, uint64_t frame, const std::string& file,
                    const pictures::Picture* delivered) {
    const std::string found = comparison(delivered, pictures::read_png(file));
    return {fmt::format("{}.{}", list, frame), file, found, found == "equal"};
}

bool all_met(const std::vector<Verdict>& verdicts) {
    return std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.met; });
}

std::string shown(uint64_t value, config::Unit unit) {
    return unit == config::Unit::nanoseconds ? human_time(value) : config::format_quantity(value, unit);
}

std::string human_time(uint64_t ns) {
    if (ns < 1'000) return fmt::format("{} ns", ns);
    if (ns < 1'000'000) return fmt::format("{:.1f} us", static_cast<double>(ns) / 1e3);
    if (ns < 1'000'000'000) return fmt::format("{:.2f} ms", static_cast<double>(ns) / 1e6);
    return fmt::format("{:.3f} s", static_cast<double>(ns) / 1e9);
}

std::string human_bytes(double bytes) {
    constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    while (bytes >= 1000 && unit + 1 < std::size(kUnits)) {
        bytes /= 1000;
        ++unit;
    }
    return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

}  // namespace exysim::observe
