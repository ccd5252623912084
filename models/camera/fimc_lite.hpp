// FIMC-LITE shell: register bus and camera ports on one side, memory on the other.
#pragma once

#include "models/camera/capture_shell.hpp"
#include "models/camera/fimc_lite_core.hpp"

namespace exysim::camera {

struct FimcLiteConfig {
    sc_core::sc_time skew{1, sc_core::SC_US};  ///< how far DMA may be booked ahead of SystemC time
    uint32_t fifo_lines = 8;                   ///< Assumed, as FIMC's
};

struct CapturedLiteFrame : CapturedFrame {
    LiteFrame settings;
    std::optional<Iova> base = {};  ///< once the first line has come
};

/// Writes what arrives at the selected camera port as it is: 4:2:2 in another order of bytes, or raw samples.
/// It neither scales nor converts. CIGCTRL and CIGENERAL select the port. Its other output, FIMC-IS, is not
/// modelled: with output DMA off a frame goes nowhere.
class FimcLite : public CaptureShell<FimcLiteCore, CapturedLiteFrame> {
public:
    FimcLite(const sc_core::sc_module_name& name, const FimcLiteConfig& config, Instruments& instruments);

private:
    using Frame = CapturedLiteFrame;
    BegunFrame<Frame> begin(const SentFormat& format) override;
    void begin_lines(Frame* frame) override;
    void take(Frame& frame, uint32_t index, const Line422& pixels) override;
    std::vector<IovaRange> planes_of(const Frame& frame) const override;
};

}  // namespace exysim::camera
