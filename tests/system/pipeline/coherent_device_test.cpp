// Devices on the accelerator coherency port under the sanitizer, in the hands of the guest program `sharing`
// and of pipelines. Expectations: Cortex-A9 MPCore TRM 2.4 (what passes the port is coherent with the level-1
// caches and goes to level 2), PL310 TRM 3.3.10 (an invalidation by address does not write back); frames are
// those of the same pipeline without the port.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
using Json = nlohmann::json;

namespace {

constexpr const char* kNoMaintenance = "skip_give,skip_take";  // streaming memory changes hands as it is
constexpr const char* kNotTold = "not_coherent";  // the kernel takes the device for one like others
constexpr const char* kDirect = "--set devices.g2d.iommu=false";

/// A camera's buffers that the 2D engine and the display import once and keep mapped; slow enough that every
/// picture of the sensor is shown whatever the port costs.
const std::string kFrames = fmt::format(
    "scenario: coherent_frames\n"
    "platform: {}/configs/platforms/exynos4210_g2d41.yaml\n"
    "run: {{frames: 6}}\n"
    "inputs: {{scene: {{pattern: bars}}}}\n"
    "buffers: {{cam: {{exporter: 'v4l2:fimc0', count: 4, format: NV12, size: 1280x720}}}}\n"
    "pipelines:\n"
    "  - name: preview\n"
    "    source: {{device: fimc0, input: scene, rate: 15, output: cam}}\n"
    "    sink: {{device: mixer0, layer: video, mode: 720p60, api: drm, overlay: gpu}}\n"
    "expect: {{frames_delivered: 6, frames_dropped: 0, sanitizer: clean}}\n",
    EXYSIM_SOURCE_DIR);

/// One routine of the program, with these mistakes, that must end with `expected`: what the sanitizer says.
Json report(const std::string& routine, const std::string& mistakes, const std::string& expected,
            const std::string& options = "--set 'acp=[g2d]'") {
    const std::string text = fmt::format(
        "scenario: coherent\n"
        "platform: {}/configs/platforms/exynos4210.yaml\n"
        "program: {{name: tests/sharing, arguments: [{}], boot: 'dma_test{}'}}\n"
        "run: {{until: 5 s}}\n"
        "expect: {}\n",
        EXYSIM_SOURCE_DIR, routine, mistakes.empty() ? "" : " mistake=" + mistakes, expected);
    // Tests run side by side: each routine with its mistakes has a folder.
    std::string folder = "coherent_" + routine + "_" + mistakes;
    std::replace(folder.begin(), folder.end(), ',', '_');
    const ScenarioRun run = run_text(test_folder(folder), text, "--sanitize --no-timeline " + options);
    INFO(run.output);
    CHECK(run.status == 0);
    return Json::parse(run.text("sanitizer.json"));
}

Json findings(const std::string& routine, const std::string& mistakes, const std::string& expected,
              const std::string& options = "--set 'acp=[g2d]'") {
    return report(routine, mistakes, expected, options).at("violations");
}

/// Bytes that `function` of the kernel maintained though no cache had anything of them.
uint64_t redundant_bytes(const Json& report, const std::string& function) {
    uint64_t bytes = 0;
    for (const Json& one : report.at("advisories")) {
        const std::string calls = one.at("calls").dump();
        if (one.at("rule") != "redundant-maintenance" || calls.find(function) == std::string::npos) continue;
        bytes += one.at("bytes").get<uint64_t>();
    }
    return bytes;
}

}  // namespace

TEST_CASE("coherent device: whatever it shares comes out right and breaks no rule",
          "[system][slow][sanitizer]") {
    for (const char* routine :
         {"small_pieces", "large_pieces", "list", "combined", "heap", "answer", "combined_pointers"}) {
        INFO(routine);
        findings(routine, "", "{measured: {wrong_words: 0}, sanitizer: clean}");
    }
}

TEST_CASE("coherent device: memory that changes hands without maintenance is right, and no rule is broken",
          "[system][slow][sanitizer]") {
    const std::string without = std::string{kNotTold} + "," + kNoMaintenance;
    findings("large_pieces", without, "{measured: {wrong_words: 0}, sanitizer: clean}");
    // The same on the bus is what the rules are for.
    findings("large_pieces", kNoMaintenance, "{sanitizer: [device-reads-stale, cpu-reads-stale]}", "");
}

TEST_CASE("coherent device: maintenance as for others throws away what it has written",
          "[system][slow][sanitizer]") {
    const Json found = findings("large_pieces", kNotTold,
                                "{measured: {wrong_words: '> 0'}, sanitizer: [lost-device-write]}");
    for (const Json& one : found) CHECK(one.at("before").at("who") == "g2d");
}

TEST_CASE("coherent device: a picture changed in place leaves level 2 once", "[system][slow][sanitizer]") {
    constexpr uint64_t kPicture = 64 * 64 * 4;  // twice: a whole round that finds nothing
    const Json said = report("in_place", "", "{measured: {wrong_words: 0}, sanitizer: clean}");
    CHECK(redundant_bytes(said, "G2dList::take_from_device") < kPicture);
}

TEST_CASE("coherent device: who owns memory is as for others", "[system][slow][sanitizer]") {
    const std::string direct = std::string{"--set 'acp=[g2d]' "} + kDirect;
    findings("old_address", "program_uses_old_address", "{sanitizer: [use-after-unmap]}", direct);
    findings("length", "program_maps_too_little", "{sanitizer: [dma-out-of-buffer]}");
    findings("answer", "program_reads_early", "{sanitizer: [cpu-access-while-device-owns]}");
}

TEST_CASE("coherent device: memory that the processor sees past its caches is another type for it",
          "[system][slow][sanitizer]") {
    findings("combined", kNotTold, "{measured: {wrong_words: '> 0'}, sanitizer: [mixed-memory-types]}");
}

TEST_CASE("coherent device: frames for devices that are not come out as without the port",
          "[system][slow][sanitizer]") {
    const auto hashes = [](const std::string& name, const std::string& devices) {
        const ScenarioRun run = run_text(test_folder("coherent_frames_" + name), kFrames,
                                         "--sanitize --no-timeline --set 'acp=" + devices + "'");
        INFO(run.output);
        CHECK(run.status == 0);
        return run.text("frames/hashes.txt");
    };
    const std::string plain = hashes("none", "[]");
    CHECK(hashes("camera", "[fimc0]") == plain);
    CHECK(hashes("engine", "[g2d]") == plain);
    CHECK(hashes("both", "[fimc0, g2d]") == plain);
}
