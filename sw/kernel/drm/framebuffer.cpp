#include "drm/framebuffer.hpp"

namespace kernel::drm {

namespace {

constexpr uint32_t kUapiPlanes = 4;

Result<> check_unused(const drm_mode_fb_cmd2& asked, uint32_t first) {
    for (uint32_t i = first; i < kUapiPlanes; ++i) {
        if (asked.handles[i] || asked.pitches[i] || asked.offsets[i] || asked.modifier[i])
            return Errno::kInval;
    }
    return Ok{};
}

Result<> check_modifiers(const drm_mode_fb_cmd2& asked, uint32_t planes) {
    const bool given = asked.flags & DRM_MODE_FB_MODIFIERS;
    for (uint32_t i = 0; i < planes; ++i) {
        if (asked.modifier[i] != DRM_FORMAT_MOD_LINEAR && given) return Errno::kInval;
        if (asked.modifier[i] != 0 && !given) return Errno::kInval;
    }
    return Ok{};
}

}  // namespace

Result<Ref<Framebuffer>> Framebuffer::create(const drm_mode_fb_cmd2& asked, HandleTable& handles,
                                             bool contiguous_only) {
    if (asked.flags & ~uint32_t{DRM_MODE_FB_MODIFIERS}) return Errno::kInval;  // interlaced ones neither
    if (asked.width == 0 || asked.height == 0 || asked.width > kLargest || asked.height > kLargest)
        return Errno::kInval;
    auto fb = TRY(make_ref<Framebuffer>());
    fb->format = find_format(asked.pixel_format);
    if (!fb->format) return Errno::kInval;
    TRY(check_modifiers(asked, fb->format->planes));
    TRY(check_unused(asked, fb->format->planes));
    fb->width = asked.width;
    fb->height = asked.height;
    for (uint32_t i = 0; i < fb->format->planes; ++i) {
        TRY(fb->take_plane(i, asked, handles));
        if (contiguous_only && !fb->objects[i]->imported() && !fb->objects[i]->contiguous())
            return Errno::kInval;
    }
    return fb;
}

Result<> Framebuffer::take_plane(uint32_t plane, const drm_mode_fb_cmd2& asked, HandleTable& handles) {
    const uint32_t pitch = asked.pitches[plane], offset = asked.offsets[plane];
    const uint64_t line = uint64_t{format->width_of(plane, width)} * format->bytes[plane];
    const uint32_t lines = format->height_of(plane, height);
    if (asked.handles[plane] == 0 || pitch < line) return Errno::kInval;
    if (uint64_t{lines - 1} * pitch + line + offset > ~uint32_t{0}) return Errno::kRange;
    objects[plane] = TRY(handles.find(asked.handles[plane]));
    if (uint64_t{lines} * pitch + offset > objects[plane]->size()) return Errno::kInval;
    pitches[plane] = pitch;
    offsets[plane] = offset;
    return Ok{};
}

Result<Iova> Framebuffer::plane_address(uint32_t plane, const DmaDevice& device) const {
    return TRY(objects[plane]->iova_for(device)) + offsets[plane];
}

void Framebuffer::hand_to_device() const {
    for (uint32_t i = 0; i < format->planes; ++i) objects[i]->hand_to_device();
}

}  // namespace kernel::drm
