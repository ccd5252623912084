// What is needed to show something by DRM: the display, framebuffers, requests old and atomic, events.
#pragma once

#include <poll.h>

#include <cstring>

#include "drm.hpp"

namespace drm {

template <class T>
uint64_t address(T* p) {
    return reinterpret_cast<uintptr_t>(p);
}

/// The card's first display.
struct Display {
    uint32_t crtc = 0, connector = 0, encoder = 0, planes[4] = {}, plane_count = 0;
    drm_mode_modeinfo mode{};
};

/// The first CRTC, its connector in its preferred mode, all planes. The file becomes one that sees all
/// planes.
inline bool find_display(const File& card, Display& display) {
    uint32_t crtcs[4], connectors[4];
    drm_mode_card_res r{};
    r.crtc_id_ptr = address(crtcs);
    r.connector_id_ptr = address(connectors);
    r.count_crtcs = r.count_connectors = 4;
    if (card.call(DRM_IOCTL_MODE_GETRESOURCES, r) != 0) return false;
    display.crtc = crtcs[0];
    display.connector = connectors[0];
    drm_mode_modeinfo modes[16];
    drm_mode_get_connector c{};
    c.connector_id = display.connector;
    c.modes_ptr = address(modes);
    c.count_modes = 16;
    if (card.call(DRM_IOCTL_MODE_GETCONNECTOR, c) != 0) return false;
    display.mode = modes[0];
    drm_set_client_cap all_planes{DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1};
    card.call(DRM_IOCTL_SET_CLIENT_CAP, all_planes);
    drm_mode_get_plane_res p{};
    p.plane_id_ptr = address(display.planes);
    p.count_planes = 4;
    if (card.call(DRM_IOCTL_MODE_GETPLANERESOURCES, p) != 0) return false;
    display.plane_count = p.count_planes;
    return true;
}

struct Buffer {
    uint32_t handle = 0, fb = 0;
};

/// A dumb buffer and its framebuffer; `fb` 0 on failure.
inline Buffer make_framebuffer(const File& card, uint32_t width, uint32_t height, uint32_t format) {
    const bool nv12 = format == DRM_FORMAT_NV12;
    const auto d = nv12 ? drm::create_dumb(card, width, height * 3 / 2, 8)
                        : drm::create_dumb(card, width, height, format == DRM_FORMAT_RGB565 ? 16 : 32);
    drm_mode_fb_cmd2 f{};
    f.width = width;
    f.height = height;
    f.pixel_format = format;
    f.handles[0] = d.handle;
    f.pitches[0] = d.pitch;
    if (nv12) {
        f.handles[1] = d.handle;
        f.pitches[1] = d.pitch;
        f.offsets[1] = width * height;
    }
    return {d.handle, card.call(DRM_IOCTL_MODE_ADDFB2, f) == 0 ? f.fb_id : 0};
}

inline int remove(const File& card, const Buffer& b) {
    uint32_t id = b.fb;
    const int removed = card.call(DRM_IOCTL_MODE_RMFB, id);
    drm::close_handle(card, b.handle);
    return removed;
}

/// Value (and id) of a property by name; all ones when the object has none of that name.
inline uint64_t value_of(const File& card, uint32_t object, uint32_t type, const char* name,
                         uint32_t* id = nullptr) {
    uint32_t ids[32];
    uint64_t values[32];
    drm_mode_obj_get_properties g{address(ids), address(values), 32, object, type};
    if (card.call(DRM_IOCTL_MODE_OBJ_GETPROPERTIES, g) != 0) return ~0ULL;
    for (uint32_t i = 0; i < g.count_props; ++i) {
        drm_mode_get_property p{};
        p.prop_id = ids[i];
        card.call(DRM_IOCTL_MODE_GETPROPERTY, p);
        if (std::strcmp(p.name, name) != 0) continue;
        if (id) *id = ids[i];
        return values[i];
    }
    return ~0ULL;
}

/// SETCRTC in the display's mode.
inline drm_mode_crtc crtc_request(Display& display, uint32_t fb) {
    drm_mode_crtc c{};
    c.crtc_id = display.crtc;
    c.fb_id = fb;
    c.set_connectors_ptr = address(&display.connector);
    c.count_connectors = 1;
    c.mode_valid = 1;
    c.mode = display.mode;
    return c;
}

inline int switch_off(const File& card, const Display& display) {
    drm_mode_crtc c{};
    c.crtc_id = display.crtc;
    return card.call(DRM_IOCTL_MODE_SETCRTC, c);
}

/// The next event, waiting at most a second; type 0 when there is none.
inline drm_event_vblank next_event(const File& card) {
    drm_event_vblank e{};
    pollfd p{card.fd(), POLLIN, 0};
    if (::poll(&p, 1, 1000) == 1 && ::read(card.fd(), &e, sizeof e) != sizeof e) e.base.type = 0;
    return e;
}

/// Builds an atomic request.
struct Atomic {
    std::vector<uint32_t> objects, counts, properties;
    std::vector<uint64_t> values;
    void add(const File& card, uint32_t object, uint32_t type, const char* name, uint64_t value) {
        uint32_t id = 0;
        value_of(card, object, type, name, &id);
        objects.push_back(object);
        counts.push_back(1);
        properties.push_back(id);
        values.push_back(value);
    }
    int commit(const File& card, uint32_t flags, uint64_t user_data = 0) {
        drm_mode_atomic a{};
        a.flags = flags;
        a.count_objs = static_cast<uint32_t>(objects.size());
        a.objs_ptr = address(objects.data());
        a.count_props_ptr = address(counts.data());
        a.props_ptr = address(properties.data());
        a.prop_values_ptr = address(values.data());
        a.user_data = user_data;
        return card.call(DRM_IOCTL_MODE_ATOMIC, a);
    }
};

/// The third plane, the mixer's video layer, over the whole screen.
inline Atomic video_request(const File& card, const Display& display, uint32_t fb) {
    const uint32_t plane = display.planes[2];
    Atomic a;
    const auto set = [&](const char* name, uint64_t value) {
        a.add(card, plane, DRM_MODE_OBJECT_PLANE, name, value);
    };
    set("FB_ID", fb);
    set("CRTC_ID", fb ? display.crtc : 0);
    set("CRTC_W", display.mode.hdisplay);
    set("CRTC_H", display.mode.vdisplay);
    set("SRC_W", uint64_t{display.mode.hdisplay} << 16);
    set("SRC_H", uint64_t{display.mode.vdisplay} << 16);
    return a;
}

}  // namespace drm
