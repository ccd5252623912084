// The 2D engine blends the badge into a picture, in place: a command list per buffer, with the addresses of
// both planes put in by the program.
#pragma once

#include <vector>

#include "apps/runner/badge.hpp"

namespace apps::runner {

class G2dBlend {
public:
    /// Throws Error when the engine cannot write YCbCr (version 3).
    explicit G2dBlend(const DrmCard& card);
    /// Blends the badge into the NV12 or NV21 picture in buffer `handle`; returns when it is there.
    void blend(const Badge& badge, uint32_t handle, const PictureLayout& picture) const;

private:
    uint32_t address_of(uint32_t handle) const;
    const DrmCard& card_;
};

}  // namespace apps::runner
