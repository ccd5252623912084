#include "media/video_device.hpp"

#include "core/log.hpp"
#include "core/string.hpp"
#include "core/text_writer.hpp"
#include "core/vfs.hpp"
#include "driver/device.hpp"
#include "media/lock_holder.hpp"
#include "media/video_file.hpp"

namespace kernel {

namespace {

Result<Ref<File>> open_video(void* context) {
    VideoNode& node = *static_cast<VideoNode*>(context);
    VideoSession* session = TRY(node.open());
    auto file = make_ref<VideoFile>(node, *session);
    if (!file) node.close(*session);
    return Ref<File>{TRY(std::move(file))};
}

uint32_t next_number = 0;

/// "name value" lines.
uint32_t list_statistics(char* to, uint32_t size) {
    TextWriter w{to, size};
    const PlaneStatistics& s = plane_statistics();
    w.line("owned %u\npinned %u\nimported %u\nmaps %u\nunmaps %u\nprepares %u\nfinishes %u\n", s.owned,
           s.pinned, s.imported, s.maps, s.unmaps, s.prepares, s.finishes);
    w.line("maintained %llu\ndrawn %llu\n", s.maintained, s.drawn);
    return w.used;
}

Result<> start() {
    auto proc = TRY(resolve("/proc", root_directory()));
    return proc->link("video", TRY(make_generated_file(list_statistics)));
}

constexpr Service kVideo{"video", start};
REGISTER_SERVICE(kVideo);

bool encloses(const v4l2_rect& a, const v4l2_rect& b) {
    const auto end = [](int32_t at, uint32_t size) { return int64_t{at} + size; };
    return a.left <= b.left && a.top <= b.top && end(a.left, a.width) >= end(b.left, b.width) &&
           end(a.top, a.height) >= end(b.top, b.height);
}

bool known_colours(uint32_t c) { return c != V4L2_COLORSPACE_DEFAULT && c <= V4L2_COLORSPACE_DCI_P3; }

}  // namespace

Result<> check_selection_flags(const v4l2_rect& asked, const v4l2_rect& given, uint32_t flags) {
    if ((flags & V4L2_SEL_FLAG_GE) && !encloses(given, asked)) return Errno::kRange;
    if ((flags & V4L2_SEL_FLAG_LE) && !encloses(asked, given)) return Errno::kRange;
    return Ok{};
}

VideoNode::~VideoNode() {
    if (node_name[0]) remove_character_device(number, node_name);
}

uint32_t VideoNode::priority() const {
    for (uint32_t p = V4L2_PRIORITY_RECORD; p > V4L2_PRIORITY_UNSET; --p) {
        if (priorities[p]) return p;
    }
    return V4L2_PRIORITY_UNSET;
}

Result<> complete_format(v4l2_pix_format_mplane& f, uint32_t type, v4l2_colorspace colours) {
    const PixelFormat* pixels = TRY(pixel_format(f.pixelformat));
    f.field = V4L2_FIELD_NONE;
    f.flags = 0;
    memset(f.reserved, 0, sizeof f.reserved);
    if (!V4L2_TYPE_IS_OUTPUT(type) || !known_colours(f.colorspace)) {
        f.colorspace = static_cast<uint32_t>(colours);
        f.ycbcr_enc = V4L2_YCBCR_ENC_DEFAULT;
        f.quantization = V4L2_QUANTIZATION_DEFAULT;
        f.xfer_func = V4L2_XFER_FUNC_DEFAULT;
    }
    f.num_planes = pixels->buffers;
    memset(f.plane_fmt, 0, sizeof f.plane_fmt);
    for (uint32_t i = 0; i < pixels->buffers; ++i) {
        f.plane_fmt[i].bytesperline = pixels->pitch(f.width, i);
        f.plane_fmt[i].sizeimage = pixels->buffer_size(i, f.width, f.height);
    }
    return Ok{};
}

PictureAddresses addresses_of(const VideoBuffer& b, const PixelFormat& format, uint32_t width,
                              uint32_t height) {
    const auto at = [&](uint32_t plane) {
        const PixelFormat::Place p = format.place(plane, width, height);
        return b.iova(p.buffer) + b.planes[p.buffer].data_offset + p.offset;
    };
    return {at(0), {at(1), at(2)}};
}

Result<> register_video_device(VideoNode& node, const char* bus_info) {
    copy_text(node.bus_info, bus_info);
    char name[16];
    format_text(name, sizeof name, "video%u", next_number);
    node.number = {kVideoMajor, next_number};
    TRY(add_character_device(node.number, name, open_video, &node, node.in_media_device));
    ++next_number;
    copy_text(node.node_name, name);
    log_info("%s: /dev/%s", node.bus_info, name);
    return hold_lock_if_asked(node);
}

Result<> register_platform_video(VideoNode& node, const char* platform_name) {
    char bus[32];
    format_text(bus, sizeof bus, "platform:%s", platform_name);
    return register_video_device(node, bus);
}

}  // namespace kernel
