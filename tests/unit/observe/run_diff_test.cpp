#include "platform/observe/run_diff.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "platform/config/diagnostics.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace exysim::observe;
using exysim::config::ConfigError;

namespace {

RunResult run(double p99, double bytes) {
    return {"s",
            {{"preview.latency.p99", {p99, "ns"}}, {"bus.cpu.read_bytes", {bytes, "bytes"}}},
            {{"000", "aa"}, {"001", "bb"}}};
}

bool fails(const std::string& limit, const RunResult& a, const RunResult& b) {
    return exceeded(parse_limit(limit, a, b), a, b);
}

}  // namespace

TEST_CASE("diff: equal runs have no changes", "[observe]") {
    CHECK(changes(run(50e6, 10), run(50e6, 10)).empty());
    CHECK(changed_frames(run(1, 1), run(1, 1)).empty());
}

TEST_CASE("diff: the largest relative change comes first, also one from zero", "[observe]") {
    const auto found = changes(run(50e6, 0), run(51e6, 8));
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "bus.cpu.read_bytes");
    CHECK(std::isinf(found[0].relative()));
    CHECK(found[1].relative() == Approx(0.02));
    CHECK(diff_text(found, 1).find("and 1 more") != std::string::npos);
}

TEST_CASE("diff: a statistic or frame that only one run has is a change", "[observe]") {
    RunResult after = run(50e6, 10);
    after.statistics.erase("bus.cpu.read_bytes");
    after.statistics["new.one"] = {3, "1"};
    after.frames.insert_or_assign("001", "cc");
    after.frames.insert_or_assign("002", "dd");
    const auto found = changes(run(50e6, 10), after);
    REQUIRE(found.size() == 2);
    CHECK(changed_frames(run(50e6, 10), after) == std::vector<std::string>{"001", "002"});
    CHECK_THROWS_AS(parse_limit("new.one > 3", run(50e6, 10), after), ConfigError);
}

TEST_CASE("diff: a frame that takes longer is explained by the stages that do", "[observe]") {
    const auto frame = [](double readout, double vsync, double driver) {
        return RunResult{"s",
                         {{"tv.spans.readout.mean", {readout, "ns"}},
                          {"tv.spans.vsync.mean", {vsync, "ns"}},
                          {"tv.spans.driver.mean", {driver, "ns"}}},
                         {}};
    };
    CHECK(reasons_text(frame(30e6, 2e6, 1e6), frame(30e6, 2e6, 1e6)).empty());
    CHECK(reasons_text(frame(30e6, 2e6, 1e6), frame(30e6, 7e6, 0.5e6)) ==
          "  a frame of tv: 37.50 ms, was 33.00 ms (+4.50 ms): waiting for vsync +5.00 ms, drivers -500.0 "
          "us\n");
}

TEST_CASE("diff: bursts that take longer are explained by what they wait for", "[observe]") {
    const auto bursts = [](double count, double memory, double port) {
        return RunResult{"s",
                         {{"bus.g2d.read.bursts", {count, "1"}},
                          {"bus.g2d.read.in_memory", {memory, "ns"}},
                          {"bus.g2d.read.stall_arbitration", {port, "ns"}},
                          {"bus.g2d.read.latency_sum", {memory + port, "ns"}}},
                         {}};
    };
    // Twice as many, each waiting 400 ns longer for the port.
    CHECK(reasons_text(bursts(10, 1000, 0), bursts(20, 2000, 8000)) ==
          "  a burst of g2d.read: 500 ns, was 100 ns (+400 ns): memory's port +400 ns\n");
}

TEST_CASE("diff: limits speak of percent, differences and values", "[observe]") {
    const RunResult before = run(50e6, 100), slower = run(52e6, 90);
    CHECK(fails("preview.latency.p99 > +3 %", before, slower));
    CHECK_FALSE(fails("preview.latency.p99 > +4 %", before, slower));
    CHECK(fails("preview.latency.p99 >= +4 %", before, slower));
    CHECK(fails("preview.latency.p99 > +1 ms", before, slower));
    CHECK_FALSE(fails("preview.latency.p99 > +2 ms", before, slower));
    CHECK(fails("pipelines.preview.latency.p99>51ms", before, slower));
    CHECK(fails("bus.cpu.read_bytes < -9.5 %", before, slower));
    CHECK_FALSE(fails("bus.cpu.read_bytes < -10 %", before, slower));
}

TEST_CASE("diff: bad limits are refused with a hint", "[observe]") {
    const RunResult r = run(1, 1);
    const auto problem = [&](const std::string& text) -> std::string {
        try {
            parse_limit(text, r, r);
        } catch (const ConfigError& e) {
            return e.what();
        }
        return {};
    };
    CHECK(problem("preview.latency.p98 > +3 %").find("did you mean 'preview.latency.p99'") !=
          std::string::npos);
    CHECK(problem("preview.latency.p99").find("expected NAME > AMOUNT") != std::string::npos);
    CHECK(problem("preview.latency.p99 > 3 %").find("needs a sign") != std::string::npos);
    CHECK(problem("preview.latency.p99 > +3x %").find("not a percentage") != std::string::npos);
    CHECK(problem("preview.latency.p99 > +3 lightyears").find("unit") != std::string::npos);
}

TEST_CASE("diff: a folder that holds no results is refused", "[observe]") {
    const exysim::test::TemporaryFolder folder;
    CHECK_THROWS_AS(read_result(folder.path), ConfigError);
    std::ofstream{folder.path / "stats.json"} << "{\"schema\": 99, \"scenario\": \"s\", \"stats\": {}}";
    CHECK_THROWS_AS(read_result(folder.path), ConfigError);
    std::ofstream{folder.path / "stats.json"} << "{";
    CHECK_THROWS_AS(read_result(folder.path), ConfigError);
    std::ofstream{folder.path / "stats.json"}
        << R"({"schema": 1, "scenario": "s", "stats": {"a.b": {"value": 2.5, "unit": "1"}}})";
    CHECK(read_result(folder.path).statistics.at("a.b").value == 2.5);
}
