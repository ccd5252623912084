#include "media/subdevice_file.hpp"

#include "core/log.hpp"
#include "core/string.hpp"
#include "media/video_device.hpp"

namespace kernel {

SubdeviceFile::SubdeviceFile(Subdevice& device) : ControlCalls{device.controls()}, device_{device} {
    const MutexGuard guard{media_graph().lock};
    for (uint32_t pad = 0; pad < device.pad_count; ++pad) {
        tried_[pad] = device.format(pad);
        tried_crop_[pad] = device.crop(pad);
    }
}

Result<> SubdeviceFile::check(uint32_t which, uint32_t pad) const {
    const bool known = which == V4L2_SUBDEV_FORMAT_TRY || which == V4L2_SUBDEV_FORMAT_ACTIVE;
    if (!known || pad >= device_.pad_count) return Errno::kInval;
    return Ok{};
}

v4l2_mbus_framefmt SubdeviceFile::format(uint32_t which, uint32_t pad) const {
    return which == V4L2_SUBDEV_FORMAT_TRY ? tried_[pad] : device_.format(pad);
}

Result<> SubdeviceFile::query_capability(v4l2_subdev_capability& c) {
    c = {};
    c.version = kMediaApiVersion;
    return Ok{};
}

Result<> SubdeviceFile::enum_codes(v4l2_subdev_mbus_code_enum& e) {
    TRY(check(e.which, e.pad));
    e.code = TRY(device_.code_at(e.pad, e.index));
    e.flags = 0;
    memset(e.reserved, 0, sizeof e.reserved);
    return Ok{};
}

Result<> SubdeviceFile::enum_sizes(v4l2_subdev_frame_size_enum& e) {
    TRY(check(e.which, e.pad));
    const PadSizes s = TRY(device_.sizes(e.pad, e.code));
    if (e.index != 0) return Errno::kInval;
    e.min_width = s.min_width;
    e.max_width = s.max_width;
    e.min_height = s.min_height;
    e.max_height = s.max_height;
    memset(e.reserved, 0, sizeof e.reserved);
    return Ok{};
}

/// The usual rates up to the highest; any other whole one can be set as well, which this call has no words
/// for.
Result<> SubdeviceFile::enum_intervals(v4l2_subdev_frame_interval_enum& e) {
    constexpr uint32_t kUsual[] = {120, 60, 50, 30, 25, 15, 10, 5, 1};
    TRY(check(e.which, e.pad));
    const uint32_t highest = TRY(device_.highest_rate());
    const PadSizes s = TRY(device_.sizes(e.pad, e.code));
    const bool possible = e.width >= s.min_width && e.width <= s.max_width && e.height >= s.min_height &&
                          e.height <= s.max_height;
    if (!possible) return Errno::kInval;
    memset(e.reserved, 0, sizeof e.reserved);
    uint32_t skip = e.index;
    for (const uint32_t rate : kUsual) {
        if (rate > highest || skip-- != 0) continue;
        e.interval = {1, rate};
        return Ok{};
    }
    return Errno::kInval;
}

Result<> SubdeviceFile::get_format(v4l2_subdev_format& f) {
    TRY(check(f.which, f.pad));
    f.format = format(f.which, f.pad);
    memset(f.reserved, 0, sizeof f.reserved);
    return Ok{};
}

/// A format that is tried takes what was cropped of the old one with it.
Result<> SubdeviceFile::set_format(v4l2_subdev_format& f) {
    TRY(check(f.which, f.pad));
    memset(f.reserved, 0, sizeof f.reserved);
    device_.adjust_format(f.pad, f.format);
    if (f.which == V4L2_SUBDEV_FORMAT_ACTIVE) return device_.set_format(f.pad, f.format);
    tried_[f.pad] = f.format;
    tried_crop_[f.pad] = {0, 0, f.format.width, f.format.height};
    return Ok{};
}

Result<> SubdeviceFile::get_selection(v4l2_subdev_selection& s) {
    TRY(check(s.which, s.pad));
    memset(s.reserved, 0, sizeof s.reserved);
    const v4l2_rect crop = s.which == V4L2_SUBDEV_FORMAT_TRY ? tried_crop_[s.pad] : device_.crop(s.pad);
    s.r = TRY(device_.selection(s.pad, s.target, format(s.which, s.pad), crop));
    return Ok{};
}

Result<> SubdeviceFile::set_selection(v4l2_subdev_selection& s) {
    TRY(check(s.which, s.pad));
    memset(s.reserved, 0, sizeof s.reserved);
    const v4l2_mbus_framefmt f = format(s.which, s.pad);
    TRY(device_.selection(s.pad, s.target, f, {}));
    if (s.target != V4L2_SEL_TGT_CROP) return Errno::kInval;
    const v4l2_rect asked = s.r;
    TRY(device_.adjust_crop(s.pad, f, s.r));
    TRY(check_selection_flags(asked, s.r, s.flags));
    if (s.which == V4L2_SUBDEV_FORMAT_ACTIVE) return device_.set_crop(s.pad, s.r);
    tried_crop_[s.pad] = s.r;
    return Ok{};
}

Result<> SubdeviceFile::crop_by(Selection selection, v4l2_subdev_crop& c) {
    v4l2_subdev_selection s{};
    s.which = c.which;
    s.pad = c.pad;
    s.target = V4L2_SEL_TGT_CROP;
    s.r = c.rect;
    TRY((this->*selection)(s));
    c.rect = s.r;
    memset(c.reserved, 0, sizeof c.reserved);
    return Ok{};
}

Result<> SubdeviceFile::get_crop(v4l2_subdev_crop& c) { return crop_by(&SubdeviceFile::get_selection, c); }
Result<> SubdeviceFile::set_crop(v4l2_subdev_crop& c) { return crop_by(&SubdeviceFile::set_selection, c); }

Result<> SubdeviceFile::get_interval(v4l2_subdev_frame_interval& i) {
    TRY(check(V4L2_SUBDEV_FORMAT_ACTIVE, i.pad));
    i.interval = {1, TRY(device_.rate())};
    memset(i.reserved, 0, sizeof i.reserved);
    return Ok{};
}

Result<> SubdeviceFile::set_interval(v4l2_subdev_frame_interval& i) {
    TRY(check(V4L2_SUBDEV_FORMAT_ACTIVE, i.pad));
    TRY(device_.set_rate(rate_of(i.interval)));
    return get_interval(i);
}

// --- The table

namespace {

using F = SubdeviceFile;
constexpr IoctlRow<F> kIoctls[] = {
    ioctl_row<F, &F::query_capability>(VIDIOC_SUBDEV_QUERYCAP),
    ioctl_row<F, &F::enum_codes>(VIDIOC_SUBDEV_ENUM_MBUS_CODE),
    ioctl_row<F, &F::enum_sizes>(VIDIOC_SUBDEV_ENUM_FRAME_SIZE),
    ioctl_row<F, &F::enum_intervals>(VIDIOC_SUBDEV_ENUM_FRAME_INTERVAL),
    ioctl_row<F, &F::get_format>(VIDIOC_SUBDEV_G_FMT),
    ioctl_row<F, &F::set_format>(VIDIOC_SUBDEV_S_FMT),
    ioctl_row<F, &F::get_crop>(VIDIOC_SUBDEV_G_CROP),
    ioctl_row<F, &F::set_crop>(VIDIOC_SUBDEV_S_CROP),
    ioctl_row<F, &F::get_selection>(VIDIOC_SUBDEV_G_SELECTION),
    ioctl_row<F, &F::set_selection>(VIDIOC_SUBDEV_S_SELECTION),
    ioctl_row<F, &F::get_interval>(VIDIOC_SUBDEV_G_FRAME_INTERVAL),
    ioctl_row<F, &F::set_interval>(VIDIOC_SUBDEV_S_FRAME_INTERVAL),
};

Result<Ref<File>> open_subdevice(void* context) {
    return Ref<File>{TRY(make_ref<SubdeviceFile>(*static_cast<Subdevice*>(context)))};
}

constexpr uint32_t kFirstMinor = 128;  // below are video nodes
uint32_t next_number = 0;

}  // namespace

Result<uint32_t> SubdeviceFile::ioctl(uint32_t command, UserAddr argument) {
    const IoctlRow<F>* found = find_ioctl(kIoctls, command);
    if (!found) found = find_ioctl(kControlIoctls<F>, command);
    if (!found) return Errno::kNoTty;
    return run_ioctl(*found, *this, media_graph().lock, argument);
}

Subdevice::~Subdevice() {
    if (node_name[0]) remove_character_device(node, node_name);
}

Result<> register_subdevice(Subdevice& device) {
    device.interface = MEDIA_INTF_T_V4L_SUBDEV;
    device.node = {kVideoMajor, kFirstMinor + next_number};
    char name[16];
    format_text(name, sizeof name, "v4l-subdev%u", next_number);
    TRY(add_character_device(device.node, name, open_subdevice, &device, true));
    ++next_number;
    copy_text(device.node_name, name);
    log_info("%s: /dev/%s", device.name, name);
    return media_graph().add(device);
}

}  // namespace kernel
