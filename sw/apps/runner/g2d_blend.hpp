// The 2D engine blends the badge into a picture, in place.
#pragma once

#include "apps/runner/badge.hpp"
#include "apps/runner/g2d_engine.hpp"

namespace apps::runner {

class G2dBlend {
public:
    /// Throws Error when the engine cannot write YCbCr.
    explicit G2dBlend(const DrmCard& card) : engine_{card} {}
    /// Blends the badge into an NV12 or NV21 picture; returns when it is there.
    void blend(const Badge& badge, const PlaneHandles& planes, const PictureLayout& picture) const;

private:
    G2dEngine engine_;
};

}  // namespace apps::runner
