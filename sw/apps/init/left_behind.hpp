// Whether a program that has ended left buffers behind in the kernel.
#pragma once

#include <string>
#include <vector>

namespace apps::init {

/// What /proc/dma_buf, /proc/video, /proc/dri and /proc/dma count now: buffers, mappings, pins and so on; all
/// zero on kernels without these files.
std::vector<long> counts();
/// What there is more than `before`, as "/proc/dma_buf buffers 1, /proc/video pinned 2"; empty when that is
/// nothing. What was on a screen goes with its next frame, which is waited for.
std::string left_behind(const std::vector<long>& before);

}  // namespace apps::init
