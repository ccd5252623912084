// Built-in test pictures. Every frame differs from the one before, so that a repeated or lost frame shows.
#pragma once

#include <memory>
#include <string_view>

#include "models/camera/frame_source.hpp"

namespace exysim::camera {

/// "bars": the eight 75 % colour bars with a white line that moves down; "zoneplate": rings whose phase moves
/// on, with colour that varies slowly. Null for a name that is not known.
std::unique_ptr<FrameSource> make_pattern(std::string_view name, FrameSize size);

}  // namespace exysim::camera
