// Video nodes: /dev/videoN, the ioctl table, and what a driver has to implement. Multi-planar API; a device
// has one queue.
#pragma once

#include "core/file.hpp"
#include "core/lock.hpp"
#include "media/pixel_format.hpp"
#include "media/video_queue.hpp"

namespace kernel {

/// Interface of a video driver. The defaults are what an ioctl answers that the device does not have.
struct VideoDevice {
    VideoQueue queue;
    const char* driver_name;
    const char* card;
    char bus_info[32] = "";
    uint32_t capabilities;  ///< V4L2_CAP_*, without DEVICE_CAPS

    VideoDevice(VideoQueueOps& ops, v4l2_buf_type type, DmaDirection direction, uint32_t min_queued,
                const char* driver, uint32_t caps)
        : queue{ops, type, direction, min_queued}, driver_name{driver}, card{driver}, capabilities{caps} {}
    virtual ~VideoDevice() = default;

    /// Fourcc number `index` of what the device can do. Errors: kInval after the last.
    virtual Result<uint32_t> format_at(uint32_t index) const = 0;
    /// Makes `format` one the device can do; never fails on sizes, only changes them.
    virtual void adjust_format(v4l2_pix_format_mplane& format) const = 0;
    virtual Result<> set_format(const v4l2_pix_format_mplane& format) = 0;
    virtual v4l2_pix_format_mplane format() const = 0;

    virtual Result<> get_parameters(v4l2_streamparm&) { return Errno::kNoTty; }
    virtual Result<> set_parameters(v4l2_streamparm&) { return Errno::kNoTty; }
    virtual Result<> enum_input(v4l2_input&) { return Errno::kNoTty; }
    virtual Result<> enum_output(v4l2_output&) { return Errno::kNoTty; }
    virtual Result<> enum_timings(v4l2_enum_dv_timings&) { return Errno::kNoTty; }
    virtual Result<> get_timings(v4l2_dv_timings&) { return Errno::kNoTty; }
    virtual Result<> set_timings(v4l2_dv_timings&) { return Errno::kNoTty; }

    Mutex lock;  ///< one ioctl at a time, waiting for a buffer excepted
};

/// Fills in the single plane of `format` for its size. Errors: kInval for an unknown fourcc.
Result<> complete_format(v4l2_pix_format_mplane& format, v4l2_colorspace colours);

/// Makes the node /dev/videoN with the next free number. `platform_name`: "11800000.fimc". The device stays
/// for ever.
Result<> register_video_device(VideoDevice& device, const char* platform_name);

}  // namespace kernel
