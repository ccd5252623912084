#include "platform/sanitizer/violation_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace exysim::sanitizer {

namespace {

using Json = nlohmann::ordered_json;
constexpr int kSchema = 1;

std::string name_of(const Actor& actor) {
    if (!actor.device.empty()) return actor.device;
    return actor.place ? fmt::format("core {}", actor.place->core) : "somebody";
}

std::string at(Picoseconds time) { return fmt::format("{:.6f} ms", static_cast<double>(time) * 1e-9); }

std::string where(const Violation& v) {
    std::string text = fmt::format("{:#010x}", v.address.value);
    if (v.iova) text += fmt::format(" (device address {:#010x})", v.iova->value);
    if (!v.buffer.empty()) text += fmt::format(" in {}", v.buffer);
    return text;
}

std::string before_text(const Actor& before, const Describe& describe) {
    if (before.device.empty() && !before.place) return {};
    std::string text = fmt::format("    before: {} at {}\n", name_of(before), at(before.time));
    if (before.place) {
        text += fmt::format("      at   {}\n      from {}\n", describe(before.place->pc),
                            describe(before.place->lr - 4));
    }
    return text;
}

std::string entry_text(const Entry& e, const Describe& describe) {
    const Violation& v = e.first;
    std::string text =
        fmt::format("{} ({}): {}\n    first: {} at {}, {} bytes from {}; {} times, {} bytes in all\n",
                    info(v.rule).name, v.values_differ ? "values differ" : "rule broken",
                    info(v.rule).meaning, name_of(v.by), at(v.by.time), v.bytes, where(v), e.count, e.bytes);
    bool first = true;
    for (const uint32_t call : e.calls) {
        text += fmt::format("      {} {}\n", first ? "at  " : "from", describe(first ? call : call - 4));
        first = false;
    }
    return text + before_text(v.before, describe);
}

Json actor_json(const Actor& actor, const Describe& describe) {
    if (actor.device.empty() && !actor.place) return nullptr;
    Json json{{"who", name_of(actor)}, {"time_ps", actor.time}};
    if (actor.place) json["at"] = describe(actor.place->pc);
    return json;
}

}  // namespace

std::string violations_text(const ViolationLog& log, const Describe& describe) {
    std::string text;
    for (const Entry& e : log.entries()) text += entry_text(e, describe);
    return text;
}

std::string verdict_text(const ViolationLog& log) {
    std::string text;
    for (const config::SharingRuleInfo& rule : config::sharing_rules()) {
        const uint64_t count = log.count(rule.rule);
        if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", rule.name, count);
    }
    return text.empty() ? "clean" : text;
}

std::string violations_json(const ViolationLog& log, const Describe& describe) {
    Json list = Json::array();
    for (const Entry& e : log.entries()) {
        const Violation& v = e.first;
        Json calls = Json::array();
        for (size_t i = 0; i < e.calls.size(); ++i) calls.push_back(describe(e.calls[i] - (i == 0 ? 0 : 4)));
        list.push_back({{"rule", info(v.rule).name},
                        {"meaning", info(v.rule).meaning},
                        {"oracle", v.values_differ ? "values differ" : "rule broken"},
                        {"count", e.count},
                        {"bytes", e.bytes},
                        {"address", v.address.value},
                        {"iova", v.iova ? Json(v.iova->value) : Json()},
                        {"buffer", v.buffer},
                        {"by", actor_json(v.by, describe)},
                        {"calls", calls},
                        {"before", actor_json(v.before, describe)},
                        {"last_ps", e.last}});
    }
    const Json all{{"schema", kSchema}, {"violations", list}};
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace exysim::sanitizer
