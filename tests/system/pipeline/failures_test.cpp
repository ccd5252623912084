// What goes wrong says so: bad input is refused before anything is written, a guest that fails is reported
// with where it was, and a run that is cut short keeps what it has.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;

namespace {

const CameraToTv kGood{.input = "{pattern: bars}", .frames = 3};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

bool says(const ScenarioRun& run, const std::string& words) {
    return run.output.find(words) != std::string::npos;
}

/// Refused with `words`, and nothing has been written.
void check_refused(const ScenarioRun& run, const std::string& words) {
    INFO(run.output);
    CHECK(run.status == 2);
    CHECK(says(run, words));
    CHECK_FALSE(fs::exists(run.directory));
    for (const auto& entry : fs::directory_iterator{run.directory.parent_path()})
        CHECK(entry.path().filename().string().find("out") ==
              std::string::npos);  // no half-written one either
}

}  // namespace

TEST_CASE("bad scenarios are refused with place and hint, and leave nothing", "[system][pipeline]") {
    struct Row {
        const char *from, *to, *words;
    };
    const Row rows[] = {
        {"frames: 3,", "frame: 3,", "scenario.yaml:3:7: run.frame: unknown key"},
        {"frames: 3,", "frames: 3x,", "scenario.yaml:3:15: run.frames:"},
        {"frames: 3,", "frames: {},", "expected"},
        {"{pattern: bars}", "{pattern: bras}", "did you mean 'bars'?"},
        {"{pattern: bars}", "{file: none.y4m}", "no such file"},
        {"1280x720", "12800x720", "is not possible"},
        {"1280x720", "1282x720", "is not possible: NV12 needs"},
        {"NV12", "NV13", "did you mean 'NV12'?"},
        {"NV12", "YUYV", "mixer0 does not read YUYV"},
        {"count: 4", "count: 4, bytes: 1000", "are too few"},
        {"device: mixer0", "device: mixer1", "did you mean 'mixer0'?"},
        {"mode: 720p60", "mode: 721p60", "no display mode called '721p60'"},
        {"output: cam", "output: can", "did you mean 'cam'?"},
        {"exynos4210.yaml", "exynos4211.yaml", "cannot read"},
    };
    for (const Row& row : rows) {
        INFO(row.from << " -> " << row.to);
        const fs::path folder = test_folder("refused");
        check_refused(run_text(folder, replaced(scenario_text(kGood), row.from, row.to)), row.words);
    }
}

TEST_CASE("bad clips are refused", "[system][pipeline]") {
    const fs::path folder = test_folder("bad_clips");
    const auto refused = [&](const std::string& contents, const std::string& words) {
        std::ofstream{folder / "clip.y4m", std::ios::binary} << contents;
        check_refused(run_scenario(folder, {.input = "{file: clip.y4m}"}), words);
    };
    refused("YUV4MPEG2 W64 H64 F30:1 C420\nFRAME\n" + std::string(100, 'x'),
            "is truncated: frame 0 has 100 of 6144");
    refused("YUV4MPEG2 W64 H64 F30:1 C444\n", "has chroma C444");
    refused("YUV4MPEG2 W4000 H64 F30:1 C420\n", "is 4000x64");
    refused("RIFF....", "is neither a Y4M nor a PNG file");
}

TEST_CASE("options on the command line are checked like the file", "[system][pipeline]") {
    const fs::path folder = test_folder("bad_options");
    check_refused(run_scenario(folder, kGood, "--set run.frames=0"), "run.frames");
    check_refused(run_scenario(folder, kGood, "--set ram.size=1KiB"), "ram.size");
    check_refused(run_scenario(folder, kGood, "--set run.frams=3"), "did you mean 'frames'?");
    check_refused(run_scenario(folder, kGood, "--set mode=slow"), "mode");
    check_refused(run_scenario(folder, kGood, "--sett x=1"), "--sett");
}

TEST_CASE("a folder that is not a result is not overwritten", "[system][pipeline]") {
    const fs::path folder = test_folder("not_mine");
    fs::create_directories(folder / "out");
    std::ofstream{folder / "out" / "thesis.tex"} << "years of work";
    const ScenarioRun run = run_scenario(folder, kGood);
    CHECK(run.status == 2);
    CHECK(run.text("thesis.tex") == "years of work");
}

TEST_CASE("a kernel that panics is exit 3, with its last words and where it was", "[system][pipeline]") {
    const fs::path folder = test_folder("panic");
    std::ofstream{folder / "initrd"} << "this is no archive, and long enough to be taken for one: "
                                     << std::string(200, '.');
    const ScenarioRun run = run_text(folder, scenario_text(kGood) + "guest: {initrd: initrd}\n");
    INFO(run.output);
    CHECK(run.status == 3);
    CHECK(says(run, "Kernel panic"));
    CHECK(says(run, "the initrd is broken"));
    CHECK(says(run, "panic"));        // the function, by its symbol
    CHECK(says(run, "kernel_main"));  // and its callers
    CHECK(run.text("crash.txt").find("core 0") != std::string::npos);
}

