// FIMC shell: register bus and camera port on one side, memory on the other.
#pragma once

#include <array>
#include <deque>

#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/base/tlm/dma_port.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/camera/fimc_core.hpp"

namespace exysim::camera {

struct FimcConfig {
    sc_core::sc_time skew{1, sc_core::SC_US};  ///< how far DMA may be booked ahead of SystemC time
    uint32_t fifo_lines = 8;                   ///< Assumed: no source gives the FIFO's depth
};

/// Captures what arrives at its camera port. Lines wait in a FIFO for the DMA engine; a full FIFO is an
/// overflow, which spoils the frame. Statistics: `<name>.{frames,dropped,overflows,bus_errors}`.
class Fimc : public RegisterTarget<FimcCore> {
public:
    sc_core::sc_out<bool> irq{"irq"};
    DmaPort dma;
    Probe<FrameWritten> frame_written;
    Probe<FrameDropped> frame_dropped;

    Fimc(const sc_core::sc_module_name& name, const FimcConfig& config, Instruments& instruments);

    /// Where the wires of a camera port end. CIGCTRL selects the one that is listened to.
    VideoSink& input(CameraPort port) { return inputs_[static_cast<size_t>(port)]; }

private:
    SC_HAS_PROCESS(Fimc);
    struct Input final : VideoSink {
        Fimc& fimc;
        CameraPort port;
        Input(Fimc& owner, CameraPort at) : fimc{owner}, port{at} {}
        bool selected() const { return fimc.core_.selected() == port; }
        void frame_start(uint64_t number, FrameSize size) override {
            if (selected()) fimc.frame_start(number, size);
        }
        void line(uint32_t index, const Line422& pixels) override {
            if (selected()) fimc.line(index, pixels);
        }
        void frame_end() override {
            if (selected()) fimc.frame_end();
        }
    };
    /// One entry of the FIFO: a line's bursts, or the end of a frame.
    struct Entry {
        uint64_t frame = 0;
        std::vector<Burst> bursts;
        bool end = false;
    };
    /// The frame that is being captured.
    struct Frame {
        uint64_t number = 0;
        LinePacker packer;
        uint32_t left = 0, top = 0;  // of the crop window
        uint64_t resets = 0;         // the core's count when it began
        std::string_view damage;     // why it is lost, or empty
    };

    void update() override;
    void frame_start(uint64_t number, FrameSize size);
    void line(uint32_t index, const Line422& pixels);
    void frame_end();
    void run();
    void write(const Entry& entry);
    void finish(Frame& frame);
    void drop(uint64_t number, std::string_view reason);
    void report(std::string_view mistake);

    std::array<Input, kCameraPorts> inputs_{Input{*this, CameraPort::itu_a}, Input{*this, CameraPort::itu_b},
                                            Input{*this, CameraPort::mipi_0},
                                            Input{*this, CameraPort::mipi_1}};
    FimcConfig config_;
    GuestErrors& guest_errors_;
    std::deque<Entry> fifo_;
    std::deque<Frame> frames_;  // begun and not yet finished by the DMA engine, oldest first
    bool receiving_ = false;    // the newest of them still gets lines
    sc_core::sc_event filled_;
    Counter &captured_, &dropped_, &overflows_, &bus_errors_;
};

}  // namespace exysim::camera
