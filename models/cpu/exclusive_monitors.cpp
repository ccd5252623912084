#include "models/cpu/exclusive_monitors.hpp"

#include "models/cpu/core.hpp"

namespace exysim::cpu {

namespace {
uint32_t granule(PhysAddr a) { return a.value / ExclusiveMonitors::kGranule; }
}  // namespace

uint32_t ExclusiveMonitors::number(const Core& core) { return core.config.index; }

void ExclusiveMonitors::attach(Core& core) { monitors_[number(core)].core = &core; }

void ExclusiveMonitors::reserve(const Core& by, PhysAddr address, const uint8_t* host) {
    armed_ |= 1U << number(by);
    monitors_[number(by)].granule = granule(address);
    if (host == nullptr) return;
    for (Monitor& m : monitors_) {
        if (m.core != nullptr && m.core != &by) m.core->writes.remove_host(host);
    }
}

bool ExclusiveMonitors::consume(const Core& by, PhysAddr address) {
    const bool held = armed(number(by)) && monitors_[number(by)].granule == granule(address);
    clear(by);
    return held;
}

void ExclusiveMonitors::clear(const Core& by) { armed_ &= ~(1U << number(by)); }

void ExclusiveMonitors::break_reservations(const Core& by, PhysAddr address, uint32_t size) {
    const uint32_t first = granule(address), last = granule(address + (size - 1));
    for (uint32_t n = 0; n < kMaxCores; ++n) {
        const uint32_t reserved = monitors_[n].granule;
        if (n != number(by) && (reserved == first || reserved == last)) armed_ &= ~(1U << n);
    }
}

bool ExclusiveMonitors::others_reserve_in_page(const Core& by, PhysAddr address) const {
    for (uint32_t n = 0; n < kMaxCores; ++n) {
        const bool same_page = monitors_[n].granule * kGranule / kPageSize == address.value / kPageSize;
        if (n != number(by) && armed(n) && same_page) return true;
    }
    return false;
}

}  // namespace exysim::cpu
