// The 2D engine through exynos-drm's ioctls: one command list a picture.
#pragma once

#include <drm/exynos_drm.h>

#include <vector>

#include "apps/runner/drm_card.hpp"
#include "apps/runner/scenario.hpp"

namespace apps::runner {

/// A rectangle of a picture, pixels; at even places and of even size in 4:2:0.
struct G2dArea {
    uint32_t left, top, width, height;
};

using G2dCommands = std::vector<drm_exynos_g2d_cmd>;

/// What SET_CMDLIST takes.
struct G2dList {
    G2dCommands commands;
    G2dCommands buffers;  ///< address registers with a buffer's handle
};

/// The source area grows or shrinks to `to` on its way, with the bilinear filter; nothing if it fits.
void add_scaling(G2dList& list, Size from, Size to);

class G2dEngine {
public:
    /// Throws Error when the engine cannot do YCbCr (version 3).
    explicit G2dEngine(const DrmCard& card);

    /// Where a list reads from and writes to: an area of an NV12 or NV21 picture. Planes in objects of their
    /// own go by their handles, as on any Linux; for two planes in one object the program puts in the
    /// addresses, which it asks exysim's kernel for.
    void source(G2dList& list, const PlaneHandles& planes, const PictureLayout& picture,
                const G2dArea& area) const;
    void destination(G2dList& list, const PlaneHandles& planes, const PictureLayout& picture,
                     const G2dArea& area) const;
    /// Carries out the list. Returns when it is done.
    void run(const G2dList& list) const;

private:
    struct Surface;
    void add(G2dList& list, const Surface& surface, const PlaneHandles& planes, const PictureLayout& picture,
             const G2dArea& area) const;
    uint32_t address_of(uint32_t handle) const;
    const DrmCard& card_;
};

}  // namespace apps::runner
