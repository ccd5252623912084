#include "media/video_file.hpp"

#include <iterator>

#include "core/string.hpp"
#include "media/ioctl_table.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

constexpr uint32_t kTypes[] = {V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_BUF_TYPE_VIDEO_OUTPUT,
                               V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE};

template <uint32_t size>
void set_text(unsigned char (&to)[size], const char* from) {
    copy_text(reinterpret_cast<char(&)[size]>(to), from);
}

UserAddr user_address(const void* p) {
    return UserAddr{static_cast<uint32_t>(reinterpret_cast<uintptr_t>(p))};
}

// --- Between the single-planar and the multi-planar API

v4l2_pix_format_mplane widen(const v4l2_pix_format& p) {
    v4l2_pix_format_mplane m{};
    m.width = p.width;
    m.height = p.height;
    m.pixelformat = p.pixelformat;
    m.field = p.field;
    m.colorspace = p.colorspace;
    if (p.priv == V4L2_PIX_FMT_PRIV_MAGIC) {
        m.flags = static_cast<uint8_t>(p.flags);
        m.ycbcr_enc = static_cast<uint8_t>(p.ycbcr_enc);
        m.quantization = static_cast<uint8_t>(p.quantization);
        m.xfer_func = static_cast<uint8_t>(p.xfer_func);
    }
    m.num_planes = 1;
    m.plane_fmt[0].sizeimage = p.sizeimage;
    m.plane_fmt[0].bytesperline = p.bytesperline;
    return m;
}

v4l2_pix_format narrow(const v4l2_pix_format_mplane& m) {
    v4l2_pix_format p{};
    p.width = m.width;
    p.height = m.height;
    p.pixelformat = m.pixelformat;
    p.field = m.field;
    p.bytesperline = m.plane_fmt[0].bytesperline;
    p.sizeimage = m.plane_fmt[0].sizeimage;
    p.colorspace = m.colorspace;
    p.priv = V4L2_PIX_FMT_PRIV_MAGIC;
    p.flags = m.flags;
    p.ycbcr_enc = m.ycbcr_enc;
    p.quantization = m.quantization;
    p.xfer_func = m.xfer_func;
    return p;
}

v4l2_pix_format_mplane planes_of(const v4l2_format& f) {
    return V4L2_TYPE_IS_MULTIPLANAR(f.type) ? f.fmt.pix_mp : widen(f.fmt.pix);
}

void put_format(v4l2_format& f, const v4l2_pix_format_mplane& m) {
    memset(&f.fmt, 0, sizeof f.fmt);
    if (V4L2_TYPE_IS_MULTIPLANAR(f.type)) {
        f.fmt.pix_mp = m;
    } else {
        f.fmt.pix = narrow(m);
    }
}

v4l2_plane plane_of(const v4l2_buffer& b) {
    v4l2_plane p{};
    p.length = b.length;
    p.bytesused = b.bytesused;
    if (b.memory == V4L2_MEMORY_USERPTR) p.m.userptr = b.m.userptr;
    if (b.memory == V4L2_MEMORY_DMABUF) p.m.fd = b.m.fd;
    return p;
}

void put_plane(v4l2_buffer& b, const v4l2_plane& p) {
    b.length = p.length;
    b.bytesused = p.bytesused;
    if (b.memory == V4L2_MEMORY_MMAP) b.m.offset = p.m.mem_offset;
    if (b.memory == V4L2_MEMORY_USERPTR) b.m.userptr = p.m.userptr;
    if (b.memory == V4L2_MEMORY_DMABUF) b.m.fd = p.m.fd;
}

}  // namespace

VideoFile::VideoFile(VideoNode& node, VideoSession& session)
    : ControlCalls{session.controls()}, node_{node}, session_{session} {
    ++node_.priorities[priority_];
}

VideoFile::~VideoFile() {
    const MutexGuard guard{node_.lock};
    --node_.priorities[priority_];
    for (const uint32_t type : kTypes) {
        if (BufferQueue* q = session_.queue(type)) q->close(*this);
    }
    node_.close(session_);
}

Result<BufferQueue*> VideoFile::queue_of(uint32_t type) const {
    BufferQueue* q = session_.queue(type);
    if (!q) return Errno::kInval;
    return q;
}

bool VideoFile::any_busy() const {
    for (const uint32_t type : kTypes) {
        const BufferQueue* q = session_.queue(type);
        if (q && q->busy()) return true;
    }
    return false;
}

Result<> VideoFile::mmap(Vma& vma) {
    const MutexGuard guard{node_.lock};
    for (const uint32_t type : kTypes) {
        BufferQueue* q = session_.queue(type);
        if (q && q->mmap(vma)) return Ok{};
    }
    return Errno::kInval;
}

