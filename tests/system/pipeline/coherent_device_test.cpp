// The 2D engine on the accelerator coherency port under the sanitizer, in the hands of the guest program
// `sharing`. Expectations: Cortex-A9 MPCore TRM 2.4 (what passes the port is coherent with the level-1 caches
// and goes to level 2), PL310 TRM 3.3.10 (an invalidation by address does not write back).
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
using Json = nlohmann::json;

namespace {

constexpr const char* kNoMaintenance = "skip_give,skip_take";  // streaming memory changes hands as it is
constexpr const char* kDirect = "--set devices.g2d.iommu=false";

/// One routine of the program, with these mistakes, that must end with `expected`.
Json findings(const std::string& routine, const std::string& mistakes, const std::string& expected,
              const std::string& options = "--set 'acp=[g2d]'") {
    const std::string text = fmt::format(
        "scenario: coherent\n"
        "platform: {}/configs/platforms/exynos4210.yaml\n"
        "program: {{name: tests/sharing, arguments: [{}], boot: 'dma_test{}'}}\n"
        "run: {{until: 5 s}}\n"
        "expect: {}\n",
        EXYSIM_SOURCE_DIR, routine, mistakes.empty() ? "" : " mistake=" + mistakes, expected);
    // Tests run side by side: a routine with and without mistakes is two of them.
    const std::string folder = "coherent_" + routine + (mistakes.empty() ? "_as_it_is" : "_with_mistakes");
    const ScenarioRun run = run_text(test_folder(folder), text, "--sanitize --no-timeline " + options);
    INFO(run.output);
    CHECK(run.status == 0);
    return Json::parse(run.text("sanitizer.json")).at("violations");
}

}  // namespace

TEST_CASE("coherent device: memory that changes hands without maintenance is right, and no rule is broken",
          "[system][slow][sanitizer]") {
    findings("large_pieces", kNoMaintenance, "{measured: {wrong_words: 0}, sanitizer: clean}");
    // The same on the bus is what the rules are for.
    findings("large_pieces", kNoMaintenance, "{sanitizer: [device-reads-stale, cpu-reads-stale]}", "");
}

TEST_CASE("coherent device: maintenance as for others throws away what it has written",
          "[system][slow][sanitizer]") {
    const Json found =
        findings("large_pieces", "", "{measured: {wrong_words: '> 0'}, sanitizer: [lost-device-write]}");
    for (const Json& one : found) CHECK(one.at("before").at("who") == "g2d");
}

TEST_CASE("coherent device: who owns memory is as for others", "[system][slow][sanitizer]") {
    const std::string with = std::string{kNoMaintenance} + ",";
    const std::string direct = std::string{"--set 'acp=[g2d]' "} + kDirect;
    findings("old_address", with + "program_uses_old_address", "{sanitizer: [use-after-unmap]}", direct);
    findings("length", with + "program_maps_too_little", "{sanitizer: [dma-out-of-buffer]}");
    findings("answer", with + "program_reads_early", "{sanitizer: [cpu-access-while-device-owns]}");
}

TEST_CASE("coherent device: memory that the processor sees past its caches is another type for it",
          "[system][slow][sanitizer]") {
    findings("combined", "", "{measured: {wrong_words: '> 0'}, sanitizer: [mixed-memory-types]}");
}
