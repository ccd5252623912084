// What the cores execute, as `exec`, `boot` and `run` tell: traces with disassembly, profiles, source lines.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;

namespace {

const std::string kWatchProgram = EXYSIM_BENCH_FOLDER "/watch_program.elf";

std::vector<std::string> lines_of(const fs::path& file) {
    std::ifstream in{file};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::string text_of(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The instruction of a trace's line: without time, core, address and bytes.
std::string instruction_of(const std::string& line) {
    std::istringstream in{line};
    std::string word, text;
    for (int i = 0; i < 4; ++i) in >> word;
    while (in >> word && word.find(':') == std::string::npos) text += (text.empty() ? "" : " ") + word;
    return text;
}

}  // namespace

TEST_CASE("trace: every instruction of a program, in order, as its source has it", "[system][commands]") {
    const fs::path folder = test_folder("trace");
    const std::string trace = (folder / "trace").string();
    printed_by("boot '" + kWatchProgram + "' --semihosting --trace-exec '" + trace + "'");
    const std::vector<std::string> lines = lines_of(trace);
    const std::vector<std::string> expected{
        "ldr r0, [pc, #0x40]", "mov r1, #5",        "ldr r2, [r0, #0x10]", "str r1, [r0, #8]",
        "str r1, [r0, #-4]",   "str r1, [r0]",      "add r1, r1, #1",      "ldr r3, [r0]",
        "add r3, r3, #1",      "strb r3, [r0, #2]", "sub r4, r0, #4",      "ldm r4, {r4, r5, r6}",
        "ldrex r2, [r0]",      "add r2, r2, #1",    "strex r7, r2, [r0]",  "sub r4, r0, #4",
        "strd r8, sb, [r4]",   "mov r0, #0x18",     "ldr r1, [pc, #4]",    "svc #0x123456"};
    REQUIRE(lines.size() >= expected.size() - 1);  // the run ends within the last one
    for (size_t i = 0; i < std::min(lines.size(), expected.size()); ++i) {
        INFO(lines[i]);
        if (expected[i].find("[pc") == std::string::npos) CHECK(instruction_of(lines[i]) == expected[i]);
        CHECK(lines[i].find(fmt::format("{:08x}", 0x4001'0000 + 4 * i)) != std::string::npos);
    }
}

TEST_CASE("trace: addresses, functions, times and a number bound it", "[system][commands]") {
    const fs::path folder = test_folder("trace_bounds");
    const std::string trace = (folder / "trace").string();
    const auto traced = [&](const std::string& bounds) {
        printed_by("boot '" + kWatchProgram + "' --semihosting --trace-exec '" + trace + "' " + bounds);
        return lines_of(trace);
    };
    const auto some = traced("--trace-from 0x40010014 --trace-to 0x40010020");
    REQUIRE(some.size() == 3);
    CHECK(instruction_of(some[0]) == "str r1, [r0]");
    CHECK(instruction_of(some[2]) == "ldr r3, [r0]");
    CHECK(traced("--trace-most 4").size() == 4);
    CHECK(traced("--trace-from 1s").empty());
    CHECK(traced("--trace-to 0x40010000").empty());
    const std::string boot = "boot '" + kWatchProgram + "' ";
    CHECK(printed_by(boot + "--trace-to 3", 2).find("need --trace-exec FILE") != std::string::npos);
    CHECK(printed_by(boot + "--trace-exec '" + trace + "' --trace-from nowhere", 2)
              .find("'nowhere' is no address, no time and no function") != std::string::npos);
    CHECK(printed_by(boot + "--trace-exec /nowhere/trace", 2).find("cannot be written") != std::string::npos);
}

TEST_CASE("trace: of a function of the guest's kernel, it changes nothing", "[system][commands]") {
    const CameraToTv scenario{.input = "{pattern: bars}", .frames = 3};
    const fs::path folder = test_folder("trace_run");
    const ScenarioRun plain = run_scenario(test_folder("trace_run_plain"), scenario, "--no-timeline");
    const ScenarioRun traced =
        run_scenario(folder, scenario,
                     fmt::format("--no-timeline --trace-exec '{}/trace' --trace-from kernel_main "
                                 "--trace-most 1000",
                                 folder.string()));
    REQUIRE(plain.status == 0);
    REQUIRE(traced.status == 0);
    const auto lines = lines_of(folder / "trace");
    REQUIRE(lines.size() == 1000);
    CHECK(lines.front().ends_with("kernel:kernel_main+0x0"));
    CHECK(plain.text("stats.json") == traced.text("stats.json"));
    CHECK(plain.text("frames.json") == traced.text("frames.json"));
}

TEST_CASE("profiles of exec and boot: functions, stacks and source lines", "[system][commands]") {
    const fs::path folder = test_folder("exec_profile");
    const std::string prefix = (folder / "p").string();
    printed_by(fmt::format("exec --profile '{}' '{}/tests/names'", prefix, EXYSIM_GUEST_DIR));
    CHECK(text_of(prefix + ".folded").find("names;") != std::string::npos);
    const auto json = nlohmann::json::parse(text_of(prefix + ".json"));
    CHECK(json.at("functions").size() > 50);
    double cycles = 0;
    for (const auto& f : json.at("functions")) cycles += f.at("cycles").get<double>();
    const std::string by_line = text_of(prefix + ".lines");
    CHECK(by_line.find("sw/kernel/mm/") != std::string::npos);
    // Both have every cycle but those before the first block.
    const double told = std::stod(by_line);
    CHECK(told == Approx(cycles).epsilon(0.01));
    printed_by("boot '" + kWatchProgram + "' --semihosting --profile '" + prefix + "'");
    CHECK(text_of(prefix + ".folded").find("watch_program.elf;_start ") != std::string::npos);
}

TEST_CASE("profile: a dynamic program's stacks lead through its libraries", "[system][slow][commands]") {
    const fs::path folder = test_folder("dynamic_profile");
    const std::string root = (folder / "root").string(), prefix = (folder / "p").string();
    std::string made;
    REQUIRE(run_command(fmt::format("'{}/scripts/guest-root' '{}'", EXYSIM_SOURCE_DIR, root), made) == 0);
    printed_by(fmt::format("exec --root '{}' --profile '{}' '{}/tests/cxx_dynamic'", root, prefix,
                           EXYSIM_GUEST_DIR));
    const std::string folded = text_of(prefix + ".folded");
    double unknown = 0, all = 0, through_main = 0;
    std::istringstream lines{folded};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("kernel;") || line.starts_with("init;")) continue;
        const double cycles = std::stod(line.substr(line.rfind(' ')));
        all += cycles;
        if (line.starts_with("unknown program")) unknown += cycles;
        if (line.starts_with("cxx_dynamic;") && line.find(";main;") != std::string::npos)
            through_main += cycles;
    }
    CHECK(unknown < 0.02 * all);
    CHECK(through_main > 0);
    // From the program into the C library, which is stripped but for what it exports, and out of it again.
    bool deep = false;
    std::istringstream again{folded};
    for (std::string line; std::getline(again, line);) {
        const size_t main = line.find(";main;"), flush = line.find(";fflush;", main);
        deep |= line.starts_with("cxx_dynamic;_start;__libc_start_main;") && main != std::string::npos &&
                flush != std::string::npos && line.find(";write", flush) != std::string::npos;
    }
    CHECK(deep);
}
