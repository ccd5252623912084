// The GDB server, end to end: gdb-multiarch drives a run of the built program.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;

namespace {

bool have_gdb() {
    std::string output;
    return run_command("command -v gdb-multiarch", output) == 0;
}

/// Starts the program with `arguments` and `--gdb 0`, reads the port it prints and runs `commands` in GDB
/// with the symbols of `elf`. Returns what GDB said; the program's own output is in `folder`/run.log, its
/// exit status in `folder`/run.status.
std::string debugged(const fs::path& folder, const std::string& arguments, const std::string& elf,
                     const std::string& commands) {
    std::ofstream{folder / "commands.gdb"} << commands;
    const std::string script = fmt::format(
        "cd '{0}'\n"
        "('{1}' {2} --gdb 0 >run.log 2>&1; echo $? >run.status) &\n"
        "for i in $(seq 600); do\n"
        "  port=$(sed -n 's/.*127.0.0.1://p' run.log 2>/dev/null); [ -n \"$port\" ] && break; sleep 0.1\n"
        "done\n"
        "timeout 200 gdb-multiarch -nx -batch -ex 'set pagination off' -ex 'set architecture arm' -ex 'set "
        "trust-readonly-sections on' "
        "-ex 'set tcp connect-timeout 30' -ex 'file {3}' -ex \"target remote 127.0.0.1:$port\" "
        "-x commands.gdb\n"
        "wait\n",
        folder.string(), EXYSIM_PROGRAM, arguments, elf);
    std::ofstream{folder / "session.sh"} << script;
    std::string output;
    run_command(fmt::format("sh '{}/session.sh'", folder.string()), output);
    return output;
}

/// A scenario of two frames, and the kernel's symbols.
std::string debugged(const fs::path& folder, const std::string& commands) {
    std::ofstream{folder / "scenario.yaml"} << scenario_text({.input = "{pattern: bars}", .frames = 2});
    return debugged(folder, "run scenario.yaml --out out --no-timeline", EXYSIM_GUEST_DIR "/kernel.elf",
                    commands);
}

std::string text_of(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

bool says(const std::string& output, const std::string& words) {
    return output.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("GDB: breakpoints, steps, registers, memory and monitor commands", "[system][debug]") {
    if (!have_gdb()) {
        WARN("gdb-multiarch is not installed: not tried");
        return;
    }
    const fs::path folder = test_folder("gdb");
    const std::string output = debugged(folder,
                                        "info threads\n"
                                        "printf \"start %#x\\n\", $pc\n"
                                        "monitor time\n"
                                        "break kernel_main\n"
                                        "continue\n"
                                        "backtrace 1\n"
                                        "printf \"mode %#x\\n\", $cpsr & 0x1f\n"
                                        "set var $before = $pc\n"
                                        "stepi\n"
                                        "printf \"stepped %d\\n\", $pc != $before\n"
                                        "x/1xw $sp\n"
                                        "print $d0\n"
                                        "set var $r4 = 0x1234\n"
                                        "printf \"r4 %#x\\n\", $r4\n"
                                        "monitor regs chipid 0 1\n"
                                        "monitor phys 0x40008000 4\n"
                                        "monitor stats cpu.core0.instructions\n"
                                        "monitor sysmmu fimc0 0x1000\n"
                                        "delete\n"
                                        "kill\n");
    INFO(output);
    INFO(text_of(folder / "run.log"));
    CHECK(says(output, "core 0, runs"));
    CHECK(says(output, "start 0x40008000"));
    CHECK(says(output, "Breakpoint 1, "));
    CHECK(says(output, "#0  "));
    CHECK(says(output, "kernel_main"));
    CHECK(says(output, "mode 0x13"));  // supervisor
    CHECK(says(output, "stepped 1"));
    CHECK(says(output, "r4 0x1234"));
    CHECK(says(output, "43210211"));  // CHIPID's product id of an Exynos4210 rev 1.1
    CHECK(says(output, "cpu.core0.instructions"));
    CHECK(says(output, "0 ns"));
    CHECK_FALSE(says(output, "Remote failure"));
}

TEST_CASE("GDB: a watchpoint stops at the instruction that changes the word", "[system][debug]") {
    if (!have_gdb()) {
        WARN("gdb-multiarch is not installed: not tried");
        return;
    }
    const fs::path folder = test_folder("gdb_watch");
    const std::string output = debugged(folder,
                                        "break kernel::fdt_init\n"
                                        "continue\n"
                                        "delete\n"
                                        "watch -l blob\n"  // where the device tree lies; zero before
                                        "continue\n"
                                        "backtrace 2\n"
                                        "kill\n");
    INFO(output);
    CHECK(says(output, "Hardware watchpoint 2"));
    CHECK(says(output, "Old value"));
    CHECK(says(output, "New value"));
    CHECK(says(output, "in kernel_main"));  // who called fdt_init
}

TEST_CASE("GDB: after detaching the run goes on to its end", "[system][debug]") {
    if (!have_gdb()) {
        WARN("gdb-multiarch is not installed: not tried");
        return;
    }
    const fs::path folder = test_folder("gdb_detach");
    const std::string output = debugged(folder, "break kernel_main\ncontinue\ndetach\n");
    INFO(output);
    INFO(text_of(folder / "run.log"));
    CHECK(text_of(folder / "run.status") == "0\n");
}

TEST_CASE("GDB: a bare-metal program under boot --gdb", "[system][debug]") {
    if (!have_gdb()) {
        WARN("gdb-multiarch is not installed: not tried");
        return;
    }
    const fs::path folder = test_folder("gdb_boot");
    const std::string elf = EXYSIM_BENCH_FOLDER "/bench_records.elf";
    const std::string output = debugged(folder, "boot '" + elf + "' --semihosting", elf,
                                        "stepi\n"
                                        "printf \"stepped %d\\n\", $pc != (unsigned)&_start\n"
                                        "set var $d3 = 1.5\n"
                                        "printf \"d3 %.2f\\n\", $d3\n"
                                        "delete\n"
                                        "continue\n");
    INFO(output);
    INFO(text_of(folder / "run.log"));
    CHECK(says(output, "in _start ("));
    CHECK(says(output, "stepped 1"));
    CHECK(says(output, "d3 1.50"));
    CHECK(says(output, "exited normally"));
    CHECK(text_of(folder / "run.status") == "0\n");
}
