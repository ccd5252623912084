#include "tests/system/pipeline/gdb_run.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/images.hpp"

namespace exysim::test {

namespace fs = std::filesystem;

bool have_gdb() {
    std::string output;
    if (run_command("command -v gdb-multiarch", output) == 0) return true;
    WARN("gdb-multiarch is not installed: not tried");
    return false;
}

std::string debugged(const fs::path& folder, const std::string& arguments, const std::string& elf,
                     const std::string& commands) {
    std::ofstream{folder / "commands.gdb"} << commands;
    const size_t word = arguments.find(' ');  // what follows a program's name is the program's
    const std::string script = fmt::format(
        "cd '{0}'\n"
        "('{1}' {2} --gdb 0 {4} >run.log 2>&1; echo $? >run.status) &\n"
        "for i in $(seq 600); do\n"
        "  port=$(sed -n 's/.*127.0.0.1://p' run.log 2>/dev/null); [ -n \"$port\" ] && break; sleep 0.1\n"
        "done\n"
        "timeout 200 gdb-multiarch -nx -batch -ex 'set pagination off' -ex 'set architecture arm' -ex 'set "
        "trust-readonly-sections on' "
        "-ex 'set tcp connect-timeout 30' -ex 'file {3}' -ex \"target remote 127.0.0.1:$port\" "
        "-x commands.gdb\n"
        "wait\n",
        folder.string(), EXYSIM_PROGRAM, arguments.substr(0, word), elf, arguments.substr(word));
    std::ofstream{folder / "session.sh"} << script;
    std::string output;
    run_command(fmt::format("sh '{}/session.sh'", folder.string()), output);
    return output;
}

bool says(const std::string& output, const std::string& words) {
    return output.find(words) != std::string::npos;
}

}  // namespace exysim::test
