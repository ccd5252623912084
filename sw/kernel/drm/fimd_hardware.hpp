// The panel as DRM sees it: FIMD's five windows.
#pragma once

#include "core/ref.hpp"
#include "drm/hardware.hpp"

namespace kernel::drm {

/// The machine's panel for DRM, or null without one. Errors: kNoMem.
Result<Unique<DisplayHardware>> fimd_hardware();

}  // namespace kernel::drm
