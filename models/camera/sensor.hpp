// The sensor as a module: sends pictures line by line at its frame rate while software lets it.
#pragma once

#include <memory>
#include <systemc>

#include "models/base/frame_events.hpp"
#include "models/base/guest_errors.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/camera/frame_source.hpp"
#include "models/camera/frame_times.hpp"
#include "models/camera/sensor_core.hpp"

namespace exysim::camera {

struct SensorConfig {
    std::shared_ptr<FrameSource> source;  ///< what it sees; not null
    FrameTimes times = {};                ///< when its frames begin
};

/// Frame n starts n frame periods after the stream was switched on, or when its recorded time says, but never
/// before the lines of the one before have passed. Lines are evenly spaced over a period; blanking follows
/// the last. Assumed: blanking lasts a sixteenth of the lines, at least eight. Switching off takes effect
/// when the present frame is over. The sensor does not scale: software that sets another size than the
/// source's is reported. Statistics: `<name>.frames`.
class Sensor : public sc_core::sc_module {
public:
    Probe<SourceFrame> started;
    Probe<SourceFrameSent> frame_sent;

    Sensor(const sc_core::sc_module_name& name, const SensorConfig& config, Instruments& instruments);

    /// The camera port's other ends, all of which see the same pixels; set before simulation starts.
    void connect(VideoSink& sink) { sinks_.push_back(&sink); }
    I2cSlave& i2c() { return core_; }
    SensorCore& core() { return core_; }

    static uint32_t total_lines(FrameSize size) { return size.height + std::max(size.height / 16, 8U); }

private:
    SC_HAS_PROCESS(Sensor);
    void run();
    void stream(uint32_t rate);
    bool send_frame(uint64_t number, Picoseconds start, Picoseconds period);
    void check_size();

    SensorCore core_;
    SensorConfig config_;
    GuestErrors& guest_errors_;
    Counter& frames_;
    std::vector<VideoSink*> sinks_;
    Frame422 frame_;
    bool on_ = false;
    sc_core::sc_event changed_;
};

}  // namespace exysim::camera
