#pragma once

#include "media/video_device.hpp"

namespace kernel {

/// Boot option "hold_video_lock=MS": a thread of each video node takes its ioctl lock for so many
/// milliseconds, leaves it for five, and so on, as a driver does that works long under its lock. For trying
/// what tells people of held locks. Nothing without the option. Errors: kNoMem.
Result<> hold_lock_if_asked(VideoNode& node);

}  // namespace kernel