uint32_t VideoFile::poll(PollTable* table) {
    uint32_t events = 0;
    for (const uint32_t type : kTypes) {
        if (BufferQueue* q = session_.queue(type)) events |= q->poll(table);
    }
    return events | poll_events(table);
}

// --- The device

Result<> VideoFile::query_capability(v4l2_capability& c) {
    c = {};
    set_text(c.driver, node_.driver_name);
    set_text(c.card, node_.card);
    set_text(c.bus_info, node_.bus_info);
    c.version = kMediaApiVersion;
    c.device_caps = node_.capabilities | V4L2_CAP_EXT_PIX_FORMAT;
    c.capabilities = c.device_caps | V4L2_CAP_DEVICE_CAPS;
    return Ok{};
}

Result<> VideoFile::get_priority(uint32_t& p) {
    p = node_.priority();
    return Ok{};
}

Result<> VideoFile::set_priority(uint32_t& p) {
    if (p == V4L2_PRIORITY_UNSET || p > V4L2_PRIORITY_RECORD) return Errno::kInval;
    --node_.priorities[priority_];
    priority_ = p;
    ++node_.priorities[priority_];
    return Ok{};
}

// --- Formats

Result<> VideoFile::enum_format(v4l2_fmtdesc& d) {
    TRY(queue_of(d.type));
    if (d.mbus_code) return Errno::kInval;
    const PixelFormat* format = TRY(pixel_format(TRY(session_.format_at(d.type, d.index))));
    d.flags = 0;
    d.pixelformat = format->fourcc;
    set_text(d.description, format->description);
    memset(d.reserved, 0, sizeof d.reserved);
    return Ok{};
}

Result<> VideoFile::enum_sizes(v4l2_frmsizeenum& s) {
    const SizeRange r = TRY(session_.sizes(s.pixel_format));
    if (s.index != 0) return Errno::kInval;
    memset(s.reserved, 0, sizeof s.reserved);
    if (r.min_width == r.max_width && r.min_height == r.max_height) {
        s.type = V4L2_FRMSIZE_TYPE_DISCRETE;
        s.discrete = {r.min_width, r.min_height};
        return Ok{};
    }
    s.type = V4L2_FRMSIZE_TYPE_STEPWISE;
    s.stepwise = {r.min_width, r.max_width, r.step_width, r.min_height, r.max_height, r.step_height};
    return Ok{};
}

Result<> VideoFile::enum_intervals(v4l2_frmivalenum& i) {
    const uint32_t rate = TRY(session_.highest_rate());
    const SizeRange r = TRY(session_.sizes(i.pixel_format));
    const bool possible = i.width >= r.min_width && i.width <= r.max_width && i.height >= r.min_height &&
                          i.height <= r.max_height && i.width % r.step_width == 0 &&
                          i.height % r.step_height == 0;
    if (i.index != 0 || !possible) return Errno::kInval;
    i.type = V4L2_FRMIVAL_TYPE_CONTINUOUS;
    i.stepwise = {{1, rate}, {1, 1}, {1, 1}};
    memset(i.reserved, 0, sizeof i.reserved);
    return Ok{};
}

Result<> VideoFile::get_format(v4l2_format& f) {
    TRY(queue_of(f.type));
    put_format(f, session_.format(f.type));
    return Ok{};
}

Result<> VideoFile::try_format(v4l2_format& f) {
    TRY(queue_of(f.type));
    v4l2_pix_format_mplane m = planes_of(f);
    session_.adjust_format(f.type, m);
    put_format(f, m);
    return Ok{};
}

Result<> VideoFile::set_format(v4l2_format& f) {
    const BufferQueue* q = TRY(queue_of(f.type));
    v4l2_pix_format_mplane m = planes_of(f);
    session_.adjust_format(f.type, m);
    if (q->busy()) return Errno::kBusy;
    TRY(session_.set_format(f.type, m));
    put_format(f, session_.format(f.type));
    return Ok{};
}

Result<> VideoFile::get_parameters(v4l2_streamparm& p) {
    TRY(session_.highest_rate());
    TRY(queue_of(p.type));
    return session_.get_parameters(p);
}

Result<> VideoFile::set_parameters(v4l2_streamparm& p) {
    TRY(session_.highest_rate());
    TRY(queue_of(p.type));
    return session_.set_parameters(p);
}

Result<> VideoFile::get_input(int& index) {
    v4l2_input first{};
    TRY(session_.enum_input(first));
    index = static_cast<int>(session_.input());
    return Ok{};
}

Result<> VideoFile::set_input(int& index) {
    v4l2_input asked{};
    asked.index = static_cast<uint32_t>(index);
    TRY(session_.enum_input(asked));
    return session_.set_input(static_cast<uint32_t>(index));
}

