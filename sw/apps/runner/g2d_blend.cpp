#include "apps/runner/g2d_blend.hpp"

#include "apps/runner/g2d_registers.hpp"

namespace apps::runner {

void G2dBlend::blend(const Badge& badge, const PlaneHandles& planes, const PictureLayout& picture) const {
    G2dList list;
    list.commands = {
        {g2d::kSrcStride, badge.pitch},
        {g2d::kSrcMode, g2d::kArgb8888},
        {g2d::kSrcLeftTop, 0},
        {g2d::kSrcRightBottom, g2d::at(Badge::kWidth, Badge::kHeight)},
        {g2d::kRop4, g2d::kCopySource},
        {g2d::kBlendFunction, g2d::kSourceOver},
        {g2d::kCommand, g2d::kAlphaBlend},
    };
    list.buffers = {{g2d::kSrcBase, badge.handle}};
    engine_.destination(list, planes, picture, {Badge::kLeft, Badge::kTop, Badge::kWidth, Badge::kHeight});
    engine_.run(list);
}

}  // namespace apps::runner
