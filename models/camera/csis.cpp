#include "models/camera/csis.hpp"

namespace exysim::camera {

Csis::Csis(const sc_core::sc_module_name& module_name, const CsisConfig& config, Instruments& instruments)
    : RegisterTarget{module_name, instruments, config.max_lanes},
      config_{config},
      guest_errors_{instruments.guest_errors},
      frames_{instruments.statistics.counter(name() + std::string{".frames"}, "1", "frames passed on")},
      lost_{instruments.statistics.counter(name() + std::string{".lost"}, "1",
                                           "frames that the camera sent and nobody received")} {}

void Csis::frame_start(uint64_t number, const SentFormat& format) {
    std::string_view mistake;
    const bool passes = core_.begin_frame(format, config_.powered() && supply() == Supply::on, mistake);
    if (!mistake.empty()) {
        guest_errors_.report({.instance = name(),
                              .what = std::string{mistake},
                              .reg = "CSIS_CONFIG",
                              .offset = CsisCore::kConfig,
                              .value = core_.regs.word(CsisCore::kConfig)});
    }
    ++(passes ? frames_ : lost_);
    if (passes) {
        for (VideoSink* sink : sinks_) sink->frame_start(number, format);
    }
    update_in();
}

void Csis::embedded(std::span<const uint8_t> bytes) {
    if (supply() == Supply::on) core_.embedded(bytes);
    update_in();
}

void Csis::line(uint32_t index, const Line422& pixels) {
    if (core_.passing()) {
        for (VideoSink* sink : sinks_) sink->line(index, pixels);
        return;
    }
    if (supply() != Supply::on) return;
    core_.see_line();
    update_in();
}

void Csis::frame_end() {
    if (core_.passing()) {
        for (VideoSink* sink : sinks_) sink->frame_end();
    }
    core_.end_frame();
}

}  // namespace exysim::camera
