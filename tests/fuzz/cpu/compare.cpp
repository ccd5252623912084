#include "tests/fuzz/cpu/compare.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/cpu/machine.hpp"
#include "tests/support/cpu_oracle/qemu.hpp"

namespace exysim::test::oracle {
namespace {

template <class T>
void compare(std::string& out, const std::string& name, T qemu, T exysim) {
    if (qemu == exysim) return;
    constexpr int kDigits = 2 * sizeof(T);
    out += fmt::format("    {}: QEMU {:0{}x}, exysim {:0{}x}\n", name, qemu, kDigits, exysim, kDigits);
}

/// binutils' opinion of what the halfwords mean.
std::string disassemble(const std::vector<uint16_t>& halfwords, bool thumb) {
    const std::string path = std::filesystem::temp_directory_path() / fmt::format("exysim-step-{}", getpid());
    std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(halfwords.data()),
                                                static_cast<std::streamsize>(2 * halfwords.size()));
    const std::string command =
        fmt::format("arm-linux-gnueabihf-objdump -D -b binary -m arm {} '{}' | sed '1,/<.data>/d'",
                    thumb ? "-M force-thumb" : "", path);
    std::string text;
    if (FILE* pipe = popen(command.c_str(), "r")) {
        char line[256];
        while (std::fgets(line, sizeof line, pipe)) text += line;
        pclose(pipe);
    }
    std::filesystem::remove(path);
    return text;
}

std::string describe_state(const Result& state) {
    std::string out = fmt::format("    cpsr={:08x} fpscr={:08x}\n", state.cpsr, state.fpscr);
    for (int i = 0; i < 15; ++i)
        out += fmt::format("    r{}={:08x}{}", i, state.r[i], i % 5 == 4 ? "\n" : "");
    for (int i = 0; i < 32; ++i)
        out += fmt::format("    d{}={:016x}{}", i, state.d[i], i % 4 == 3 ? "\n" : "");
    return out;
}

}  // namespace

std::string difference(const Result& qemu, const Result& exysim) {
    if (exysim.vector == kDoesNotEnd) return "    exysim does not end\n";
    std::string out;
    compare(out, "exception vector", qemu.vector, exysim.vector);
    for (int i = 0; i < 15; ++i) compare(out, fmt::format("r{}", i), qemu.r[i], exysim.r[i]);
    compare(out, "return address", qemu.lr, exysim.lr);
    compare(out, "cpsr", qemu.cpsr, exysim.cpsr);
    compare(out, "fpscr", qemu.fpscr, exysim.fpscr);
    compare(out, "dfsr", qemu.dfsr, exysim.dfsr);
    compare(out, "dfar", qemu.dfar, exysim.dfar);
    compare(out, "ifsr", qemu.ifsr, exysim.ifsr);
    constexpr uint32_t kDebugEvent = 2;  // BKPT: IFAR is UNKNOWN (ARM ARM B3.13)
    if (qemu.ifsr != kDebugEvent) compare(out, "ifar", qemu.ifar, exysim.ifar);
    for (int i = 0; i < 32; ++i) compare(out, fmt::format("d{}", i), qemu.d[i], exysim.d[i]);
    for (uint32_t i = 0; i < kScratchBytes / 4; ++i) {
        compare(out, fmt::format("memory[{:#x}]", kScratchAddress + 4 * i), qemu.scratch[i],
                exysim.scratch[i]);
    }
    return out;
}

std::string bisect(const GeneratedCase& generated, size_t index) {
    std::vector<Case> batch(index + 1, trivial_case());
    Result before{};
    for (size_t steps = 0; steps <= generated.program.steps(); ++steps) {
        batch[index] = assemble(generated, steps);
        const Result qemu = run_on_qemu(batch)[index], ours = run_on_core(batch)[index];
        const std::string text = difference(qemu, ours);
        if (!text.empty() && steps == 0) return "  the runner itself differs:\n" + text;
        if (!text.empty()) {
            return fmt::format("  step {}:\n{}  state before:\n{}  difference:\n{}", steps - 1,
                               disassemble(generated.program.step(steps - 1), generated.program.thumb()),
                               describe_state(before), text);
        }
        before = qemu;
    }
    return "  no prefix differs: the difference depends on the cases before it\n";
}

}  // namespace exysim::test::oracle
