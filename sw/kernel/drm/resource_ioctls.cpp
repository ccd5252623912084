// What there is: CRTCs, connectors, encoders, planes, and what they show.
#include "drm/drm_file.hpp"
#include "drm/properties.hpp"

namespace kernel::drm {

namespace {

/// Ids of all objects of a type.
template <class T>
Result<uint32_t> list_ids(ModeObjects& objects, uint64_t to, uint32_t room) {
    UserList list{to, room};
    bool bad_pointer = false;
    objects.for_each<T>([&](const T& object) { bad_pointer |= !list.add(object.id); });
    if (bad_pointer) return Errno::kFault;
    return list.count();
}

Result<uint32_t> list_framebuffers(DrmFile& file, uint64_t to, uint32_t room) {
    UserList list{to, room};
    bool bad_pointer = false;
    file.device.objects.for_each<Framebuffer>([&](const Framebuffer& fb) {
        if (fb.creator == &file) bad_pointer |= !list.add(fb.id);
    });
    if (bad_pointer) return Errno::kFault;
    return list.count();
}

Result<> get_resources(DrmFile& file, drm_mode_card_res& r) {
    ModeObjects& objects = file.device.objects;
    r.count_fbs = TRY(list_framebuffers(file, r.fb_id_ptr, r.count_fbs));
    r.count_crtcs = TRY(list_ids<Crtc>(objects, r.crtc_id_ptr, r.count_crtcs));
    r.count_connectors = TRY(list_ids<Connector>(objects, r.connector_id_ptr, r.count_connectors));
    r.count_encoders = TRY(list_ids<Encoder>(objects, r.encoder_id_ptr, r.count_encoders));
    r.min_width = r.min_height = 0;
    r.max_width = r.max_height = Framebuffer::kLargest;
    return Ok{};
}

Result<> get_crtc(DrmFile& file, drm_mode_crtc& c) {
    const Ref<Crtc> crtc = TRY(file.device.objects.find<Crtc>(c.crtc_id));
    const MutexGuard guard{file.device.modeset};
    const CrtcState& state = crtc->state();
    const PlaneState& primary = state.planes[0];
    c.fb_id = primary.fb ? primary.fb->id : 0;
    c.x = primary.src_x >> 16;
    c.y = primary.src_y >> 16;
    c.gamma_size = 0;
    c.mode_valid = state.mode != nullptr;
    c.mode = state.mode ? to_uapi(*state.mode, false) : drm_mode_modeinfo{};
    return Ok{};
}

Result<> get_encoder(DrmFile& file, drm_mode_get_encoder& e) {
    const Ref<Encoder> encoder = TRY(file.device.objects.find<Encoder>(e.encoder_id));
    const Crtc& crtc = encoder->crtc;
    e.encoder_type = crtc.hardware.encoder_type();
    e.crtc_id = crtc.state().connected ? crtc.id : 0;
    e.possible_crtcs = 1U << crtc.index;
    e.possible_clones = 1U << crtc.index;
    return Ok{};
}

/// What is plugged in never changes here. Its modes are what the transmitter can send: there is no EDID.
Result<> get_connector(DrmFile& file, drm_mode_get_connector& c) {
    const Ref<Connector> connector = TRY(file.device.objects.find<Connector>(c.connector_id));
    const Crtc& crtc = connector->crtc;
    const DisplayHardware& hardware = crtc.hardware;
    const Ref<Encoder> encoder =
        file.device.objects.first<Encoder>([&](const Encoder& e) { return &e.crtc == &crtc; });
    constexpr uint32_t kConnected = 1, kSubpixelUnknown = 1;
    c.connection = kConnected;
    c.subpixel = kSubpixelUnknown;
    c.mm_width = c.mm_height = 0;
    c.connector_type = hardware.connector_type();
    c.connector_type_id = 1;
    c.encoder_id = crtc.state().connected ? encoder->id : 0;
    UserList modes{c.modes_ptr, c.count_modes}, encoders{c.encoders_ptr, c.count_encoders};
    TRY(modes.add(to_uapi(hardware.preferred_mode(), true)));
    for (const DisplayMode& m : hardware.modes()) {
        if (&m != &hardware.preferred_mode()) TRY(modes.add(to_uapi(m, false)));
    }
    TRY(encoders.add(encoder->id));
    c.count_modes = modes.count();
    c.count_encoders = encoders.count();
    UserList names{c.props_ptr, c.count_props}, values{c.prop_values_ptr, c.count_props};
    TRY(list_properties(file, *connector, names, values));
    c.count_props = names.count();
    return Ok{};
}

/// Programs that know only overlays see only those.
Result<> get_plane_resources(DrmFile& file, drm_mode_get_plane_res& r) {
    constexpr uint32_t kOverlay = 0;
    UserList list{r.plane_id_ptr, r.count_planes};
    bool bad_pointer = false;
    file.device.objects.for_each<Plane>([&](const Plane& plane) {
        if (file.universal_planes || plane.kind.type == kOverlay) bad_pointer |= !list.add(plane.id);
    });
    if (bad_pointer) return Errno::kFault;
    r.count_planes = list.count();
    return Ok{};
}

Result<> get_plane(DrmFile& file, drm_mode_get_plane& p) {
    const Ref<Plane> plane = TRY(file.device.objects.find<Plane>(p.plane_id));
    const MutexGuard guard{file.device.modeset};
    const PlaneState& state = plane->crtc.state().planes[plane->index];
    p.crtc_id = state.on_crtc ? plane->crtc.id : 0;
    p.fb_id = state.fb ? state.fb->id : 0;
    p.possible_crtcs = 1U << plane->crtc.index;
    p.gamma_size = 0;
    UserList formats{p.format_type_ptr, p.count_format_types};
    for (const uint32_t fourcc : plane->kind.formats) TRY(formats.add(fourcc));
    p.count_format_types = formats.count();
    return Ok{};
}

constexpr IoctlRow kRows[] = {
    row<get_resources>(DRM_IOCTL_MODE_GETRESOURCES, Access::card),
    row<get_crtc>(DRM_IOCTL_MODE_GETCRTC, Access::card),
    row<get_encoder>(DRM_IOCTL_MODE_GETENCODER, Access::card),
    row<get_connector>(DRM_IOCTL_MODE_GETCONNECTOR, Access::card),
    row<get_plane_resources>(DRM_IOCTL_MODE_GETPLANERESOURCES, Access::card),
    row<get_plane>(DRM_IOCTL_MODE_GETPLANE, Access::card),
};

}  // namespace

std::span<const IoctlRow> resource_ioctls() { return kRows; }

}  // namespace kernel::drm
