// What FIMC's registers ask for, as the settings of one frame. Pure: reads registers, changes nothing.
#pragma once

#include <optional>
#include <string_view>

#include "models/camera/fimc_registers.hpp"
#include "models/camera/frame_reader.hpp"
#include "models/camera/pipeline.hpp"

namespace exysim::camera {

/// What one instance can do. Source: `samsung,pix-limits` and `samsung,rotators` of Linux 6.1's
/// exynos4210.dtsi.
struct FimcAbilities {
    uint32_t widest_scaled = 4224, widest_plain = 8192, widest_rotated = 1920;
    bool rotators = true;
};

struct FramePlan {
    std::optional<PipelineSetting> pipeline;  ///< nothing: the chip cannot do it, see `mistake`
    std::optional<InputArea> input;           ///< memory-to-memory operation
    uint32_t crop_left = 0, crop_top = 0;     ///< of what the camera sends
    uint32_t order = 0;                       ///< what its bytes are taken for (from_422)
    std::string_view mistake = {};            ///< the first thing the guest did wrong, or empty
};

/// Capture of a camera's frame into slot `slot` of the ring.
FramePlan plan_capture(const RegisterBank& regs, const SentFormat& sent, uint32_t slot,
                       const FimcAbilities& abilities);
/// The same for memory-to-memory operation.
FramePlan plan_job(const RegisterBank& regs, uint32_t slot, const FimcAbilities& abilities);

}  // namespace exysim::camera
