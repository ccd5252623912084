// A picture file as what a sensor sees.
#pragma once

#include <memory>
#include <string>

#include "models/camera/frame_source.hpp"
#include "platform/config/scenario.hpp"

namespace exysim::pictures {

/// What the sensor of `input` sees: its file, or its pattern at `fallback` pixels unless the input says
/// another size. 4:2:0 clips repeat each chroma line; the chroma of a PNG's pixel pairs is averaged, (a + b +
/// 1) >> 1. The file has been inspected (`input.facts`); one that can no longer be read ends the sequence
/// with a message.
std::unique_ptr<camera::FrameSource> make_source(const config::Input& input, camera::FrameSize fallback);

}  // namespace exysim::pictures
