// FIMC shell: register bus and camera port on one side, memory on the other.
#pragma once

#include <memory>

#include "models/base/clock.hpp"
#include "models/camera/capture_shell.hpp"
#include "models/camera/fimc_core.hpp"

namespace exysim::camera {

struct FimcConfig {
    sc_core::sc_time skew{1, sc_core::SC_US};  ///< how far DMA may be booked ahead of SystemC time
    uint32_t fifo_lines = 8;                   ///< Assumed: no source gives the FIFO's depth
    FimcAbilities abilities = {};
    /// sclk_fimc; the engine takes a pixel a cycle. Assumed: the usual 160 MHz, one pixel.
    ClockRate clock = fixed_clock(160'000'000);
};

struct CapturedFimcFrame : CapturedFrame {
    std::unique_ptr<Pipeline> pipeline;
    FrameSize size;              ///< of the crop window
    uint32_t left = 0, top = 0;  ///< of it
    uint32_t order = 0;          ///< what the camera's bytes are taken for
    bool raw = false;            ///< bytes that nothing looks into
};

/// Captures what arrives at the camera port that CIGCTRL selects. Memory-to-memory jobs read, process and
/// write line by line; a job takes as long as the slower of memory and the engine, which does a pixel of
/// input or output a cycle. CIGCTRL's test pattern replaces the pixels that a camera sends, not its timing
/// (Assumed). Statistics besides CaptureShell's: `<name>.{jobs,job_time}`.
class Fimc : public CaptureShell<FimcCore, CapturedFimcFrame> {
public:
    Probe<JobStarted> job_started;
    Probe<JobDone> job_done;

    Fimc(const sc_core::sc_module_name& name, const FimcConfig& config, Instruments& instruments);

private:
    using Frame = CapturedFimcFrame;
    void update() override;
    BegunFrame<Frame> begin(const SentFormat& format) override;
    void begin_lines(Frame* frame) override;
    void take(Frame& frame, uint32_t index, const Line422& pixels) override;
    void flush(Frame& frame) override;
    std::vector<IovaRange> planes_of(const Frame& frame) const override;
    bool do_other_work() override;
    void run_job();
    bool job_lines(const FramePlan& plan, uint64_t resets);
    void pace(const sc_core::sc_time& start, uint64_t cycles);
    void store(const WriteList& list, uint64_t resets);
    void count_bus_error(uint64_t resets);

    ClockRate clock_;
    Row row_;
    Counter &jobs_, &job_time_;
};

}  // namespace exysim::camera
