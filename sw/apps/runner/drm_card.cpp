#include "apps/runner/drm_card.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

constexpr unsigned kMostCards = 8;

uint64_t address(const void* p) { return reinterpret_cast<uintptr_t>(p); }

bool is_driver(int fd, const std::string& name) {
    char text[32] = {};
    drm_version v{};
    v.name = text;
    v.name_len = sizeof text - 1;
    return ::ioctl(fd, DRM_IOCTL_VERSION, &v) == 0 && name == text;
}

}  // namespace

void AtomicRequest::set(uint32_t object, uint32_t property, uint64_t value) {
    objects_.push_back(object);
    counts_.push_back(1);
    properties_.push_back(property);
    values_.push_back(value);
}

DrmCard DrmCard::open(const std::string& driver) {
    for (unsigned i = 0; i < kMostCards; ++i) {
        const std::string node = "/dev/dri/card" + std::to_string(i);
        Fd fd{::open(node.c_str(), O_RDWR | O_CLOEXEC)};
        if (fd.get() < 0 || !is_driver(fd.get(), driver)) continue;
        DrmCard card{std::move(fd), node};
        drm_set_client_cap cap{DRM_CLIENT_CAP_ATOMIC, 1};
        card.call(DRM_IOCTL_SET_CLIENT_CAP, &cap, "SET_CLIENT_CAP");
        return card;
    }
    throw Error{"no DRM card has the driver " + driver};
}

void DrmCard::call(unsigned long request, void* argument, const char* name) const {
    int result;
    do {
        result = ::ioctl(fd_.get(), request, argument);
    } while (result != 0 && (errno == EINTR || errno == EAGAIN));
    if (result != 0) throw SystemError{node_, name};
}

DrmCard::Output DrmCard::find_output(uint32_t wanted) const {
    uint32_t crtcs[8], connectors[8];
    drm_mode_card_res res{};
    res.crtc_id_ptr = address(crtcs);
    res.connector_id_ptr = address(connectors);
    res.count_crtcs = res.count_connectors = 8;
    call(DRM_IOCTL_MODE_GETRESOURCES, &res, "MODE_GETRESOURCES");
    for (uint32_t i = 0; i < std::min(res.count_connectors, 8U); ++i) {
        std::vector<drm_mode_modeinfo> modes(32);
        uint32_t encoders[4];
        drm_mode_get_connector c{};
        c.connector_id = connectors[i];
        c.modes_ptr = address(modes.data());
        c.count_modes = static_cast<uint32_t>(modes.size());
        c.encoders_ptr = address(encoders);
        c.count_encoders = 4;
        call(DRM_IOCTL_MODE_GETCONNECTOR, &c, "MODE_GETCONNECTOR");
        if (c.connector_type != wanted || c.count_encoders == 0) continue;
        drm_mode_get_encoder e{};
        e.encoder_id = encoders[0];
        call(DRM_IOCTL_MODE_GETENCODER, &e, "MODE_GETENCODER");
        const auto index = static_cast<unsigned>(__builtin_ctz(e.possible_crtcs));
        modes.resize(std::min<size_t>(c.count_modes, modes.size()));
        return {crtcs[index], connectors[i], index, std::move(modes)};
    }
    throw Error{node_ + ": has no connector of the type wanted"};
}

std::vector<uint32_t> DrmCard::plane_formats(uint32_t plane, uint32_t& possible_crtcs) const {
    std::vector<uint32_t> formats(64);
    drm_mode_get_plane p{};
    p.plane_id = plane;
    p.format_type_ptr = address(formats.data());
    p.count_format_types = static_cast<uint32_t>(formats.size());
    call(DRM_IOCTL_MODE_GETPLANE, &p, "MODE_GETPLANE");
    possible_crtcs = p.possible_crtcs;
    formats.resize(std::min<size_t>(p.count_format_types, formats.size()));
    return formats;
}

uint32_t DrmCard::find_plane(unsigned crtc_index, uint32_t fourcc, std::optional<uint64_t> type) const {
    uint32_t planes[16];
    drm_mode_get_plane_res res{};
    res.plane_id_ptr = address(planes);
    res.count_planes = 16;
    call(DRM_IOCTL_MODE_GETPLANERESOURCES, &res, "MODE_GETPLANERESOURCES");
    for (uint32_t i = 0; i < std::min(res.count_planes, 16U); ++i) {
        uint32_t crtcs = 0;
        const std::vector<uint32_t> formats = plane_formats(planes[i], crtcs);
        const bool shows = std::find(formats.begin(), formats.end(), fourcc) != formats.end();
        if (!shows || !(crtcs >> crtc_index & 1)) continue;
        const auto found = find_property(planes[i], DRM_MODE_OBJECT_PLANE, "type");
        if (!type || (found && found->value == *type)) return planes[i];
    }
    throw Error{node_ + ": no plane shows this format"};
}

