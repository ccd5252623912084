// The port of a memory on the chip, which has no queue and answers in its fixed time: one transfer after the
// other, whoever's.
#pragma once

#include <cstdint>

#include "models/base/busy_calendar.hpp"
#include "models/interconnect/burst_rules.hpp"

namespace exysim::interconnect {

class OnChipPort {
public:
    explicit OnChipPort(const PortShape& shape) : timing_{shape} {}

    /// A transfer arrives at `at`: how long it waits for those that are there. Its own beats are part of the
    /// memory's time.
    Picoseconds enter(uint64_t address, uint32_t bytes, Picoseconds at) {
        const Picoseconds waits = calendar_.book(at, timing_.time(address, bytes)) - at;
        waited_ += waits;
        return waits;
    }
    Picoseconds waited() const { return waited_; }         ///< summed over transfers
    Picoseconds busy() const { return calendar_.busy(); }  ///< occupied so far

private:
    PortTiming timing_;
    BusyCalendar calendar_;
    Picoseconds waited_ = 0;
};

}  // namespace exysim::interconnect
