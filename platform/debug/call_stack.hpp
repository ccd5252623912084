// The functions that led to where a core is, by frame pointers or by exception tables.
#pragma once

#include <vector>

#include "platform/debug/code_images.hpp"

namespace exysim::debug {

/// One function on the way.
struct Frame {
    uint32_t address;  ///< the running instruction, or a byte of the call
    const CodeImage* image;
    const Function* function;  ///< of the image; null for the first alone
};

/// Addresses from the running instruction outwards, at most kMostFrames: the first is
/// `frame`'s r15, the others are those of calls. A function at its first instruction has no frame of its own
/// yet. Programs go by their exception tables; what has none (our kernel) by A32 frame pointers as GCC lays
/// them out: r11 points at the saved lr, the caller's r11 lies below it, a leaf function saves r11 alone.
/// By tables the way leads from library to library, among `images`. False: the tables do not say who called
/// the outermost one found.
inline constexpr size_t kMostFrames = 64;
bool walk_stack(CodeImages& images, const CodeImage& image, const FrameRegisters& frame,
                const ReadWord& stack, std::vector<Frame>& calls);

}  // namespace exysim::debug
