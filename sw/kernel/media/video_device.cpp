#include "media/video_device.hpp"

#include <iterator>

#include "core/log.hpp"
#include "core/string.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

constexpr uint32_t kLargestArgument = 256;
constexpr uint32_t kVersion = 6 << 16 | 1 << 8;  // of the API we follow: Linux 6.1

template <uint32_t size>
void set_text(unsigned char (&to)[size], const char* from) {
    copy_text(reinterpret_cast<char(&)[size]>(to), from);
}

/// An open video node.
class VideoFile : public File {
public:
    explicit VideoFile(VideoDevice& device) : device_{device} {}
    ~VideoFile() override {
        const MutexGuard guard{device_.lock};
        device_.queue.close(*this);
    }

    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override;
    Result<> mmap(Vma& vma) override {
        const MutexGuard guard{device_.lock};
        return device_.queue.mmap(vma);
    }
    uint32_t poll(PollTable* table) override { return device_.queue.poll(table); }

    // One function an ioctl; the argument is a copy of the user's, and is copied back.
    Result<> query_capability(v4l2_capability& c) {
        set_text(c.driver, device_.driver_name);
        set_text(c.card, device_.card);
        set_text(c.bus_info, device_.bus_info);
        c.version = kVersion;
        c.device_caps = device_.capabilities;
        c.capabilities = device_.capabilities | V4L2_CAP_DEVICE_CAPS;
        return Ok{};
    }
    Result<> enum_format(v4l2_fmtdesc& d) {
        TRY(check_type(d.type));
        const PixelFormat* format = TRY(pixel_format(TRY(device_.format_at(d.index))));
        d.flags = 0;
        d.pixelformat = format->fourcc;
        set_text(d.description, format->description);
        return Ok{};
    }
    Result<> get_format(v4l2_format& f) {
        TRY(check_type(f.type));
        f.fmt.pix_mp = device_.format();
        return Ok{};
    }
    Result<> try_format(v4l2_format& f) {
        TRY(check_type(f.type));
        device_.adjust_format(f.fmt.pix_mp);
        return Ok{};
    }
    Result<> set_format(v4l2_format& f) {
        TRY(try_format(f));
        if (device_.queue.busy()) return Errno::kBusy;
        return device_.set_format(f.fmt.pix_mp);
    }
    Result<> get_parameters(v4l2_streamparm& p) {
        TRY(check_type(p.type));
        return device_.get_parameters(p);
    }
    Result<> set_parameters(v4l2_streamparm& p) {
        TRY(check_type(p.type));
        return device_.set_parameters(p);
    }
    Result<> enum_input(v4l2_input& i) { return device_.enum_input(i); }
    Result<> get_input(int& index) { return only_input(index, 0); }
    Result<> set_input(int& index) { return only_input(index, index); }
    Result<> enum_output(v4l2_output& o) { return device_.enum_output(o); }
    Result<> get_output(int& index) { return only_output(index, 0); }
    Result<> set_output(int& index) { return only_output(index, index); }
    Result<> enum_timings(v4l2_enum_dv_timings& t) { return device_.enum_timings(t); }
    Result<> get_timings(v4l2_dv_timings& t) { return device_.get_timings(t); }
    Result<> set_timings(v4l2_dv_timings& t) {
        if (device_.queue.busy()) return Errno::kBusy;
        return device_.set_timings(t);
    }
    Result<> request_buffers(v4l2_requestbuffers& r) { return device_.queue.request_buffers(*this, r); }
    Result<> export_buffer(v4l2_exportbuffer& e) { return device_.queue.export_buffer(e); }
    Result<> stream_on(int& type) {
        TRY(check_type(static_cast<uint32_t>(type)));
        return device_.queue.stream_on(*this);
    }
    Result<> stream_off(int& type) {
        TRY(check_type(static_cast<uint32_t>(type)));
        return device_.queue.stream_off(*this);
    }
    Result<> query_buffer(v4l2_buffer& b) {
        return with_plane(b, [&](v4l2_plane& p) { return device_.queue.query_buffer(b, p); });
    }
    Result<> queue_buffer(v4l2_buffer& b) {
        return with_plane(b, [&](v4l2_plane& p) { return device_.queue.queue_buffer(*this, b, p); });
    }
    Result<> dequeue_buffer(v4l2_buffer& b) {
        return with_plane(b, [&](v4l2_plane& p) { return device_.queue.dequeue_buffer(*this, b, p); });
    }

private:
    Result<> check_type(uint32_t type) const {
        if (type != device_.queue.type()) return Errno::kInval;
        return Ok{};
    }
    Result<> only_input(int& index, int asked) {
        v4l2_input input{};
        TRY(device_.enum_input(input));
        if (asked != 0) return Errno::kInval;
        index = 0;
        return Ok{};
    }
    Result<> only_output(int& index, int asked) {
        v4l2_output output{};
        TRY(device_.enum_output(output));
        if (asked != 0) return Errno::kInval;
        index = 0;
        return Ok{};
    }
    /// Runs `action` on the user's plane array, which has room for at least our one plane.
    template <class Action>
    Result<> with_plane(v4l2_buffer& b, Action action) {
        if (b.length < 1) return Errno::kInval;
        const UserAddr planes{static_cast<uint32_t>(reinterpret_cast<uintptr_t>(b.m.planes))};
        auto plane = TRY(get_user<v4l2_plane>(planes));
        TRY(action(plane));
        return put_user(planes, plane);
    }

