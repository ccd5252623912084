#include "platform/cli/timeline_watch.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "platform/cli/guest_events.hpp"

namespace exysim::cli {

namespace {

constexpr uint32_t kFirstSpi = 32;  // GIC ids below are private to a core

Picoseconds now() { return picoseconds(sc_core::sc_time_stamp()); }

void name_interrupts(observe::Timeline& timeline) {
    for (const board::SpiLine& line : board::kSpis)
        timeline.name_interrupt(kFirstSpi + line.spi, std::string{line.from});
    for (const board::CombinerLine& line : board::kCombiner)
        timeline.name_interrupt(kFirstSpi + board::combiner_spi(line.group),
                                fmt::format("combiner group {}", line.group));
}

void attach_interrupts(system::Gic& gic, observe::Timeline& timeline) {
    name_interrupts(timeline);
    gic.interrupt.attach([&timeline](const system::InterruptEvent& e) {
        if (e.what == system::InterruptEvent::What::taken) {
            timeline.interrupt_taken(e.core, e.id, e.time);
        } else {
            timeline.interrupt_ended(e.core, e.id, e.time);
        }
    });
}

void attach_faults(const std::string& name, board::MediaMemory& memory, observe::Timeline& timeline) {
    if (!memory.mmu) return;
    memory.mmu->fault.attach([&timeline, name](const iommu::FaultEvent& e) {
        timeline.happened("sysmmu_" + name, "page fault", e.time);
    });
}

/// What masters and memories do with the bus: nothing in mode `fast`.
void attach_ports(interconnect::Bus& bus, observe::Timeline& timeline) {
    using Tracks = std::array<observe::BusyTrack*, 2>;  // reads, writes
    if (!bus.contended()) return;
    bus.watch_ports();
    const auto tracks_of = [&timeline](const std::string& port) {
        return Tracks{&timeline.busy_track("bus ports", port + " reads", {"reads", "bursts", ""}),
                      &timeline.busy_track("bus ports", port + " writes", {"writes", "bursts", ""})};
    };
    std::map<std::string, Tracks, std::less<>> memories;
    for (const std::string& memory : bus.memories()) memories[memory] = tracks_of(memory);
    // Masters by where their names lie: a burst is not worth a comparison of strings.
    const auto masters = std::make_shared<std::unordered_map<const std::string*, Tracks>>();
    bus.port_used.attach([memories, masters, tracks_of](const interconnect::PortUse& use) {
        memories.find(use.memory)->second[use.write]->used(use.begin, use.end, use.bytes);
        auto master = masters->find(&use.master);
        if (master == masters->end()) master = masters->emplace(&use.master, tracks_of(use.master)).first;
        master->second[use.write]->used(use.begin, use.end, use.bytes);
    });
}

void attach_banks(dram::Controller& controller, observe::Timeline& timeline) {
    const dram::ControllerConfig& config = controller.config();
    const uint32_t burst_bytes = config.timing.bl * config.geometry.width_bits / 8;
    for (uint32_t channel = 0; channel < controller.channels(); ++channel) {
        std::vector<observe::BusyTrack*> banks;
        for (uint32_t bank = 0; bank < controller.channel(channel).banks(); ++bank)
            banks.push_back(&timeline.busy_track("DRAM banks",
                                                 fmt::format("channel {} bank {}", channel, bank),
                                                 {"data", "accesses", "row hits"}));
        controller.watch(channel, [&controller, banks, burst_bytes](const dram::BankUse& use) {
            banks[use.bank]->used(controller.picoseconds_of(use.begin), controller.picoseconds_of(use.end),
                                  use.bursts * burst_bytes, use.hit);
        });
    }
}

}  // namespace

void attach_timeline(board::Machine& machine, observe::Timeline& timeline) {
    attach_interrupts(machine.gic, timeline);
    attach_ports(machine.bus, timeline);
    if (machine.ram.controller()) attach_banks(*machine.ram.controller(), timeline);
    if (machine.simctl) attach_guest_tracks(*machine.simctl, timeline);
    for (auto& uart : machine.uarts) {
        uart.transmitted.attach([&timeline, name = std::string{uart.name()}](uint8_t character) {
            timeline.console(name, static_cast<char>(character), now());
        });
    }
    for (auto& [name, unit] : machine.fimcs) attach_faults(name, unit->memory, timeline);
    for (auto& [name, unit] : machine.fimc_lites) attach_faults(name, unit->memory, timeline);
    if (auto* display = machine.display.get()) {
        display->mixer.vsync_seen.attach([&timeline](const Vsync& v) { timeline.vsync("mixer0", v.time); });
        attach_faults("tv", display->memory, timeline);
    }
    if (auto* panel = machine.panel.get()) {
        attach_faults("fimd0", panel->memory, timeline);
    }
    if (auto* gpu = machine.gpu.get()) {
        attach_faults("g2d", gpu->memory, timeline);
    }
}

}  // namespace exysim::cli
