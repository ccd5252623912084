// CSIS shell: a camera's MIPI link on one side, the FIMCs' MIPI ports on the other.
#pragma once

#include <functional>

#include "models/base/statistics.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/camera/csis_core.hpp"

namespace exysim::camera {

struct CsisConfig {
    uint32_t max_lanes = 4;
    std::function<bool()> powered = [] { return true; };  ///< the D-PHY's power and reset in the PMU
};

/// Lines pass at the time they arrive. Statistics: `<name>.{frames,lost}`.
class Csis : public RegisterTarget<CsisCore>, public VideoSink {
public:
    sc_core::sc_out<bool> irq{"irq"};

    Csis(const sc_core::sc_module_name& name, const CsisConfig& config, Instruments& instruments);

    /// A FIMC's MIPI port; set before simulation starts.
    void connect(VideoSink& sink) { sinks_.push_back(&sink); }

    void frame_start(uint64_t number, const SentFormat& format) override;
    void embedded(std::span<const uint8_t> bytes) override;
    void line(uint32_t index, const Line422& pixels) override;
    void frame_end() override;

private:
    void update() override { irq.write(core_.irq()); }
    void supply_lost() override { core_.clock_lost(); }

    CsisConfig config_;
    GuestErrors& guest_errors_;
    std::vector<VideoSink*> sinks_;
    Counter &frames_, &lost_;
};

}  // namespace exysim::camera
