#include "platform/observe/software_watch.hpp"

#include <algorithm>

namespace exysim::observe {

void SoftwareWatch::task_runs(uint32_t task, Picoseconds at) {
    heard_ = true;
    running_ = task;
    tell(at);
}

void SoftwareWatch::interrupt_begins(Picoseconds at) {
    heard_ = true;
    ++interrupts_;
    tell(at);
}

void SoftwareWatch::interrupt_ends(Picoseconds at) {
    if (interrupts_ > 0) --interrupts_;
    tell(at);
}

void SoftwareWatch::span_begins(uint32_t task, Span span, Picoseconds at) {
    if (span == Span::mark) return;
    heard_ = true;
    spans_[task].push_back(span);
    tell(at);
}

void SoftwareWatch::span_ends(uint32_t task, Span span, Picoseconds at) {
    const auto found = spans_.find(task);
    if (found == spans_.end()) return;
    std::vector<Span>& open = found->second;
    const auto last = std::find(open.rbegin(), open.rend(), span);
    if (last != open.rend()) open.erase(std::next(last).base());
    if (open.empty()) spans_.erase(found);
    tell(at);
}

void SoftwareWatch::buffer_moved(uint32_t task, Picoseconds at) {
    owner_ = task;
    tell(at);
}

/// Of a task that has the processor.
Stage SoftwareWatch::stage_of(Span innermost) {
    switch (innermost) {
        case Span::maintenance:
            return Stage::maintenance;
        case Span::mapping:
            return Stage::mapping;
        case Span::driver:
            return Stage::driver;
        default:
            return Stage::application;
    }
}

/// The task that has the frame, whether it runs or not.
Stage SoftwareWatch::stage_of_owner() const {
    const auto found = spans_.find(owner_);
    const Span innermost = found == spans_.end() ? Span::mark : found->second.back();
    if (innermost == Span::lock) return Stage::lock;
    if (innermost == Span::fence) return Stage::fence;
    if (running_ == owner_) return stage_of(innermost);
    if (running_ != kIdle) return Stage::others;
    return innermost == Span::mark ? Stage::asleep : Stage::blocked;
}

Stage SoftwareWatch::stage() const {
    if (!heard_) return Stage::software;
    if (interrupts_ > 0) return Stage::driver;
    if (owner_ == kIdle) return running_ == kIdle ? Stage::asleep : Stage::application;
    return stage_of_owner();
}

void SoftwareWatch::tell(Picoseconds at) {
    const Stage now = stage();
    if (now == told_) return;
    told_ = now;
    if (changed) changed(now, at);
}

}  // namespace exysim::observe
