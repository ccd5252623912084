#include "platform/observe/report.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "platform/config/sharing_rule.hpp"
#include "platform/observe/result_schemas.hpp"
#include "platform/observe/run_facts.hpp"

using namespace exysim;
using namespace exysim::observe;

namespace {

/// A run that is not good.
RunFacts facts_of(const std::vector<Verdict>& verdicts, const std::string& ending, const std::string& crash) {
    return {.scenario = "scenario",
            .platform = "platform",
            .mode = "timing",
            .ending = ending,
            .good = false,
            .simulated = 0,
            .verdicts = &verdicts,
            .errors = nullptr,
            .findings = {},
            .crash = crash};
}

}  // namespace

TEST_CASE("report: stats.json holds every statistic with its unit, in name order", "[observe]") {
    Statistics statistics;
    statistics.counter("bus.fimc0.write_bytes", "bytes", "written") += 1382400;
    statistics.gauge("a.ratio", "1", "a ratio", [] { return 0.5; });
    const auto json = nlohmann::json::parse(stats_json("s", statistics));
    CHECK(json["schema"] == 1);
    CHECK(json["scenario"] == "s");
    CHECK(json["stats"]["bus.fimc0.write_bytes"]["value"] == 1382400);
    CHECK(json["stats"]["bus.fimc0.write_bytes"]["value"].is_number_integer());
    CHECK(json["stats"]["bus.fimc0.write_bytes"]["unit"] == "bytes");
    CHECK(json["stats"]["a.ratio"]["value"] == 0.5);
}

TEST_CASE("report: frames become statistics and measured values", "[observe]") {
    FrameTracker tracker;
    Statistics statistics;
    register_frames("preview", tracker, statistics);
    CHECK(measure(tracker, {}, statistics).count("latency.p99") == 0);  // nothing delivered, nothing measured
    const auto identity = [](Iova a) { return std::optional{PhysAddr{a.value}}; };
    tracker.source_started({0, 1'000'000});
    tracker.frame_written({0, 2'000'000, {{Iova{0}, 4096}}}, identity);
    tracker.scanned_out({51'000'000'000, "video", {{Iova{0}, 4096}}}, identity);
    CHECK(statistics.all().at("preview.frames.delivered").value() == 1);
    CHECK(statistics.all().at("preview.latency.p99").value() == 50'999'000);
    statistics.counter("mixer0.underflows", "1", "late") += 2;
    statistics.counter("fimd0.underflows", "1", "late") += 3;
    const Measured measured = measure(tracker, {}, statistics);
    CHECK(measured.at("underflows") == 5);
    CHECK(measured.at("overflows") == 0);
    CHECK(measured.at("frames_delivered") == 1);
    CHECK(measured.at("latency.max") == 50'999'000);
}

TEST_CASE("report: expectations are judged by measured values", "[observe]") {
    using Op = config::Bound::Op;
    config::Expect expect;
    expect.values = {{"frames_delivered", {Op::equal, 60, "60"}},
                     {"latency.p99", {Op::less, 60'000'000, "< 60 ms"}, config::Unit::nanoseconds},
                     {"latency.max", {Op::less, 1, "< 1 ns"}, config::Unit::nanoseconds}};
    const std::vector<Verdict> verdicts =
        judge(expect, {{"frames_delivered", 60}, {"latency.p99", 60'000'000}});
    CHECK(verdicts[0].met);
    CHECK_FALSE(verdicts[1].met);
    CHECK(verdicts[1].found == "60.00 ms");
    CHECK_FALSE(verdicts[2].met);  // what was not measured is not met
    CHECK(verdicts[2].found == "not measured");
    CHECK_FALSE(all_met(verdicts));
    const std::string xml = junit_xml(facts_of(verdicts, "", ""));
    CHECK(xml.find("tests=\"4\" failures=\"2\" errors=\"0\"") != std::string::npos);
    CHECK(xml.find("expected &lt; 60 ms, found 60.00 ms") != std::string::npos);
}

TEST_CASE("report: numbers for people", "[observe]") {
    CHECK(human_time(999) == "999 ns");
    CHECK(human_time(1'500) == "1.5 us");
    CHECK(human_time(48'314'000) == "48.31 ms");
    CHECK(human_time(2'350'000'000) == "2.350 s");
    CHECK(human_bytes(0) == "0 B");
    CHECK(human_bytes(82'944'000) == "82.9 MB");
}

TEST_CASE("report: what the hardware could not do in time is named", "[observe]") {
    Statistics statistics;
    statistics.counter("mixer0.underflows", "1", "frames with a late line") += 3;
    statistics.counter("fimc0.overflows", "1", "frames spoilt");
    Summary summary;
    summary.statistics = &statistics;
    const std::string text = summary_text(summary);
    CHECK(text.find("  trouble      mixer0.underflows 3: frames with a late line\n") != std::string::npos);
    CHECK(text.find("fimc0") == std::string::npos);
}

TEST_CASE("report: build servers see a run that never got to its end, and one whose guest crashed",
          "[observe]") {
    const std::vector<Verdict> met{{"frames_delivered", "6", "6", true}};
    const auto says = [](const std::string& xml, const char* words) {
        return xml.find(words) != std::string::npos;
    };
    RunFacts good = facts_of(met, "done", "");
    good.good = true;
    CHECK(says(junit_xml(good), "tests=\"2\" failures=\"0\" errors=\"0\""));
    const std::string late = junit_xml(facts_of(met, "too late", ""));
    CHECK(says(late, "failures=\"1\" errors=\"0\""));
    CHECK(says(late, "<failure message=\"too late\"/>"));
    const std::string crashed = junit_xml(facts_of(met, "panic", "a <b>\x1b[0m\xff"));
    CHECK(says(crashed, "failures=\"0\" errors=\"1\""));
    CHECK(says(crashed, "<error message=\"panic\">a &lt;b&gt;?[0m?</error>"));
}

TEST_CASE("report: the schema of sanitizer.json knows every rule and no other", "[observe][sanitizer]") {
    const auto schemas = result_schemas();
    const auto schema = std::find_if(schemas.begin(), schemas.end(),
                                     [](const ResultSchema& s) { return s.name == "sanitizer"; });
    REQUIRE(schema != schemas.end());
    const auto known =
        nlohmann::json::parse(schema->text).at("/definitions/finding/properties/rule/enum"_json_pointer);
    auto rules = nlohmann::json::array();
    for (const config::SharingRuleInfo& rule : config::sharing_rules()) rules.push_back(rule.name);
    CHECK(known == rules);
}
