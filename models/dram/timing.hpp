// What a DRAM is: its timing parameters, its shape, and the presets. Plain numbers; the rules that connect
// them are in rules.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/address.hpp"

namespace exysim::dram {

/// A count of memory clocks. Signed, so that "never before" can be far in the past.
using Clocks = int64_t;

/// Timing parameters by their JEDEC names, in memory clocks unless said otherwise.
struct Timing {
    uint32_t tck_ps = 1250;   ///< one memory clock, picoseconds; data move on both edges
    uint32_t rl = 11;         ///< read command to first data (CL, RL)
    uint32_t wl = 8;          ///< write command to first data (CWL, WL)
    uint32_t dqsck = 0;       ///< LPDDR: what tDQSCK adds to RL
    uint32_t bl = 8;          ///< beats of a burst
    uint32_t ccd = 4;         ///< column command to column command
    uint32_t rcd = 11;        ///< activate to column command
    uint32_t rp = 11;         ///< precharge of one bank to its activate
    uint32_t rpab = 11;       ///< precharge of all banks to refresh
    uint32_t ras = 28;        ///< activate to precharge
    uint32_t rc = 39;         ///< activate to activate, same bank
    uint32_t rrd = 6;         ///< activate to activate, other bank
    uint32_t faw = 32;        ///< window in which at most four activates happen
    uint32_t rtp = 6;         ///< read to precharge
    uint32_t wr = 12;         ///< end of written data to precharge
    uint32_t wtr = 6;         ///< end of written data to read
    uint32_t turnaround = 2;  ///< gap on the data bus when its direction or the rank changes
    uint32_t rfc = 128;       ///< refresh of all banks
    uint32_t refi = 6240;     ///< one refresh is due this often; 0 = never
    uint32_t cke = 4;         ///< shortest stay in power-down
    uint32_t xp = 5;          ///< power-down exit to a command
    uint32_t xsr = 512;       ///< self-refresh exit to a command

    constexpr uint32_t burst() const { return bl / 2; }  ///< data bus clocks of a burst
    friend bool operator==(const Timing&, const Timing&) = default;
};

/// One row per parameter: what configuration files, listings and messages call it.
struct TimingRow {
    std::string_view key;
    uint32_t Timing::*member;
    std::string_view meaning;
    uint32_t least, most;
};
std::span<const TimingRow> timing_rows();  ///< all but tck_ps

/// Channels, and what hangs on each.
struct Geometry {
    uint32_t channels = 2;
    uint32_t ranks = 1;
    uint32_t banks = 8;  ///< of a rank
    uint32_t row_bits = 14;
    uint32_t column_bits = 10;  ///< one column is `width_bits` wide
    uint32_t width_bits = 32;   ///< data bus of a channel

    uint64_t row_bytes() const { return (uint64_t{1} << column_bits) * (width_bits / 8); }
    uint64_t rank_bytes() const { return (row_bytes() << row_bits) * banks; }
    uint64_t bytes() const { return rank_bytes() * ranks * channels; }
    friend bool operator==(const Geometry&, const Geometry&) = default;
};

struct GeometryRow {
    std::string_view key;
    uint32_t Geometry::*member;
    std::string_view meaning;
    uint32_t least, most;
    bool power_of_two;
};
std::span<const GeometryRow> geometry_rows();

struct Currents;

struct Preset {
    std::string_view name;
    std::string_view meaning;
    Timing timing;
    Geometry geometry;
    const Currents* currents = nullptr;  ///< null: no data sheet of these devices is among our facts
};
/// Null if there is none of this name.
const Preset* preset(std::string_view name);
std::span<const Preset> presets();

/// A parameter at odds with others: which one, and why, in one sentence.
struct Contradiction {
    std::string_view key;
    std::string message;
};
/// Everything in `timing` that no device could satisfy, for example tRC below tRAS + tRP. Empty = consistent.
std::vector<Contradiction> contradictions(const Timing& timing);
std::vector<Contradiction> contradictions(const Geometry& geometry, const Timing& timing);

}  // namespace exysim::dram
