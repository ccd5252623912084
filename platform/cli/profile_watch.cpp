#include "platform/cli/profile_watch.hpp"

namespace exysim::cli {

namespace {
constexpr unsigned kFramePointer = 11, kLinkRegister = 14;
constexpr uint32_t kModeBits = 0x1F, kUserMode = 0x10;
}  // namespace

debug::ReadWord read_word_of(cpu::CpuCluster& cpu, unsigned core) {
    return [&cpu, core](uint32_t address) -> std::optional<uint32_t> {
        uint32_t word = 0;
        const auto bytes = std::span{reinterpret_cast<uint8_t*>(&word), sizeof word};
        if (!cpu.debug_read(core, VirtAddr{address}, bytes)) return {};
        return word;
    };
}

void attach_profile(cpu::CpuCluster& cpu, debug::Profile& profile) {
    cpu.turn.attach([&cpu, &profile](const cpu::CoreTurn& turn) {
        profile.executed(turn.begin, turn.end, [&] {
            const unsigned core = turn.core;
            return debug::CoreState{cpu.pc(core), cpu.reg(core, kLinkRegister), cpu.reg(core, kFramePointer),
                                    (cpu.cpsr(core) & kModeBits) == kUserMode, read_word_of(cpu, core)};
        });
    });
}

}  // namespace exysim::cli
