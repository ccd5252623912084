// A display's picture on its way back to memory: lines of what FIMD shows, at the pace of its panel, at the
// write-back input of a FIMC.
#pragma once

#include <systemc>
#include <vector>

#include "models/base/address.hpp"
#include "models/camera/frame_source.hpp"

namespace exysim::camera {

/// Sends each picture it is given line by line. Assumed: limited-range BT.601, 4:4:4; a picture follows the
/// panel's by a frame, since the model composes a picture when it has been shown.
class Writeback : public sc_core::sc_module {
public:
    explicit Writeback(const sc_core::sc_module_name& name);

    /// R, G, B of a picture, copied; a line every `line_period`. Lost while the one before is on its way.
    void send(FrameSize size, const uint8_t* rgb, Picoseconds line_period);
    /// Who listens now; null: nobody. Asked as each picture begins.
    std::function<VideoSink*()> sink = [] { return nullptr; };

private:
    SC_HAS_PROCESS(Writeback);
    void run();
    void send_line(VideoSink& to, uint32_t y);

    std::vector<uint8_t> rgb_;
    FrameSize size_;
    Picoseconds line_period_ = 0;
    uint64_t number_ = 0;
    bool busy_ = false;
    sc_core::sc_event given_;
};

}  // namespace exysim::camera
