#include "models/cpu/exclusive_monitors.hpp"

#include "models/cpu/core.hpp"

namespace exysim::cpu {

namespace {
uint32_t granule(PhysAddr a) { return a.value / ExclusiveMonitors::kGranule; }
}  // namespace

void ExclusiveMonitors::attach(Core& core) { monitors_[core.config.index].core = &core; }

ExclusiveMonitors::Monitor& ExclusiveMonitors::of(const Core& core) { return monitors_[core.config.index]; }

void ExclusiveMonitors::reserve(const Core& by, PhysAddr address, const uint8_t* host) {
    of(by).armed = true;
    of(by).granule = granule(address);
    if (host == nullptr) return;
    for (Monitor& m : monitors_) {
        if (m.core != nullptr && m.core != &by) m.core->writes.remove_host(host);
    }
}

bool ExclusiveMonitors::consume(const Core& by, PhysAddr address) {
    Monitor& mine = of(by);
    const bool held = mine.armed && mine.granule == granule(address);
    mine.armed = false;
    return held;
}

void ExclusiveMonitors::clear(const Core& by) { of(by).armed = false; }

void ExclusiveMonitors::stored(const Core& by, PhysAddr address, uint32_t size) {
    const uint32_t first = granule(address), last = granule(address + (size - 1));
    for (Monitor& m : monitors_) {
        if (m.core != &by && (m.granule == first || m.granule == last)) m.armed = false;
    }
}

bool ExclusiveMonitors::watched(const Core& by, PhysAddr address) const {
    for (const Monitor& m : monitors_) {
        const bool same_page = m.granule * kGranule / kPageSize == address.value / kPageSize;
        if (m.core != &by && m.armed && same_page) return true;
    }
    return false;
}

}  // namespace exysim::cpu
