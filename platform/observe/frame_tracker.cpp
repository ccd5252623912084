#include "platform/observe/frame_tracker.hpp"

#include <algorithm>

namespace exysim::observe {

namespace {

/// Calls `visit(page number)` for every page under `ranges` that leads to memory.
template <class Visit>
void for_each_page(const std::vector<IovaRange>& ranges, const Resolve& resolve, Visit visit) {
    for (const IovaRange& range : ranges) {
        const uint64_t end = uint64_t{range.base.value} + range.size;
        for (uint64_t at = range.base.value; at < end; at = (at / kPageSize + 1) * kPageSize) {
            if (const auto pa = resolve(Iova{static_cast<uint32_t>(at)})) visit(pa->value / kPageSize);
        }
    }
}

}  // namespace

void FrameTracker::source_started(const SourceFrame& started) {
    if (started.number == 0) stream_start_ = frames_.size();
    frames_.resize(std::max<uint64_t>(frames_.size(), stream_start_ + started.number + 1));
    frames_[stream_start_ + started.number].captured = started.time;
}

void FrameTracker::frame_written(const FrameWritten& written, const Resolve& resolve) {
    const uint64_t index = stream_start_ + written.number;
    for_each_page(written.planes, resolve, [&](uint32_t page) { labels_[page] = index; });
}

void FrameTracker::converted(std::optional<uint64_t> frame, const JobDone& job, const Resolve& resolve) {
    if (!frame && !job.whole) return;
    for_each_page(job.writes, resolve, [&](uint32_t page) {
        if (frame) {
            labels_[page] = *frame;
        } else {
            labels_.erase(page);
        }
    });
}

void FrameTracker::frame_dropped(const FrameDropped& dropped) {
    if (Frame* f = frame(stream_start_ + dropped.number)) f->drop_reason = dropped.reason;
}

std::optional<uint64_t> FrameTracker::frame_under(const std::vector<IovaRange>& ranges,
                                                  const Resolve& resolve) const {
    std::optional<uint64_t> found;
    for_each_page(ranges, resolve, [&](uint32_t page) {
        const auto label = found ? labels_.end() : labels_.find(page);
        if (label != labels_.end()) found = label->second;
    });
    return found;
}

std::optional<Scanout> FrameTracker::scanned_out(const ScanoutStart& scanout, const Resolve& resolve) {
    std::optional<uint64_t> index;
    bool mixed = false;
    for_each_page(scanout.planes, resolve, [&](uint32_t page) {
        const auto label = labels_.find(page);
        if (label == labels_.end()) return;
        mixed |= index && *index != label->second;
        if (!index) index = label->second;
    });
    Frame* f = index ? frame(*index) : nullptr;
    if (!f) return {};
    torn_ += mixed;
    const bool repeated = f->shown;
    if (repeated) {
        ++repeated_;
        return Scanout{*index, delivered_, true};
    }
    f->shown = true;
    latencies_.push_back(scanout.time - f->captured);
    last_delivery_ = scanout.time;
    newest_shown_ = std::max(newest_shown_, *index);
    return Scanout{*index, delivered_++, false};
}

std::map<std::string, uint64_t> FrameTracker::dropped() const {
    std::map<std::string, uint64_t> reasons;
    if (delivered_ == 0) return reasons;
    for (uint64_t i = 0; i < newest_shown_; ++i) {
        const Frame& f = frames_[i];
        if (!f.shown) ++reasons[f.drop_reason.empty() ? "superseded" : f.drop_reason];
    }
    return reasons;
}

uint64_t FrameTracker::dropped_total() const {
    uint64_t total = 0;
    for (const auto& [reason, count] : dropped()) total += count;
    return total;
}

FrameTracker::Frame* FrameTracker::frame(uint64_t number) {
    return number < frames_.size() ? &frames_[number] : nullptr;
}

Picoseconds percentile(std::vector<Picoseconds> values, unsigned percent) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const size_t rank = (values.size() * percent + 99) / 100;  // rounded up
    return values[std::max<size_t>(rank, 1) - 1];
}

}  // namespace exysim::observe
