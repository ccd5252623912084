// Static cost of a block: a small model of the Cortex-A9's dual issue, units and result latencies, evaluated
// once when a block is translated. What it covers is in README.md. Source: Cortex-A9 TRM, appendix B (cycle
// timings) and Cortex-A9 FPU TRM, table 3-1, from knowledge; hardware page "CPU subsystem" section 10
// (load-use). Where those are silent the figure is marked Assumed.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/cpu/instruction_table.hpp"

namespace exysim::cpu {

enum class Unit : uint8_t { alu, multiply, load, store, branch, floating, system };
inline constexpr size_t kUnits = 7;

/// How rows whose names begin with `name` behave. The first entry that fits counts.
struct InstructionTiming {
    const char* name;
    Unit unit;
    uint8_t issue;       ///< cycles the unit is busy; 0: what the instruction's row says
    uint8_t latency;     ///< cycles from issue until another instruction can use the result
    const char* reads;   ///< letters of the fields that name source registers
    const char* writes;  ///< and destination registers
};

std::span<const InstructionTiming> instruction_timings();
/// Never null: the last entry fits everything.
const InstructionTiming& timing_of(const Row& row);

inline constexpr uint32_t kLoadUse = 4;  ///< first-level hit, cycles from load to use
/// Assumed: results of a block's end that the next block's beginning hides; calibrated with Dhrystone, 2.5
/// DMIPS/MHz.
inline constexpr uint32_t kOverlap = 6;
/// Assumed: refill of a pipeline of eight to eleven stages.
inline constexpr uint32_t kMispredictPenalty = 9;

/// Collects the instructions of one block and says what it costs.
class BlockSchedule {
public:
    /// `conditional`: the instruction has a condition other than always.
    void add(const Fields& fields, bool conditional);
    /// The block ends in a branch to its own start.
    void loops() { loop_ = true; }
    /// Cycles: the slowest of issue width, busy units and dependences; at least one.
    uint32_t cycles() const;
    /// The block loops and no load's address comes from what another load, or an earlier iteration's, has
    /// read: misses of its loads may be under way at once. Of other blocks it is not known, as addresses may
    /// come from blocks before.
    bool independent_loads() const;

private:
    static constexpr uint8_t kFlags = 16, kFirstVfp = 17, kResources = 17 + 32;
    struct Step {
        Unit unit;
        uint8_t issue, latency;
        uint64_t reads, writes;  // sets of resources: r0-r15, flags, d0-d31
    };
    struct Progress {
        std::array<uint32_t, kResources> ready{};
        std::array<uint32_t, kUnits> free{};
        uint32_t alu2_free = 0;
        uint32_t slots = 0;  // issue slots used, two a cycle
        uint32_t last = 0;   // when the last result is there
    };
    void run(Progress& progress) const;
    uint32_t busy() const;

    std::vector<Step> steps_;
    bool loop_ = false;
};

}  // namespace exysim::cpu
