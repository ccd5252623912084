// The Cortex-A9 private region's Snoop Control Unit registers.
#pragma once

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Facts: Cortex-A9 MPCore TRM chapter 2; hardware page "CPU subsystem" section 6. Coherence among the cores
/// is the CPU cluster's business; this is what software sees of it.
struct ScuCore {
    enum Reg : uint32_t { kCtrl = 0x00, kConfig = 0x04, kCpuStatus = 0x08, kInvalidate = 0x0C, kDiag = 0x30 };
    // clang-format off
    static constexpr Field kCpus    {kConfig, "CPU_NUMBER", 1,  0, Access::ro, 0};  // cores - 1
    static constexpr Field kSmp     {kConfig, "SMP_MODE",   7,  4, Access::ro, 0};  // a bit a core
    static constexpr Field kTagRam  {kConfig, "TAG_RAM",   15,  8, Access::ro, 0};  // two bits a core
    static constexpr Field kMap[] = {
        {kCtrl,       "CTRL",       6, 0, Access::rw,  0},  // bit 0 enable, bit 5 standby
        kCpus, kSmp, kTagRam,
        {kCpuStatus,  "CPU_STATUS", 31, 0, Access::rw,  0},
        {kInvalidate, "INVALIDATE", 15, 0, Access::w1p, 0},
        {kDiag,       "DIAG",       31, 0, Access::rw,  0},  // erratum 764369: bit 0
    };
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};

    explicit ScuCore(uint32_t cores) {
        regs.set(kCpus, cores - 1);
        regs.set(kSmp, (1U << cores) - 1);
        regs.set(kTagRam, (1U << 2 * cores) / 3);  // 0b01 a core: 32 KiB of L1 data cache each
    }
};

}  // namespace exysim::system
