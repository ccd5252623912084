// FIMC-LITE shell: register bus and camera ports on one side, memory on the other.
#pragma once

#include <deque>
#include <memory>

#include "models/base/engine_reset.hpp"
#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/base/tlm/dma_port.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/camera/camera_ports.hpp"
#include "models/camera/fimc_lite_core.hpp"
#include "models/camera/frame_writer.hpp"

namespace exysim::camera {

struct FimcLiteConfig {
    sc_core::sc_time skew{1, sc_core::SC_US};  ///< how far DMA may be booked ahead of SystemC time
    uint32_t fifo_lines = 8;                   ///< Assumed, as FIMC's
};

/// Writes what arrives at the selected camera port as it is: 4:2:2 in another order of bytes, or raw samples.
/// It neither scales nor converts. A line waits in a FIFO for the DMA engine; a full FIFO is an overflow and
/// spoils the frame. Its other output, FIMC-IS, is not modelled: with output DMA off a frame goes nowhere.
/// Statistics: `<name>.{frames,dropped,overflows,bus_errors}`.
class FimcLite : public RegisterTarget<FimcLiteCore> {
public:
    sc_core::sc_out<bool> irq{"irq"};
    DmaPort dma;
    Probe<FrameWritten> frame_written;
    Probe<FrameDropped> frame_dropped;
    Probe<FrameWritten> frame_damaged;  ///< before `frame_dropped`, as Fimc's
    Probe<EngineReset> was_reset;

    FimcLite(const sc_core::sc_module_name& name, const FimcLiteConfig& config, Instruments& instruments);

    /// Where the wires of a camera port end. CIGCTRL and CIGENERAL select the one that is listened to.
    VideoSink& input(CameraPort port) { return inputs_[port]; }

private:
    SC_HAS_PROCESS(FimcLite);
    friend class CameraPorts<FimcLite>;
    struct Frame {
        uint64_t number = 0;
        LiteFrame settings;
        std::optional<Iova> base;  // once the first line has come
        uint64_t resets = 0;       // the core's count when it began
        std::string_view damage;   // why it is lost, or empty
    };
    /// What a line gave, or the end of a frame.
    struct Entry {
        WriteList writes;
        bool end = false;
    };

    void update() override;
    void supply_lost() override;
    void frame_start(uint64_t number, const SentFormat& format);
    void line(uint32_t index, const Line422& pixels);
    void first_line(Frame& frame);
    void frame_end();
    void run();
    void drain();
    void write(const Entry& entry);
    void finish(Frame& frame);
    void drop(uint64_t number, std::string_view reason);

    CameraPorts<FimcLite> inputs_{*this};
    FimcLiteConfig config_;
    GuestErrors& guest_errors_;
    std::deque<Entry> fifo_;
    std::deque<Frame> frames_;  // begun and not yet finished by the DMA engine, oldest first
    bool receiving_ = false;    // the newest of them still gets lines
    bool blanking_ = false;     // no line has come yet
    uint64_t resets_ = 0;       // as was_reset has told them
    sc_core::sc_event filled_;
    Counter &captured_, &dropped_, &overflows_, &bus_errors_;
};

}  // namespace exysim::camera
