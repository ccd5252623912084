// Ending the machine.
#pragma once

#include <cstdint>

namespace kernel {

enum class StopReason : uint8_t { power_off, reset, panic };

/// Ends the run: tells simctl the status if it is there, then powers off, resets, or after a panic parks the
/// core.
[[noreturn]] void stop_machine(StopReason reason, uint32_t status);

/// Drivers offer ways to do it.
struct PowerControl {
    void (*exit_status)(uint32_t status) = nullptr;  ///< simctl EXIT
    void (*power_off)() = nullptr;                   ///< PS_HOLD
    void (*reset)() = nullptr;                       ///< SWRESET
};
PowerControl& power_control();

}  // namespace kernel
