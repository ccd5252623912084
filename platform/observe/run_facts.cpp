#include "platform/observe/run_facts.hpp"

#include <nlohmann/json.hpp>

namespace exysim::observe {

namespace {

constexpr int kRunSchema = 1;
using Json = nlohmann::ordered_json;

Json verdicts_of(const RunFacts& facts) {
    Json list = Json::array();
    for (const Verdict& v : *facts.verdicts)
        list.push_back({{"name", v.name}, {"expected", v.expected}, {"found", v.found}, {"met", v.met}});
    return list;
}

Json errors_of(const RunFacts& facts) {
    Json list = Json::array();
    for (const GuestErrors::Entry& entry : facts.errors->entries()) {
        const GuestError& e = entry.first;
        list.push_back({{"instance", e.instance},
                        {"register", e.reg},
                        {"offset", e.offset},
                        {"what", e.what},
                        {"value", e.value},
                        {"time_ps", e.time},
                        {"pc", e.pc},
                        {"count", entry.count}});
    }
    return list;
}

Json findings_of(const RunFacts& facts) {
    Json list = Json::array();
    for (const Finding& f : facts.findings)
        list.push_back({{"what", f.what}, {"cause", f.cause}, {"sentence", f.sentence}});
    return list;
}

}  // namespace

std::string run_json(const RunFacts& facts) {
    const Json all{{"schema", kRunSchema},
                   {"scenario", facts.scenario},
                   {"platform", facts.platform},
                   {"mode", facts.mode},
                   {"ending", facts.ending},
                   {"good", facts.good},
                   {"simulated_ps", facts.simulated},
                   {"verdicts", verdicts_of(facts)},
                   {"guest_errors", errors_of(facts)},
                   {"findings", findings_of(facts)},
                   {"crash", facts.crash}};
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace exysim::observe
