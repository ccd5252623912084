// GDB's watchpoints, and machines with several cores or several processes under GDB.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/system/pipeline/gdb_run.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;

namespace {

const std::string kWatchProgram = EXYSIM_BENCH_FOLDER "/watch_program.elf";

/// Runs to the next stop of whatever watches `word`, and says where and how it is then.
std::string go_to(const char* label) {
    return fmt::format("continue\nprintf \"{0} %d value %#x\\n\", $pc - (unsigned)&{0}, *(unsigned*)&word\n",
                       label);
}

/// GDB is told of an access before it happens, lets the instruction pass and reports it then.
std::string passed(const char* label, unsigned value) {
    return fmt::format("{} 4 value {:#x}", label, value);
}

std::string text_of(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("GDB: watchpoints for writes, reads and both stop at those accesses alone", "[system][debug]") {
    if (!have_gdb()) return;
    for (const std::string mode : {"fast", "timing"}) {
        const fs::path folder = test_folder("gdb_watch_" + mode);
        const std::string output =
            debugged(folder, "boot '" + kWatchProgram + "' --semihosting --set mode=" + mode, kWatchProgram,
                     "watch *(unsigned*)&word\n" + go_to("first_write") + go_to("byte_write") + "delete\n" +
                         "rwatch *(unsigned*)&word\n" + go_to("multiple_read") + go_to("exclusive_read") +
                         "delete\nawatch *(unsigned*)&word\n" + go_to("exclusive_write") +
                         go_to("double_write") + "delete\ncontinue\n");
        INFO(output);
        INFO(text_of(folder / "run.log"));
        CHECK(says(output, passed("first_write", 5)));
        CHECK(says(output, passed("byte_write", 0x6'0005)));
        CHECK(says(output, passed("multiple_read", 0x6'0005)));
        CHECK(says(output, passed("exclusive_read", 0x6'0005)));
        CHECK(says(output, passed("exclusive_write", 0x6'0006)));
        CHECK(says(output, "double_write 4"));
        CHECK(says(output, "Hardware watchpoint"));
        CHECK(says(output, "Hardware read watchpoint"));
        CHECK(says(output, "Hardware access (read/write) watchpoint"));
        CHECK(says(output, "exited normally"));
        CHECK(text_of(folder / "run.status") == "0\n");
    }
}

TEST_CASE("GDB: a read watchpoint lets writes pass", "[system][debug]") {
    if (!have_gdb()) return;
    const std::string output =
        debugged(test_folder("gdb_rwatch"), "boot '" + kWatchProgram + "' --semihosting", kWatchProgram,
                 "rwatch *(unsigned*)&word\n" + go_to("first_read") + "kill\n");
    INFO(output);
    CHECK(says(output, passed("first_read", 5)));
}

TEST_CASE("GDB: several cores are threads, a breakpoint and a watchpoint stop whichever comes",
          "[system][debug]") {
    if (!have_gdb()) return;
    const std::string elf = EXYSIM_BENCH_FOLDER "/smp_program.elf";
    const std::string who = "continue\nprintf \"thread %d stopped\\n\", $_thread\n";
    const std::string laps = "&_ZN12_GLOBAL__N_110ring_countE";  // a word a core, which only that core writes
    const std::string commands = "break core_main\n" + who + who + "delete\nwatch *(unsigned*)((char*)" +
                                 laps + " + 4)\n" + who + who + "delete\nwatch *(unsigned*)" + laps + "\n" +
                                 who + "thread 2\nprintf \"second core at %#x\\n\", $pc\ndelete\ncontinue\n";
    const fs::path folder = test_folder("gdb_smp");
    const std::string output = debugged(
        folder, "boot '" + elf + "' --semihosting --set cpu.count=2 --set timing.slice=100ns", elf, commands);
    INFO(output);
    INFO(text_of(folder / "run.log"));
    CHECK(says(output, "Thread 1 hit Breakpoint 1"));
    CHECK(says(output, "Thread 2 hit Breakpoint 1"));
    CHECK(says(output, "Thread 2 hit Hardware watchpoint 2"));
    CHECK(says(output, "Thread 1 hit Hardware watchpoint 3"));
    CHECK(says(output, "thread 1 stopped"));
    CHECK(says(output, "thread 2 stopped"));
    CHECK(says(output, "second core at 0x4001"));
    CHECK(text_of(folder / "run.status") == "0\n");
    CHECK(says(text_of(folder / "run.log"), "guarded 4000"));  // nothing was lost on the way
}

TEST_CASE("GDB: a program of the built-in kernel, in its own address space", "[system][debug]") {
    if (!have_gdb()) return;
    const std::string program = EXYSIM_GUEST_DIR "/tests/names";
    const fs::path folder = test_folder("gdb_exec");
    const std::string output = debugged(folder, "exec '" + program + "'", program,
                                        "break main\n"
                                        "continue\n"
                                        "printf \"at main %d, mode %#x\\n\", $pc >= (unsigned)&main && $pc < "
                                        "(unsigned)&main + 64, $cpsr & 0x1f\n"
                                        "backtrace 1\n"
                                        "watch -l *(unsigned*)($sp - 4)\n"
                                        "continue\n"
                                        "printf \"user mode %#x\\n\", $cpsr & 0x1f\n"
                                        "delete\n"
                                        "detach\n");
    INFO(output);
    INFO(text_of(folder / "run.log"));
    CHECK(says(output, "at main 1, mode 0x10"));
    CHECK(says(output, "Hardware watchpoint 2"));
    CHECK(says(output, "user mode 0x10"));
    CHECK(text_of(folder / "run.status") == "0\n");
}
