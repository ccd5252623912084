#include "models/display/video_processor.hpp"

#include <algorithm>

namespace exysim::display {

VideoProcessor::VideoProcessor(const sc_core::sc_module_name& module_name, const VideoProcessorConfig& config,
                               Instruments& instruments)
    : RegisterTarget{module_name, instruments},
      dma{"dma", config.skew},
      config_{config},
      guest_errors_{instruments.guest_errors},
      frames_{instruments.statistics.counter(std::string{name()} + ".frames", "1",
                                             "pictures fetched from memory without a missing line")},
      bus_errors_{instruments.statistics.counter(std::string{name()} + ".bus_errors", "1",
                                                 "reads that the bus answered with an error")} {
    SC_THREAD(run);
}

void VideoProcessor::vsync() {
    const std::string_view before = core_.mistake();
    core_.vsync();
    if (core_.mistake().empty() || core_.mistake() == before) return;
    guest_errors_.report({.instance = name(),
                          .what = std::string{core_.mistake()},
                          .reg = "SHADOW_UPDATE",
                          .offset = VpCore::kShadowUpdate});
}

bool VideoProcessor::start_frame(const Timing& timing) {
    if (!core_.window()) return false;
    timing_ = timing;
    vsync_ = picoseconds(sc_core::sc_time_stamp());
    resets_ = core_.resets();
    missed_ = false;
    ++started_;
    if (fetching_) {
        frame_.forget();  // a fetch still waits for memory: the new frame has no line in time
    } else {
        frame_.begin(*core_.window());
    }
    begin_.notify(sc_core::SC_ZERO_TIME);
    return true;
}

VideoFrame& VideoProcessor::finish_frame() {
    if (frame_.complete()) {
        ++frames_;
    } else {
        miss();
    }
    return frame_;
}

void VideoProcessor::miss() {
    if (!missed_ && underflow) underflow();
    missed_ = true;
}

void VideoProcessor::run() {
    for (;;) {
        sc_core::wait(begin_);
        fetching_ = true;
        fetch_frame();
        fetching_ = false;
    }
}

/// When `line` of the window must be here.
Picoseconds VideoProcessor::due(uint32_t line) const {
    return vsync_ + timing_.active_line(frame_.window().dst_y + line);
}

bool VideoProcessor::abandoned(uint64_t frame) const {
    return frame != started_ || resets_ != core_.resets();
}

void VideoProcessor::fetch_frame() {
    const uint64_t frame = started_;
    for (uint32_t line = 0; line < frame_.window().height; ++line) {
        if (line >= config_.line_buffers) {  // a buffer becomes free when its line has been shown
            const Picoseconds free = due(line - config_.line_buffers + 1);
            const Picoseconds now = picoseconds(dma.now());
            if (free > now) {
                dma.catch_up();
                sc_core::wait(sc_ps(free - picoseconds(sc_core::sc_time_stamp())));
            }
        }
        if (abandoned(frame)) return;
        const bool here = picoseconds(dma.now()) <= due(line) && fetch_line(line);
        if (abandoned(frame)) return;
        if (here && picoseconds(dma.now()) <= due(line)) {
            frame_.set_arrived(line);
        } else {
            miss();
        }
    }
    dma.catch_up();
}

bool VideoProcessor::fetch_line(uint32_t line) {
    const VideoWindow& window = frame_.window();
    const bool new_chroma =
        line == 0 || window.chroma_line(line) != window.chroma_line(line - 1) || !frame_.arrived(line - 1);
    if (!fetch(window.luma_at(line), frame_.luma(line))) return false;
    return !new_chroma || fetch(window.chroma_at(line), frame_.chroma(line));
}

bool VideoProcessor::fetch(Iova from, std::span<uint8_t> into) {
    while (!into.empty()) {
        const size_t to_boundary = config_.burst_bytes - from.value % config_.burst_bytes;
        const size_t bytes = std::min(to_boundary, into.size());
        if (!dma.read(from, into.first(bytes))) {
            ++bus_errors_;
            return false;
        }
        from = from + static_cast<uint32_t>(bytes);
        into = into.subspan(bytes);
    }
    return true;
}

}  // namespace exysim::display