Result<> VideoFile::only_output(int& index, int asked) {
    v4l2_output output{};
    TRY(session_.enum_output(output));
    if (asked != 0) return Errno::kInval;
    index = 0;
    return Ok{};
}

Result<> VideoFile::enum_timings(v4l2_enum_dv_timings& t) {
    if (t.pad) return Errno::kInval;
    memset(t.reserved, 0, sizeof t.reserved);
    return session_.enum_timings(t);
}

Result<> VideoFile::timings_limits(v4l2_dv_timings_cap& c) {
    if (c.pad) return Errno::kInval;
    return session_.timings_limits(c);
}

/// Either API's buffer types are accepted, as Linux does.
Result<> VideoFile::check_selection(uint32_t type) const {
    const bool capture =
        type == V4L2_BUF_TYPE_VIDEO_CAPTURE && session_.queue(V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE);
    const bool output =
        type == V4L2_BUF_TYPE_VIDEO_OUTPUT && session_.queue(V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE);
    if (!session_.queue(type) && !capture && !output) return Errno::kInval;
    return Ok{};
}

Result<> VideoFile::get_selection(v4l2_selection& s) {
    TRY(check_selection(s.type));
    memset(s.reserved, 0, sizeof s.reserved);
    return session_.get_selection(s);
}

Result<> VideoFile::set_selection(v4l2_selection& s) {
    TRY(check_selection(s.type));
    memset(s.reserved, 0, sizeof s.reserved);
    return session_.set_selection(s);
}

namespace {
/// The older calls mean what is cropped at a capture, and where an output is put.
uint32_t old_target(uint32_t type, uint32_t crop_target) {
    constexpr uint32_t kComposeBit = V4L2_SEL_TGT_COMPOSE - V4L2_SEL_TGT_CROP;
    return V4L2_TYPE_IS_OUTPUT(type) ? crop_target + kComposeBit : crop_target;
}
}  // namespace

Result<> VideoFile::crop_limits(v4l2_cropcap& c) {
    v4l2_selection s{};
    s.type = c.type;
    s.target = old_target(c.type, V4L2_SEL_TGT_CROP_BOUNDS);
    TRY(get_selection(s));
    c.bounds = s.r;
    s.target = old_target(c.type, V4L2_SEL_TGT_CROP_DEFAULT);
    TRY(get_selection(s));
    c.defrect = s.r;
    c.pixelaspect = {1, 1};
    return Ok{};
}

Result<> VideoFile::get_crop(v4l2_crop& c) {
    v4l2_selection s{};
    s.type = c.type;
    s.target = old_target(c.type, V4L2_SEL_TGT_CROP);
    TRY(get_selection(s));
    c.c = s.r;
    return Ok{};
}

Result<> VideoFile::set_crop(v4l2_crop& c) {
    v4l2_selection s{};
    s.type = c.type;
    s.target = old_target(c.type, V4L2_SEL_TGT_CROP);
    s.r = c.c;
    return set_selection(s);
}

// --- Buffers

Result<> VideoFile::request_buffers(v4l2_requestbuffers& r) {
    return TRY(queue_of(r.type))->request_buffers(*this, r);
}

/// The sizes are those of the format given, as a program would fill them in.
Result<> VideoFile::create_buffers(v4l2_create_buffers& c) {
    BufferQueue* q = TRY(queue_of(c.format.type));
    const v4l2_pix_format_mplane m = planes_of(c.format);
    uint32_t sizes[kMostPlanes] = {};
    for (uint32_t i = 0; i < kMostPlanes; ++i) sizes[i] = m.plane_fmt[i].sizeimage;
    return q->create_buffers(*this, c, sizes, m.num_planes);
}

Result<> VideoFile::export_buffer(v4l2_exportbuffer& e) {
    memset(e.reserved, 0, sizeof e.reserved);
    return TRY(queue_of(e.type))->export_buffer(e);
}

/// Runs action(queue, planes) on the user's planes, or on the one that a single-planar buffer amounts to.
template <class Action>
Result<> VideoFile::with_planes(v4l2_buffer& b, Action action) {
    BufferQueue* q = TRY(queue_of(b.type));
    v4l2_plane planes[kMostPlanes] = {};
    if (!V4L2_TYPE_IS_MULTIPLANAR(b.type)) {
        planes[0] = plane_of(b);
        b.length = 1;
        TRY(action(*q, planes));
        put_plane(b, planes[0]);
        return Ok{};
    }
    if (b.length > VIDEO_MAX_PLANES || (b.length && !b.m.planes)) return Errno::kInval;
    const uint32_t given = b.length < kMostPlanes ? b.length : kMostPlanes;
    const UserAddr array = user_address(b.m.planes);
    const auto bytes = static_cast<uint32_t>(given * sizeof *planes);
    if (bytes) TRY(copy_from_user(planes, array, bytes));
    TRY(action(*q, planes));
    const uint32_t back = b.length < given ? b.length : given;
    return copy_to_user(array, planes, static_cast<uint32_t>(back * sizeof *planes));
}

