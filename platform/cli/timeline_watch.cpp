#include "platform/cli/timeline_watch.hpp"

#include <fmt/format.h>

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

}  // namespace

void attach_timeline(board::Machine& machine, observe::Timeline& timeline) {
    attach_interrupts(machine.gic, timeline);
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
        gpu->g2d.done.attach([&timeline](const gpu::BlitDone& blit) {
            timeline.work("g2d", fmt::format("blit of {} pixels", blit.pixels), blit.begin, blit.end);
        });
        attach_faults("g2d", gpu->memory, timeline);
    }
}

}  // namespace exysim::cli