TEST_CASE("a machine that nothing can wake is exit 3", "[system][pipeline]") {
    const fs::path folder = test_folder("asleep");
    // cpsid aif; wfi; b back to wfi: a raw image
    const uint32_t code[] = {0xF10C'01C0, 0xE320'F003, 0xEAFF'FFFD};
    std::ofstream{folder / "kernel.bin", std::ios::binary}.write(reinterpret_cast<const char*>(code),
                                                                 sizeof code);
    const ScenarioRun run = run_text(folder, scenario_text(kGood) + "guest: {kernel: kernel.bin}\n");
    INFO(run.output);
    CHECK(run.status == 3);
    CHECK(says(run, "no core can ever wake"));
    CHECK(says(run, "0x4000800"));
}

TEST_CASE("a guest that shows nothing for a third of the run is exit 3", "[system][pipeline]") {
    const fs::path folder = test_folder("starved");
    const uint32_t code[] = {0xEAFF'FFFE};  // b .
    std::ofstream{folder / "kernel.bin", std::ios::binary}.write(reinterpret_cast<const char*>(code),
                                                                 sizeof code);
    const ScenarioRun run =
        run_text(folder, scenario_text(kGood) + "guest: {kernel: kernel.bin}\n", "--set run.until=30ms");
    INFO(run.output);
    CHECK(run.status == 3);
    CHECK(says(run, "no frame for a third of the run"));
}

TEST_CASE("the bound on simulated time ends a run with exit 1", "[system][pipeline]") {
    const ScenarioRun run =
        run_scenario(test_folder("bound"), kGood, "--set run.until=600ms --set run.frames=100");
    INFO(run.output);
    CHECK(run.status == 1);
    CHECK(says(run, "limit of simulated time"));
    CHECK(fs::exists(run.directory / "summary.txt"));
}

TEST_CASE("a camera that stops sending is the program's error, exit 1", "[system][pipeline]") {
    const fs::path folder = test_folder("stops");
    std::string output;
    REQUIRE(run_command(fmt::format("ffmpeg -y -loglevel error -f lavfi -i testsrc2=size=1280x720:rate=30 "
                                    "-frames:v 3 -pix_fmt yuv420p -strict -1 '{}/clip.y4m'",
                                    folder.string()),
                        output) == 0);
    const ScenarioRun run = run_scenario(folder, {.input = "{file: clip.y4m, at_end: stop}", .frames = 6});
    INFO(run.output);
    CHECK(run.status == 1);
    CHECK(says(run, "no frame for 2 s"));
    CHECK(run.statistic("sensor0.frames") == 3);
}

TEST_CASE("interrupted, a run keeps what it has and says so", "[system][pipeline]") {
    const fs::path folder = test_folder("interrupted");
    const fs::path scenario = folder / "scenario.yaml";
    std::ofstream{scenario} << scenario_text(kGood);
    std::string output;
    const int status = run_command(
        fmt::format(
            "'{}' run '{}' --out '{}/out' --set run.frames=100000 --set run.until=3600s & sleep 1; "
            "while kill -INT $! 2>/dev/null; do sleep 1; done; wait $!",  // early ones find no handler yet
            EXYSIM_PROGRAM, scenario.string(), folder.string()),
        output);
    INFO(output);
    CHECK(status == 1);
    ScenarioRun run;
    run.directory = folder / "out";
    CHECK(nlohmann::json::parse(run.text("manifest.json")).at("partial") == true);
    CHECK(run.text("summary.txt").find("partial") != std::string::npos);
}

TEST_CASE("memory too slow for the camera overflows its FIFO, and the run says whose", "[system][pipeline]") {
    // 1280x720 NV12 at 30 Hz is 41 MB/s
    const ScenarioRun run = run_scenario(test_folder("slow_memory"), kGood,
                                         "--set ram.model=simple --set 'ram.bandwidth=30 MB/s'");
    INFO(run.output);
    CHECK(run.status == 1);
    CHECK(run.statistic("fimc0.overflows") >= 1);
    CHECK(run.statistic("fimc0.frames") == 0);
    CHECK(says(run, "fimc0.overflows"));
}

TEST_CASE("a core that waits for a gated block for ever is exit 3, and both are named",
          "[system][pipeline]") {
    const fs::path folder = test_folder("stuck");
    const uint32_t code[] = {0xE59F'000C,  // ldr r0, [pc, #12]: GATE_IP_CAM
                             0xE59F'100C,  // ldr r1, [pc, #12]: FIMC0
                             0xE3A0'2000,  // mov r2, #0
                             0xE580'2000,  // str r2, [r0]
                             0xE591'3000,  // ldr r3, [r1]
                             0x1003'C920, 0x1180'0000};
    std::ofstream{folder / "kernel.bin", std::ios::binary}.write(reinterpret_cast<const char*>(code),
                                                                 sizeof code);
    const ScenarioRun run = run_text(folder, scenario_text(kGood) + "guest: {kernel: kernel.bin}\n",
                                     "--set power.gated_access=hang");
    INFO(run.output);
    CHECK(run.status == 3);
    CHECK(says(run, "core 0 at 0x400080"));
    CHECK(says(run, "of fimc0, which has no clock or no power"));
}
