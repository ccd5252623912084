// FIMC shell: register bus and camera port on one side, memory on the other.
#pragma once

#include <deque>
#include <memory>

#include "models/base/clock.hpp"
#include "models/base/engine_reset.hpp"
#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/base/tlm/dma_port.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/camera/camera_ports.hpp"
#include "models/camera/fimc_core.hpp"

namespace exysim::camera {

struct FimcConfig {
    sc_core::sc_time skew{1, sc_core::SC_US};  ///< how far DMA may be booked ahead of SystemC time
    uint32_t fifo_lines = 8;                   ///< Assumed: no source gives the FIFO's depth
    FimcAbilities abilities = {};
    /// sclk_fimc; the engine takes a pixel a cycle. Assumed: the usual 160 MHz, one pixel.
    ClockRate clock = fixed_clock(160'000'000);
};

/// Captures what arrives at the selected camera port. What a line gives waits in a FIFO for the DMA engine; a
/// full FIFO is an overflow, which spoils the frame. Memory-to-memory jobs read, process and write line by
/// line; a job takes as long as the slower of memory and the engine, which does a pixel of input or output a
/// cycle. Without its clock the engine stands still and the frame that arrives is lost; without power all
/// are. CIGCTRL's test pattern replaces the pixels that a camera sends, not its timing (Assumed). Statistics:
/// `<name>.{frames,dropped,overflows,bus_errors,jobs,job_time}`.
class Fimc : public RegisterTarget<FimcCore> {
public:
    sc_core::sc_out<bool> irq{"irq"};
    DmaPort dma;
    Probe<FrameWritten> frame_written;
    Probe<FrameDropped> frame_dropped;
    Probe<FrameWritten>
        frame_damaged;  ///< before `frame_dropped`: the buffer of a frame that came only in part
    Probe<JobStarted> job_started;
    Probe<JobDone> job_done;
    Probe<EngineReset> was_reset;

    Fimc(const sc_core::sc_module_name& name, const FimcConfig& config, Instruments& instruments);

    /// Where the wires of a camera port end. CIGCTRL selects the one that is listened to.
    VideoSink& input(CameraPort port) { return inputs_[port]; }

private:
    SC_HAS_PROCESS(Fimc);
    friend class CameraPorts<Fimc>;
    /// One entry of the FIFO: what a line gave, or the end of a frame.
    struct Entry {
        uint64_t frame = 0;
        WriteList writes;
        bool end = false;
    };
    /// A frame that is being captured.
    struct Frame {
        uint64_t number = 0;
        std::unique_ptr<Pipeline> pipeline;
        FrameSize size;              // of the crop window
        uint32_t left = 0, top = 0;  // of it
        uint32_t order = 0;          // what the camera's bytes are taken for
        bool raw = false;            // bytes that nothing looks into
        uint64_t resets = 0;         // the core's count when it began
        std::string_view damage;     // why it is lost, or empty
    };

    void update() override;
    void supply_lost() override;
    void frame_start(uint64_t number, const SentFormat& format);
    void line(uint32_t index, const Line422& pixels);
    void frame_end();
    void cut_short();
    void run();
    void enqueue(Frame& frame, WriteList&& writes);
    void drain();
    void write(const Entry& entry);
    void run_job();
    bool job_lines(const FramePlan& plan, uint64_t resets);
    void pace(const sc_core::sc_time& start, uint64_t cycles);
    void store(const WriteList& list, uint64_t resets);
    void finish(Frame& frame);
    void drop(uint64_t number, std::string_view reason);
    void report(std::string_view mistake);
    void count_bus_error(uint64_t resets);

    CameraPorts<Fimc> inputs_{*this};
    FimcConfig config_;
    GuestErrors& guest_errors_;
    std::deque<Entry> fifo_;
    std::deque<Frame> frames_;  // begun and not yet finished by the DMA engine, oldest first
    bool receiving_ = false;    // the newest of them still gets lines
    bool blanking_ = false;     // no line has come yet
    uint64_t resets_ = 0;       // as was_reset has told them
    Row row_;
    sc_core::sc_event filled_;
    Counter &captured_, &dropped_, &overflows_, &bus_errors_, &jobs_, &job_time_;
};

}  // namespace exysim::camera
