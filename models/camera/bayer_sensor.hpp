// The raw sensor as a module: sends mosaic lines over its MIPI link while software lets it.
#pragma once

#include <memory>
#include <systemc>

#include "models/base/frame_events.hpp"
#include "models/base/guest_errors.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/camera/bayer_core.hpp"

namespace exysim::camera {

/// A line lasts LINE_LENGTH pixel times, a frame FRAME_LENGTH lines, both taken over at the start of the
/// frame; the n-th line has passed n + 1 line times after that. Before the first line a packet of embedded
/// data tells the frame's number (32 bits, little-endian; Assumed). Switching off takes effect when the
/// present frame is over. Statistics: `<name>.frames`.
class BayerSensor : public sc_core::sc_module {
public:
    Probe<SourceFrame> started;
    Probe<SourceFrameSent> frame_sent;

    BayerSensor(const sc_core::sc_module_name& name, std::shared_ptr<FrameSource> source,
                Instruments& instruments);

    void connect(VideoSink& sink) { sinks_.push_back(&sink); }
    I2cSlave& i2c() { return core_; }
    BayerCore& core() { return core_; }

private:
    SC_HAS_PROCESS(BayerSensor);
    void run();
    bool send_frame(uint64_t number);
    void wait_until(Picoseconds time);

    BayerCore core_;
    std::shared_ptr<FrameSource> source_;
    Counter& frames_;
    std::vector<VideoSink*> sinks_;
    Frame422 scene_;
    sc_core::sc_event changed_;
};

}  // namespace exysim::camera
