// The branch predictor: decides nothing about results, only whether the end of a block costs a pipeline
// refill. Source: Cortex-A9 TRM 1.3 and 2.1: global history buffer of 4096 two-bit counters, BTAC of 512
// entries (hardware page "CPU subsystem" section 10), return stack of eight. Assumed: eight bits of history,
// direct-mapped BTAC.
#pragma once

#include <array>
#include <cstdint>

namespace exysim::cpu {

class BranchPredictor {
public:
    /// Learns a conditional branch at `pc`; true if it was foreseen.
    [[gnu::always_inline]] bool direction(uint32_t pc, bool taken) {
        uint8_t& counter = counters_[(pc ^ history_ << 4) % kCounters];
        const bool foreseen = (counter >= 2) == taken;
        counter = taken ? (counter < 3 ? counter + 1 : 3) : (counter > 0 ? counter - 1 : 0);
        history_ = (history_ << 1 | (taken ? 1 : 0)) & 0xFF;
        return foreseen;
    }
    /// Learns the target of an indirect branch.
    [[gnu::always_inline]] bool target(uint32_t pc, uint32_t where) {
        uint32_t& last = targets_[pc % kTargets];
        const bool foreseen = last == where;
        last = where;
        return foreseen;
    }
    void call(uint32_t return_address) { returns_[top_++ % kReturns] = return_address; }
    bool returned(uint32_t where) { return returns_[--top_ % kReturns] == where; }
    /// BPIALL and reset.
    void forget() { *this = {}; }

private:
    static constexpr uint32_t kCounters = 4096, kTargets = 512, kReturns = 8;
    std::array<uint8_t, kCounters> counters_{};
    std::array<uint32_t, kTargets> targets_{};
    std::array<uint32_t, kReturns> returns_{};
    uint32_t history_ = 0, top_ = 0;
};

}  // namespace exysim::cpu
