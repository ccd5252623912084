// Scenarios that run a program on the built-in kernel: the shipped ones, and what a program can do wrong.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;

namespace {

ScenarioRun run_shipped(const std::string& name) {
    ScenarioRun run;
    run.directory = test_folder(name) / "out";
    run.status = run_command(fmt::format("'{}' run '{}/configs/scenarios/{}.yaml' --out '{}'", EXYSIM_PROGRAM,
                                         EXYSIM_SOURCE_DIR, name, run.directory.string()),
                             run.output);
    return run;
}

void require_success(const ScenarioRun& run) {
    INFO(run.output);
    INFO(run.text("program.log"));
    REQUIRE(run.status == 0);
}

std::string with_costs(const std::string& expectation) {
    return fmt::format(
        "scenario: costs\nplatform: {}/configs/platforms/exynos4210.yaml\n"
        "program: {{name: tests/vmalloc_window, boot: dma_test}}\nexpect: {{measured: {{{}}}}}\n",
        EXYSIM_SOURCE_DIR, expectation);
}

}  // namespace

TEST_CASE("memory_kinds: what each kind of memory costs, in mode timing", "[system][program]") {
    const ScenarioRun run = run_shipped("memory_kinds");
    require_success(run);
    CHECK(run.statistic("program.coherent.write") > run.statistic("program.writecombine.write"));
    CHECK(run.output.find("cached.allocate") != std::string::npos);
}

TEST_CASE("cma_pressure: pages move out of the way with their contents", "[system][program]") {
    const ScenarioRun run = run_shipped("cma_pressure");
    require_success(run);
    CHECK(run.statistic("program.migration_time") < run.statistic("program.allocation_time"));
}

TEST_CASE("vmalloc_window: the old window fails at 2 MiB, areas do not", "[system][program]") {
    require_success(run_shipped("vmalloc_window"));
    require_success(run_shipped("vmalloc_areas"));
}

TEST_CASE("producer_consumer: a process shows what another one captures", "[system][program]") {
    const ScenarioRun run = run_shipped("producer_consumer");
    require_success(run);
    CHECK(run.statistic("bus.fimc0.write_bytes") >= 30 * 1280 * 720 * 1.5);
}

TEST_CASE("a program's measurement that misses its bound fails the run", "[system][program]") {
    const fs::path folder = test_folder("program_bound");
    const ScenarioRun missed = run_text(folder, with_costs("largest_allocation: < 1 MiB"));
    CHECK(missed.status == 1);
    CHECK(missed.output.find("FAILED  measured.largest_allocation") != std::string::npos);
    CHECK(run_text(folder, with_costs("largest_alocation: 16 MiB")).output.find("not measured") !=
          std::string::npos);
}

TEST_CASE("a program that fails, or is not there, fails the run", "[system][program]") {
    const fs::path folder = test_folder("program_fails");
    const ScenarioRun failed =
        run_text(folder, with_costs(""), "--set program.boot=quiet");  // without dma_test there is no device
    CHECK(failed.status == 1);
    CHECK(failed.output.find("guest status") != std::string::npos);
    CHECK(run_text(folder, with_costs(""), "--set program.name=tests/nothing").status == 2);
}
