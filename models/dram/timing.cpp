#include "models/dram/timing.hpp"

#include "models/dram/energy.hpp"

#include <algorithm>
#include <bit>

namespace exysim::dram {

namespace {

// clang-format off
constexpr TimingRow kTimingRows[] = {
    {"rl", &Timing::rl, "read command to first data (CL, RL)", 1, 200},
    {"wl", &Timing::wl, "write command to first data (CWL, WL)", 1, 200},
    {"dqsck", &Timing::dqsck, "LPDDR: added to RL by tDQSCK", 0, 50},
    {"bl", &Timing::bl, "beats of a burst: 4, 8 or 16", 4, 16},
    {"ccd", &Timing::ccd, "column command to column command", 1, 64},
    {"rcd", &Timing::rcd, "activate to column command", 1, 500},
    {"rp", &Timing::rp, "precharge of one bank to its activate", 1, 500},
    {"rpab", &Timing::rpab, "precharge of all banks to refresh", 1, 500},
    {"ras", &Timing::ras, "activate to precharge", 1, 1'000},
    {"rc", &Timing::rc, "activate to activate, same bank", 2, 2'000},
    {"rrd", &Timing::rrd, "activate to activate, other bank", 1, 500},
    {"faw", &Timing::faw, "window in which at most four activates happen", 1, 2'000},
    {"rtp", &Timing::rtp, "read to precharge", 1, 500},
    {"wr", &Timing::wr, "end of written data to precharge", 1, 500},
    {"wtr", &Timing::wtr, "end of written data to read", 1, 500},
    {"turnaround", &Timing::turnaround, "gap on the data bus when direction or rank changes", 0, 64},
    {"rfc", &Timing::rfc, "refresh of all banks", 1, 10'000},
    {"refi", &Timing::refi, "refresh interval, 0 = never", 0, 1'000'000},
    {"cke", &Timing::cke, "shortest stay in power-down", 1, 500},
    {"xp", &Timing::xp, "power-down exit to a command", 1, 1'000},
    {"xsr", &Timing::xsr, "self-refresh exit to a command", 1, 10'000},
};
constexpr GeometryRow kGeometryRows[] = {
    {"channels", &Geometry::channels, "independent channels", 1, 4, true},
    {"ranks", &Geometry::ranks, "ranks (chip selects) of a channel", 1, 4, true},
    {"banks", &Geometry::banks, "banks of a rank", 2, 8, true},
    {"row_bits", &Geometry::row_bits, "address bits of a row", 8, 18, false},
    {"column_bits", &Geometry::column_bits, "address bits of a column", 6, 14, false},
    {"width", &Geometry::width_bits, "data bus of a channel in bits", 8, 64, true},
};

// Timing: JEDEC LPDDR2 tables as Linux's jedec data carry them; DDR3 component and module data sheets' speed bins
// (2 KiB pages, 2 Gb dies: tRFC 160 ns); DDR3-800's as U-Boot programs them on Origen (Exynos4210). tXP and tXSR
// as there. Nanoseconds were rounded up to clocks.
constexpr Timing kLpddr2_800 = {.tck_ps = 2500, .rl = 6, .wl = 3, .dqsck = 3, .bl = 8, .ccd = 2, .rcd = 8, .rp = 8, .rpab = 9,
    .ras = 17, .rc = 25, .rrd = 4, .faw = 20, .rtp = 3, .wr = 6, .wtr = 3, .turnaround = 2, .rfc = 52, .refi = 1560,
    .cke = 3, .xp = 3, .xsr = 56};
constexpr Timing kLpddr2_1066 = {.tck_ps = 1875, .rl = 8, .wl = 4, .dqsck = 3, .bl = 8, .ccd = 2, .rcd = 10, .rp = 10, .rpab = 12,
    .ras = 23, .rc = 33, .rrd = 6, .faw = 27, .rtp = 4, .wr = 8, .wtr = 4, .turnaround = 2, .rfc = 70, .refi = 2080,
    .cke = 3, .xp = 4, .xsr = 75};
constexpr Timing kDdr3_800 = {.tck_ps = 2500, .rl = 6, .wl = 5, .dqsck = 0, .bl = 8, .ccd = 4, .rcd = 6, .rp = 6, .rpab = 6,
    .ras = 15, .rc = 21, .rrd = 4, .faw = 20, .rtp = 4, .wr = 6, .wtr = 4, .turnaround = 2, .rfc = 64, .refi = 3120,
    .cke = 3, .xp = 3, .xsr = 512};
constexpr Timing kDdr3_1600 = {.tck_ps = 1250, .rl = 11, .wl = 8, .dqsck = 0, .bl = 8, .ccd = 4, .rcd = 11, .rp = 11, .rpab = 11,
    .ras = 28, .rc = 39, .rrd = 6, .faw = 32, .rtp = 6, .wr = 12, .wtr = 6, .turnaround = 2, .rfc = 128, .refi = 6240,
    .cke = 4, .xp = 5, .xsr = 512};

constexpr Geometry kDdr3Pair = {2, 1, 8, 14, 10, 32};    // two x16 devices of 2 Gb a rank: 4 KiB pages, 512 MiB
constexpr Geometry kLpddr2Four = {2, 1, 8, 14, 10, 32};  // one x32 device of 4 Gb a rank: 4 KiB pages, 512 MiB

// Micron MT42L128M32D1 (4 Gb x32, LPDDR2-1066) as gem5's memory library carries its data sheet: VDD1 1.8 V, VDD2 1.2 V.
constexpr Currents kLpddr2FourGb = {
    {{.volts = 1.8, .idd0 = 15, .idd2n = 2, .idd3n = 2.5, .idd4r = 3, .idd4w = 10, .idd5 = 40, .idd3p = 1.2, .idd6 = 1},
     {.volts = 1.2, .idd0 = 70, .idd2n = 30, .idd3n = 30, .idd4r = 220, .idd4w = 190, .idd5 = 150, .idd3p = 8, .idd6 = 3.2}},
    1};

constexpr Preset kPresets[] = {
    {"lpddr2-800", "LPDDR2-S4, 4 Gb x32, RL 6", kLpddr2_800, kLpddr2Four, &kLpddr2FourGb},
    {"lpddr2-1066", "LPDDR2-S4, 4 Gb x32, RL 8", kLpddr2_1066, kLpddr2Four, &kLpddr2FourGb},
    {"ddr3-800", "DDR3-800 6-6-6, two 2 Gb x16, as on Origen", kDdr3_800, kDdr3Pair},
    {"ddr3-1600", "DDR3-1600 11-11-11, two 2 Gb x16", kDdr3_1600, kDdr3Pair},
};
// clang-format on

/// `key` must be at least `sum`, which `reason` spells out.
struct AtLeast {
    std::string_view key;
    uint32_t has, sum;
    std::string_view reason;
};

std::string clocks(uint32_t n) { return std::to_string(n) + (n == 1 ? " clock" : " clocks"); }

}  // namespace

std::span<const TimingRow> timing_rows() { return kTimingRows; }
std::span<const GeometryRow> geometry_rows() { return kGeometryRows; }
std::span<const Preset> presets() { return kPresets; }

const Preset* preset(std::string_view name) {
    const auto* found = std::find_if(std::begin(kPresets), std::end(kPresets),
                                     [&](const Preset& p) { return p.name == name; });
    return found == std::end(kPresets) ? nullptr : found;
}

std::vector<Contradiction> contradictions(const Timing& t) {
    const AtLeast rows[] = {
        {"rc", t.rc, t.ras + t.rp, "tRAS + tRP: a row is open for tRAS and closing takes tRP"},
        {"ras", t.ras, t.rcd, "tRCD: the row must be open until its first column command"},
        {"rpab", t.rpab, t.rp, "tRP: closing all banks cannot be quicker than closing one"},
        {"faw", t.faw, t.rrd, "tRRD: four activates take longer than two"},
        {"rc", t.rc, t.rrd, "tRRD: the same bank cannot be quicker than another"},
        {"xsr", t.xsr, t.xp, "tXP: self-refresh is left more slowly than power-down"},
        {"rl", t.rl, t.wl, "WL: the bus cannot turn from read to write otherwise"},
    };
    std::vector<Contradiction> found;
    for (const AtLeast& row : rows) {
        if (row.has >= row.sum) continue;
        found.push_back({row.key, "is " + clocks(row.has) + ", less than " + clocks(row.sum) + " of " +
                                      std::string{row.reason}});
    }
    if (!std::has_single_bit(t.bl)) found.push_back({"bl", "is none of 4, 8 and 16 beats"});
    if (t.refi != 0 && t.refi <= t.rfc + t.rpab) {
        found.push_back({"refi", "is " + clocks(t.refi) + ", not more than a refresh takes (tRPab + tRFC = " +
                                     clocks(t.rfc + t.rpab) + ")"});
    }
    return found;
}

std::vector<Contradiction> contradictions(const Geometry& g, const Timing& t) {
    std::vector<Contradiction> found;
    for (const GeometryRow& row : kGeometryRows) {
        if (row.power_of_two && !std::has_single_bit(g.*row.member)) {
            found.push_back({row.key, "is " + std::to_string(g.*row.member) + ", not a power of two"});
        }
    }
    const uint64_t burst_columns = t.bl;
    if (burst_columns > (uint64_t{1} << g.column_bits)) {
        found.push_back({"column_bits", "leaves a row shorter than one burst"});
    }
    if (g.bytes() > uint64_t{1} << 36) {
        found.push_back({"row_bits", "makes " + std::to_string(g.bytes() >> 30) + " GiB, more than 64 GiB"});
    }
    return found;
}

}  // namespace exysim::dram