std::optional<DrmCard::Value> DrmCard::find_property(uint32_t object, uint32_t type, const char* name) const {
    uint32_t ids[64];
    uint64_t values[64];
    drm_mode_obj_get_properties g{address(ids), address(values), 64, object, type};
    call(DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &g, "MODE_OBJ_GETPROPERTIES");
    for (uint32_t i = 0; i < std::min(g.count_props, 64U); ++i) {
        drm_mode_get_property p{};
        p.prop_id = ids[i];
        call(DRM_IOCTL_MODE_GETPROPERTY, &p, "MODE_GETPROPERTY");
        if (std::strcmp(p.name, name) == 0) return Value{ids[i], values[i]};
    }
    return {};
}

uint32_t DrmCard::property(uint32_t object, uint32_t type, const char* name) const {
    if (const auto found = find_property(object, type, name)) return found->property;
    throw Error{node_ + ": an object has no property " + name};
}

uint32_t DrmCard::import(int dmabuf) const {
    drm_prime_handle p{0, 0, dmabuf};
    call(DRM_IOCTL_PRIME_FD_TO_HANDLE, &p, "PRIME_FD_TO_HANDLE");
    return p.handle;
}

Fd DrmCard::export_buffer(uint32_t handle) const {
    drm_prime_handle p{handle, DRM_CLOEXEC | DRM_RDWR, -1};
    call(DRM_IOCTL_PRIME_HANDLE_TO_FD, &p, "PRIME_HANDLE_TO_FD");
    return Fd{p.fd};
}

uint32_t DrmCard::create_dumb(uint32_t width, uint32_t height, uint32_t bits, uint32_t& pitch) const {
    drm_mode_create_dumb d{};
    d.width = width;
    d.height = height;
    d.bpp = bits;
    call(DRM_IOCTL_MODE_CREATE_DUMB, &d, "MODE_CREATE_DUMB");
    pitch = d.pitch;
    return d.handle;
}

Mapping DrmCard::map_dumb(uint32_t handle, size_t bytes) const {
    drm_mode_map_dumb m{handle, 0, 0};
    call(DRM_IOCTL_MODE_MAP_DUMB, &m, "MODE_MAP_DUMB");
    return Mapping{fd_.get(), bytes, static_cast<long long>(m.offset), node_};
}

uint32_t DrmCard::add_framebuffer(const PlaneHandles& handles, const PictureLayout& layout) const {
    drm_mode_fb_cmd2 f{};
    f.width = layout.width;
    f.height = layout.height;
    f.pixel_format = layout.fourcc;
    for (unsigned i = 0; i < 2 && layout.pitches[i]; ++i) {
        f.handles[i] = i && handles.second ? handles.second : handles.first;
        f.pitches[i] = layout.pitches[i];
        f.offsets[i] = layout.offsets[i];
    }
    call(DRM_IOCTL_MODE_ADDFB2, &f, "MODE_ADDFB2");
    return f.fb_id;
}

uint32_t DrmCard::create_blob(const void* data, uint32_t bytes) const {
    drm_mode_create_blob b{address(data), bytes, 0};
    call(DRM_IOCTL_MODE_CREATEPROPBLOB, &b, "MODE_CREATEPROPBLOB");
    return b.blob_id;
}

void DrmCard::commit(AtomicRequest& request, uint32_t flags, uint64_t user_data) const {
    drm_mode_atomic a{};
    a.flags = flags;
    a.count_objs = static_cast<uint32_t>(request.objects_.size());
    a.objs_ptr = address(request.objects_.data());
    a.count_props_ptr = address(request.counts_.data());
    a.props_ptr = address(request.properties_.data());
    a.prop_values_ptr = address(request.values_.data());
    a.user_data = user_data;
    call(DRM_IOCTL_MODE_ATOMIC, &a, "MODE_ATOMIC");
}

std::optional<uint64_t> DrmCard::read_flip() const {
    drm_event_vblank e{};
    const ssize_t n = ::read(fd_.get(), &e, sizeof e);
    if (n < 0) throw SystemError{node_, "read"};
    const bool flip = n == static_cast<ssize_t>(sizeof e) && e.base.type == DRM_EVENT_FLIP_COMPLETE;
    return flip ? std::optional<uint64_t>{e.user_data} : std::nullopt;
}

}  // namespace apps::runner
