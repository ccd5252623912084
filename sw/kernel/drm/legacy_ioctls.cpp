// Modeset, page flips and planes the way they were before atomic commits: each is one change of the state.
#include "drm/drm_file.hpp"
#include "drm/properties.hpp"

namespace kernel::drm {

namespace {

constexpr uint32_t kKeepFramebuffer = ~0U;  // SETCRTC's fb_id -1
constexpr uint32_t kCursorPlane = 1;

/// Shows a part of `fb` of the screen's size on the primary plane.
void show_whole(PlaneState& plane, Ref<Framebuffer> fb, uint32_t x, uint32_t y, const DisplayMode& mode) {
    plane.fb = std::move(fb);
    plane.on_crtc = true;
    plane.crtc_x = plane.crtc_y = 0;
    plane.crtc_w = mode.width;
    plane.crtc_h = mode.height;
    plane.src_x = x << 16;
    plane.src_y = y << 16;
    plane.src_w = mode.width << 16;
    plane.src_h = mode.height << 16;
}

void hide(PlaneState& plane) {
    plane.fb = {};
    plane.on_crtc = false;
}

Result<> commit(Crtc& crtc, CrtcState& next, CommitMode mode = CommitMode::blocking, Event* event = nullptr) {
    TRY(crtc.check(next));
    return crtc.commit(next, mode, event);
}

// --- SETCRTC

Result<> switch_off(Crtc& crtc, const drm_mode_crtc& asked) {
    if (asked.count_connectors != 0) return Errno::kInval;
    CrtcState next = crtc.state();
    next.mode = nullptr;
    next.mode_blob = {};
    next.active = next.connected = false;
    hide(next.planes[0]);
    return commit(crtc, next);
}

Result<> check_connectors(DrmFile& file, const Crtc& crtc, const drm_mode_crtc& asked) {
    if (asked.count_connectors == 0) return Errno::kInval;
    for (uint32_t i = 0; i < asked.count_connectors; ++i) {
        const auto id = TRY(get_user<uint32_t>(user_pointer(asked.set_connectors_ptr) + 4 * i));
        const Ref<Connector> connector = TRY(file.device.objects.find<Connector>(id));
        if (&connector->crtc != &crtc) return Errno::kInval;
    }
    return Ok{};
}

Result<Ref<Framebuffer>> framebuffer_for(DrmFile& file, const Crtc& crtc, uint32_t id) {
    if (id != kKeepFramebuffer) return TRY(file.device.objects.find<Framebuffer>(id));
    const Ref<Framebuffer> present = crtc.state().planes[0].fb;
    if (!present) return Errno::kInval;
    return present;
}

Result<> set_crtc(DrmFile& file, drm_mode_crtc& asked) {
    constexpr uint32_t kMost = 0x7FFF'FFFF;
    if (asked.mode_valid && (asked.x > kMost || asked.y > kMost)) return Errno::kRange;
    const Ref<Crtc> crtc = TRY(file.device.objects.find<Crtc>(asked.crtc_id));
    const MutexGuard guard{file.device.modeset};
    if (!asked.mode_valid) return switch_off(*crtc, asked);
    const DisplayMode* mode = find_mode(crtc->hardware, asked.mode);
    Ref<Framebuffer> fb = TRY(framebuffer_for(file, *crtc, asked.fb_id));
    if (!mode) return Errno::kInval;
    if (uint64_t{asked.x} + mode->width > fb->width || uint64_t{asked.y} + mode->height > fb->height)
        return Errno::kNoSpc;
    TRY(check_connectors(file, *crtc, asked));
    CrtcState next = crtc->state();
    next.mode = mode;
    next.mode_blob = TRY(file.device.mode_blob(*mode));
    next.connected = next.active = true;
    show_whole(next.planes[0], std::move(fb), asked.x, asked.y, *mode);
    return commit(*crtc, next);
}

// --- PAGE_FLIP

Result<> check_flip(const PlaneState& primary, const Framebuffer& fb) {
    const bool covered = primary.src_x + uint64_t{primary.src_w} <= uint64_t{fb.width} << 16 &&
                         primary.src_y + uint64_t{primary.src_h} <= uint64_t{fb.height} << 16;
    if (!covered) return Errno::kNoSpc;
    if (fb.format != primary.fb->format) return Errno::kInval;
    return Ok{};
}

/// Runs `commit` with an event for the file, which stays reserved only if it succeeds.
template <class Commit>
Result<> with_event(DrmFile& file, bool wanted, uint64_t user_data, Commit commit_with) {
    Event* event = wanted ? TRY(file.events.reserve(DRM_EVENT_FLIP_COMPLETE, user_data)) : nullptr;
    auto done = commit_with(event);
    if (!done && event) file.events.cancel(*event);
    return done;
}

Result<> page_flip(DrmFile& file, drm_mode_crtc_page_flip& flip) {
    if (flip.flags & ~uint32_t{DRM_MODE_PAGE_FLIP_EVENT} || flip.reserved) return Errno::kInval;
    const Ref<Crtc> crtc = TRY(file.device.objects.find<Crtc>(flip.crtc_id));
    const MutexGuard guard{file.device.modeset};
    CrtcState next = crtc->state();
    if (!next.planes[0].fb) return Errno::kBusy;
    Ref<Framebuffer> fb = TRY(file.device.objects.find<Framebuffer>(flip.fb_id));
    TRY(check_flip(next.planes[0], *fb));
    next.planes[0].fb = std::move(fb);
    return with_event(file, flip.flags & DRM_MODE_PAGE_FLIP_EVENT, flip.user_data,
                      [&](Event* event) { return commit(*crtc, next, CommitMode::nonblocking, event); });
}

// --- SETPLANE

Result<> set_plane(DrmFile& file, drm_mode_set_plane& s) {
    const Ref<Plane> plane = TRY(file.device.objects.find<Plane>(s.plane_id));
    const MutexGuard guard{file.device.modeset};
    CrtcState next = plane->crtc.state();
    PlaneState& state = next.planes[plane->index];
    hide(state);
    if (s.fb_id) {
        state.fb = TRY(file.device.objects.find<Framebuffer>(s.fb_id));
        const Ref<Crtc> crtc = TRY(file.device.objects.find<Crtc>(s.crtc_id));
        if (crtc.get() != &plane->crtc) return Errno::kInval;
        state.on_crtc = true;
        state.crtc_x = s.crtc_x;
        state.crtc_y = s.crtc_y;
        state.crtc_w = s.crtc_w;
        state.crtc_h = s.crtc_h;
        state.src_x = s.src_x;
        state.src_y = s.src_y;
        state.src_w = s.src_w;
        state.src_h = s.src_h;
    }
    return commit(plane->crtc, next);
}

// --- Cursor: the second graphics layer with a buffer that has no framebuffer of the program's

Result<Ref<Framebuffer>> cursor_framebuffer(DrmFile& file, const drm_mode_cursor2& c) {
    drm_mode_fb_cmd2 full{};
    full.width = c.width;
    full.height = c.height;
    full.pixel_format = DRM_FORMAT_ARGB8888;
    full.handles[0] = c.handle;
    full.pitches[0] = c.width * 4;
    return Framebuffer::create(full, file.handles, !file.device.behind_iommu());
}

Result<> set_cursor(DrmFile& file, drm_mode_cursor2& c) {
    if (c.flags == 0 || c.flags & ~uint32_t{DRM_MODE_CURSOR_FLAGS}) return Errno::kInval;
    const Ref<Crtc> crtc = TRY(file.device.objects.find<Crtc>(c.crtc_id));
    if (crtc->plane_count() <= kCursorPlane) return Errno::kNxIo;
    const MutexGuard guard{file.device.modeset};
    CrtcState next = crtc->state();
    PlaneState& plane = next.planes[kCursorPlane];
    if (c.flags & DRM_MODE_CURSOR_BO) {
        hide(plane);
        if (c.handle) plane.fb = TRY(cursor_framebuffer(file, c));
        plane.on_crtc = static_cast<bool>(plane.fb);
    }
    if (c.flags & DRM_MODE_CURSOR_MOVE) {
        plane.crtc_x = c.x;
        plane.crtc_y = c.y;
    }
    if (!plane.fb && !crtc->state().planes[kCursorPlane].fb) return Ok{};
    if (plane.fb) {
        plane.src_x = plane.src_y = 0;
        plane.crtc_w = plane.fb->width;
        plane.crtc_h = plane.fb->height;
        plane.src_w = plane.crtc_w << 16;
        plane.src_h = plane.crtc_h << 16;
    }
    return commit(*crtc, next);
}

Result<> set_cursor_without_hotspot(DrmFile& file, drm_mode_cursor& c) {
    drm_mode_cursor2 full{c.flags, c.crtc_id, c.x, c.y, c.width, c.height, c.handle, 0, 0};
    return set_cursor(file, full);
}

/// No display here has a gamma table that programs may set.
Result<> no_gamma(DrmFile& file, drm_mode_crtc_lut& lut) {
    TRY(file.device.objects.find<Crtc>(lut.crtc_id));
    return Errno::kNoSys;
}

constexpr IoctlRow kRows[] = {
    row<set_crtc>(DRM_IOCTL_MODE_SETCRTC, Access::master),
    row<page_flip>(DRM_IOCTL_MODE_PAGE_FLIP, Access::master),
    row<set_plane>(DRM_IOCTL_MODE_SETPLANE, Access::master),
    row<set_cursor_without_hotspot>(DRM_IOCTL_MODE_CURSOR, Access::master),
    row<set_cursor>(DRM_IOCTL_MODE_CURSOR2, Access::master),
    row<no_gamma>(DRM_IOCTL_MODE_GETGAMMA, Access::card),
    row<no_gamma>(DRM_IOCTL_MODE_SETGAMMA, Access::master),
};

}  // namespace

std::span<const IoctlRow> legacy_ioctls() { return kRows; }

}  // namespace kernel::drm
