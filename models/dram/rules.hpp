// The timing constraints between DRAM commands, as rows: after one command, how long another must wait, and
// where.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/dram/timing.hpp"

namespace exysim::dram {

enum Command : uint8_t { kActivate, kPrecharge, kRead, kWrite, kCommands, kRefresh = kCommands };

/// Whom a rule binds: commands to the same bank, to any bank of the same rank, or to the channel's other
/// ranks.
enum class Scope : uint8_t { bank, rank, other_ranks };

/// "After `first`, `then` waits `delay` clocks." The tFAW window and refresh are not of this form: see
/// RankState.
struct Rule {
    Command first, then;
    Scope scope;
    int32_t (*delay)(const Timing&);
    std::string_view name;  ///< JEDEC's
};

namespace detail {
constexpr int32_t number(uint32_t clocks) { return static_cast<int32_t>(clocks); }
constexpr int32_t columns(const Timing& t) { return number(std::max(t.ccd, t.burst())); }
/// Read command to the end of its data, and a write's likewise.
constexpr int32_t read_end(const Timing& t) { return number(t.rl + t.dqsck + t.burst()); }
constexpr int32_t write_end(const Timing& t) { return number(t.wl + t.burst()); }
constexpr int32_t gap(const Timing& t) { return number(t.turnaround); }

// clang-format off
inline constexpr Rule kRules[] = {
    {kActivate,  kRead,      Scope::bank, [](const Timing& t) { return number(t.rcd); }, "tRCD"},
    {kActivate,  kWrite,     Scope::bank, [](const Timing& t) { return number(t.rcd); }, "tRCD"},
    {kActivate,  kPrecharge, Scope::bank, [](const Timing& t) { return number(t.ras); }, "tRAS"},
    {kActivate,  kActivate,  Scope::bank, [](const Timing& t) { return number(t.rc); }, "tRC"},
    {kActivate,  kActivate,  Scope::rank, [](const Timing& t) { return number(t.rrd); }, "tRRD"},
    {kPrecharge, kActivate,  Scope::bank, [](const Timing& t) { return number(t.rp); }, "tRP"},
    {kRead,      kPrecharge, Scope::bank, [](const Timing& t) { return number(t.rtp); }, "tRTP"},
    {kRead,      kRead,      Scope::rank, columns, "tCCD"},
    {kRead,      kWrite,     Scope::rank, [](const Timing& t) { return read_end(t) + gap(t) - number(t.wl); }, "read to write"},
    {kWrite,     kPrecharge, Scope::bank, [](const Timing& t) { return write_end(t) + number(t.wr); }, "tWR"},
    {kWrite,     kWrite,     Scope::rank, columns, "tCCD"},
    {kWrite,     kRead,      Scope::rank, [](const Timing& t) { return write_end(t) + number(t.wtr); }, "tWTR"},
    {kRead,      kRead,      Scope::other_ranks, [](const Timing& t) { return number(t.burst()) + gap(t); }, "rank switch"},
    {kRead,      kWrite,     Scope::other_ranks, [](const Timing& t) { return read_end(t) + gap(t) - number(t.wl); }, "read to write"},
    {kWrite,     kWrite,     Scope::other_ranks, [](const Timing& t) { return number(t.burst()) + gap(t); }, "rank switch"},
    {kWrite,     kRead,      Scope::other_ranks, [](const Timing& t) { return write_end(t) + gap(t) - number(t.rl + t.dqsck); }, "rank switch"},
};
// clang-format on

}  // namespace detail

constexpr std::span<const Rule> rules() { return detail::kRules; }

/// Whether any rule makes `then` wait for `first` in `scope`; lets the compiler leave out what no row asks
/// for.
constexpr bool bound(Scope scope, Command first, Command then) {
    for (const Rule& rule : detail::kRules)
        if (rule.scope == scope && rule.first == first && rule.then == then) return true;
    return false;
}

/// Whether the same commands wait for `one` as for `other`, only for how long may differ.
constexpr bool bound_alike(Command one, Command other) {
    for (const Scope scope : {Scope::bank, Scope::rank, Scope::other_ranks})
        for (uint8_t then = 0; then < kCommands; ++then)
            if (bound(scope, one, Command{then}) != bound(scope, other, Command{then})) return false;
    return true;
}

/// How many commands wait for `first` in `scope`.
constexpr uint32_t bound(Scope scope, Command first) {
    uint32_t commands = 0;
    for (uint8_t then = 0; then < kCommands; ++then) commands += bound(scope, first, Command{then});
    return commands;
}

/// Delays of all rules for one Timing: after[scope][first][then]; kNone where nothing binds.
struct RuleTable {
    static constexpr Clocks kNone = -(Clocks{1} << 40);
    using Row = std::array<Clocks, kCommands>;
    std::array<std::array<Row, kCommands>, 3> after;

    explicit RuleTable(const Timing& timing);
    const Row& row(Scope scope, Command first) const { return after[static_cast<size_t>(scope)][first]; }
};

}  // namespace exysim::dram
