// Interrupt combiner: eight inputs a group, one output a group.
#pragma once

#include <vector>

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Facts: hardware page "System devices" section 3. Four groups share a block of 0x10 bytes; a group's eight
/// inputs are byte lane `group % 4` of each of its registers. Holds no state of the inputs but their level.
class CombinerCore {
public:
    static constexpr uint32_t kInputsPerGroup = 8;
    static constexpr uint32_t kMaxGroups = 32;
    enum Reg : uint32_t {
        kEnableSet = 0x0,
        kEnableClear = 0x4,
        kRawStatus = 0x8,
        kMaskedStatus = 0xC,
        kCombinedPending = 0x100
    };
    // clang-format off
    static constexpr uint32_t kBlocks = kMaxGroups / 4;
    static constexpr Field kIesr  {kEnableSet,       "IESR",  31, 0, Access::rw, 0, kBlocks, 0x10};
    static constexpr Field kIecr  {kEnableClear,     "IECR",  31, 0, Access::rw, 0, kBlocks, 0x10};
    static constexpr Field kIstr  {kRawStatus,       "ISTR",  31, 0, Access::ro, 0, kBlocks, 0x10};
    static constexpr Field kImsr  {kMaskedStatus,    "IMSR",  31, 0, Access::ro, 0, kBlocks, 0x10};
    static constexpr Field kCipsr {kCombinedPending, "CIPSR", 31, 0, Access::ro, 0};
    static constexpr Field kMap[] = {kIesr, kIecr, kIstr, kImsr, kCipsr};
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};

    CombinerCore();

    /// `input` counts through all groups: 8 * group + bit.
    void set_input(uint32_t input, bool level);
    bool output(uint32_t group) const { return regs.get(kCipsr) >> group & 1; }

private:
    void change_enables(uint32_t block, uint32_t enabled);
    void recompute(uint32_t block);

    uint32_t enabled_[kBlocks] = {};
};

}  // namespace exysim::system
