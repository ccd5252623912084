#include "models/camera/sensor.hpp"

#include <fmt/format.h>

#include "models/base/clock.hpp"
#include "models/base/tlm/payload.hpp"

namespace exysim::camera {

namespace {

Picoseconds now() { return picoseconds(sc_core::sc_time_stamp()); }

void wait_until(Picoseconds time) {
    if (time > now()) sc_core::wait(sc_ps(time - now()));
}

}  // namespace

Sensor::Sensor(const sc_core::sc_module_name& module_name, const SensorConfig& config,
               Instruments& instruments)
    : sc_module{module_name},
      config_{config},
      guest_errors_{instruments.guest_errors},
      frames_{instruments.statistics.counter(std::string{name()} + ".frames", "1",
                                             "frames the sensor has sent")} {
    core_.stream_changed = [this](bool on) {
        on_ = on;
        changed_.notify(sc_core::SC_ZERO_TIME);
    };
    SC_THREAD(run);
}

void Sensor::run() {
    for (;;) {
        while (!on_) sc_core::wait(changed_);
        check_size();
        stream(core_.frames_per_second());
        on_ = false;
    }
}

/// Until software switches off or the source ends. The frame rate is taken over at stream-on.
void Sensor::stream(uint32_t rate) {
    const Picoseconds start = now();
    for (uint64_t number = 0; on_; ++number) {
        const auto begin = config_.times.start(number, rate);
        if (!begin) return;
        wait_until(start + *begin);
        if (!on_) return;
        const Picoseconds period = time_of_tick(number + 1, rate) - time_of_tick(number, rate);
        if (!send_frame(number, now(), period)) return;
    }
}

bool Sensor::send_frame(uint64_t number, Picoseconds start, Picoseconds period) {
    if (!config_.source->next(frame_)) return false;
    frames_ += 1;
    started({number, now()});
    for (VideoSink* sink : sinks_) sink->frame_start(number, frame_.size);
    const uint64_t total = total_lines(frame_.size);
    for (uint32_t line = 0; line < frame_.size.height; ++line) {
        wait_until(start + period * (line + 1) / total);
        for (VideoSink* sink : sinks_) sink->line(line, line_of(frame_, line));
    }
    for (VideoSink* sink : sinks_) sink->frame_end();
    frame_sent({number, now()});
    return true;
}

void Sensor::check_size() {
    const FrameSize asked{core_.command(SensorCore::kOutWidth), core_.command(SensorCore::kOutHeight)};
    const FrameSize sent = config_.source->size();
    if (asked == sent || asked == FrameSize{}) return;
    guest_errors_.report({.instance = name(),
                          .what = fmt::format("asked for {}x{}, but sends its picture as it is, {}x{}",
                                              asked.width, asked.height, sent.width, sent.height),
                          .reg = "OUT_WIDTH",
                          .offset = SensorCore::kOutWidth,
                          .value = asked.width});
}

}  // namespace exysim::camera
