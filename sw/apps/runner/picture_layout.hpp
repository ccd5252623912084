// How V4L2's pictures lie in memory, in DRM's words.
#pragma once

#include "apps/runner/drm_card.hpp"
#include "apps/runner/scenario.hpp"

namespace apps::runner {

/// Throws Error for formats that DRM's video layer and the 2D engine do not share with cameras.
PictureLayout layout_of(const Buffers& buffers);

/// All planes, bytes.
uint32_t bytes_of(const PictureLayout& layout);

}  // namespace apps::runner
