// DRM on FIMD's panel: the second display beside the television, its raster, planes, flips, and both at once.
// Run by the scenario fimd_panel its pictures are kept: four bars, then a translucent square over them.
#include <poll.h>
#include <time.h>

#include <cstring>

#include "drm_display.hpp"
#include "tap.hpp"

namespace {

using drm::address;
using drm::File;

struct Panel : drm::Display {
    uint32_t index = 0;             // of its CRTC
    std::vector<uint32_t> windows;  // its planes
};

/// The display behind a parallel connector.
Panel find_panel(const File& card) {
    uint32_t crtcs[4], connectors[4], planes[16];
    drm_mode_card_res r{};
    r.crtc_id_ptr = address(crtcs);
    r.connector_id_ptr = address(connectors);
    r.count_crtcs = r.count_connectors = 4;
    card.call(DRM_IOCTL_MODE_GETRESOURCES, r);
    Panel panel;
    for (uint32_t i = 0; i < r.count_connectors; ++i) {
        drm_mode_get_connector c{};
        c.connector_id = connectors[i];
        c.modes_ptr = address(&panel.mode);
        c.count_modes = 1;
        card.call(DRM_IOCTL_MODE_GETCONNECTOR, c);
        if (c.connector_type != DRM_MODE_CONNECTOR_VGA) continue;
        panel.crtc = crtcs[i];
        panel.connector = connectors[i];
        panel.index = i;
        break;
    }
    drm_set_client_cap cap{DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1};
    card.call(DRM_IOCTL_SET_CLIENT_CAP, cap);
    drm_mode_get_plane_res p{};
    p.plane_id_ptr = address(planes);
    p.count_planes = 16;
    card.call(DRM_IOCTL_MODE_GETPLANERESOURCES, p);
    for (uint32_t i = 0; i < p.count_planes; ++i) {
        drm_mode_get_plane g{};
        g.plane_id = planes[i];
        card.call(DRM_IOCTL_MODE_GETPLANE, g);
        if (g.possible_crtcs == 1U << panel.index) panel.windows.push_back(planes[i]);
    }
    return panel;
}

struct Picture {
    uint32_t handle, fb = 0, width, height;
    uint32_t* pixels;
    Picture(const File& card, uint32_t w, uint32_t h, uint32_t format) : width{w}, height{h} {
        const auto d = drm::create_dumb(card, w, h, 32);
        handle = d.handle;
        pixels = static_cast<uint32_t*>(drm::map(card, handle, d.size));
        drm_mode_fb_cmd2 f{};
        f.width = w;
        f.height = h;
        f.pixel_format = format;
        f.handles[0] = handle;
        f.pitches[0] = d.pitch;
        if (card.call(DRM_IOCTL_MODE_ADDFB2, f) == 0) fb = f.fb_id;
    }
    Picture(const Picture&) = delete;
    ~Picture() { ::munmap(pixels, size_t{width} * height * 4); }
    void fill(uint32_t left, uint32_t right, uint32_t colour) const {
        for (uint32_t y = 0; y < height; ++y) {
            for (uint32_t x = left; x < right; ++x) pixels[y * width + x] = colour;
        }
    }
};

int show(const File& card, Panel& panel, uint32_t fb) {
    drm_mode_crtc c = drm::crtc_request(panel, fb);
    return card.call(DRM_IOCTL_MODE_SETCRTC, c);
}

void vblanks(const File& card, const Panel& panel) {
    const auto wait = [&](uint32_t frames) {
        drm_wait_vblank w{};
        w.request.type = static_cast<drm_vblank_seq_type>(_DRM_VBLANK_RELATIVE |
                                                          panel.index << _DRM_VBLANK_HIGH_CRTC_SHIFT);
        w.request.sequence = frames;
        card.call(DRM_IOCTL_WAIT_VBLANK, w);
        return w.reply.tval_sec * 1'000'000LL + w.reply.tval_usec;
    };
    const long long start = wait(1), end = wait(4);
    // 1056 x 525 pixels at 32 MHz: 17.325 ms
    tap::ok(end - start > 69'200 && end - start < 69'400, "four frames take 69.3 ms");
}

void flips(const File& card, const Panel& panel, const Picture& a, const Picture& b) {
    bool right = true;
    for (uint32_t i = 0; i < 4; ++i) {
        drm_mode_crtc_page_flip flip{panel.crtc, i % 2 ? a.fb : b.fb, DRM_MODE_PAGE_FLIP_EVENT, 0, i};
        right &= card.call(DRM_IOCTL_MODE_PAGE_FLIP, flip) == 0;
        drm_event_vblank e{};
        pollfd p{card.fd(), POLLIN, 0};
        right &= ::poll(&p, 1, 1000) == 1 && ::read(card.fd(), &e, sizeof e) == sizeof e;
        right &= e.user_data == i && e.crtc_id == panel.crtc;
    }
    tap::ok(right, "page flips send their events");
}

void overlay(const File& card, const Panel& panel, const Picture& square) {
    drm_mode_set_plane s{
        panel.windows[1],    panel.crtc,        square.fb, 0, 100, 60, square.width, square.height, 0, 0,
        square.height << 16, square.width << 16};
    tap::is(card.call(DRM_IOCTL_MODE_SETPLANE, s), 0, "a second window lies over the first");
    s.crtc_w *= 2;
    tap::fails_with(card.call(DRM_IOCTL_MODE_SETPLANE, s), 524, "windows do not scale");
    const timespec pause{0, 60'000'000};
    ::nanosleep(&pause, nullptr);
}

}  // namespace

int main() {
    tap::plan(10);
    {
        const File card{drm::kCard};
        Panel panel = find_panel(card);
        if (!tap::ok(panel.crtc != 0, "there is a panel")) return tap::finish();
        tap::ok(panel.mode.hdisplay == 800 && panel.mode.vdisplay == 480, "of 800x480 pixels");
        tap::is(static_cast<long long>(panel.windows.size()), 5, "with five windows");
        const Picture bars{card, 800, 480, DRM_FORMAT_XRGB8888}, white{card, 800, 480, DRM_FORMAT_XRGB8888};
        constexpr uint32_t kColours[] = {0xFF0000, 0x00FF00, 0x0000FF, 0xFFFF00};
        for (uint32_t i = 0; i < 4; ++i) bars.fill(200 * i, 200 * (i + 1), kColours[i]);
        white.fill(0, 800, 0xFFFFFF);
        const Picture square{card, 256, 256, DRM_FORMAT_ARGB8888};
        square.fill(0, 256, 0x80808080);  // premultiplied white, half transparent
        tap::is(show(card, panel, bars.fb), 0, "SETCRTC");
        vblanks(card, panel);
        flips(card, panel, bars, white);
        overlay(card, panel, square);
        for (const Picture* p : {&bars, &white, &square}) drm::close_handle(card, p->handle);
    }
    tap::ok(proc::text("/proc/dri").find(" on ") == std::string::npos, "closing switches it off");
    tap::is(drm::count("gem"), 0, "and leaves no buffer");
    return tap::finish();
}
