#include "models/system/combiner_core.hpp"

namespace exysim::system {

CombinerCore::CombinerCore() {
    regs.on_write_each(kIesr, [this](uint32_t block, uint32_t written) {
        change_enables(block, enabled_[block] | written);
    });
    regs.on_write_each(kIecr, [this](uint32_t block, uint32_t written) {
        change_enables(block, enabled_[block] & ~written);
    });
}

void CombinerCore::set_input(uint32_t input, bool level) {
    const uint32_t block = input / 32, bit = 1U << input % 32;
    const uint32_t levels = regs.get(kIstr, block);
    regs.set(kIstr, level ? levels | bit : levels & ~bit, block);
    recompute(block);
}

void CombinerCore::change_enables(uint32_t block, uint32_t enabled) {
    enabled_[block] = enabled;
    regs.set(kIesr, enabled, block);  // both registers read as the mask of enabled inputs
    regs.set(kIecr, enabled, block);
    recompute(block);
}

void CombinerCore::recompute(uint32_t block) {
    const uint32_t masked = regs.get(kIstr, block) & enabled_[block];
    regs.set(kImsr, masked, block);
    uint32_t combined = regs.get(kCipsr);
    for (uint32_t lane = 0; lane < 4; ++lane) {
        const uint32_t group = 1U << (4 * block + lane);
        const bool any = (masked >> 8 * lane & 0xFF) != 0;
        combined = any ? combined | group : combined & ~group;
    }
    regs.set(kCipsr, combined);
}

}  // namespace exysim::system
