// Registers of SysMMU versions 1 to 3.3: what all have, and what 3.0/3.1, 3.2 and 3.3 have besides.
// Source: hardware/sysmmu.md sections 2, 3 and 9.
#pragma once

#include <span>
#include <vector>

#include "models/base/register_bank.hpp"

namespace exysim::iommu::reg {

// clang-format off
//                        offset  name               high low access       reset
constexpr Field kInfoId     {0x04C, "FAULT_AXI_ID",    15,  0, Access::ro,  0};
constexpr Field kInfoLength {0x04C, "FAULT_LENGTH",    19, 16, Access::ro,  0};
constexpr Field kInfoWrite  {0x04C, "FAULT_WRITE",     20, 20, Access::ro,  0};
constexpr Field kTlbIndex   {0x040, "L1TLB_READ_ENTRY",31,  0, Access::wo,  0};
constexpr Field kTlbPpn     {0x044, "L1TLB_ENTRY_PPN", 31,  0, Access::ro,  0};
constexpr Field kTlbVpn     {0x048, "L1TLB_ENTRY_VPN", 31,  0, Access::ro,  0};
constexpr Field kPbInfo     {0x400, "PB_INFO",          7,  0, Access::ro,  0};
constexpr Field kPbLmm      {0x404, "PB_LMM",           3,  0, Access::rw,  0};
constexpr Field kPbIndex    {0x408, "PB_INDICATE",      7,  0, Access::rw,  0};
constexpr Field kPbSub      {0x408, "PB_SUB_BUFFER",    8,  8, Access::rw,  0};
constexpr Field kPbCfg      {0x40C, "PB_CFG",          16,  0, Access::rw,  0};
constexpr Field kPbFirst    {0x410, "PB_START_ADDR",   31,  0, Access::rw,  0};
constexpr Field kPbLast     {0x414, "PB_END_ADDR",     31,  0, Access::rw,  0};
constexpr Field kPbVpn      {0x418, "PB_BASE_VPN",     31,  0, Access::ro,  0};

constexpr Field kV30[] = {{0x04C, "PB_ADDR", 31, 0, Access::rw, 0, 4}, {0x400, "PB_INFO", 7, 0, Access::ro, 0}};
constexpr Field kV32[] = {{0x070, "PB_ADDR", 31, 0, Access::rw, 0, 6}, {0x400, "PB_INFO", 7, 0, Access::ro, 0}};
constexpr Field kV33[] = {kInfoId, kInfoLength, kInfoWrite, kTlbIndex, kTlbPpn, kTlbVpn, kPbInfo,
                          kPbLmm, kPbIndex, kPbSub, kPbCfg, kPbFirst, kPbLast, kPbVpn};
// clang-format on
static_assert(well_formed(kV30) && well_formed(kV32) && well_formed(kV33));

/// `common` and what `version` (major << 7 | minor) adds.
inline std::vector<Field> map_of(std::span<const Field> common, uint32_t version) {
    std::vector<Field> all(common.begin(), common.end());
    const auto add = [&all](std::span<const Field> more) { all.insert(all.end(), more.begin(), more.end()); };
    if (version >= (3U << 7 | 3)) {
        add(kV33);
    } else if (version >= (3U << 7 | 2)) {
        add(kV32);
    } else {
        add(kV30);  // versions 1 and 2 store the window registers as well
    }
    return all;
}

}  // namespace exysim::iommu::reg
