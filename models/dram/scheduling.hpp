// How a channel orders what it is asked: the settings, and one row for each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/dram/timing.hpp"

namespace exysim::dram {

enum class PagePolicy : uint8_t { open, closed, adaptive };

/// Clocks are the memory's.
struct Scheduling {
    PagePolicy page_policy = PagePolicy::open;
    uint32_t row_timeout = 0;       ///< open policy: an unused row is closed after this; 0 = stays open
    uint32_t read_queue = 32;       ///< parts of requests the scheduler sees. Assumed: DREX has 16 to 32
    uint32_t write_queue = 32;      ///< the same for writes
    uint32_t write_high = 16;       ///< when so many writes wait, they go before reads
    uint32_t write_low = 0;         ///< ... until so few are left
    uint32_t max_wait = 4095;       ///< oldest of a window goes first once it waited this long (DREX: 0xFFF)
    uint32_t frontend = 1;          ///< arrival to first command
    uint32_t power_down_after = 0;  ///< idle time to power-down; 0 = never
    uint32_t self_refresh_after = 0;  ///< idle time to self-refresh; 0 = never
};

struct SchedulingRow {
    std::string_view key;
    uint32_t Scheduling::*member;
    std::string_view meaning;
    uint32_t least, most;
};
std::span<const SchedulingRow> scheduling_rows();  ///< all but page_policy
std::vector<Contradiction> contradictions(const Scheduling& scheduling);

}  // namespace exysim::dram
