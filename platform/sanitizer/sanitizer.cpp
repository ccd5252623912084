#include "platform/sanitizer/sanitizer.hpp"

#include <fmt/format.h>

#include "models/cache/hierarchy.hpp"

namespace exysim::sanitizer {

Sanitizer::Sanitizer(board::Machine& machine)
    : machine_{machine}, lines_{views(), log}, tables_{views(), log} {
    watch_caches();
    watch_bus();
    for (const config::SharingRuleInfo& rule : config::sharing_rules()) {
        machine.statistics.gauge(fmt::format("sanitizer.{}", rule.name), "1", std::string{rule.meaning},
                                 [this, which = rule.rule] { return static_cast<double>(log.count(which)); });
    }
}

CodePlace Sanitizer::place(unsigned core) const {
    constexpr unsigned kLinkRegister = 14;
    cpu::Core& c = machine_.cpu.debug_core(core);
    return {core, c.current_pc(), c.r[kLinkRegister], picoseconds(sc_core::sc_time_stamp())};
}

MemoryViews Sanitizer::views() {
    cache::Hierarchy& caches = *machine_.caches;
    const auto memory = [this](PhysAddr line, LineBytes& bytes) {
        const auto from = machine_.memory({line, kLineBytes});
        std::copy(from.begin(), from.end(), bytes.begin());
        return !from.empty();
    };
    return {.cached = [&caches](PhysAddr line) { return caches.holds(line); },
            .overlay_dirty = [&caches](PhysAddr l, LineBytes& b) { return caches.overlay_dirty(l, b); },
            .overlay_waiting = [&caches](PhysAddr l, LineBytes& b) { return caches.overlay_waiting(l, b); },
            .memory = memory,
            .watch = [&caches](PhysAddr line) { caches.watch(line); },
            .place = [this](unsigned core) { return place(core); },
            .now = [] { return picoseconds(sc_core::sc_time_stamp()); }};
}

void Sanitizer::watch_caches() {
    cache::Hierarchy& caches = *machine_.caches;
    const PhysRange ram = machine_.ram_range();
    for (unsigned n = 0; n < machine_.cpu.count(); ++n) {
        cache::CoreCaches& core = caches.core(n);
        core.dirtied.attach([this](const cache::LineDirtied& e) { lines_.dirtied(e); });
        core.overwritten.attach([this](const cache::LineOverwritten& e) { lines_.overwritten(e); });
        core.filled.attach([this](const cache::LineFilled& e) { lines_.filled(e); });
        core.touched.attach([this](const cache::LineTouched& e) { lines_.touched(e); });
        core.discarded.attach([this](const cache::LineDiscarded& e) { lines_.discarded(e); });
        core.past.attach([this, ram](const cache::AccessPast& e) {
            if (ram.contains(e.address)) lines_.past(e);
        });
    }
    cache::Level2& level2 = caches.level2();
    level2.filled.attach([this](PhysAddr line) { lines_.came_from_memory(line); });
    level2.written_back.attach([this](const cache::LineWrittenBack& e) { lines_.written_back(e); });
    level2.discarded.attach([this](const cache::LineDiscarded& e) { lines_.discarded(e); });
}

void Sanitizer::watch_bus() {
    for (const auto& [device, mmu] : machine_.mmus) watch_unit(device, *mmu);
    machine_.bus.transferred.attach([this](const interconnect::BusTransfer& t) {
        if (machine_.ram_range().contains(t.address)) moved(t);
    });
}

void Sanitizer::watch_unit(const std::string& device, iommu::SysMmu& mmu) {
    Unit& unit = units_[device];
    unit.device = device;
    mmu.translated.attach([this, &unit, &mmu](const iommu::Translated& t) {
        unit.last = t;
        tables_.translated(unit.device, t, mmu.by_tables_dbg(t.iova));
    });
    mmu.entry_read.attach([this, &unit](const iommu::EntryRead& e) { tables_.entry_read(unit.device, e); });
}

/// Data of a device; a SysMMU's walks come by themselves, and a core's traffic through its caches.
void Sanitizer::moved(const interconnect::BusTransfer& t) {
    if (t.master == "cpu") return;
    DeviceAccess access{t.master, t.address, t.data, {}};
    if (const auto unit = units_.find(t.master); unit != units_.end()) {
        const iommu::Translated& last = unit->second.last;
        if (last.size == 0 || !PhysRange{last.address, last.size}.contains(t.address)) return;
        access.iova = last.iova + (t.address - last.address);
    }
    if (t.direction == Direction::read) {
        lines_.device_read(access);
    } else {
        lines_.device_wrote(access);
    }
}

}  // namespace exysim::sanitizer
