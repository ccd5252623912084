#include "models/display/mixer.hpp"

#include <algorithm>

namespace exysim::display {

Mixer::Mixer(const sc_core::sc_module_name& module_name, VideoProcessor& video, const Hdmi& sink,
             Instruments& instruments)
    : RegisterTarget{module_name, instruments},
      video_{video},
      sink_{sink},
      guest_errors_{instruments.guest_errors},
      frames_{
          instruments.statistics.counter(std::string{name()} + ".frames", "1", "frames sent to the sink")},
      underflows_{instruments.statistics.counter(std::string{name()} + ".underflows", "1",
                                                 "frames with a line that memory did not deliver in time")} {
    video_.underflow = [this] {
        ++underflows_;
        core_.regs.raise(MixerCore::kVpUnder);
        update_in();
    };
    SC_METHOD(begin_frame);
    sensitive << vsync.pos();
    dont_initialize();
}

void Mixer::begin_frame() {
    if (phase_ == Phase::active) end_frame();  // the raster was cut short
    phase_ = Phase::none;
    core_.vsync();
    video_.vsync();
    report_unsupported();
    update_in();
    if (!core_.running()) return;
    core_.begin_frame();
    timing_ = sink_.timing();
    started_ = picoseconds(sc_core::sc_time_stamp());
    composition_ = core_.composition();
    composition_.video = composition_.video && video_.start_frame(timing_);
    phase_ = Phase::blanking;
}

void Mixer::update() {
    advance();
    irq.write(core_.irq());
    if (phase_ == Phase::blanking) update_at(started_ + timing_.active_line(0));
    if (phase_ == Phase::active) update_at(started_ + timing_.active_line(timing_.height));
}

void Mixer::advance() {
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (phase_ == Phase::none) {
        core_.end_frame();
    } else if (phase_ == Phase::blanking && now >= started_ + timing_.active_line(0)) {
        start_scanout();
        phase_ = Phase::active;
    } else if (phase_ == Phase::active && now >= started_ + timing_.active_line(timing_.height)) {
        end_frame();
        phase_ = Phase::none;
        core_.end_frame();
    }
}

void Mixer::start_scanout() {
    const auto& window = video_.core().window();
    if (!composition_.video || !window) return;
    scanout({picoseconds(sc_core::sc_time_stamp()), "video", window->planes()});
}

void Mixer::end_frame() {
    VideoFrame* video = composition_.video ? &video_.finish_frame() : nullptr;
    ++frames_;
    const uint64_t number = number_++;
    if (!frame.watched()) return;
    compose(video);
    frame({number, started_ + timing_.active_line(0), timing_.width, timing_.height, rgb_.data(),
           composition_.video});
}

void Mixer::compose(VideoFrame* video) {
    rgb_.resize(size_t{timing_.width} * timing_.height * 3);
    const Rgb background = composition_.background;
    for (size_t at = 0; at < rgb_.size(); at += 3) {
        rgb_[at] = background.r;
        rgb_[at + 1] = background.g;
        rgb_[at + 2] = background.b;
    }
    if (!video) return;
    const VideoWindow& w = video->window();
    if (w.dst_x >= timing_.width || w.dst_y >= timing_.height) return;
    const uint32_t width = std::min(w.width, timing_.width - w.dst_x);
    const uint32_t height = std::min(w.height, timing_.height - w.dst_y);
    for (uint32_t line = 0; line < height; ++line) {
        if (!video->arrived(line)) continue;
        const YcbcrLine pixels = video->expanded(line);
        const size_t at = (size_t{w.dst_y + line} * timing_.width + w.dst_x) * 3;
        to_rgb({pixels.y.first(width), pixels.cb.first(width), pixels.cr.first(width)}, composition_.matrix,
               std::span{rgb_}.subspan(at, size_t{width} * 3));
    }
}

void Mixer::report_unsupported() {
    const std::string_view what = core_.unsupported();
    if (!what.empty() && what != reported_) {
        guest_errors_.report({.instance = name(),
                              .what = std::string{what},
                              .reg = "CFG",
                              .offset = MixerCore::kCfg,
                              .value = core_.regs.word(MixerCore::kCfg)});
    }
    reported_ = what;
}

}  // namespace exysim::display
