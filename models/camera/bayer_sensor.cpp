#include "models/camera/bayer_sensor.hpp"

#include "models/base/clock.hpp"
#include "models/base/tlm/payload.hpp"
#include "models/camera/mosaic.hpp"

namespace exysim::camera {

namespace {
Picoseconds now() { return picoseconds(sc_core::sc_time_stamp()); }
}  // namespace

BayerSensor::BayerSensor(const sc_core::sc_module_name& module_name, std::shared_ptr<FrameSource> source,
                         Instruments& instruments)
    : sc_module{module_name},
      source_{std::move(source)},
      frames_{instruments.statistics.counter(std::string{name()} + ".frames", "1",
                                             "frames the sensor has sent")} {
    core_.stream_changed = [this](bool) { changed_.notify(sc_core::SC_ZERO_TIME); };
    SC_THREAD(run);
}

void BayerSensor::wait_until(Picoseconds time) {
    if (time > now()) sc_core::wait(sc_ps(time - now()));
}

void BayerSensor::run() {
    for (;;) {
        while (!core_.streaming() || core_.size().width == 0 || core_.size().height == 0)
            sc_core::wait(changed_);
        uint64_t number = 0;
        while (core_.streaming() && send_frame(number)) ++number;
        if (core_.streaming()) sc_core::wait(changed_);  // the scene has ended
    }
}

bool BayerSensor::send_frame(uint64_t number) {
    if (!source_->next(scene_)) return false;
    const Picoseconds start = now();
    const uint64_t line_pixels = core_.line_pixels(), lines = core_.frame_lines();
    const FrameSize size = core_.size();
    const uint8_t type = core_.data_type();
    Mosaic mosaic{core_, scene_};
    frames_ += 1;
    started({number, start});
    for (VideoSink* sink : sinks_) sink->frame_start(number, {size, type, core_.lanes()});
    const uint8_t label[] = {static_cast<uint8_t>(number), static_cast<uint8_t>(number >> 8),
                             static_cast<uint8_t>(number >> 16), static_cast<uint8_t>(number >> 24)};
    for (VideoSink* sink : sinks_) sink->embedded(label);
    for (uint32_t y = 0; y < size.height; ++y) {
        wait_until(start + time_of_tick((y + 1) * line_pixels, BayerCore::kPixelRate));
        const std::vector<uint8_t> bytes = raw_bytes(mosaic.line(y), type);
        for (VideoSink* sink : sinks_) sink->line(y, {{}, {}, {}, bytes});
    }
    for (VideoSink* sink : sinks_) sink->frame_end();
    frame_sent({number, now()});
    wait_until(start + time_of_tick(lines * line_pixels, BayerCore::kPixelRate));
    return true;
}

}  // namespace exysim::camera
