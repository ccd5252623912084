#include "platform/observe/buffer_flows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace exysim::observe {

void BufferFlows::at(uint64_t frame, TraceFile::Track track, Picoseconds time) {
    if (frame < next_) return;
    points_[frame].push_back({time, track});
    if (points_.size() > kMostFrames) points_.erase(points_.begin());
}

void BufferFlows::delivered(uint64_t frame) {
    next_ = std::max(next_, frame + 1);
    const auto found = points_.find(frame);
    if (found == points_.end()) return;
    std::vector<Point>& points = found->second;
    std::stable_sort(points.begin(), points.end(),
                     [](const Point& a, const Point& b) { return a.time < b.time; });
    const std::string name = fmt::format("buffers of frame {}", frame);
    for (size_t i = 0; points.size() > 1 && i < points.size(); ++i) {
        const auto kind = i == 0                   ? TraceFile::Flow::begin
                          : i + 1 == points.size() ? TraceFile::Flow::end
                                                   : TraceFile::Flow::step;
        trace_.flow(kind, points[i].track, "buffer", name, frame, points[i].time);
    }
    points_.erase(points_.begin(), std::next(found));
}

}  // namespace exysim::observe
