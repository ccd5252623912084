#include "media/camera_source.hpp"

#include <algorithm>

namespace kernel {

namespace {

constexpr uint32_t kMostSources = 4, kMostSinks = 4;
struct Offered {
    CameraSource* source;
    bool by_default;
};
Offered sources[kMostSources];
MediaPad* sinks[kMostSinks];
uint32_t source_count, sink_count;

bool is_fed(const MediaPad& sink) {
    MediaGraph& graph = media_graph();
    for (uint32_t i = 0; i < graph.link_count(); ++i) {
        const MediaLink& l = graph.link_at(i);
        if (l.sink == &sink && l.enabled()) return true;
    }
    return false;
}

Result<> link(const Offered& from, MediaPad& to) {
    const bool enabled = from.by_default && !is_fed(to);
    return media_graph().connect(from.source->output(), to, enabled ? MEDIA_LNK_FL_ENABLED : 0);
}

}  // namespace

Result<> add_camera_source(CameraSource& source, bool by_default) {
    if (source_count == kMostSources) return Errno::kNoSpc;
    const Offered offered{&source, by_default};
    sources[source_count++] = offered;
    for (uint32_t i = 0; i < sink_count; ++i) TRY(link(offered, *sinks[i]));
    return Ok{};
}

Result<> add_camera_sink(MediaPad& sink) {
    if (sink_count == kMostSinks) return Errno::kNoSpc;
    sinks[sink_count++] = &sink;
    for (uint32_t i = 0; i < source_count; ++i) TRY(link(sources[i], sink));
    return Ok{};
}

CameraSource::~CameraSource() {
    const auto end =
        std::remove_if(sources, sources + source_count, [&](const Offered& o) { return o.source == this; });
    source_count = static_cast<uint32_t>(end - sources);
}

void remove_camera_sink(const MediaPad& sink) {
    sink_count = static_cast<uint32_t>(std::remove(sinks, sinks + sink_count, &sink) - sinks);
}

CameraSource* camera_of(const MediaPad& sink, uint32_t index) {
    MediaGraph& graph = media_graph();
    for (const CameraPort port :
         {CameraPort::itu_a, CameraPort::itu_b, CameraPort::mipi_0, CameraPort::mipi_1}) {
        for (uint32_t i = 0; i < source_count; ++i) {
            CameraSource& source = *sources[i].source;
            if (source.port() != port || !graph.link(source.output(), sink)) continue;
            if (index-- == 0) return &source;
        }
    }
    return nullptr;
}

Result<> choose_camera(MediaPad& sink, uint32_t index) {
    MediaGraph& graph = media_graph();
    const MutexGuard guard{graph.lock};
    CameraSource* const wanted = camera_of(sink, index);
    if (!wanted) return Errno::kInval;
    MediaLink& link = *graph.link(wanted->output(), sink);
    if (link.enabled()) return Ok{};
    for (uint32_t i = 0; i < graph.link_count(); ++i) {
        MediaLink& other = graph.link_at(i);
        if (other.sink == &sink && other.enabled())
            TRY(graph.set_up(other, other.flags & ~uint32_t{MEDIA_LNK_FL_ENABLED}));
    }
    return graph.set_up(link, link.flags | MEDIA_LNK_FL_ENABLED);
}

bool have_camera() {
    for (uint32_t i = 0; i < source_count; ++i) {
        if (sources[i].by_default) return true;
    }
    return false;
}

}  // namespace kernel
