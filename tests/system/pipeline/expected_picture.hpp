// What a camera frame must look like on the screen, from the arithmetic of the design in double precision:
// sensor 4:2:2 (4:2:0 chroma lines repeated), capture to 4:2:0 (line pairs averaged), chroma replicated to
// every pixel, limited range YCbCr to RGB by BT.709 from 1280 wide, else BT.601 (ITU-R BT.709-6 and
// BT.601-7), rounded to nearest. Shares nothing with the models.
#pragma once

#include "tests/support/images.hpp"
#include "tests/system/pipeline/y4m_clip.hpp"

namespace exysim::test {

RgbImage expected_picture(const YcbcrFrame& frame);

}  // namespace exysim::test
