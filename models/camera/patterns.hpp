// Built-in test pictures. Every frame differs from the one before, so that a repeated or lost frame shows.
#pragma once

#include <memory>
#include <string_view>

#include "models/camera/frame_source.hpp"

namespace exysim::camera {

struct Ycbcr {
    uint8_t y, cb, cr;
};
/// Bar 0..7 of the 75 % colour bars in limited range: white yellow cyan green magenta red blue black (ITU-R
/// BT.801, BT.601 matrix).
Ycbcr colour_bar(uint32_t index);

/// "bars": the eight 75 % colour bars with a white line that moves down; "zoneplate": rings whose phase moves
/// on, with colour that varies slowly. Null for a name that is not known.
std::unique_ptr<FrameSource> make_pattern(std::string_view name, FrameSize size);

}  // namespace exysim::camera
