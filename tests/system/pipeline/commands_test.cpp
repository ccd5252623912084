// The other commands of the program, as a user types them.
#include <fmt/format.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;

namespace {

struct Result {
    int status;
    std::string output;
    bool says(const std::string& words) const { return output.find(words) != std::string::npos; }
};

Result program(const std::string& arguments) {
    Result r{};
    r.status = run_command(fmt::format("'{}' {} < /dev/null", EXYSIM_PROGRAM, arguments), r.output);
    return r;
}

}  // namespace

TEST_CASE("help and version", "[system][commands]") {
    const Result help = program("--help");
    CHECK(help.status == 0);
    for (const char* command :
         {"run ", "boot ", "exec ", "check ", "list ", "describe ", "diff ", "report ", "schema ", "sweep "})
        CHECK(help.says(command));
    CHECK(program("--version").says("exysim 0."));
    CHECK(program("run --help").says("--set"));
}

TEST_CASE("what is misspelt or missing is exit 2", "[system][commands]") {
    const Result unknown = program("rum x.yaml");
    CHECK(unknown.status == 2);
    CHECK(unknown.says("did you mean 'run'?"));
    CHECK(program("").status == 2);
    CHECK(program("run").status == 2);
    CHECK(program("sweep").says("expected a plan"));
    CHECK(program("boot /nonexistent.elf").status == 2);
    const Result foreign = program(fmt::format("boot '{}'", EXYSIM_PROGRAM));
    CHECK(foreign.status == 2);
    CHECK(foreign.says("ARM"));
}

TEST_CASE("check: the shipped files are good, a broken one is not", "[system][commands]") {
    CHECK(program("check '" EXYSIM_SOURCE_DIR "/configs'").status == 0);
    const fs::path folder = test_folder("check");
    std::ofstream{folder / "s.yaml"} << "scenario: x\nplatfrom: y\n";
    const Result bad = program(fmt::format("check '{}'", (folder / "s.yaml").string()));
    CHECK(bad.status == 2);
    CHECK(bad.says("s.yaml:2:1: platfrom: unknown key"));
    CHECK(bad.says("did you mean 'platform'?"));
}

TEST_CASE("describe and list name what there is", "[system][commands]") {
    const Result settings = program("describe");
    CHECK(settings.status == 0);
    for (const char* name : {"run.frames", "ram.size", "timing.slice", "cpu.clock"})
        CHECK(settings.says(name));
    CHECK(program("describe ram").says("latency"));
    CHECK(program("list '" EXYSIM_SOURCE_DIR "/configs'").says("camera_to_tv"));
}

TEST_CASE("boot: a bare-metal program prints what it prints on QEMU's board", "[system][commands]") {
    const Result ours = program("boot '" EXYSIM_BENCH_FOLDER "/bench_records.elf' --semihosting");
    CHECK(ours.status == 0);
    std::string theirs;
    CHECK(run_command(
              "timeout 60 qemu-system-arm -M smdkc210 -nographic -semihosting -kernel '" EXYSIM_BENCH_FOLDER
              "/bench_records.elf' < /dev/null",
              theirs) == 0);
    CHECK(theirs.find("checksum ") == 0);
    CHECK(ours.output == theirs);
}

