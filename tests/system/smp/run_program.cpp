#include "run_program.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace exysim::test::smp {

namespace {

Run run(const std::string& command) {
    Run result;
    FILE* pipe = popen((command + " 2>&1 < /dev/null").c_str(), "r");
    if (pipe == nullptr) return result;
    char part[256];
    while (std::fgets(part, sizeof part, pipe) != nullptr) result.output += part;
    result.status = pclose(pipe);
    return result;
}

std::string elf(const std::string& program) { return EXYSIM_SMP_PROGRAMS "/" + program + ".elf"; }

}  // namespace

Run on_exysim(const std::string& program, const std::string& platform, unsigned cores,
              const std::vector<std::string>& settings) {
    std::string command =
        fmt::format("timeout 120 '{}' boot '{}' --platform {} --semihosting --until 1s --set cpu.count={}",
                    EXYSIM_PROGRAM, elf(program), platform, cores);
    for (const std::string& setting : settings) command += " --set '" + setting + "'";
    return run(command);
}

Run on_qemu(const std::string& program, unsigned cores) {
    return run(fmt::format(
        "timeout 120 qemu-system-arm -M smdkc210 -smp {} -display none -monitor none -serial null "
        "-kernel '{}' -semihosting-config enable=on,target=native",
        cores, elf(program)));
}

}  // namespace exysim::test::smp
