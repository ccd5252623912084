#include "platform/cli/guest_events.hpp"

#include <fmt/format.h>

#include <map>

#include "platform/cli/guest_words.hpp"

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
        case SpanClass::mapping:
            return Span::mapping;
        case SpanClass::fence:
            return Span::fence;
        default:
            return Span::mark;
    }
}

std::string span_name(const GuestEvent& event) {
    constexpr std::string_view kNames[] = {
        "", "driver", "cache maintenance", "waits for a lock", "mapping", "waits for a fence"};
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
            buffers.moved({block_word(e.name), output, e.record.id},
                          {Iova{e.record.iova}, e.record.length, holder, e.record.task, e.time});
        }
    });
}

void attach_shared_buffers(system::Simctl& simctl, observe::SharedBuffers& shared) {
    simctl.event.attach([&shared](const GuestEvent& e) {
        const system::EventRecord& r = e.record;
        switch (static_cast<EventKind>(r.kind)) {
            case EventKind::buffer_created: {
                observe::SharedBuffers::Buffer made;
                made.bytes = r.length;
                made.memory = memory_word(r.value[0]);
                made.made_by = block_word(e.name);
                made.task = r.task;
                made.since = e.time;
                return shared.created(r.id, std::move(made));
            }
            case EventKind::buffer_segment:
                return shared.segment(r.id, {r.value[0], PhysAddr{r.pa}, r.length});
            case EventKind::buffer_named:
                return shared.named(r.id, e.name);
            case EventKind::buffer_freed:
                return shared.freed(r.id);
            case EventKind::attach:
                return shared.attached(r.id, block_word(e.name));
            case EventKind::detach:
                return shared.detached(r.id, block_word(e.name));
            case EventKind::map:
                shared.mapped(r.id, PhysAddr{r.pa},
                              {block_word(e.name), Iova{r.iova}, r.length, use_word(r.direction)});
                if (r.value[0]) shared.turn(r.id, true, e.time);
                return;
            case EventKind::unmap:
                shared.unmapped(r.id, block_word(e.name), Iova{r.iova});
                return shared.turn(r.id, false, e.time);
            case EventKind::sync:
                return shared.turn(r.id, static_cast<system::Turn>(r.direction) == system::Turn::device,
                                   e.time);
            default:
                return;
        }
    });
}

void attach_buffer_flow(board::Machine& machine, const observe::FrameTracker& frames,
                        observe::Timeline& timeline) {
    if (!machine.simctl) return;
    std::map<std::string, observe::Resolve> ways;  // of devices to memory
    for (auto& [name, unit] : machine.fimcs) ways[name] = unit->memory.resolve();
    if (machine.display) ways["mixer0"] = ways["vp"] = machine.display->memory.resolve();
    if (machine.gpu) ways["g2d"] = machine.gpu->memory.resolve();
    machine.simctl->event.attach([&frames, &timeline, ways](const GuestEvent& e) {
        const auto kind = static_cast<EventKind>(e.record.kind);
        const bool output =
            static_cast<system::QueueDirection>(e.record.direction) == system::QueueDirection::output;
        const bool with_picture = output ? kind == EventKind::queue : kind == EventKind::dequeue;
        const auto way = with_picture ? ways.find(block_word(e.name)) : ways.end();
        if (way == ways.end()) return;
        const std::vector<IovaRange> first_page{{Iova{e.record.iova}, 1}};
        if (const auto frame = frames.frame_under(first_page, way->second))
            timeline.task_moves(*frame, e.time);
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
                return timeline.happened(is_about_memory(e) ? "guest memory" : "guest", words_of(e), e.time);
        }
    });
}

}  // namespace exysim::cli
