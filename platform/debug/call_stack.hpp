// The functions that led to where a core is, by frame pointers or by exception tables.
#pragma once

#include <vector>

#include "platform/debug/code_images.hpp"

namespace exysim::debug {

/// Addresses within `image` from the running instruction outwards, at most kMostFrames: the first is
/// `frame`'s r15, the others are those of calls. A function at its first instruction has no frame of its own
/// yet. Programs go by their exception tables; what has none (our kernel) by A32 frame pointers as GCC lays
/// them out: r11 points at the saved lr, the caller's r11 lies below it, a leaf function saves r11 alone.
/// False: the tables do not say who called the outermost one found.
inline constexpr size_t kMostFrames = 64;
bool walk_stack(const CodeImage& image, const FrameRegisters& frame, const ReadWord& stack,
                std::vector<uint32_t>& calls);

}  // namespace exysim::debug
