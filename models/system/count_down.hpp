// The down counter that a Cortex-A9's private timer and watchdog share.
#pragma once

#include <cstdint>
#include <optional>

namespace exysim::system {

/// Counts from a value to zero, one step every `step` clocks; with reload, from zero on to `reload` and down
/// again. Never stepped: everything follows from the clock given. Clocks are input periods since the start of
/// the run and never decrease.
class CountDown {
public:
    /// Goes on from `value` at `clock`.
    void restart(uint64_t clock, uint32_t value);
    void run(bool running, uint64_t clock);
    void set_step(uint32_t clocks, uint64_t clock);
    /// Nothing: stays at zero.
    void set_reload(std::optional<uint32_t> value, uint64_t clock);

    uint32_t value(uint64_t clock) const;
    /// Whether zero was reached since the last call.
    bool take_zeros(uint64_t clock);
    /// The clock of the first zero that take_zeros() has not seen; nothing if there will be none.
    std::optional<uint64_t> next_zero() const;

private:
    uint64_t first_zero() const;  ///< in steps from since_
    uint64_t zeros(uint64_t clock) const;

    uint64_t since_ = 0;
    uint32_t from_ = 0;  ///< the value at since_
    uint32_t step_ = 1;
    bool running_ = false;
    std::optional<uint32_t> reload_;
    uint64_t seen_ = 0;  ///< zeros since since_ that have been taken
};

}  // namespace exysim::system
