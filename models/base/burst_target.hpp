// A memory whose time is asked for apart from its data, and whoever can say when a burst is complete. Plain
// C++; time is picoseconds.
#pragma once

#include <cstdint>

#include "models/base/address.hpp"

namespace exysim {

/// Somebody who has accepted a burst and can say when it completes. Asking may decide it; the answer never
/// changes.
class BurstCompletion {
public:
    /// Absolute simulated time at which burst `ticket` is complete. Ask once for each ticket.
    virtual Picoseconds completion(uint64_t ticket) = 0;

protected:
    ~BurstCompletion() = default;
};

struct BurstRequest {
    uint64_t offset;  ///< from the start of the memory
    uint32_t bytes;
    bool write = false;
    uint8_t priority = 0;  ///< 0 usual ... 3 most urgent
};

/// A memory behind an interconnect that books its time. The data move apart from that.
class BurstTarget : public BurstCompletion {
public:
    /// A read whose address, or a write whose last data, arrive at `at`. Decides nothing.
    virtual uint64_t submit(const BurstRequest& request, Picoseconds at) = 0;
    /// submit() and completion() in one.
    virtual Picoseconds complete(const BurstRequest& request, Picoseconds at) = 0;
    /// When the memory has taken over write `ticket`, which may lie in its queue then: AXI's response to a
    /// bufferable write. To be asked soon, and not beside completion().
    virtual Picoseconds acceptance(uint64_t ticket) = 0;
    /// submit() and acceptance() in one.
    virtual Picoseconds accept(const BurstRequest& request, Picoseconds at) = 0;

protected:
    ~BurstTarget() = default;
};

}  // namespace exysim
