// FIMC's rules (hardware/fimc.md): which frames are taken, into which buffer, when a memory-to-memory job
// runs, what the status words say and when the interrupt rises. Knows neither time nor SystemC.
#pragma once

#include <optional>
#include <string_view>

#include "models/camera/fimc_plan.hpp"
#include "models/camera/fimc_registers.hpp"

namespace exysim::camera {

/// What becomes of a frame that begins.
struct FrameDecision {
    std::optional<PipelineSetting> pipeline = {};  ///< how it is written, if it is
    bool raw = false;                              ///< as bytes that nothing looks into
    uint32_t crop_left = 0, crop_top = 0;
    uint32_t order = 0;                 ///< what the camera's bytes are taken for (from_422)
    std::string_view drop_reason = {};  ///< otherwise
    std::string_view mistake = {};      ///< what the guest did wrong, or empty

    explicit operator bool() const { return pipeline.has_value(); }
    const OutputArea& area() const { return pipeline->area; }
};

class FimcCore {
public:
    RegisterBank regs{fimc::map()};

    explicit FimcCore(const FimcAbilities& abilities = {});
    FimcCore(const FimcCore&) = delete;
    FimcCore& operator=(const FimcCore&) = delete;

    /// VSYNC: registers take effect, the ring moves on, the interrupt rises if a frame is captured.
    FrameDecision begin_frame(const SentFormat& sent);
    /// The first line arrives: vertical blanking is over.
    void begin_lines();
    /// The captured frame is in memory; after the last one of a capture the interrupt rises once more.
    void end_frame();
    /// The FIFO towards memory was full.
    void overflow();

    /// A memory-to-memory job has been asked for: ENVID was set with INPUT = memory and capture enabled.
    bool job_waiting() const { return job_ == Job::waiting; }
    /// Begins the job that waits. Without a pipeline in the plan the chip hangs until it is reset.
    FramePlan begin_job();
    /// The job's picture is in memory: ENVID falls, the interrupt rises.
    void end_job();

    /// The camera port that CIGCTRL selects.
    CameraPort selected() const;
    bool irq() const { return pending_ && regs.get(fimc::kIrqEnable) != 0; }
    /// All state is lost, and with it frames and jobs under way.
    void power_off();
    /// Counts resets: a frame or job that was begun under another count is lost.
    uint64_t resets() const { return resets_; }

private:
    enum class Job : uint8_t { none, waiting, running };

    void control(uint32_t written);
    void capture_control();
    void software_reset();
    void start_job_if_ready();
    bool capture_enabled() const;
    bool wanted_by_sequence();
    std::optional<uint32_t> next_slot() const;
    void take_slot(uint32_t slot);
    void copy_shadows();

    FimcAbilities abilities_;
    bool pending_ = false;
    bool capturing_ = false;       // a frame is on its way to memory
    bool was_enabled_ = false;     // IMGCPTEN before the last write
    bool envid_ = false;           // before the last write
    uint32_t frames_enabled_ = 0;  // frames that have begun since IMGCPTEN was set
    Job job_ = Job::none;
    uint32_t last_slot_ = fimc::kSlots - 1;
    uint64_t resets_ = 0;
};

}  // namespace exysim::camera