    VideoDevice& device_;
};

struct IoctlRow {
    uint32_t command;
    Result<> (*run)(VideoFile&, void*);
    bool unlocked;  ///< may wait for the device
};

template <class Argument>
Argument argument_of(Result<> (VideoFile::*)(Argument&));

template <auto method>
constexpr IoctlRow row(uint32_t command, bool unlocked = false) {
    using Argument = decltype(argument_of(method));
    static_assert(sizeof(Argument) <= kLargestArgument);
    return {command, [](VideoFile& f, void* a) { return (f.*method)(*static_cast<Argument*>(a)); }, unlocked};
}

constexpr IoctlRow kIoctls[] = {
    row<&VideoFile::query_capability>(VIDIOC_QUERYCAP),
    row<&VideoFile::enum_format>(VIDIOC_ENUM_FMT),
    row<&VideoFile::get_format>(VIDIOC_G_FMT),
    row<&VideoFile::set_format>(VIDIOC_S_FMT),
    row<&VideoFile::try_format>(VIDIOC_TRY_FMT),
    row<&VideoFile::request_buffers>(VIDIOC_REQBUFS),
    row<&VideoFile::query_buffer>(VIDIOC_QUERYBUF),
    row<&VideoFile::queue_buffer>(VIDIOC_QBUF),
    row<&VideoFile::dequeue_buffer>(VIDIOC_DQBUF, true),
    row<&VideoFile::export_buffer>(VIDIOC_EXPBUF),
    row<&VideoFile::stream_on>(VIDIOC_STREAMON),
    row<&VideoFile::stream_off>(VIDIOC_STREAMOFF),
    row<&VideoFile::get_parameters>(VIDIOC_G_PARM),
    row<&VideoFile::set_parameters>(VIDIOC_S_PARM),
    row<&VideoFile::enum_input>(VIDIOC_ENUMINPUT),
    row<&VideoFile::get_input>(VIDIOC_G_INPUT),
    row<&VideoFile::set_input>(VIDIOC_S_INPUT),
    row<&VideoFile::enum_output>(VIDIOC_ENUMOUTPUT),
    row<&VideoFile::get_output>(VIDIOC_G_OUTPUT),
    row<&VideoFile::set_output>(VIDIOC_S_OUTPUT),
    row<&VideoFile::enum_timings>(VIDIOC_ENUM_DV_TIMINGS),
    row<&VideoFile::get_timings>(VIDIOC_G_DV_TIMINGS),
    row<&VideoFile::set_timings>(VIDIOC_S_DV_TIMINGS),
};

const IoctlRow* find_row(uint32_t command) {
    for (const IoctlRow& r : kIoctls) {
        if (r.command == command) return &r;
    }
    return nullptr;
}

Result<uint32_t> VideoFile::ioctl(uint32_t command, UserAddr argument) {
    const IoctlRow* found = find_row(command);
    if (!found) return Errno::kNoTty;
    alignas(8) uint8_t copy[kLargestArgument] = {};
    const uint32_t bytes = _IOC_SIZE(command);
    if (_IOC_DIR(command) & _IOC_WRITE) TRY(copy_from_user(copy, argument, bytes));
    if (found->unlocked) {
        TRY(found->run(*this, copy));
    } else {
        const MutexGuard guard{device_.lock};
        TRY(found->run(*this, copy));
    }
    if (_IOC_DIR(command) & _IOC_READ) TRY(copy_to_user(argument, copy, bytes));
    return 0U;
}

Result<Ref<File>> open_video(void* context) {
    auto file = TRY(make_ref<VideoFile>(*static_cast<VideoDevice*>(context)));
    return Ref<File>{std::move(file)};
}

uint32_t next_number = 0;

}  // namespace

Result<> complete_format(v4l2_pix_format_mplane& f, v4l2_colorspace colours) {
    const PixelFormat* pixels = TRY(pixel_format(f.pixelformat));
    f.field = V4L2_FIELD_NONE;
    f.colorspace = static_cast<uint32_t>(colours);
    f.num_planes = 1;
    f.flags = 0;
    f.plane_fmt[0] = {};
    f.plane_fmt[0].bytesperline = pixels->pitch(f.width);
    f.plane_fmt[0].sizeimage = pixels->size(f.width, f.height);
    return Ok{};
}

Result<> register_video_device(VideoDevice& device, const char* platform_name) {
    format_text(device.bus_info, sizeof device.bus_info, "platform:%s", platform_name);
    char name[16];
    format_text(name, sizeof name, "video%u", next_number);
    TRY(register_char_device(name, open_video, &device));
    ++next_number;
    log_info("%s: /dev/%s", platform_name, name);
    return Ok{};
}

}  // namespace kernel
