// The television as DRM sees it: two graphics layers and the video layer of the mixer, HDMI behind them.
#pragma once

#include "core/ref.hpp"
#include "drm/hardware.hpp"

namespace kernel::drm {

/// The machine's mixer pipe for DRM, or null without one. Errors: kNoMem.
Result<Unique<DisplayHardware>> mixer_hardware();

}  // namespace kernel::drm
