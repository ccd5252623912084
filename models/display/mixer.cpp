#include "models/display/mixer.hpp"

#include <algorithm>
#include <utility>

namespace exysim::display {

Mixer::Mixer(const sc_core::sc_module_name& module_name, const LineFetcherConfig& config,
             VideoProcessor& video, const Sink& hdmi, const Sink& sdo, Instruments& instruments)
    : RegisterTarget{module_name, instruments},
      graphics0{"graphics0", config, std::string{name()} + ".graphics0", instruments},
      graphics1{"graphics1", config, std::string{name()} + ".graphics1", instruments},
      video_{video},
      hdmi_{hdmi},
      sdo_{sdo},
      guest_errors_{instruments.guest_errors},
      frames_{
          instruments.statistics.counter(std::string{name()} + ".frames", "1", "frames sent to the sink")},
      underflows_{instruments.statistics.counter(std::string{name()} + ".underflows", "1",
                                                 "layers of frames with a line that memory delivered late")} {
    const auto on_underflow = [this](Layer layer) {
        return [this, layer] {
            ++underflows_;
            core_.underflow(layer);
            update_in();
        };
    };
    video_.fetcher.underflow = on_underflow(Layer::video);
    graphics0.underflow = on_underflow(Layer::graphic0);
    graphics1.underflow = on_underflow(Layer::graphic1);
    SC_METHOD(hdmi_frame);
    sensitive << vsync.pos();
    dont_initialize();
    SC_METHOD(sdo_frame);
    sensitive << sdo_vsync.pos();
    dont_initialize();
}

/// The frame on the screen is not finished.
void Mixer::give_up_frame() {
    phase_ = Phase::none;
    graphics0.abandon();
    graphics1.abandon();
    video_.fetcher.abandon();
}

void Mixer::begin_frame(const Raster& raster) {
    if (supply() != Supply::on) return;
    if (phase_ == Phase::active) end_frame();  // the raster was cut short
    phase_ = Phase::none;
    core_.vsync();
    scan_ = {raster.timing().interlaced, raster.parity()};
    video_.vsync(scan_);
    report_mistake();
    update_in();
    started_ = picoseconds(sc_core::sc_time_stamp());
    vsync_seen({started_});
    if (!core_.running()) return;
    core_.begin_frame();
    timing_ = raster.timing();
    composition_ = core_.composition();
    begin_layers();
    phase_ = Phase::blanking;
}

void Mixer::begin_layers() {
    if (composition_.video && !video_.start_frame(timing_)) {
        composition_.video = false;
        auto* const end = composition_.order.begin() + composition_.count;
        composition_.count -=
            static_cast<size_t>(end - std::remove(composition_.order.begin(), end, Layer::video));
    }
    for (size_t n = 0; n < 2; ++n) {
        if (!composition_.graphic[n]) continue;
        graphic_frames_[n].begin(*composition_.graphic[n], scan_, timing_.width, timing_.height);
        fetcher(n).begin(graphic_frames_[n].plan(), timing_, started_, core_.burst_bytes());
    }
}

void Mixer::update() {
    if (std::exchange(resets_, core_.resets()) != core_.resets()) {
        give_up_frame();
        was_reset({});
    }
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
    if (!scanout.watched()) return;
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (composition_.video) scanout({now, "video", video_.frame().window().planes()});
    if (composition_.graphic[0]) scanout({now, "graphics0", composition_.graphic[0]->planes()});
    if (composition_.graphic[1]) scanout({now, "graphics1", composition_.graphic[1]->planes()});
}

void Mixer::end_frame() {
    Pictures pictures;
    if (composition_.video) pictures = {&video_.frame(), video_.finish_frame(), {}, {}};
    for (size_t n = 0; n < 2; ++n) {
        if (!composition_.graphic[n]) continue;
        pictures.graphic[n] = &graphic_frames_[n];
        pictures.graphic_store[n] = &fetcher(n).finish();
    }
    ++frames_;
    const uint64_t number = number_++;
    if (!frame.watched()) return;
    compose(pictures);
    frame({number, started_ + timing_.active_line(0), timing_.width, timing_.picture_height(), rgb_.data(),
           composition_.video});
}

void Mixer::compose(const Pictures& pictures) {
    rgb_.resize(size_t{timing_.width} * timing_.picture_height() * 3);
    line_.resize(timing_.width);
    for (uint32_t line = 0; line < timing_.height; ++line) {
        compositor_.compose(composition_, pictures, line, line_);
        pack_rgb(line_, rgb_.data() + size_t{scan_.picture_line(line)} * timing_.width * 3);
    }
}

void Mixer::report_mistake() {
    const std::string_view what = core_.mistake();
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
