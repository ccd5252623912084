// The 2D engine through exynos-drm's ioctls: one command list a picture, with the addresses of both planes
// put in by the program.
#pragma once

#include <drm/exynos_drm.h>

#include <vector>

#include "apps/runner/drm_card.hpp"

namespace apps::runner {

/// A rectangle of a picture, pixels; at even places and of even size in 4:2:0.
struct G2dArea {
    uint32_t left, top, width, height;
};

using G2dCommands = std::vector<drm_exynos_g2d_cmd>;

class G2dEngine {
public:
    /// Throws Error when the engine cannot do YCbCr (version 3).
    explicit G2dEngine(const DrmCard& card);

    /// Where a list reads from and writes to: an area of the NV12 or NV21 picture in buffer `handle`.
    void source(G2dCommands& list, uint32_t handle, const PictureLayout& picture, const G2dArea& area) const;
    void destination(G2dCommands& list, uint32_t handle, const PictureLayout& picture,
                     const G2dArea& area) const;
    /// Carries out the list; `buffers` are address registers with a buffer's handle. Returns when it is done.
    void run(const G2dCommands& list, const G2dCommands& buffers = {}) const;

private:
    uint32_t address_of(uint32_t handle) const;
    const DrmCard& card_;
};

}  // namespace apps::runner