TEST_CASE("boot: simulated time is bounded on request", "[system][commands]") {
    const fs::path folder = test_folder("boot_until");
    const uint32_t code[] = {0xEAFF'FFFE};  // b .
    std::ofstream{folder / "loop.bin", std::ios::binary}.write(reinterpret_cast<const char*>(code),
                                                               sizeof code);
    const Result r = program(fmt::format("boot '{}/loop.bin' --until 5ms", folder.string()));
    CHECK(r.status == 1);
    CHECK(r.says("limit of simulated time"));
}

TEST_CASE("exec: the program's output and status are the command's", "[system][commands]") {
    // The runner without a scenario: it says so and fails.
    const Result r = program("exec '" EXYSIM_GUEST_DIR "/runner'");
    CHECK(r.status == 1);
    CHECK(r.says("runner: "));
    const Result dynamic = program("exec /bin/true");
    CHECK(dynamic.status == 2);
}

TEST_CASE("diff: two runs are compared, a forbidden change is exit 1", "[system][commands]") {
    const fs::path folder = test_folder("diff");
    const CameraToTv scenario{.input = "{pattern: bars}", .frames = 2};
    const ScenarioRun first = run_scenario(folder, scenario);
    REQUIRE(first.status == 0);
    const fs::path earlier = folder / "earlier";
    fs::rename(first.directory, earlier);
    const ScenarioRun slower = run_scenario(folder, scenario, "--set bus.latency=500ns");
    REQUIRE(slower.status == 0);
    const std::string both = fmt::format("diff '{}' '{}' ", earlier.string(), slower.directory.string());
    const Result shown = program(both);
    CHECK(shown.status == 0);
    CHECK(shown.says("frames: all 2 the same"));
    CHECK(program(both + "--fail-on 'preview.latency.min > +0 %'").status == 1);
    CHECK(program(both + "--fail-on 'preview.latency.min < -1 ms'").status == 0);
    CHECK(
        program(both + "--fail-on 'preview.latency.mim > +0 %'").says("did you mean 'preview.latency.min'?"));
    CHECK(program(fmt::format("diff '{}' /nonexistent", earlier.string())).status == 2);
}

TEST_CASE("dram: a trace through the controller gives figures, a broken one its place",
          "[system][commands]") {
    const fs::path folder = test_folder("dram");
    const std::string trace = (folder / "t.txt").string();
    std::ofstream{trace} << "0 R 0x0\n1000 R 0x20\n2000 W 0x8000\n";
    // DDR3-1600, one channel: 1 + 11 + 11 + 4 clocks, 1 + 11 + 4, and for the other row 1 + 11 + 11 + 8 + 4
    const Result text = program(fmt::format("dram --trace '{}' --preset ddr3-1600 --channels 1", trace));
    CHECK(text.status == 0);
    CHECK(text.says("2 read, 1 written, 96 bytes"));
    CHECK(text.says(fmt::format("mean {:.2f} ns", (33.75 + 20.0 + 43.75) / 3)));
    const Result json = program(fmt::format("dram --trace '{}' --json --outstanding 2", trace));
    CHECK(json.status == 0);
    CHECK(json.says("\"row_hits\": 1"));
    std::ofstream{trace} << "0 R 0x0\n10 Q 0x20\n";
    const Result bad = program(fmt::format("dram --trace '{}'", trace));
    CHECK(bad.status == 2);
    CHECK(bad.says("t.txt:2:4: 'Q' is neither R nor W"));
    CHECK(program("dram").status == 2);
    CHECK(program("dram --trace /nonexistent").status == 2);
    CHECK(program(fmt::format("dram --trace '{}' --preset ddr9", trace)).says("unknown preset 'ddr9'"));
}

TEST_CASE("exec: a guest that waits for nothing hangs, whatever standard input is", "[system][commands]") {
    const fs::path fifo = test_folder("hang") / "silent";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    for (const char* how : {"pause", "lock"}) {
        Result r{};
        r.status = run_command(fmt::format("'{}' exec '" EXYSIM_GUEST_DIR "/tests/hang' {} 0<>'{}'",
                                           EXYSIM_PROGRAM, how, fifo.string()),
                               r.output);
        CHECK(r.status == 3);
        CHECK(r.says("hanging\n"));
        CHECK(r.says("the guest hangs: no core can ever wake"));
    }
    Result waits{};  // one that waits for input gets it, however late
    waits.status =
        run_command(fmt::format("(sleep 5; printf '*') | '{}' exec '" EXYSIM_GUEST_DIR "/tests/hang' read",
                                EXYSIM_PROGRAM),
                    waits.output);
    CHECK(waits.status == '*');
}

TEST_CASE("exec: standard output and error in one file do not mix within a line", "[system][commands]") {
    const Result r = program("exec '" EXYSIM_GUEST_DIR "/tests/two_streams'");
    CHECK(r.status == 0);
    const std::string out(63, 'o'), error(63, 'e');
    std::istringstream lines{r.output};
    std::string line;
    int outs = 0, errors = 0;
    while (std::getline(lines, line)) {
        if (line == out) ++outs;
        if (line == error) ++errors;
    }
    CHECK(outs == 100);
    CHECK(errors == 100);
    CHECK(r.output.ends_with("\nno end"));
}
