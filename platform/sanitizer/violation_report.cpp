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
    if (v.at) text += fmt::format(" (virtual {:#010x})", v.at->value);
    if (v.iova) text += fmt::format(" (device address {:#010x})", v.iova->value);
    if (!v.buffer.empty()) text += fmt::format(" in {}", v.buffer);
    return text;
}

std::string chain_text(const std::vector<uint32_t>& calls, const Describe& describe) {
    std::string text;
    for (const uint32_t call : calls) {
        text += text.empty() ? fmt::format("      at   {}\n", describe(call))
                             : fmt::format("      from {}\n", describe(call - 4));
    }
    return text;
}

std::string before_text(const Actor& before, const Describe& describe) {
    if (before.device.empty() && !before.place) return {};
    std::string text = fmt::format("    before: {} at {}\n", name_of(before), at(before.time));
    if (!before.calls.empty()) return text + chain_text(before.calls, describe);
    if (!before.place) return text;
    return text + chain_text({before.place->pc, before.place->lr}, describe);
}

std::string entry_text(const Entry& e, const Describe& describe) {
    const Violation& v = e.first;
    std::string text =
        fmt::format("{} ({}): {}\n    first: {} at {}, {} bytes from {}; {} times, {} bytes in all\n",
                    info(v.rule).name, v.values_differ ? "values differ" : "rule broken",
                    info(v.rule).meaning, name_of(v.by), at(v.by.time), v.bytes, where(v), e.count, e.bytes);
    if (e.cycles != 0) text += fmt::format("    cost: {} cycles of a core\n", e.cycles);
    text += chain_text(e.calls, describe);
    return text + before_text(v.before, describe);
}

Json chain_json(const std::vector<uint32_t>& calls, const Describe& describe) {
    Json list = Json::array();
    for (const uint32_t call : calls) list.push_back(describe(call - (list.empty() ? 0 : 4)));
    return list;
}

Json actor_json(const Actor& actor, const Describe& describe) {
    if (actor.device.empty() && !actor.place) return nullptr;
    Json json{{"who", name_of(actor)}, {"time_ps", actor.time}};
    if (actor.place) json["at"] = describe(actor.place->pc);
    if (!actor.calls.empty()) json["calls"] = chain_json(actor.calls, describe);
    return json;
}

Json entry_json(const Entry& e, const Describe& describe) {
    const Violation& v = e.first;
    return {{"rule", info(v.rule).name},
            {"meaning", info(v.rule).meaning},
            {"oracle", v.values_differ ? "values differ" : "rule broken"},
            {"count", e.count},
            {"bytes", e.bytes},
            {"cycles", e.cycles},
            {"address", v.address.value},
            {"iova", v.iova ? Json(v.iova->value) : Json()},
            {"virtual", v.at ? Json(v.at->value) : Json()},
            {"buffer", v.buffer},
            {"by", actor_json({v.by.device, v.by.place, v.by.time}, describe)},
            {"calls", chain_json(e.calls, describe)},
            {"before", actor_json(v.before, describe)},
            {"last_ps", e.last}};
}

bool advisory(const Entry& e) { return info(e.first.rule).advisory; }

}  // namespace

std::string violations_text(const ViolationLog& log, const Describe& describe) {
    std::string text;
    for (const Entry& e : log.entries()) {
        if (!advisory(e)) text += entry_text(e, describe);
    }
    return text;
}

std::string verdict_text(const ViolationLog& log) {
    std::string text, advice;
    for (const config::SharingRuleInfo& rule : config::sharing_rules()) {
        const uint64_t count = log.count(rule.rule);
        if (count == 0) continue;
        std::string& list = rule.advisory ? advice : text;
        list += fmt::format("{}{} {}", list.empty() ? "" : ", ", rule.name, count);
    }
    if (text.empty()) text = "clean";
    return advice.empty() ? text : text + "; advised: " + advice;
}

std::string violations_json(const ViolationLog& log, const Describe& describe) {
    Json violations = Json::array(), advisories = Json::array();
    for (const Entry& e : log.entries())
        (advisory(e) ? advisories : violations).push_back(entry_json(e, describe));
    const Json all{{"schema", kSchema}, {"violations", violations}, {"advisories", advisories}};
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace exysim::sanitizer
