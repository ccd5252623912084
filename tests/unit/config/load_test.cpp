// Every kind of bad input, with the whole message: file, line, column, caret, suggestion.
#include "platform/config/load.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace exysim::config;

namespace {

const char* const kMachine =
    "name: board\n"
    "devices:\n"
    "  fimc0:\n"
    "  mixer0:\n";

const char* const kScenario =
    "scenario: s\n"
    "platform: p.yaml\n"
    "run: {frames: 60}\n"
    "inputs:\n"
    "  clip: {pattern: bars}\n"
    "buffers:\n"
    "  cam: {exporter: v4l2:fimc0, count: 4, format: NV12, size: 1280x720}\n"
    "pipelines:\n"
    "  - name: preview\n"
    "    source: {device: fimc0, input: clip, rate: 30, output: cam}\n"
    "    sink: {device: mixer0, layer: video, mode: 720p60}\n";

/// A folder with a scenario and a platform; the working directory while it lives.
struct Folder {
    std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::path here = "/tmp/exysim_load_test." + std::to_string(getpid());
    Folder() {
        std::filesystem::create_directories(here);
        std::filesystem::current_path(here);
        write("p.yaml", kMachine);
        write("s.yaml", kScenario);
    }
    ~Folder() {
        std::filesystem::current_path(before);
        std::filesystem::remove_all(here);
    }
    static void write(const std::string& name, const std::string& text) {
        std::ofstream{name, std::ios::binary} << text;
    }
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

/// The message for the scenario with `from` replaced by `to`.
std::string scenario_error(const std::string& from, const std::string& to,
                           const std::vector<std::string>& sets = {}) {
    const Folder folder;
    Folder::write("s.yaml", replaced(kScenario, from, to));
    try {
        load_scenario("s.yaml", sets);
    } catch (const ConfigError& e) {
        return e.what();
    }
    return "none";
}

std::string platform_error(const std::string& from, const std::string& to) {
    const Folder folder;
    Folder::write("p.yaml", replaced(kMachine, from, to));
    try {
        load_scenario("s.yaml", {});
    } catch (const ConfigError& e) {
        return e.what();
    }
    return "none";
}

bool starts(const std::string& text, const std::string& with) {
    INFO(text);
    CHECK(text.substr(0, with.size()) == with);
    return text.starts_with(with);
}

}  // namespace

TEST_CASE("load: a good scenario gives its values and defaults", "[config]") {
    const Folder folder;
    const Loaded loaded = load_scenario("s.yaml", {"run.frames=10", "cpu.clock=800 MHz"});
    REQUIRE(loaded.scenario);
    CHECK(loaded.scenario->run.frames == 10);
    CHECK(loaded.platform.cpu.clock_hz == 800'000'000);
    CHECK(loaded.scenario->buffers[0].bytes == 1280 * 720 * 3 / 2);
    CHECK(loaded.scenario->bound_ns() == 11'000'000'000);  // 3 x 10 / 30 s + 10 s
    CHECK(loaded.platform.device("mixer0")->iommu);
    CHECK(loaded.files.size() == 2);
}

TEST_CASE("load: the shipped configurations are good", "[config]") {
    CHECK_NOTHROW(load_scenario(CONFIGS_DIR "/scenarios/camera_to_tv.yaml", {}));
    CHECK_NOTHROW(load_any(CONFIGS_DIR "/platforms/exynos4210.yaml", {}));
}

TEST_CASE("load: an unknown key is shown with a caret and a suggestion", "[config]") {
    CHECK(scenario_error("frames: 60", "fraems: 60") ==
          "s.yaml:3:7: run.fraems: unknown key\n"
          "     3 | run: {fraems: 60}\n"
          "       |       ^~~~~~\n"
          "         did you mean 'frames'?");
    CHECK(platform_error("name: board", "name: board\ncpus: 2") ==
          "p.yaml:2:1: cpus: unknown key\n"
          "     2 | cpus: 2\n"
          "       | ^~~~\n"
          "         did you mean 'cpu'?");
}

TEST_CASE("load: all mistakes of all files come at once, in order", "[config]") {
    const Folder folder;
    Folder::write("s.yaml",
                  replaced(replaced(kScenario, "rate: 30", "rate: 1 kHz"), "frames: 60", "frames: 12x"));
    Folder::write("p.yaml", replaced(kMachine, "fimc0:", "fimc0: {iommu: yes}"));
    try {
        load_scenario("s.yaml", {});
        FAIL("no error");
    } catch (const ConfigError& e) {
        REQUIRE(e.diagnostics().size() == 3);
        starts(e.diagnostics()[0].text(), "s.yaml:3:15: run.frames: '12x' is not a whole number");
        starts(e.diagnostics()[1].text(),
               "s.yaml:10:48: pipelines.0.source.rate: '1 kHz' is not a whole number");
        starts(e.diagnostics()[2].text(),
               "p.yaml:3:18: devices.fimc0.iommu: 'yes' is neither true nor false");
    }
}

TEST_CASE("load: wrong types and duplicate keys", "[config]") {
    starts(scenario_error("run: {frames: 60}", "run: 60"),
           "s.yaml:3:6: run: is a single value, expected a mapping");
    starts(scenario_error("frames: 60", "frames: [60]"),
           "s.yaml:3:15: run.frames: is a list, expected a whole number");
    starts(scenario_error("frames: 60", "frames: '60'"),
           "s.yaml:3:15: run.frames: is text, expected a whole number");
    starts(scenario_error("frames: 60", "frames: 60, frames: 61"),
           "s.yaml:3:19: run.frames: is given twice, first in line 3");
    starts(scenario_error("run: {frames: 60}", "scenario: t"),
           "s.yaml:3:1: scenario: is given twice, first in line 1");
    starts(scenario_error("frames: 60", "frames: 0"),
           "s.yaml:3:15: run.frames: 0 is out of range, expected 1 to 1000000");
}

TEST_CASE("load: names must lead somewhere", "[config]") {
    starts(scenario_error("input: clip", "input: clop"),
           "s.yaml:10:36: pipelines.0.source.input: no input called 'clop', there are clip");
    starts(scenario_error("output: cam", "output: can"),
           "s.yaml:10:60: pipelines.0.source.output: no buffer set called 'can', there are cam");
    starts(scenario_error("device: fimc0", "device: fimc1"),
           "s.yaml:10:22: pipelines.0.source.device: no device called 'fimc1', there are fimc0");
    starts(
        scenario_error("v4l2:fimc0", "v4l2:fimc9"),
        "s.yaml:7:19: buffers.cam.exporter: no exporter called 'v4l2:fimc9', there are process, v4l2:fimc0");
    starts(platform_error("  mixer0:\n", ""),
           "s.yaml:11:20: pipelines.0.sink.device: no device called 'mixer0'");
    starts(platform_error("mixer0:", "mixer1:"),
           "p.yaml:4:3: devices.mixer1: no such device, known are fimc0, fimc1, fimc2, fimc3, fimc_lite0, "
           "fimc_lite1, "
           "sensor_b, csis0, "
           "csis1, mixer0, fimd0, g2d, simctl");
    starts(platform_error("  mixer0:\n", "  mixer0:\n  fimc_lite0:\n"),
           "p.yaml:5:3: devices.fimc_lite0: an exynos4210 has no FIMC-LITE");
    starts(scenario_error("p.yaml", "q.yaml"),
           "s.yaml:2:11: cannot read 'q.yaml': No such file or directory");
}

TEST_CASE("load: formats, sizes and modes that cannot be", "[config]") {
    const std::string format = scenario_error("NV12", "NV16");
    starts(format,
           "s.yaml:7:49: buffers.cam.format: unknown format 'NV16', known are NV12, NV21, NM12, YUYV");
    CHECK(format.find("did you mean 'NV12'?") != std::string::npos);
    starts(scenario_error("NV12", "YUYV"),
           "s.yaml:11:20: pipelines.0.sink.device: mixer0 does not read YUYV (buffers.cam), only NV12, NV21");
    starts(scenario_error("1280x720", "1283x720"),
           "s.yaml:7:61: buffers.cam.size: 1283x720 is not possible: NV12 needs");
    starts(scenario_error("1280x720", "4096x2160"),
           "s.yaml:7:61: buffers.cam.size: 4096x2160 is not possible");
    starts(scenario_error("1280x720", "1280"),
           "s.yaml:7:61: buffers.cam.size: '1280' is not a size such as 1280x720");
    CHECK(scenario_error("1280x720", "720x480") == "none");  // the video layer scales
    starts(
        scenario_error("1280x720", "64x64"),
        "s.yaml:11:48: pipelines.0.sink.mode: 720p60 shows 1280x720, but buffers.cam holds 64x64; the video "
        "layer scales by 16 at most");
    starts(scenario_error("720p60", "720p59"),
           "s.yaml:11:48: pipelines.0.sink.mode: no display mode called '720p59'");
    starts(scenario_error("layer: video", "layer: vido"),
           "s.yaml:11:35: pipelines.0.sink.layer: mixer0 has no layer 'vido', expected video");
    starts(scenario_error("mode: 720p60", "mode: 720p60, api: dmr"),
           "s.yaml:11:61: pipelines.0.sink.api: unknown api 'dmr', expected v4l2, drm");
    starts(scenario_error("mode: 720p60", "mode: 720p60, overlay: gpu"),
           "s.yaml:11:65: pipelines.0.sink.overlay: an overlay needs api: drm");
    starts(scenario_error("size: 1280x720", "size: 1280x720, bytes: 1 MiB"),
           "s.yaml:7:78: buffers.cam.bytes: 1048576 bytes are too few: NV12 of 1280x720 needs 1382400");
    starts(scenario_error("count: 4", "count: 2"),
           "s.yaml:7:38: buffers.cam.count: 2 are too few, expected at least 3: fimc0 captures only while it "
           "has 2, and mixer0 keeps the one it shows");
    CHECK(scenario_error("count: 4", "count: 3") == "none");
}

TEST_CASE("load: memory of the process, and cached buffers", "[config]") {
    const std::string exporter = "exporter: v4l2:fimc0", process = "exporter: process";
    CHECK(scenario_error(exporter, process) == "none");
    CHECK(scenario_error(exporter, exporter + ", mapping: cached") == "none");
    const auto says = [](const std::string& error, const char* what) {
        INFO(error);
        CHECK(error.find(what) != std::string::npos);
    };
    says(scenario_error(exporter, process, {"pipelines.0.sink.api=drm"}),
         "pipelines.0.source.output: buffers.cam are the process's own: they need api: v4l2 at the sink");
    says(scenario_error(exporter, process, {"buffers.cam.format=NM12"}),
         "NM12 has two pieces of memory a picture");
    says(scenario_error("    sink:", "    stages: [{device: cpu, op: invert}]\n    sink:",
                        {"buffers.cam.exporter=process"}),
         "stages take dma-bufs");
    says(scenario_error(exporter, process + ", mapping: cached"),
         "buffers.cam.mapping: process knows no cached buffers, V4L2's exporters do");
    starts(scenario_error(exporter, exporter + ", mapping: device"),
           "s.yaml:7:40: buffers.cam.mapping: unknown mapping 'device', expected writecombine, cached");
}

TEST_CASE("load: input files are looked at before the machine is built", "[config]") {
    starts(scenario_error("pattern: bars", "file: no.y4m"),
           "s.yaml:5:16: inputs.clip.file: no such file 'no.y4m'");
    starts(scenario_error("pattern: bars", "file: p.yaml"),
           "s.yaml:5:16: inputs.clip.file: p.yaml: is neither a Y4M nor a PNG file");
    starts(scenario_error("pattern: bars", "pattern: zonplate"),
           "s.yaml:5:19: inputs.clip.pattern: unknown pattern 'zonplate', expected bars, zoneplate");
    starts(scenario_error("pattern: bars", "at_end: hold"),
           "s.yaml:5:3: inputs.clip: expected one of 'pattern' and 'file'");
}

TEST_CASE("load: what the sanitizer must find is a list of rules, on a machine with caches", "[config]") {
    starts(scenario_error("buffers:", "expect: {sanitizer: [stale-iotbl]}\nbuffers:", {"mode=timing"}),
           "s.yaml:6:22: expect.sanitizer: unknown rule 'stale-iotbl'");
    starts(scenario_error("buffers:", "expect: {sanitizer: clear}\nbuffers:", {"mode=timing"}),
           "s.yaml:6:21: expect.sanitizer: unknown result 'clear'");
    starts(scenario_error("buffers:", "expect: {sanitizer: clean}\nbuffers:"),
           "s.yaml:6:21: expect.sanitizer: the sanitizer is not available in mode 'fast'");
}

TEST_CASE("load: a stage names who works, what it does and where pictures go", "[config]") {
    const auto stage = [](const std::string& s) {
        return scenario_error("    sink:", "    stages: [" + s + "]\n    sink:");
    };
    starts(stage("{device: cpu, op: blur}"),
           "s.yaml:11:32: pipelines.0.stages.0.op: unknown op 'blur', expected scale, rotate, flip, inset, "
           "invert, histogram");
    starts(stage("{device: cpu, op: scale}"),
           "s.yaml:11:32: pipelines.0.stages.0.op: cpu has no operation 'scale', expected invert, histogram");
    starts(stage("{device: cpu, op: invert, output: cam}"),
           "s.yaml:11:14: pipelines.0.stages.0.output: the cpu works in place, without an output");
    starts(stage("{device: fimc0, op: rotate, output: nothing}"),
           "s.yaml:11:50: pipelines.0.stages.0.output: no buffer set called 'nothing'");
    starts(stage("{device: fimc0, op: scale}"),
           "s.yaml:11:14: pipelines.0.stages.0.output: fimc0 needs an output, a name under buffers");
    starts(stage("{device: fimc0, op: rotate, output: cam, angle: 100}"),
           "s.yaml:11:62: pipelines.0.stages.0.angle: 100 degrees are not possible, expected 90, 180 or 270");
}

TEST_CASE("load: an inset has a second camera with a sensor and an interface of its own, inside the picture",
          "[config]") {
    const auto inset = [](const std::string& more, const std::string& sensor = ", sensor: yuv_b") {
        const Folder folder;
        std::string text = replaced(
            kScenario, "    sink:", "    stages: [{device: g2d, op: inset, " + more + "}]\n    sink:");
        text = replaced(text, "buffers:",
                        "  driver: {pattern: bars" + sensor +
                            "}\nbuffers:\n  small: {exporter: v4l2:fimc1, format: NV12, "
                            "size: 640x360}");
        Folder::write("s.yaml", text);
        try {
            load_scenario("s.yaml", {"devices.g2d.version=4.1", "devices.fimc1.iommu=true",
                                     "devices.sensor_b.iommu=true"});
        } catch (const ConfigError& e) {
            return std::string{e.what()};
        }
        return std::string{"none"};
    };
    const auto says = [](const std::string& message, const char* part) {
        INFO(message);
        CHECK(message.find(part) != std::string::npos);
    };
    const std::string source = "source: {device: fimc1, input: driver, output: small}";
    CHECK(inset("left: 920, top: 500, size: 320x180, " + source) == "none");
    says(inset("size: 320x180"), "pipelines.0.stages.0.source: inset needs a second camera");
    says(inset(source), "pipelines.0.stages.0.size: 0x0 at 0,0 is not possible");
    says(inset("left: 961, size: 320x180, " + source), "expected even numbers inside 1280x720 (buffers.cam)");
    says(inset("left: 962, size: 320x180, " + source), "320x180 at 962,0 is not possible");
    says(inset("left: 4, size: 18446744073709551614x180, " + source), "x180 at 4,0 is not possible");
    says(inset("size: 320x180, output: small, " + source), "inset works in place, without an output");
    says(inset("size: 320x180, source: {device: fimc0, input: driver, output: small}"),
         "pipelines: fimc0 captures twice");
    says(inset("size: 320x180, " + source, ""),
         "pipelines: inputs.clip and inputs.driver are both for the sensor yuv");
    says(inset("size: 320x180, source: {device: fimc1, input: nobody, output: small}"),
         "pipelines.0.stages.0.source.input: no input called 'nobody'");
    says(scenario_error("    sink:", "    stages: [{device: cpu, op: invert, size: 320x180}]\n    sink:"),
         "pipelines.0.stages.0.size: only inset has one");
    says(scenario_error("pattern: bars", "pattern: bars, sensor: yuv_b"),
         "inputs.clip.sensor: the sensor on camera port B is sensor_b, which the platform does not have");
}

TEST_CASE("load: a stage on the 2D engine needs version 4.1 and buffers of its own", "[config]") {
    const auto stage = [](const char* version) {
        return scenario_error("    sink:", "    stages: [{device: g2d, op: flip, output: cam}]\n    sink:",
                              {std::string{"devices.g2d.version="} + version});
    };
    starts(stage("4.1"),
           "s.yaml:11:46: pipelines.0.stages.0.output: buffers.cam are of v4l2:fimc0, but g2d needs its own, "
           "drm:g2d");
    CHECK(stage("3").find(
              "pipelines.0.stages.0.device: g2d of version 3 knows no YCbCr, expected a platform with "
              "version 4.1") != std::string::npos);
}

TEST_CASE("load: caches of impossible shapes are refused", "[config]") {
    starts(platform_error("name: board", "name: board\nl1: {size: 24 KiB}"),
           "p.yaml:2:12: l1.size: is not a power of two");
    starts(platform_error("name: board", "name: board\nl2: {ways: 12}"),
           "p.yaml:2:12: l2.ways: is not a power of two");
    starts(platform_error("name: board", "name: board\nl2: {ways: 4}"),
           "p.yaml:2:12: l2.ways: 4 is out of range, expected 8 to 16");
}

TEST_CASE("load: the ACP takes devices of the platform that have a port of their own", "[config]") {
    starts(platform_error("name: board", "name: board\nacp: [g2d]"),
           "p.yaml:2:7: acp: 'g2d' is no FIMC or G2D of this platform");
    starts(platform_error("name: board", "name: board\nacp: [mixer0]"),
           "p.yaml:2:7: acp: 'mixer0' is no FIMC or G2D of this platform");
    starts(platform_error("name: board", "name: board\nacp: fimc0"),
           "p.yaml:2:6: acp: expected a list of devices, such as [g2d]");
}

TEST_CASE("load: --set is checked like the file", "[config]") {
    CHECK(scenario_error("frames", "frames", {"run.frames=0"}) ==
          "--set run.frames=0: run.frames: 0 is out of range, expected 1 to 1000000\n"
          "       | run.frames=0\n"
          "       |            ^");
    CHECK(scenario_error("frames", "frames", {"runs.frames=1"}) ==
          "--set runs.frames=1: runs: unknown key\n"
          "       | runs.frames=1\n"
          "       | ^~~~\n"
          "         did you mean 'run'?");
    starts(scenario_error("frames", "frames", {"ram.size=1 TiB"}),
           "--set ram.size=1 TiB: ram.size: '1 TiB' has an unknown unit");
    starts(scenario_error("frames", "frames", {"mode=slow"}),
           "--set mode=slow: mode: unknown mode 'slow', expected fast, timing");
}

TEST_CASE("load: expectations are bounds with units", "[config]") {
    const Folder folder;
    const Loaded loaded = load_scenario("s.yaml", {"expect={frames_delivered: 60, latency: {p99: < 60 ms}}"});
    const auto& values = loaded.scenario->expect.values;
    REQUIRE(values.size() == 2);
    CHECK(values[0].bound.holds(60));
    CHECK_FALSE(values[0].bound.holds(59));
    CHECK(values[1].name == "latency.p99");
    CHECK(values[1].bound.holds(59'999'999));
    CHECK_FALSE(values[1].bound.holds(60'000'000));
    starts(scenario_error("buffers:", "expect: {latency: {p99: < 60}}\nbuffers:"),
           "s.yaml:6:25: expect.latency.p99: '60' needs a unit");
}
