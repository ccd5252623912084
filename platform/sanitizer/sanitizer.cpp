#include "platform/sanitizer/sanitizer.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "models/cache/hierarchy.hpp"

namespace exysim::sanitizer {

namespace {

constexpr unsigned kLinkRegister = 14;

/// Drivers call their devices by kind and address: "fimc@11800000", or as Linux does "11800000.fimc".
std::string device_called(const std::string& name, system::Chip chip) {
    const size_t at = name.find('@');
    const size_t from = at == std::string::npos ? 0 : at + 1;
    uint32_t base = 0;
    const auto [end, error] = std::from_chars(name.data() + from, name.data() + name.size(), base, 16);
    if (error != std::errc{}) return name;
    for (const board::Block& block : board::kMemoryMap) {
        if (board::range_of(block.name, chip).base == PhysAddr{base}) return std::string{block.name};
    }
    return name;
}

/// Devices with several ways to memory, where no SysMMU makes one of them.
const std::string& device_of(const std::string& master) {
    static const std::map<std::string, std::string, std::less<>> kParts{
        {"vp", "mixer0"},           {"graphics0", "mixer0"},    {"graphics1", "mixer0"},
        {"fimd0_window0", "fimd0"}, {"fimd0_window1", "fimd0"}, {"fimd0_window2", "fimd0"},
        {"fimd0_window3", "fimd0"}, {"fimd0_window4", "fimd0"},
    };
    const auto part = kParts.find(master);
    return part == kParts.end() ? master : part->second;
}

}  // namespace

Sanitizer::Sanitizer(board::Machine& machine)
    : machine_{machine},
      lines_{views(), log},
      tables_{views(), log},
      mappings_{buffers_, log},
      turns_{views(), log},
      code_{views(), log, [this](PhysAddr line) { return lines_.writer_of(line); }},
      maintenance_{maintenance_views(), log},
      news_{guest_views(), buffers_, mappings_, turns_} {
    log.complete = [this](Violation& v) { complete(v); };
    watch_caches();
    watch_bus();
    watch_guest();
    for (const config::SharingRuleInfo& rule : config::sharing_rules()) {
        machine.statistics.gauge(fmt::format("sanitizer.{}", rule.name), "1", std::string{rule.meaning},
                                 [this, which = rule.rule] { return static_cast<double>(log.count(which)); });
    }
}

CodePlace Sanitizer::place(unsigned core) const {
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
    return {
        .cached = [&caches](PhysAddr line) { return caches.holds(line); },
        .overlay_dirty = [&caches](PhysAddr l, LineBytes& b) { return caches.overlay_dirty(l, b); },
        .overlay_waiting = [&caches](PhysAddr l, LineBytes& b) { return caches.overlay_waiting(l, b); },
        .memory = memory,
        .watch = [&caches](PhysAddr line) { caches.watch(line); },
        .place = [this](unsigned core) { return place(core); },
        .now = [] { return picoseconds(sc_core::sc_time_stamp()); },
        .code_cached = [&caches](PhysAddr line) { return caches.holds_code(line); },
        .watch_code = [&caches](PhysAddr line) { caches.watch_code(line); },
        .answers_past = [&caches](PhysAddr l, LineBytes& b) { return caches.level2().answers_past(l, b); }};
}

GuestNews::Views Sanitizer::guest_views() {
    return {.device = [this](const std::string& name) { return device_called(name, machine_.chip()); },
            .resolve = [this](const std::string& device, Iova at) -> std::optional<PhysAddr> {
                const auto mmu = machine_.mmus.find(device);
                if (mmu == machine_.mmus.end()) return {};
                return mmu->second->by_tables_dbg(at);
            },
            .teller = [this] { return actor(machine_.cpu.accessing().value_or(0)); }};
}

MaintenanceWatch::Views Sanitizer::maintenance_views() {
    cache::Hierarchy& caches = *machine_.caches;
    return {.has_work =
                [&caches](const cache::LineMaintained& e) {
                    return caches.has_work(e.level, e.operation, e.address);
                },
            .place = [this](unsigned core) { return place(core); },
            .calls = [this](unsigned core) { return actor(core).calls; },
            .acting = [this] { return machine_.cpu.accessing().value_or(0); },
            .now = [] { return picoseconds(sc_core::sc_time_stamp()); },
            .cycle = caches.config().cycle,
            .operation = caches.config().maintenance_cycles};
}

/// A core where it is, with the calls that have led there.
Actor Sanitizer::actor(unsigned core) const {
    const CodePlace at = place(core);
    return {{}, at, at.time, log.call_chain ? log.call_chain(core) : std::vector<uint32_t>{}};
}

void Sanitizer::watch_core(unsigned n) {
    cache::CoreCaches& core = machine_.caches->core(n);
    core.dirtied.attach([this](const cache::LineDirtied& e) {
        lines_.dirtied(e);
        turns_.used_line(e.core, Direction::write, e.address);
        code_written(e.address, kLineBytes, {{}, place(e.core), 0});
    });
    core.overwritten.attach([this](const cache::LineOverwritten& e) {
        lines_.overwritten(e);
        turns_.used_line(e.core, Direction::write, e.address);
        code_written(e.address, kLineBytes, {{}, place(e.core), 0});
    });
    core.filled.attach([this](const cache::LineFilled& e) {
        lines_.filled(e);
        if (e.why == cache::LineFilled::Why::load) turns_.used_line(e.core, Direction::read, e.address);
        if (e.why == cache::LineFilled::Why::guess) turns_.guessed(e.address);
    });
    core.touched.attach([this](const cache::LineTouched& e) {
        if (e.direction == Direction::read) lines_.touched(e);
        turns_.used(e.core, e.direction, e.address, 1);
    });
    core.discarded.attach([this](const cache::LineDiscarded& e) { lines_.discarded(e); });
    core.past.attach([this](const cache::AccessPast& e) {
        if (!machine_.ram_range().contains(e.address)) return;
        lines_.past(e);
        if (e.direction == Direction::write) code_written(e.address, e.size, {{}, place(e.core), 0});
    });
    core.fetched.attach([this](const cache::CodeFetched& e) { code_.fetched(e); });
    core.maintained.attach([this](const cache::LineMaintained& e) { maintenance_.maintained(e); });
}

/// Code may lie there that somebody executes later.
void Sanitizer::code_written(PhysAddr address, size_t bytes, const Actor& by) {
    const uint64_t end = address.value + uint64_t{bytes};
    for (uint64_t line = address.value & ~(kLineBytes - 1); line < end; line += kLineBytes)
        code_.written(PhysAddr{static_cast<uint32_t>(line)}, by);
}

void Sanitizer::watch_caches() {
    for (unsigned n = 0; n < machine_.cpu.count(); ++n) watch_core(n);
    cache::Level2& level2 = machine_.caches->level2();
    level2.filled.attach([this](PhysAddr line) { lines_.came_from_memory(line); });
    level2.written_back.attach([this](const cache::LineWrittenBack& e) { lines_.written_back(e); });
    level2.discarded.attach([this](const cache::LineDiscarded& e) { lines_.discarded(e); });
    level2.maintained.attach([this](const cache::LineMaintained& e) { maintenance_.maintained(e); });
}

void Sanitizer::watch_guest() {
    if (machine_.simctl) {
        machine_.simctl->event.attach([this](const system::GuestEvent& e) { news_.hear(e); });
        machine_.simctl->exit.attach([this](const system::ExitRequest&) { switched_off(); });
    }
    machine_.pmu.power.attach([this](const system::PowerRequest&) { switched_off(); });
}

void Sanitizer::switched_off() {
    maintenance_.end();
    mappings_.switched_off(picoseconds(sc_core::sc_time_stamp()));
}

void Sanitizer::watch_bus() {
    for (const auto& [device, mmu] : machine_.mmus) watch_unit(device, *mmu);
    machine_.bus.transferred.attach([this](const interconnect::BusTransfer& t) { moved(t, Way::bus); });
    machine_.coherent_transferred.attach(
        [this](const interconnect::BusTransfer& t) { moved(t, Way::coherency_port); });
}

void Sanitizer::watch_unit(const std::string& device, iommu::SysMmu& mmu) {
    Unit& unit = units_[device];
    unit.device = device;
    mmu.translated.attach([this, &unit, &mmu](const iommu::Translated& t) {
        unit.last = t;
        tables_.translated(unit.device, t, mmu.by_tables_dbg(t.iova));
    });
    mmu.fault.attach([this, &unit, &mmu](const iommu::FaultEvent& e) {
        if (e.fault.kind == iommu::FaultKind::page)
            tables_.refused(unit.device, e.fault.at, mmu.by_tables_dbg(e.fault.at));
    });
    mmu.entry_read.attach([this, &unit](const iommu::EntryRead& e) { tables_.entry_read(unit.device, e); });
}

/// Data of a device; a SysMMU's walks come by themselves, and a core's traffic through its caches.
void Sanitizer::moved(const interconnect::BusTransfer& t, Way way) {
    if (t.master == "cpu" || !machine_.ram_range().contains(t.address)) return;
    DeviceAccess access{t.master, t.address, t.data, {}};
    if (const auto unit = units_.find(t.master); unit != units_.end()) {
        const iommu::Translated& last = unit->second.last;
        if (last.size == 0 || !PhysRange{last.address, last.size}.contains(t.address)) return;
        access.iova = last.iova + (t.address - last.address);
    }
    const Iova named = access.iova.value_or(Iova{t.address.value});
    const auto bytes = static_cast<uint32_t>(t.data.size());
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    mappings_.touched({device_of(t.master), named, t.address, bytes, access.iova.has_value()}, now);
    if (t.direction == Direction::read) return lines_.device_read(access);
    if (way == Way::bus) {
        lines_.device_wrote(access);
    } else {
        lines_.coherent_device_wrote(access);
    }
    code_written(t.address, bytes, {t.master, {}, now});
}

void Sanitizer::complete(Violation& v) const {
    if (v.by.place && !v.at) v.at = virtual_of(v.by.place->core, v.address);
    if (!v.buffer.empty()) return;
    const std::string& device = device_of(v.by.device.empty() ? v.before.device : v.by.device);
    if (!v.iova) v.iova = mappings_.address_of(device, v.address);
    v.buffer = buffers_.text(v.address, device, v.iova);
    if (v.buffer.empty()) v.buffer = mappings_.text(v.address);
}

/// By the registers: one of them leads to the page, or to the one before, if the core has used it just now.
std::optional<VirtAddr> Sanitizer::virtual_of(unsigned core, PhysAddr address) const {
    const cpu::Core& c = machine_.cpu.debug_core(core);
    const uint32_t offset = address.value % kPageSize;
    for (unsigned n = 0; n <= kLinkRegister; ++n) {
        for (const uint32_t beyond : {uint32_t{0}, kPageSize}) {
            const VirtAddr at{(c.r[n] & ~(kPageSize - 1)) + beyond + offset};
            PhysAddr there;
            if (machine_.cpu.debug_translate(core, at, there) && there == address) return at;
        }
    }
    return {};
}

}  // namespace exysim::sanitizer
