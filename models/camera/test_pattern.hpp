// FIMC's own test pictures (CIGCTRL.TESTPATTERN), which take the place of what the camera sends.
#pragma once

#include "models/camera/row.hpp"

namespace exysim::camera {

/// Overwrites a line of the source: 0 nothing, 1 the eight 75 % colour bars, 2 luma that rises by one a
/// pixel, 3 luma that rises by one a line (both wrap; chroma 128). Assumed: which bars, and where the ramps
/// begin.
void test_pattern(uint32_t kind, uint32_t line, Row& row);

}  // namespace exysim::camera
