// The GDB server, end to end: gdb-multiarch drives a run of the built program.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/gdb_run.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;

namespace {

/// A scenario of two frames, and the kernel's symbols.
std::string debugged_scenario(const fs::path& folder, const std::string& commands) {
    std::ofstream{folder / "scenario.yaml"} << scenario_text({.input = "{pattern: bars}", .frames = 2});
    return debugged(folder, "run scenario.yaml --out out --no-timeline", EXYSIM_GUEST_DIR "/kernel.elf",
                    commands);
}

std::string text_of(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("GDB: breakpoints, steps, registers, memory and monitor commands", "[system][debug]") {
    if (!have_gdb()) return;
    const fs::path folder = test_folder("gdb");
    const std::string output = debugged_scenario(folder,
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
                                                 "monitor sysmmu fimc0\n"
                                                 "monitor regs chipid PRO_ID\n"
                                                 "monitor regs fimc0\n"
                                                 "monitor regs fimc0 CIGCTL\n"
                                                 "monitor regs fimc9\n"
                                                 "monitor line 0x40008000\n"
                                                 "monitor phys all\n"
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
    CHECK(says(output, "PRODUCT              ro   0x43210"));  // the field within
    CHECK(says(output, "off: every address is itself"));       // before the driver has come
    CHECK(says(output, "CISRCFMT"));
    CHECK(says(output, "did you mean 'CIGCTRL'?"));
    CHECK(says(output, "no block is called fimc9, did you mean 'fimc0'?"));
    CHECK(says(output, "level 2: "));
    CHECK(says(output, "address: 'all'"));
    CHECK_FALSE(says(output, "Remote failure"));
}

TEST_CASE("GDB: a watchpoint stops at the instruction that changes the word", "[system][debug]") {
    if (!have_gdb()) return;
    const fs::path folder = test_folder("gdb_watch");
    const std::string output = debugged_scenario(folder,
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
    if (!have_gdb()) return;
    const fs::path folder = test_folder("gdb_detach");
    const std::string output = debugged_scenario(folder, "break kernel_main\ncontinue\ndetach\n");
    INFO(output);
    INFO(text_of(folder / "run.log"));
    CHECK(text_of(folder / "run.status") == "0\n");
}

TEST_CASE("GDB that only looks changes nothing that is measured or shown", "[system][debug][slow]") {
    if (!have_gdb()) return;
    for (const std::string mode : {"fast", "timing"}) {
        const fs::path plain = test_folder("gdb_off_" + mode), watched = test_folder("gdb_on_" + mode);
        const ScenarioRun alone = run_scenario(plain, {.input = "{pattern: bars}", .frames = 2},
                                               "--no-timeline --set mode=" + mode);
        REQUIRE(alone.status == 0);
        std::ofstream{watched / "scenario.yaml"} << scenario_text({.input = "{pattern: bars}", .frames = 2});
        const std::string output =
            debugged(watched, "run scenario.yaml --out out --no-timeline --set mode=" + mode,
                     EXYSIM_GUEST_DIR "/kernel.elf",
                     "info registers\nx/16xw 0x40008000\nmonitor sysmmu fimc0\nmonitor line 0x40008000\n"
                     "monitor regs fimc0\nmonitor buffers\ncontinue\n");
        INFO(output << text_of(watched / "run.log"));
        REQUIRE(text_of(watched / "run.status") == "0\n");
        for (const char* file :
             {"stats.json", "frames/hashes.txt", "frames.json", "series.json", "uart.log"}) {
            INFO(mode << " " << file);
            CHECK(alone.text(file) == text_of(watched / "out" / file));
        }
    }
}

TEST_CASE("GDB: symbols of a dynamic program's libraries, where they are loaded", "[system][debug]") {
    if (!have_gdb()) return;
    const fs::path folder = test_folder("gdb_libraries");
    const fs::path root = folder / "root";
    std::string made;
    REQUIRE(run_command(fmt::format("'{}/scripts/guest-root' '{}'", EXYSIM_SOURCE_DIR, root.string()),
                        made) == 0);
    const std::string output = debugged(
        folder, fmt::format("exec --root '{}' '{}/tests/cxx_dynamic'", root.string(), EXYSIM_GUEST_DIR),
        EXYSIM_GUEST_DIR "/kernel.elf",
        fmt::format("monitor libraries /nowhere\n"
                    "break sys_write\n"
                    "continue\n"
                    "monitor libraries {0}\n"
                    "python gdb.execute(gdb.execute('monitor libraries {0}', False, True))\n"
                    "delete\n"
                    "tbreak __write\n"
                    "continue\n"
                    "printf \"mode %#x\\n\", $cpsr & 0x1f\n"
                    "info symbol $pc\n"
                    "detach\n",
                    root.string()));
    INFO(output);
    INFO(text_of(folder / "run.log"));
    CHECK(says(output, "# no program is in memory"));  // before the kernel has begun
    for (const char* library : {"/libc.so.6 -o 0x", "/libstdc++.so.6 -o 0x", "/ld-linux-armhf.so.3 -o 0x"})
        CHECK(says(output, library));
    CHECK(says(output, "mode 0x10"));
    CHECK(says(output, " in section .text of " + root.string() + "/lib/libc.so.6"));
    CHECK(text_of(folder / "run.status") == "0\n");
}

TEST_CASE("GDB: a bare-metal program under boot --gdb", "[system][debug]") {
    if (!have_gdb()) return;
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

TEST_CASE("GDB: who has a buffer, and what an address belongs to", "[system][debug]") {
    if (!have_gdb()) return;
    const fs::path folder = test_folder("gdb_buffers");
    const std::string output = debugged_scenario(
        folder,
        "break kernel::VideoQueue::done\n"
        "ignore 1 1\n"  // until the display has its first picture
        "continue\n"
        "python\n"
        "import re\n"
        "def ask(command):\n"
        "    text = gdb.execute('monitor ' + command, to_string=True)\n"
        "    print(text)\n"
        "    return text\n"
        "iova = re.search(r'fimc0 capture 0: 1382400 bytes at (0x[0-9a-f]+)', ask('buffers')).group(1)\n"
        "pa = re.search(r'-> (0x[0-9a-f]+)', ask('sysmmu fimc0 ' + iova)).group(1)\n"
        "ask('sysmmu fimc0')\n"
        "ask('owner %#x' % (int(pa, 16) + 5))\n"
        "print('shared ' + re.search(r'buffer \\d+: (.*) for task', ask('buffers')).group(1))\n"
        "ask('owner 0x11800008')\n"
        "ask('line ' + pa)\n"
        "end\n"
        "kill\n");
    INFO(output);
    CHECK(says(output, "byte 5 of fimc0 capture 0: 1382400 bytes"));
    CHECK(says(output, "byte 5 of buffer "));
    CHECK(says(output, "shared 1384448 bytes, write-combined, at 0x"));
    CHECK(says(output, "mixer0 reads it at 0x"));
    CHECK(says(output, "fimc0 writes it at 0x"));
    CHECK(says(output, "the device has it"));
    CHECK(says(output, "fimc0 +0x8"));
    CHECK(says(output, "core 0 level 1: not there"));  // the device wrote it, nobody has read it
    CHECK(says(output, "memory has the same bytes as the cores see"));
    CHECK_FALSE(says(output, "Error"));
}
