// FIMC's rules for capture from a camera (hardware/fimc.md): which frames are taken, into which buffer, what
// the status words say and when the interrupt rises. Knows neither time nor SystemC.
#pragma once

#include <optional>
#include <string_view>

#include "models/camera/fimc_registers.hpp"
#include "models/camera/line_packer.hpp"

namespace exysim::camera {

/// What becomes of a frame that begins.
struct FrameDecision {
    std::optional<OutputArea> area = {};  ///< where it is written, if it is
    uint32_t crop_left = 0, crop_top = 0;
    std::string_view drop_reason = {};  ///< otherwise
    std::string_view mistake = {};      ///< what the guest did wrong, or empty
};

class FimcCore {
public:
    RegisterBank regs{fimc::map()};

    FimcCore();
    FimcCore(const FimcCore&) = delete;
    FimcCore& operator=(const FimcCore&) = delete;

    /// VSYNC: registers take effect, the ring moves on, the interrupt rises if a frame is captured.
    FrameDecision begin_frame(FrameSize sent);
    /// The captured frame is in memory; after the last one of a capture the interrupt rises once more.
    void end_frame();
    /// The FIFO towards memory was full.
    void overflow();

    /// The camera port that CIGCTRL selects.
    CameraPort selected() const;
    bool irq() const { return pending_ && regs.get(fimc::kIrqEnable) != 0; }
    /// Counts software resets: a frame that was begun under another count is lost.
    uint64_t resets() const { return resets_; }

private:
    void control(uint32_t written);
    void reset();
    bool capture_enabled() const;
    std::optional<uint32_t> next_slot() const;
    std::string_view unsupported() const;
    FrameDecision place(FrameSize sent, uint32_t slot) const;
    uint32_t address(const Field& first, const Field& rest, uint32_t slot) const;
    PixelLayout layout() const;

    bool pending_ = false;
    bool capturing_ = false;  // a frame is on its way to memory
    uint32_t last_slot_ = fimc::kSlots - 1;
    uint64_t resets_ = 0;
};

}  // namespace exysim::camera
