#include <fmt/format.h>

#include <algorithm>

#include "platform/observe/run_facts.hpp"

namespace exysim::observe {

namespace {

/// XML 1.0 allows no other control characters, not even escaped.
bool allowed(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 || c == '\n' || c == '\t';
}

/// What a guest has printed may be any bytes: those that are not ASCII become '?'.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += allowed(c) && static_cast<unsigned char>(c) < 0x7F ? c : '?';
        }
    }
    return out;
}

std::string test_case(const RunFacts& facts, const std::string& name, const std::string& trouble) {
    return fmt::format("  <testcase classname=\"{}\" name=\"{}\" time=\"0\">{}</testcase>\n",
                       escaped(facts.scenario), escaped(name), trouble);
}

std::string trouble_of(const Verdict& v) {
    if (v.met) return "";
    return fmt::format("<failure message=\"expected {}, found {}\"/>", escaped(v.expected), escaped(v.found));
}

/// A run that did not get to its end is wrong whatever it has delivered.
std::string trouble_of_ending(const RunFacts& facts) {
    if (!facts.crash.empty())
        return fmt::format("<error message=\"{}\">{}</error>", escaped(facts.ending), escaped(facts.crash));
    if (facts.good || !all_met(*facts.verdicts)) return "";
    return fmt::format("<failure message=\"{}\"/>", escaped(facts.ending));
}

}  // namespace

std::string junit_xml(const RunFacts& facts) {
    const std::string ending = trouble_of_ending(facts);
    const auto failures = std::count_if(facts.verdicts->begin(), facts.verdicts->end(),
                                        [](const Verdict& v) { return !v.met; }) +
                          ending.starts_with("<failure");
    std::string xml = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"0\">\n",
        escaped(facts.scenario), facts.verdicts->size() + 1, failures, facts.crash.empty() ? 0 : 1);
    for (const Verdict& v : *facts.verdicts) xml += test_case(facts, v.name, trouble_of(v));
    xml += test_case(facts, "the run ends as it should", ending);
    return xml + "</testsuite>\n";
}

}  // namespace exysim::observe
