// The picture that overlays show: a translucent disc in a frame, drawn once by the processor.
#pragma once

#include "apps/runner/drm_card.hpp"

namespace apps::runner {

/// ARGB8888, premultiplied, in a buffer of the card.
struct Badge {
    static constexpr uint32_t kWidth = 256, kHeight = 128;
    /// Where it lies on the screen: clear of the edges, at even places (4:2:0 has chroma for pairs).
    static constexpr uint32_t kLeft = 64, kTop = 48;

    uint32_t pitch = 0;  ///< bytes; before `handle`, whose making sets it
    uint32_t handle = 0;

    explicit Badge(const DrmCard& card);
};

}  // namespace apps::runner
