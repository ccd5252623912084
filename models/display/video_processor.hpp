// VP shell: register bus on one side, memory on the other, lines for the mixer.
#pragma once

#include <functional>

#include "models/base/statistics.hpp"
#include "models/base/tlm/dma_port.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/display/timing.hpp"
#include "models/display/vp_core.hpp"

namespace exysim::display {

struct VideoProcessorConfig {
    sc_core::sc_time skew{1, sc_core::SC_US};  ///< how far DMA may be booked ahead of SystemC time
    uint32_t line_buffers = 8;                 ///< Assumed: lines fetched ahead of the raster at most
    uint32_t burst_bytes = 128;                ///< Assumed: 16 beats of 64 bits
};

/// Fetches the video layer line by line, a few lines ahead of the raster. A line that is not here when its
/// time comes is an underflow: it stays missing, and fetching goes on with a later one.
/// Statistics: `<name>.{frames,bus_errors}`.
class VideoProcessor : public RegisterTarget<VpCore> {
public:
    DmaPort dma;
    std::function<void()> underflow;  ///< at most once a frame; set before simulation starts

    VideoProcessor(const sc_core::sc_module_name& name, const VideoProcessorConfig& config,
                   Instruments& instruments);

    /// Vsync: takes new settings over. The mixer's, whose layers all change at the same moment.
    void vsync();
    /// Starts fetching the picture that is set for the raster that began now. False if there is none.
    bool start_frame(const Timing& timing);
    /// What has been fetched since start_frame(); missing lines are reported as an underflow.
    VideoFrame& finish_frame();

private:
    SC_HAS_PROCESS(VideoProcessor);
    void run();
    void fetch_frame();
    bool fetch_line(uint32_t line);
    bool fetch(Iova from, std::span<uint8_t> into);
    Picoseconds due(uint32_t line) const;
    void miss();
    bool abandoned(uint64_t frame) const;

    VideoProcessorConfig config_;
    GuestErrors& guest_errors_;
    VideoFrame frame_;
    Timing timing_;
    Picoseconds vsync_ = 0;  // start of the present frame
    uint64_t started_ = 0;   // frames begun
    uint64_t resets_ = 0;    // the core's count when the present one began
    bool missed_ = false;    // this frame's underflow has been reported
    bool fetching_ = false;
    sc_core::sc_event begin_;
    Counter &frames_, &bus_errors_;
};

}  // namespace exysim::display
