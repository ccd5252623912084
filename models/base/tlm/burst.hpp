// What a memory burst carries besides the generic payload: its priority and order, and the way to finish it
// later.
#pragma once

#include <array>
#include <cstdint>
#include <tlm>

#include "models/base/burst_target.hpp"

namespace exysim {

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
    /// AXI's WRAP: the burst is the naturally aligned block that the address lies in, data from the address
    /// to the block's end first, then from its start. Length: 2, 4, 8 or 16 beats of the master's port.
    bool wrap = false;
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
