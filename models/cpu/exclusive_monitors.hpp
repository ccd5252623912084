// The exclusive monitors of a cluster: who has reserved which granule.
// Source: ARM ARM A3.4; Cortex-A9: the granule is one cache line of 32 bytes.
#pragma once

#include <array>
#include <cstdint>

#include "models/base/address.hpp"

namespace exysim::cpu {

struct Core;

/// While a core holds a reservation, no other core has a fast-path write entry for that page: their stores
/// come by here and break it. The core's own stores leave its reservation alone.
class ExclusiveMonitors {
public:
    static constexpr uint32_t kGranule = 32, kMaxCores = 4;

    void attach(Core& core);
    /// `host`: the granule of direct access that holds it, or nullptr.
    void reserve(const Core& by, PhysAddr address, const uint8_t* host);
    /// True if `by` holds the granule; its reservation ends either way.
    bool consume(const Core& by, PhysAddr address);
    void clear(const Core& by);
    /// A store of `size` bytes by `by`: reservations of others in its granules end. True if another core
    /// holds one in the page of `address` still: no fast path for stores then.
    bool stored(const Core& by, PhysAddr address, uint32_t size) {
        if (armed_ == 0) [[likely]]
            return false;
        break_reservations(by, address, size);
        return others_reserve_in_page(by, address);
    }
    /// Calls `what` for every core of the cluster, `from` included: broadcast TLB and I-cache maintenance.
    template <class What>
    void broadcast(Core& from, What what) {
        what(from);
        for (Monitor& m : monitors_) {
            if (m.core != nullptr && m.core != &from) what(*m.core);
        }
    }

private:
    struct Monitor {
        Core* core = nullptr;
        uint32_t granule = 0;
    };
    static uint32_t number(const Core& core);
    bool armed(uint32_t n) const { return (armed_ >> n & 1) != 0; }
    void break_reservations(const Core& by, PhysAddr address, uint32_t size);
    bool others_reserve_in_page(const Core& by, PhysAddr address) const;

    uint32_t armed_ = 0;  // a bit a core that holds a reservation
    std::array<Monitor, kMaxCores> monitors_{};
};

}  // namespace exysim::cpu
