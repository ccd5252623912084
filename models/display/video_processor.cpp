#include "models/display/video_processor.hpp"

#include <utility>

namespace exysim::display {

namespace {

constexpr uint32_t kBurstBytes = 128;  // Assumed: 16 beats of 64 bits

}  // namespace

VideoProcessor::VideoProcessor(const sc_core::sc_module_name& module_name, const LineFetcherConfig& config,
                               Instruments& instruments)
    : RegisterTarget{module_name, instruments},
      fetcher{"fetcher", config, name(), instruments},
      guest_errors_{instruments.guest_errors} {
    core_.update_asked = [this] {
        if (programmed.watched())
            programmed({picoseconds(sc_core::sc_time_stamp()), "video", core_.pending_planes()});
    };
}

void VideoProcessor::update() {
    if (std::exchange(told_, core_.resets()) == core_.resets()) return;
    fetcher.abandon();
    was_reset({});
}

void VideoProcessor::vsync(const Scan& scan) {
    if (supply() != Supply::on) return;
    const std::string_view before = core_.mistake();
    core_.vsync(scan);
    if (core_.mistake().empty() || core_.mistake() == before) return;
    guest_errors_.report({.instance = name(),
                          .what = std::string{core_.mistake()},
                          .reg = "SHADOW_UPDATE",
                          .offset = VpCore::kShadowUpdate});
}

bool VideoProcessor::start_frame(const Timing& timing) {
    if (!core_.window() || supply() != Supply::on) return false;
    lost_ = false;
    resets_ = core_.resets();
    frame_.begin(*core_.window(), core_.filters(), core_.post(), timing.height, core_.image_lines());
    fetcher.begin(frame_.plan(), timing, picoseconds(sc_core::sc_time_stamp()), kBurstBytes);
    return true;
}

const LineStore* VideoProcessor::finish_frame() {
    if (!lost_ && resets_ == core_.resets()) return &fetcher.finish();
    fetcher.abandon();
    return nullptr;
}

}  // namespace exysim::display
