#include "platform/observe/run_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "platform/config/diagnostics.hpp"
#include "platform/config/nearest.hpp"
#include "platform/config/units.hpp"
#include "platform/observe/expectations.hpp"
#include "platform/observe/report.hpp"

namespace exysim::observe {

namespace {

using config::ConfigError;

nlohmann::json read_json(const std::filesystem::path& file) {
    std::ifstream in{file};
    if (!in) throw ConfigError{fmt::format("{}: cannot be read; is this a results folder?", file.string())};
    try {
        return nlohmann::json::parse(in);
    } catch (const nlohmann::json::exception& e) {
        throw ConfigError{fmt::format("{}: not JSON: {}", file.string(), e.what())};
    }
}

void read_statistics(const std::filesystem::path& file, RunResult& result) {
    const nlohmann::json all = read_json(file);
    try {
        if (all.at("schema") != kStatsSchema) {
            throw ConfigError{fmt::format("{}: schema {} is not one this program knows, expected {}",
                                          file.string(), all.at("schema").dump(), kStatsSchema)};
        }
        result.scenario = all.at("scenario");
        for (const auto& [name, row] : all.at("stats").items())
            result.statistics[name] = {row.at("value"), row.at("unit")};
    } catch (const nlohmann::json::exception& e) {
        throw ConfigError{fmt::format("{}: not statistics of a run: {}", file.string(), e.what())};
    }
}

void read_frames(const std::filesystem::path& file, RunResult& result) {
    std::ifstream in{file};  // a run without a display has none
    for (std::string number, hash; in >> number >> hash;) result.frames[number] = hash;
}

std::string readable(double value, const std::string& unit) {
    if (unit == "ns" && value >= 0) return human_time(static_cast<uint64_t>(value));
    if (unit == "bytes" && value >= 0) return human_bytes(value);
    return fmt::format("{:.10g}{}{}", value, unit == "1" ? "" : " ", unit == "1" ? "" : unit);
}

/// Numbers of a statistic's unit as the user may write them.
config::Unit unit_of(const std::string& unit) {
    if (unit == "ns") return config::Unit::nanoseconds;
    if (unit == "bytes") return config::Unit::bytes;
    return config::Unit::count;
}

std::string trimmed(std::string_view text) {
    const size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return std::string{text.substr(first, text.find_last_not_of(' ') - first + 1)};
}

/// The statistic's name; `pipelines.` may stand before a pipeline's own.
std::string known_name(std::string name, const RunResult& before, const RunResult& after) {
    const auto known = [&](const std::string& n) {
        return before.statistics.count(n) && after.statistics.count(n);
    };
    constexpr std::string_view kGroup = "pipelines.";
    if (!known(name) && name.starts_with(kGroup)) name.erase(0, kGroup.size());
    if (known(name)) return name;
    std::vector<std::string> names;
    for (const auto& [n, value] : before.statistics) names.push_back(n);
    const std::string hint = config::suggestion(name, names);
    throw ConfigError{
        fmt::format("--fail-on: no statistic '{}' in both runs{}{}", name, hint.empty() ? "" : ", ", hint)};
}

/// A percentage may have a fraction; a quantity follows the rules of configuration files.
double parse_amount(std::string text, Limit& limit, const std::string& unit) {
    const bool negative = text.starts_with('-');
    const bool is_signed = negative || text.starts_with('+');
    if (is_signed) text = trimmed(std::string_view{text}.substr(1));
    limit.of = is_signed ? Limit::Of::difference : Limit::Of::value;
    double amount = 0;
    if (text.ends_with('%')) {
        if (!is_signed)
            throw ConfigError{
                fmt::format("--fail-on: '{}': a percentage needs a sign, as in +3 %", limit.text)};
        limit.of = Limit::Of::percent;
        size_t used = 0;
        try {
            amount = std::stod(text, &used);
        } catch (const std::exception&) {
            used = 0;
        }
        if (used == 0 || trimmed(text.substr(used)) != "%")
            throw ConfigError{fmt::format("--fail-on: '{}' is not a percentage", text)};
    } else {
        const config::Quantity q = config::parse_quantity(text, unit_of(unit));
        if (!q.value) throw ConfigError{fmt::format("--fail-on: {}", q.problem)};
        amount = static_cast<double>(*q.value);
    }
    return negative ? -amount : amount;
}

}  // namespace

RunResult read_result(const std::filesystem::path& folder) {
    RunResult result;
    read_statistics(folder / "stats.json", result);
    read_frames(folder / "frames" / "hashes.txt", result);
    return result;
}

double Change::relative() const {
    if (before == 0) return std::copysign(std::numeric_limits<double>::infinity(), delta());
    return delta() / std::fabs(before);
}

std::vector<Change> changes(const RunResult& before, const RunResult& after) {
    std::vector<Change> found;
    for (const auto& [name, was] : before.statistics) {
        const auto now = after.statistics.find(name);
        if (now == after.statistics.end()) {
            found.push_back({name, was.unit, Change::Kind::vanished, was.value, 0});
        } else if (!(now->second == was)) {
            found.push_back({name, was.unit, Change::Kind::moved, was.value, now->second.value});
        }
    }
    for (const auto& [name, now] : after.statistics) {
        if (!before.statistics.count(name))
            found.push_back({name, now.unit, Change::Kind::appeared, 0, now.value});
    }
    const auto size = [](const Change& c) { return std::fabs(c.relative()); };
    std::stable_sort(found.begin(), found.end(),
                     [&](const Change& a, const Change& b) { return size(a) > size(b); });
    return found;
}

std::vector<std::string> changed_frames(const RunResult& before, const RunResult& after) {
    std::set<std::string> numbers;
    for (const auto* run : {&before, &after}) {
        for (const auto& [number, hash] : run->frames) numbers.insert(number);
    }
    const auto same = [&](const std::string& n) {
        const auto a = before.frames.find(n), b = after.frames.find(n);
        return a != before.frames.end() && b != after.frames.end() && a->second == b->second;
    };
    std::vector<std::string> changed;
    std::remove_copy_if(numbers.begin(), numbers.end(), std::back_inserter(changed), same);
    return changed;
}

std::string diff_text(const std::vector<Change>& all, size_t most) {
    std::string text;
    const size_t shown = std::min(all.size(), most);
    for (const Change& c : std::span{all}.first(shown)) {
        std::string move = std::isinf(c.relative()) ? "" : fmt::format("{:+.2f} %", 100 * c.relative());
        if (c.kind != Change::Kind::moved) move = c.kind == Change::Kind::appeared ? "new" : "gone";
        text += fmt::format("  {:<40} {:>14} {:>14} {:>12}\n", c.name, readable(c.before, c.unit),
                            readable(c.after, c.unit), move);
    }
    if (shown < all.size()) text += fmt::format("  and {} more\n", all.size() - shown);
    return text;
}

Limit parse_limit(const std::string& text, const RunResult& before, const RunResult& after) {
    const size_t at = text.find_first_of("<>");
    if (at == std::string::npos) {
        throw ConfigError{
            fmt::format("--fail-on: '{}': expected NAME > AMOUNT, for example "
                        "'preview.latency.p99 > +3 %'",
                        text)};
    }
    Limit limit;
    limit.text = text;
    limit.greater = text[at] == '>';
    limit.or_equal = at + 1 < text.size() && text[at + 1] == '=';
    limit.name = known_name(trimmed(std::string_view{text}.substr(0, at)), before, after);
    const std::string amount = trimmed(std::string_view{text}.substr(at + 1 + limit.or_equal));
    limit.amount = parse_amount(amount, limit, after.statistics.at(limit.name).unit);
    return limit;
}

bool exceeded(const Limit& limit, const RunResult& before, const RunResult& after) {
    const Change c{limit.name, "", Change::Kind::moved, before.statistics.at(limit.name).value,
                   after.statistics.at(limit.name).value};
    double found = c.after;
    if (limit.of == Limit::Of::difference) found = c.delta();
    if (limit.of == Limit::Of::percent) found = c.delta() == 0 ? 0 : 100 * c.relative();
    if (limit.or_equal && found == limit.amount) return true;
    return limit.greater ? found > limit.amount : found < limit.amount;
}

}  // namespace exysim::observe
