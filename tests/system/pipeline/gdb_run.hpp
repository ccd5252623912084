// A run of the built program under gdb-multiarch.
#pragma once

#include <filesystem>
#include <string>

namespace exysim::test {

/// False, with a warning in the test's output, if gdb-multiarch is not installed.
bool have_gdb();

/// Starts the program with `arguments` and `--gdb 0`, reads the port it prints and runs `commands` in GDB
/// with the symbols of `elf`. Returns what GDB said; the program's own output is in `folder`/run.log, its
/// exit status in `folder`/run.status.
std::string debugged(const std::filesystem::path& folder, const std::string& arguments,
                     const std::string& elf, const std::string& commands);

bool says(const std::string& output, const std::string& words);

}  // namespace exysim::test
