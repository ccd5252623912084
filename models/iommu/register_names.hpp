// Names of the SysMMU's registers, for listings and debuggers: the manual's, or Linux's where that has better
// ones.
#pragma once

#include "models/base/register_name.hpp"

namespace exysim::iommu {

// clang-format off
inline constexpr RegisterName kSysMmuNames[] = {
    {0x000, "MMU_CTRL",           "on, blocked, interrupt"},
    {0x004, "MMU_CFG",            "replacement, quality of service, prefetch buffers"},
    {0x008, "MMU_STATUS",         "blocked now"},
    {0x00C, "MMU_FLUSH",          "forgets all translations"},
    {0x010, "MMU_FLUSH_ENTRY",    "forgets the translation of a page"},
    {0x014, "PT_BASE_ADDR",       "first-level table"},
    {0x018, "INT_STATUS",         "faults that have happened"},
    {0x01C, "INT_CLEAR",          "ones clear faults"},
    {0x024, "PAGE_FAULT_ADDR",    "address of the page fault"},
    {0x028, "AW_FAULT_ADDR",      "address of the writing fault"},
    {0x02C, "AR_FAULT_ADDR",      "address of the reading fault"},
    {0x030, "DEFAULT_SLAVE_ADDR", "address that no table maps"},
    {0x034, "MMU_VERSION",        "version of the block"},
    {0x400, "PB_INFO",           "how many prefetch buffers there are"},
};
/// Versions with prefetch buffers of two registers each.
inline constexpr RegisterName kSysMmuPrefetchNames[] = {
    {0x04C, "PB_ADDR", "begin and end of prefetch buffers"},
    {0x070, "PB_ADDR", "begin and end of prefetch buffers"},
};
/// Version 3.3.
inline constexpr RegisterName kSysMmuTlbNames[] = {
    {0x040, "L1TLB_READ_ENTRY", "which entry of the TLB is shown"},
    {0x044, "L1TLB_ENTRY_PPN",  "physical page of that entry"},
    {0x048, "L1TLB_ENTRY_VPN",  "virtual page of that entry"},
    {0x04C, "FAULT_TRANS_INFO", "the transfer that faulted: id, length, direction"},
    {0x404, "PB_LMM",           "how they are shared out"},
    {0x408, "PB_INDICATE",      "which one the next registers mean"},
    {0x40C, "PB_CFG",           "how it fetches ahead"},
    {0x410, "PB_START_ADDR",    "first address that it serves"},
    {0x414, "PB_END_ADDR",      "last address that it serves"},
    {0x418, "PB_BASE_VPN",      "where it is now"},
};
// clang-format on

}  // namespace exysim::iommu
