// Linux's DRM interface, from linux-libc-dev: structures, ioctl numbers, format codes.
#pragma once

#include <drm/drm.h>
#include <drm/drm_fourcc.h>
#include <drm/exynos_drm.h>

#include "core/types.hpp"

namespace kernel::drm {

/// The interface passes pointers as 64-bit numbers.
inline UserAddr user_pointer(uint64_t value) { return UserAddr{static_cast<uint32_t>(value)}; }

}  // namespace kernel::drm
