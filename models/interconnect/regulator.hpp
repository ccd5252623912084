// A limit on what a master asks for, over time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/base/address.hpp"

namespace exysim::interconnect {

/// Holds a master to a rate over time; short bursts of `allowance` bytes pass at once.
class Regulator {
public:
    Regulator() = default;
    Regulator(double bytes_per_ns, double allowance_bytes)
        : active_{bytes_per_ns > 0},
          ps_per_byte_{active_ ? 1000 / bytes_per_ns : 0},
          slack_{static_cast<Picoseconds>(allowance_bytes * ps_per_byte_)} {}

    bool active() const { return active_; }
    /// When a burst that is ready at `ready` may be asked for.
    Picoseconds admit(Picoseconds ready, uint32_t bytes) {
        if (!active_) return ready;
        const Picoseconds at = std::max(ready, paid_ > slack_ ? paid_ - slack_ : 0);
        paid_ = std::max(paid_, ready) + static_cast<Picoseconds>(bytes * ps_per_byte_);
        return at;
    }

private:
    bool active_ = false;
    double ps_per_byte_ = 0;
    Picoseconds slack_ = 0, paid_ = 0;
};

}  // namespace exysim::interconnect