Result<> VideoFile::query_buffer(v4l2_buffer& b) {
    return with_planes(b, [&](BufferQueue& q, v4l2_plane* p) { return q.query_buffer(b, p); });
}
Result<> VideoFile::prepare_buffer(v4l2_buffer& b) {
    return with_planes(b, [&](BufferQueue& q, v4l2_plane* p) { return q.prepare_buffer(*this, b, p); });
}
Result<> VideoFile::queue_buffer(v4l2_buffer& b) {
    return with_planes(b, [&](BufferQueue& q, v4l2_plane* p) { return q.queue_buffer(*this, b, p); });
}
Result<> VideoFile::dequeue_buffer(v4l2_buffer& b) {
    return with_planes(b, [&](BufferQueue& q, v4l2_plane* p) { return q.dequeue_buffer(*this, b, p); });
}
Result<> VideoFile::stream_on(int& type) {
    return TRY(queue_of(static_cast<uint32_t>(type)))->stream_on(*this);
}
Result<> VideoFile::stream_off(int& type) {
    return TRY(queue_of(static_cast<uint32_t>(type)))->stream_off(*this);
}

// --- The table

namespace {

using F = VideoFile;

template <auto method>
constexpr IoctlRow<F> row(uint32_t command, uint8_t need = kPlain) {
    return ioctl_row<F, method>(command, need);
}

constexpr IoctlRow<F> kIoctls[] = {
    row<&F::query_capability>(VIDIOC_QUERYCAP),
    row<&F::get_priority>(VIDIOC_G_PRIORITY),
    row<&F::set_priority>(VIDIOC_S_PRIORITY, kPriority),
    row<&F::enum_format>(VIDIOC_ENUM_FMT),
    row<&F::enum_sizes>(VIDIOC_ENUM_FRAMESIZES),
    row<&F::enum_intervals>(VIDIOC_ENUM_FRAMEINTERVALS),
    row<&F::get_format>(VIDIOC_G_FMT),
    row<&F::set_format>(VIDIOC_S_FMT, kPriority),
    row<&F::try_format>(VIDIOC_TRY_FMT),
    row<&F::request_buffers>(VIDIOC_REQBUFS, kPriority),
    row<&F::create_buffers>(VIDIOC_CREATE_BUFS, kPriority),
    row<&F::query_buffer>(VIDIOC_QUERYBUF),
    row<&F::prepare_buffer>(VIDIOC_PREPARE_BUF),
    row<&F::queue_buffer>(VIDIOC_QBUF),
    row<&F::dequeue_buffer>(VIDIOC_DQBUF, kUnlocked),
    row<&F::export_buffer>(VIDIOC_EXPBUF),
    row<&F::stream_on>(VIDIOC_STREAMON, kPriority),
    row<&F::stream_off>(VIDIOC_STREAMOFF, kPriority),
    row<&F::get_parameters>(VIDIOC_G_PARM),
    row<&F::set_parameters>(VIDIOC_S_PARM, kPriority),
    row<&F::enum_input>(VIDIOC_ENUMINPUT),
    row<&F::get_input>(VIDIOC_G_INPUT),
    row<&F::set_input>(VIDIOC_S_INPUT, kPriority | kUnlocked),
    row<&F::enum_output>(VIDIOC_ENUMOUTPUT),
    row<&F::get_output>(VIDIOC_G_OUTPUT),
    row<&F::set_output>(VIDIOC_S_OUTPUT, kPriority),
    row<&F::enum_timings>(VIDIOC_ENUM_DV_TIMINGS),
    row<&F::get_timings>(VIDIOC_G_DV_TIMINGS),
    row<&F::set_timings>(VIDIOC_S_DV_TIMINGS, kPriority),
    row<&F::timings_limits>(VIDIOC_DV_TIMINGS_CAP),
    row<&F::get_selection>(VIDIOC_G_SELECTION),
    row<&F::set_selection>(VIDIOC_S_SELECTION, kPriority),
    row<&F::crop_limits>(VIDIOC_CROPCAP),
    row<&F::get_crop>(VIDIOC_G_CROP),
    row<&F::set_crop>(VIDIOC_S_CROP, kPriority),
};

}  // namespace

Result<uint32_t> VideoFile::ioctl(uint32_t command, UserAddr argument) {
    const IoctlRow<F>* found = find_ioctl(kIoctls, command);
    if (!found) found = find_ioctl(kControlIoctls<F>, command);
    if (!found) return Errno::kNoTty;
    if (found->need & kPriority && priority_ < node_.priority()) return Errno::kBusy;
    return run_ioctl(*found, *this, node_.lock, argument);
}

}  // namespace kernel
