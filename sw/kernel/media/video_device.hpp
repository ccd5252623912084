// Video nodes: /dev/videoN, the ioctls, and what a driver has to implement.
//
//   VideoFile (an open file) -> VideoSession (what it talks to) -> VideoQueue(s)
//
// Of most devices there is one session, the device itself; memory-to-memory devices have one for each open
// file. Formats are always those of the multi-planar API here.
#pragma once

#include "core/file.hpp"
#include "core/lock.hpp"
#include "media/character_device.hpp"
#include "media/controls.hpp"
#include "media/pixel_format.hpp"
#include "media/video_queue.hpp"

namespace kernel {

/// Sizes that a format can have.
struct SizeRange {
    uint32_t min_width, max_width, step_width;
    uint32_t min_height, max_height, step_height;
};

/// A driver's side of an open node. The defaults are what an ioctl answers that the device does not have.
/// `type` is one that queue() knows.
struct VideoSession {
    virtual ~VideoSession() = default;
    /// Null for a type this device does not have.
    virtual BufferQueue* queue(uint32_t type) = 0;

    /// Fourcc number `index` of what the device can do. Errors: kInval after the last.
    virtual Result<uint32_t> format_at(uint32_t type, uint32_t index) const = 0;
    /// Makes `format` one the device can do; never fails on sizes, only changes them.
    virtual void adjust_format(uint32_t type, v4l2_pix_format_mplane& format) const = 0;
    virtual Result<> set_format(uint32_t type, const v4l2_pix_format_mplane& format) = 0;
    virtual v4l2_pix_format_mplane format(uint32_t type) const = 0;
    /// Errors: kInval for an unknown format, kNoTty the device does not tell.
    virtual Result<SizeRange> sizes(uint32_t /*fourcc*/) const { return Errno::kNoTty; }
    /// Fastest rate, frames a second, at any size. Errors: kNoTty.
    virtual Result<uint32_t> highest_rate() const { return Errno::kNoTty; }

    virtual Result<> get_parameters(v4l2_streamparm&) { return Errno::kNoTty; }
    virtual Result<> set_parameters(v4l2_streamparm&) { return Errno::kNoTty; }
    virtual Result<> enum_input(v4l2_input&) { return Errno::kNoTty; }
    /// The input in use, and another one: numbers that enum_input() knows. Choosing is called without the
    /// node's lock. Errors: kBusy there are buffers.
    virtual uint32_t input() const { return 0; }
    virtual Result<> set_input(uint32_t /*index*/) { return Ok{}; }
    virtual Result<> enum_output(v4l2_output&) { return Errno::kNoTty; }
    virtual Result<> enum_timings(v4l2_enum_dv_timings&) { return Errno::kNoTty; }
    virtual Result<> get_timings(v4l2_dv_timings&) { return Errno::kNoTty; }
    /// Errors: kInval; kBusy unless they are those in force while `busy`.
    virtual Result<> set_timings(v4l2_dv_timings&, bool /*busy*/) { return Errno::kNoTty; }
    virtual Result<> timings_limits(v4l2_dv_timings_cap&) { return Errno::kNoTty; }
    virtual Result<> get_selection(v4l2_selection&) { return Errno::kNoTty; }
    virtual Result<> set_selection(v4l2_selection&) { return Errno::kNoTty; }
    virtual ControlSet* controls() { return nullptr; }
};

/// Whether a rectangle that a device makes of the one asked for is what V4L2_SEL_FLAG_GE and _LE allow: not
/// smaller and not larger than it. Errors: kRange.
Result<> check_selection_flags(const v4l2_rect& asked, const v4l2_rect& given, uint32_t flags);

/// A node. Stays for ever.
struct VideoNode {
    const char* driver_name;
    const char* card;
    char bus_info[32] = "";
    uint32_t capabilities;         ///< V4L2_CAP_*, without DEVICE_CAPS and EXT_PIX_FORMAT
    DeviceNumber number;           ///< /dev's, once registered
    char node_name[16] = "";       ///< in /dev, likewise
    bool in_media_device = false;  ///< to be said before that
    Mutex lock;                    ///< one ioctl at a time, waiting for a buffer excepted
    uint32_t priorities[4] = {};   ///< open files by V4L2_PRIORITY_*

    VideoNode(const char* driver, uint32_t caps) : driver_name{driver}, card{driver}, capabilities{caps} {}
    /// Takes the node away again.
    virtual ~VideoNode();
    virtual Result<VideoSession*> open() = 0;
    virtual void close(VideoSession& session) = 0;
    /// The highest that an open file has.
    uint32_t priority() const;
};

/// A node with one queue, which all its files share.
struct VideoDevice : VideoNode, VideoSession, protected VideoQueueOps {
    VideoQueue stream;

    VideoDevice(const VideoQueue::Setup& setup, const char* driver, uint32_t caps)
        : VideoNode{driver, caps}, stream{*this, setup} {}
    VideoQueue* queue(uint32_t type) override { return type == stream.type() ? &stream : nullptr; }
    Result<VideoSession*> open() override { return static_cast<VideoSession*>(this); }
    void close(VideoSession&) override {}

protected:
    uint32_t plane_count(const VideoQueue&) const override { return format(stream.type()).num_planes; }
    uint32_t plane_size(const VideoQueue&, uint32_t plane) const override {
        return format(stream.type()).plane_fmt[plane].sizeimage;
    }
};

/// Fills in the planes of `format` for its size and what a device without interlacing says. Colours that a
/// program gave for an output stay; `colours` is for all others. Errors: kInval for an unknown fourcc.
Result<> complete_format(v4l2_pix_format_mplane& format, uint32_t type, v4l2_colorspace colours);

/// Where the planes of a picture are.
struct PictureAddresses {
    Iova luma, chroma[2];
};
PictureAddresses addresses_of(const VideoBuffer& buffer, const PixelFormat& format, uint32_t width,
                              uint32_t height);

/// Makes the node /dev/videoN with the next free number. `bus`: "platform:11800000.fimc".
Result<> register_video_device(VideoNode& node, const char* bus_info);
/// The same for a device of the device tree, by its name.
Result<> register_platform_video(VideoNode& node, const char* platform_name);

}  // namespace kernel
