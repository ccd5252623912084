#include "platform/cli/guest_events.hpp"

#include <fmt/format.h>

#include <charconv>

namespace exysim::cli {

namespace {

using system::EventKind;
using system::GuestEvent;
using system::SpanClass;

constexpr uint32_t kFirstSpi = 32;  // GIC ids below are private to a core

/// Of a class that the watcher does not know: a program's mark.
observe::SoftwareWatch::Span span_of(const GuestEvent& event) {
    using Span = observe::SoftwareWatch::Span;
    switch (static_cast<SpanClass>(event.record.id)) {
        case SpanClass::driver:
            return Span::driver;
        case SpanClass::maintenance:
            return Span::maintenance;
        case SpanClass::lock:
            return Span::lock;
        default:
            return Span::mark;
    }
}

std::string span_name(const GuestEvent& event) {
    constexpr std::string_view kNames[] = {"", "driver", "cache maintenance", "waits for a lock"};
    if (!event.name.empty()) return event.name;
    const uint32_t id = event.record.id;
    return id != 0 && id < std::size(kNames) ? std::string{kNames[id]} : fmt::format("span {}", id);
}

void hear(observe::SoftwareWatch& software, const GuestEvent& e) {
    const uint32_t task = e.record.task;
    switch (static_cast<EventKind>(e.record.kind)) {
        case EventKind::task_switch:
            return software.task_runs(task, e.time);
        case EventKind::interrupt_begin:
            return software.interrupt_begins(e.time);
        case EventKind::interrupt_end:
            return software.interrupt_ends(e.time);
        case EventKind::span_begin:
            return software.span_begins(task, span_of(e), e.time);
        case EventKind::span_end:
            return software.span_ends(task, span_of(e), e.time);
        case EventKind::queue:
        case EventKind::dequeue:
            return software.buffer_moved(task, e.time);
        default:
            return;
    }
}

/// Drivers call their devices by address and kind, as Linux does: "11800000.fimc" is fimc0.
std::string block_called(const std::string& name) {
    uint32_t base = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), base, 16);
    if (error != std::errc{} || *end != '.') return name;
    for (const board::Block& block : board::kMemoryMap) {
        if (block.range.base == PhysAddr{base}) return std::string{block.name};
    }
    return name;
}

std::string buffer_step(const GuestEvent& e) {
    constexpr std::pair<EventKind, std::string_view> kSteps[] = {
        {EventKind::queue, "queued"}, {EventKind::dequeue, "taken"}, {EventKind::buffer_done, "done"}};
    for (const auto& [kind, step] : kSteps) {
        if (static_cast<EventKind>(e.record.kind) == kind)
            return fmt::format("{} buffer {} {}", e.name, e.record.id, step);
    }
    return e.name.empty() ? fmt::format("event {}", e.record.kind) : e.name;
}

}  // namespace

void attach_software(board::Machine& machine, const std::string& camera, observe::FrameWatch& frames) {
    frames.software.changed = [&frames](observe::Stage stage, Picoseconds at) {
        frames.chains.software_does(stage, at);
    };
    if (machine.simctl)
        machine.simctl->event.attach([&frames](const GuestEvent& e) { hear(frames.software, e); });
    const uint32_t id = kFirstSpi + board::spi_of(camera);
    machine.gic.interrupt.attach([&frames, id](const system::InterruptEvent& e) {
        const bool taken = e.what == system::InterruptEvent::What::taken;
        if (taken && e.id == id) frames.chains.capture_interrupt(e.time);
    });
}

void attach_buffers(system::Simctl& simctl, observe::BufferWatch& buffers) {
    simctl.event.attach([&buffers](const GuestEvent& e) {
        using Holder = observe::BufferWatch::Holder;
        constexpr std::pair<EventKind, Holder> kHolders[] = {{EventKind::queue, Holder::device},
                                                             {EventKind::buffer_done, Holder::finished},
                                                             {EventKind::dequeue, Holder::program}};
        for (const auto& [kind, holder] : kHolders) {
            if (static_cast<EventKind>(e.record.kind) != kind) continue;
            const bool output =
                static_cast<system::QueueDirection>(e.record.direction) == system::QueueDirection::output;
            buffers.moved({block_called(e.name), output, e.record.id},
                          {Iova{e.record.iova}, e.record.length, holder, e.record.task, e.time});
        }
    });
}

void attach_guest_tracks(system::Simctl& simctl, observe::Timeline& timeline) {
    simctl.event.attach([&timeline](const GuestEvent& e) {
        switch (static_cast<EventKind>(e.record.kind)) {
            case EventKind::task_switch:
                return timeline.task_runs(e.record.task, e.name, e.time);
            case EventKind::span_begin:
                return timeline.task_begins(e.record.task, span_name(e), e.time);
            case EventKind::span_end:
                return timeline.task_ends(e.record.task, e.time);
            case EventKind::interrupt_begin:
            case EventKind::interrupt_end:
                return;  // the interrupt controller tells
            default:
                return timeline.happened("guest", buffer_step(e), e.time);
        }
    });
}

}  // namespace exysim::cli
