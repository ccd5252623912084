// Names of the level-2 controller's registers, for listings and debuggers: the manual's, or Linux's where
// that has better ones.
#pragma once

#include "models/base/register_name.hpp"

namespace exysim::cache {

// clang-format off
inline constexpr RegisterName kPl310Names[] = {
    {0x000, "CACHE_ID",           "implementer and revision"},
    {0x004, "CACHE_TYPE",         "ways and sizes"},
    {0x100, "CTRL",               "the cache is on"},
    {0x104, "AUX_CTRL",           "geometry, replacement, prefetch and how attributes are taken"},
    {0x108, "TAG_LATENCY_CTRL",   "cycles of the tag RAM"},
    {0x10C, "DATA_LATENCY_CTRL",  "cycles of the data RAM"},
    {0x200, "EVENT_CNT_CTRL",     "event counters on, and reset"},
    {0x204, "EVENT_CNT_CFG",      "what counters 1 and 0 count"},
    {0x20C, "EVENT_CNT_VAL",      "counters 1 and 0"},
    {0x214, "INTR_MASK",          "interrupts that are let through"},
    {0x218, "INTR_MASK_STAT",     "interrupts that are raised and let through"},
    {0x21C, "INTR_RAW_STAT",      "interrupts that are raised"},
    {0x220, "INTR_CLEAR",         "ones clear interrupts"},
    {0x730, "CACHE_SYNC",         "a write waits until all buffers are empty"},
    {0x740, "DUMMY_REG",          "nothing; for errata"},
    {0x770, "INV_LINE_PA",        "discards the line of an address"},
    {0x77C, "INV_WAY",            "discards ways"},
    {0x7B0, "CLEAN_LINE_PA",      "writes back the line of an address"},
    {0x7B8, "CLEAN_LINE_IDX",     "writes back a line by index and way"},
    {0x7BC, "CLEAN_WAY",          "writes back ways"},
    {0x7F0, "CLEAN_INV_LINE_PA",  "writes back and discards the line of an address"},
    {0x7F8, "CLEAN_INV_LINE_IDX", "writes back and discards a line by index and way"},
    {0x7FC, "CLEAN_INV_WAY",      "writes back and discards ways"},
    {0x900, "LOCKDOWN_WAY",       "ways that a master may not allocate in: data and code of each"},
    {0x950, "LOCK_LINE_EN",       "lines that are brought in from now on stay"},
    {0x954, "UNLOCK_WAY",         "lets go of the lines that were to stay"},
    {0xC00, "ADDR_FILTER",        "range of the second master port"},
    {0xF40, "DEBUG_CTRL",         "no write-back, no line fill"},
    {0xF60, "PREFETCH_CTRL",      "how far ahead lines are fetched"},
    {0xF80, "POWER_CTRL",         "standby and clock gating"},
};
// clang-format on

}  // namespace exysim::cache
