// Linux's video UAPI, as it comes from linux-libc-dev.
#pragma once

#include <linux/ioctl.h>
#include <linux/media-bus-format.h>
#include <linux/v4l2-subdev.h>
#include <linux/videodev2.h>

namespace kernel {

/// Of the media APIs that we follow: Linux 6.1.
inline constexpr unsigned kMediaApiVersion = 6 << 16 | 1 << 8;

}  // namespace kernel
