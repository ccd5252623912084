// Framebuffers: ADDFB, ADDFB2, GETFB, RMFB, DIRTYFB.
#include "drm/drm_file.hpp"

namespace kernel::drm {

namespace {

Result<uint32_t> add(DrmFile& file, const drm_mode_fb_cmd2& asked) {
    auto fb = TRY(Framebuffer::create(asked, file.handles, !file.device.behind_iommu()));
    fb->creator = &file;
    file.device.objects.add(*fb);
    return fb->id;
}

Result<> add_framebuffer2(DrmFile& file, drm_mode_fb_cmd2& asked) {
    asked.fb_id = TRY(add(file, asked));
    return Ok{};
}

Result<> add_framebuffer(DrmFile& file, drm_mode_fb_cmd& asked) {
    const Format* format = legacy_format(asked.bpp, asked.depth);
    if (!format) return Errno::kInval;
    drm_mode_fb_cmd2 full{};
    full.width = asked.width;
    full.height = asked.height;
    full.pixel_format = format->fourcc;
    full.handles[0] = asked.handle;
    full.pitches[0] = asked.pitch;
    asked.fb_id = TRY(add(file, full));
    return Ok{};
}

/// The handle is a new one: the caller closes it.
Result<> get_framebuffer(DrmFile& file, drm_mode_fb_cmd& out) {
    const Ref<Framebuffer> fb = TRY(file.device.objects.find<Framebuffer>(out.fb_id));
    if (fb->format->planes > 1) return Errno::kInval;
    out.width = fb->width;
    out.height = fb->height;
    out.pitch = fb->pitches[0];
    out.depth = fb->format->depth;
    out.bpp = fb->format->bytes[0] * 8U;
    out.handle = file.is_master() ? TRY(file.handles.add(fb->objects[0])) : 0;
    return Ok{};
}

Result<> remove_framebuffer(DrmFile& file, uint32_t& id) {
    const Ref<Framebuffer> fb = TRY(file.device.objects.find<Framebuffer>(id));
    if (fb->creator != &file) return Errno::kNoEnt;
    file.device.remove_framebuffer(*fb);
    return Ok{};
}

/// The screen is read from memory anew for each frame: there is nothing to refresh.
Result<> dirty_framebuffer(DrmFile& file, drm_mode_fb_dirty_cmd& d) {
    TRY(file.device.objects.find<Framebuffer>(d.fb_id));
    return Errno::kNoSys;
}

constexpr IoctlRow kRows[] = {
    row<add_framebuffer>(DRM_IOCTL_MODE_ADDFB, Access::card),
    row<add_framebuffer2>(DRM_IOCTL_MODE_ADDFB2, Access::card),
    row<get_framebuffer>(DRM_IOCTL_MODE_GETFB, Access::card),
    row<remove_framebuffer>(DRM_IOCTL_MODE_RMFB, Access::card),
    row<dirty_framebuffer>(DRM_IOCTL_MODE_DIRTYFB, Access::master),
};

}  // namespace

std::span<const IoctlRow> framebuffer_ioctls() { return kRows; }

}  // namespace kernel::drm
