// Every instruction of an ordinary static armhf program has a row in our tables. binutils says where
// instructions are and how long; literal pools come out of it as .word and are skipped.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cstdio>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "models/cpu/instruction_table.hpp"

namespace exysim::cpu {
namespace {

struct Listed {
    uint32_t bits;
    int digits;  // 4: T16; 8: A32 or, with a space in the middle, T32
    bool thumb;
    std::string mnemonic;
};

/// "   10a3c:\tf84d cd04 \tstr.w\tip, [sp, #-4]!" or "   10148:\te92d4010 \tpush\t{r4, lr}".
bool parse(const std::string& line, Listed& out) {
    const size_t first = line.find('\t'), second = line.find('\t', first + 1);
    if (first == std::string::npos || second == std::string::npos || line[0] != ' ') return false;
    std::string code = line.substr(first + 1, second - first - 1);
    const size_t end = code.find_last_not_of(' ');
    code.erase(end + 1);
    const bool two_halves = code.find(' ') != std::string::npos;
    std::erase(code, ' ');
    out.digits = static_cast<int>(code.size());
    out.thumb = two_halves || out.digits == 4;
    out.bits = static_cast<uint32_t>(std::stoul(code, nullptr, 16));
    std::istringstream{line.substr(second + 1)} >> out.mnemonic;
    return out.mnemonic[0] != '.';
}

const Encoding* find(const Listed& i) {
    return !i.thumb ? a32().find(i.bits) : i.digits == 4 ? t16().find(i.bits) : t32().find(i.bits);
}

/// Advanced SIMD, which glibc uses only where AT_HWCAP says so.
bool is_simd(const Listed& i) {
    const uint32_t top = i.bits >> 24;
    const bool data_or_load =
        i.thumb ? top == 0xEF || top == 0xFF || top == 0xF9 : (top & 0xFE) == 0xF2 || top == 0xF4;
    const bool vdup = (i.bits & 0x0F90'0F50) == 0x0E80'0B10;
    return data_or_load || vdup;
}

/// Loads and stores of coprocessors 0 and 1 (iWMMXt): libgcc's unwinder has them for CPUs that are not ours.
bool is_iwmmxt(const Listed& i) {
    return !(i.thumb && i.digits == 4) && (i.bits & 0x0E00'0E00) == 0x0C00'0000;
}

std::string disassembly_line(FILE* pipe) {
    char text[512];
    return std::fgets(text, sizeof text, pipe) ? text : std::string{};
}

}  // namespace

TEST_CASE("every instruction of a static armhf program decodes", "[cpu][decode]") {
    const std::string command = fmt::format("arm-linux-gnueabihf-objdump -d '{}'", EXYSIM_USERLAND);
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(command.c_str(), "r"), pclose};
    REQUIRE(pipe);
    std::map<std::string, int> unknown;
    size_t known = 0, simd = 0;
    for (std::string line = disassembly_line(pipe.get()); !line.empty();
         line = disassembly_line(pipe.get())) {
        Listed instruction;
        if (!parse(line, instruction)) continue;
        if (find(instruction)) {
            ++known;
        } else if (is_simd(instruction) || is_iwmmxt(instruction)) {
            ++simd;
        } else {
            ++unknown[fmt::format("{} ({}), for example {}", instruction.mnemonic,
                                  instruction.thumb ? "T" : "A", line)];
        }
    }
    INFO(known << " instructions have a row, " << simd << " are Advanced SIMD or iWMMXt");
    CHECK(known > 100'000);
    for (const auto& [what, count] : unknown) FAIL_CHECK(count << " times " << what);
}

}  // namespace exysim::cpu
