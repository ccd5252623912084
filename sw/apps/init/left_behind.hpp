// Whether a program that has ended left buffers behind in the kernel.
#pragma once

#include <string>

namespace apps::init {

/// What /proc/dma_buf, /proc/video, /proc/dri and /proc/dma still count, as "buffers 1, pinned 2"; empty when
/// that is nothing, and on kernels without these files. What was on a screen goes with its next frame, which
/// is waited for.
std::string left_behind();

}  // namespace apps::init
