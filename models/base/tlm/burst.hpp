// What a memory burst carries besides the generic payload: its priority, and the way to finish it later.
#pragma once

#include <array>
#include <cstdint>
#include <tlm>

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

/// An extension of the payload. A master that keeps several bursts in flight sets `deferrable`: the data move
/// in b_transport as always, but a target with a queue (the DRAM controller, and the bus in front of it) may
/// leave the time open and calls defer(); b_transport's delay is then only the time until the burst was
/// accepted. A transfer that is cut into pieces on its way may be left open in several places. The master
/// keeps the extension and calls restart() before each transfer.
struct Burst : tlm::tlm_extension<Burst> {
    /// Where a part of the transfer waits for its time.
    struct Open {
        BurstCompletion* by = nullptr;
        uint64_t ticket = 0;
    };
    static constexpr uint32_t kOpen = 4;

    uint8_t priority = 0;  ///< 0 usual ... 3 most urgent
    bool deferrable = false;
    uint32_t opened = 0;
    std::array<Open, kOpen> open{};

    void restart() { opened = 0; }
    /// Whether the time may be left open once more.
    bool may_defer() const { return deferrable && opened < kOpen; }
    void defer(BurstCompletion& by, uint64_t ticket) { open[opened++] = {&by, ticket}; }

    tlm::tlm_extension_base* clone() const override { return new Burst{*this}; }
    void copy_from(const tlm::tlm_extension_base& other) override {
        *this = static_cast<const Burst&>(other);
    }
};

}  // namespace exysim
