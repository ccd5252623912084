// DRM displays: what there is, modesets, page flips, planes, vblanks, properties, atomic commits, who may do
// it, and what is refused. What is on the screen is seen by scenarios; here events and states are.
#include <signal.h>
#include <sys/wait.h>

#include "drm_display.hpp"
#include "tap.hpp"
#include "video.hpp"

namespace {

using namespace drm;

constexpr uint32_t kWidth = 1280, kHeight = 720;

void resources(const File& card, Display& display) {
    uint32_t crtcs[4], connectors[4], encoders[4];
    drm_mode_card_res r{};
    r.crtc_id_ptr = address(crtcs);
    r.connector_id_ptr = address(connectors);
    r.encoder_id_ptr = address(encoders);
    r.count_crtcs = r.count_connectors = r.count_encoders = 4;
    tap::is(card.call(DRM_IOCTL_MODE_GETRESOURCES, r), 0, "GETRESOURCES");
    tap::ok(r.count_crtcs >= 1 && r.count_connectors == r.count_crtcs && r.count_encoders == r.count_crtcs,
            "a CRTC, a connector and an encoder for each display");
    tap::ok(r.max_width == 4096 && r.max_height == 4096, "framebuffers up to 4096x4096");
    display.crtc = crtcs[0];
    display.connector = connectors[0];
    display.encoder = encoders[0];

    drm_mode_modeinfo modes[16];
    uint32_t encoder = 0;
    drm_mode_get_connector c{};
    c.connector_id = display.connector;
    tap::is(card.call(DRM_IOCTL_MODE_GETCONNECTOR, c), 0, "GETCONNECTOR, asking for counts");
    tap::ok(c.count_modes == 7 && c.count_encoders == 1, "seven modes, one encoder");
    tap::is(c.connector_type, DRM_MODE_CONNECTOR_HDMIA, "it is HDMI");
    tap::is(c.connection, 1, "and connected");
    c.modes_ptr = address(modes);
    c.encoders_ptr = address(&encoder);
    c.count_props = 0;
    card.call(DRM_IOCTL_MODE_GETCONNECTOR, c);
    tap::is(encoder, display.encoder, "its encoder is the one listed");
    display.mode = modes[0];
    const bool preferred = modes[0].type & DRM_MODE_TYPE_PREFERRED;
    tap::ok(
        preferred && modes[0].hdisplay == kWidth && modes[0].vdisplay == kHeight && modes[0].vrefresh == 60,
        "the preferred mode is 720p60");
    c.connector_id = display.crtc;
    tap::fails_with(card.call(DRM_IOCTL_MODE_GETCONNECTOR, c), ENOENT, "an id of another type is ENOENT");

    drm_mode_get_encoder e{};
    e.encoder_id = display.encoder;
    card.call(DRM_IOCTL_MODE_GETENCODER, e);
    tap::ok(e.encoder_type == DRM_MODE_ENCODER_TMDS && e.possible_crtcs == 1 && e.crtc_id == 0,
            "a TMDS encoder, not in use");
}

void planes(const File& card, Display& display) {
    drm_mode_get_plane_res r{};
    r.plane_id_ptr = address(display.planes);
    r.count_planes = 4;
    card.call(DRM_IOCTL_MODE_GETPLANERESOURCES, r);
    tap::is(r.count_planes, 1, "without the capability only the overlay is seen");
    drm_set_client_cap cap{DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1};
    tap::is(card.call(DRM_IOCTL_SET_CLIENT_CAP, cap), 0, "UNIVERSAL_PLANES");
    r.count_planes = 4;
    card.call(DRM_IOCTL_MODE_GETPLANERESOURCES, r);
    display.plane_count = r.count_planes;
    tap::ok(r.count_planes >= 3, "three planes of the mixer");
    const uint64_t types[] = {1, 2, 0};
    bool right = true;
    for (int i = 0; i < 3; ++i)
        right &= value_of(card, display.planes[i], DRM_MODE_OBJECT_PLANE, "type") == types[i];
    tap::ok(right, "primary, cursor, overlay");
    uint32_t formats[16];
    drm_mode_get_plane p{};
    p.plane_id = display.planes[2];
    p.format_type_ptr = address(formats);
    p.count_format_types = 16;
    card.call(DRM_IOCTL_MODE_GETPLANE, p);
    tap::ok(p.count_format_types == 2 && formats[0] == DRM_FORMAT_NV12 && formats[1] == DRM_FORMAT_NV21,
            "the overlay is the video layer: NV12 and NV21");
}

void framebuffers(const File& card) {
    const Buffer rgb = make_framebuffer(card, 64, 64, DRM_FORMAT_XRGB8888);
    const Buffer nv12 = make_framebuffer(card, 64, 64, DRM_FORMAT_NV12);
    tap::ok(rgb.fb && nv12.fb, "ADDFB2: XRGB8888 and NV12");
    drm_mode_fb_cmd old{0, 64, 64, 256, 32, 24, rgb.handle};
    tap::is(card.call(DRM_IOCTL_MODE_ADDFB, old), 0, "ADDFB: 32 bits, depth 24");
    drm_mode_fb_cmd got{};
    got.fb_id = old.fb_id;
    tap::is(card.call(DRM_IOCTL_MODE_GETFB, got), 0, "GETFB");
    tap::ok(got.width == 64 && got.pitch == 256 && got.bpp == 32 && got.depth == 24 && got.handle,
            "says what was given, with a handle for the master");
    drm::close_handle(card, got.handle);
    tap::is(card.call(DRM_IOCTL_MODE_RMFB, old.fb_id), 0, "RMFB");
    tap::fails_with(card.call(DRM_IOCTL_MODE_RMFB, old.fb_id), ENOENT, "once");
    old.bpp = 8;
    tap::fails_with(card.call(DRM_IOCTL_MODE_ADDFB, old), EINVAL, "a depth of 24 in 8 bits is EINVAL");

    struct Row {
        const char* name;
        int error;
        void (*spoil)(drm_mode_fb_cmd2&);
    };
    const Row rows[] = {
        {"no width", EINVAL, [](drm_mode_fb_cmd2& f) { f.width = 0; }},
        {"a width beyond 4096", EINVAL, [](drm_mode_fb_cmd2& f) { f.width = 4097; }},
        {"an unknown format", EINVAL, [](drm_mode_fb_cmd2& f) { f.pixel_format = 0x20203030; }},
        {"a pitch below the line", EINVAL, [](drm_mode_fb_cmd2& f) { f.pitches[0] = 255; }},
        {"no handle", EINVAL, [](drm_mode_fb_cmd2& f) { f.handles[0] = 0; }},
        {"a handle that is not there", ENOENT, [](drm_mode_fb_cmd2& f) { f.handles[0] = 999; }},
        {"lines beyond the buffer", EINVAL, [](drm_mode_fb_cmd2& f) { f.height = 65; }},
        {"an offset that pushes it out", EINVAL, [](drm_mode_fb_cmd2& f) { f.offsets[0] = 4; }},
        {"an end beyond 4 GiB", ERANGE, [](drm_mode_fb_cmd2& f) { f.offsets[0] = 0xFFFFFF00; }},
        {"a second plane", EINVAL, [](drm_mode_fb_cmd2& f) { f.handles[1] = f.handles[0]; }},
        {"a modifier without the flag", EINVAL, [](drm_mode_fb_cmd2& f) { f.modifier[0] = 1; }},
        {"an unknown flag", EINVAL, [](drm_mode_fb_cmd2& f) { f.flags = 0x80; }},
    };
    for (const Row& row : rows) {
        drm_mode_fb_cmd2 f{};
        f.width = f.height = 64;
        f.pixel_format = DRM_FORMAT_XRGB8888;
        f.handles[0] = rgb.handle;
        f.pitches[0] = 256;
        row.spoil(f);
        tap::fails_with(card.call(DRM_IOCTL_MODE_ADDFB2, f), row.error, row.name);
    }
    remove(card, rgb);
    remove(card, nv12);
}

void modeset(const File& card, Display& display, uint32_t fb) {
    drm_mode_crtc c = crtc_request(display, fb);
    c.count_connectors = 0;
    tap::fails_with(card.call(DRM_IOCTL_MODE_SETCRTC, c), EINVAL, "a mode without a connector is EINVAL");
    c = crtc_request(display, 12345);
    tap::fails_with(card.call(DRM_IOCTL_MODE_SETCRTC, c), ENOENT, "no such framebuffer is ENOENT");
    c = crtc_request(display, fb);
    c.x = 1;
    tap::fails_with(card.call(DRM_IOCTL_MODE_SETCRTC, c), ENOSPC,
                    "a screen beyond the framebuffer is ENOSPC");
    c = crtc_request(display, fb);
    c.mode.clock += 1000;
    tap::fails_with(card.call(DRM_IOCTL_MODE_SETCRTC, c), EINVAL, "a mode HDMI cannot do is EINVAL");
    c = crtc_request(display, ~0U);
    tap::fails_with(card.call(DRM_IOCTL_MODE_SETCRTC, c), EINVAL, "keeping no framebuffer is EINVAL");
    drm_mode_crtc_page_flip flip{display.crtc, fb, DRM_MODE_PAGE_FLIP_EVENT, 0, 1};
    tap::fails_with(card.call(DRM_IOCTL_MODE_PAGE_FLIP, flip), EBUSY, "a flip before the modeset is EBUSY");
    c = crtc_request(display, fb);
    tap::is(card.call(DRM_IOCTL_MODE_SETCRTC, c), 0, "SETCRTC");
    drm_mode_crtc got{};
    got.crtc_id = display.crtc;
    card.call(DRM_IOCTL_MODE_GETCRTC, got);
    tap::ok(got.mode_valid && got.fb_id == fb && got.mode.hdisplay == kWidth, "GETCRTC says so");
    tap::is(static_cast<long long>(value_of(card, display.connector, DRM_MODE_OBJECT_CONNECTOR, "DPMS")), 0,
            "DPMS is on");
}

void flips(const File& card, const Display& display, const Buffer (&fbs)[2]) {
    uint32_t last = 0;
    bool in_order = true, one_apart = true, ours = true;
    for (uint32_t i = 0; i < 6; ++i) {
        drm_mode_crtc_page_flip flip{display.crtc, fbs[(i + 1) % 2].fb, DRM_MODE_PAGE_FLIP_EVENT, 0, 100 + i};
        if (card.call(DRM_IOCTL_MODE_PAGE_FLIP, flip) != 0) break;
        if (i == 3) {
            tap::fails_with(card.call(DRM_IOCTL_MODE_PAGE_FLIP, flip), EBUSY,
                            "a second flip before the vblank is EBUSY");
        }
        const drm_event_vblank e = next_event(card);
        ours &= e.base.type == DRM_EVENT_FLIP_COMPLETE && e.user_data == 100 + i && e.crtc_id == display.crtc;
        in_order &= i == 0 || e.sequence > last;
        one_apart &= i == 0 || e.sequence == last + 1;
        last = e.sequence;
    }
    tap::ok(ours, "each page flip sends its event");
    tap::ok(in_order && one_apart, "at one vblank after the other");
    drm_mode_crtc_page_flip bad{display.crtc, fbs[0].fb, DRM_MODE_PAGE_FLIP_ASYNC, 0, 0};
    tap::fails_with(card.call(DRM_IOCTL_MODE_PAGE_FLIP, bad), EINVAL, "an asynchronous flip is EINVAL");
    const Buffer other = make_framebuffer(card, kWidth, kHeight, DRM_FORMAT_RGB565);
    bad = {display.crtc, other.fb, 0, 0, 0};
    tap::fails_with(card.call(DRM_IOCTL_MODE_PAGE_FLIP, bad), EINVAL, "a flip to another format is EINVAL");
    remove(card, other);
    const Buffer small = make_framebuffer(card, 640, 480, DRM_FORMAT_XRGB8888);
    bad.fb_id = small.fb;
    tap::fails_with(card.call(DRM_IOCTL_MODE_PAGE_FLIP, bad), ENOSPC, "to a smaller one ENOSPC");
    remove(card, small);
    pollfd p{card.fd(), POLLIN, 0};
    tap::is(::poll(&p, 1, 0), 0, "no event is left over");
}

void vblanks(const File& card, const Display& display) {
    drm_wait_vblank w{};
    w.request.type = _DRM_VBLANK_RELATIVE;
    w.request.sequence = 0;
    tap::is(card.call(DRM_IOCTL_WAIT_VBLANK, w), 0, "WAIT_VBLANK, no wait");
    const uint32_t now = w.reply.sequence;
    const long long t0 = w.reply.tval_sec * 1000000LL + w.reply.tval_usec;
    w = {};
    w.request.type = _DRM_VBLANK_RELATIVE;
    w.request.sequence = 3;
    card.call(DRM_IOCTL_WAIT_VBLANK, w);
    const long long us = w.reply.tval_sec * 1000000LL + w.reply.tval_usec - t0;
    tap::is(w.reply.sequence, now + 3, "three vblanks later");
    tap::ok(us > 49900 && us < 50100, "50 ms have passed at 60 Hz");
    w = {};
    w.request.type = static_cast<drm_vblank_seq_type>(_DRM_VBLANK_RELATIVE | _DRM_VBLANK_EVENT);
    w.request.sequence = 1;
    w.request.signal = 4711;
    tap::is(card.call(DRM_IOCTL_WAIT_VBLANK, w), 0, "a vblank event");
    const drm_event_vblank e = next_event(card);
    tap::ok(e.base.type == DRM_EVENT_VBLANK && e.user_data == 4711 && e.sequence == now + 4, "comes in time");
    drm_crtc_get_sequence g{};
    g.crtc_id = display.crtc;
    tap::is(card.call(DRM_IOCTL_CRTC_GET_SEQUENCE, g), 0, "CRTC_GET_SEQUENCE");
    tap::ok(g.active && g.sequence >= now + 4, "counts the same vblanks");
    w = {};
    w.request.type =
        static_cast<drm_vblank_seq_type>(_DRM_VBLANK_RELATIVE | 5 << _DRM_VBLANK_HIGH_CRTC_SHIFT);
    tap::fails_with(card.call(DRM_IOCTL_WAIT_VBLANK, w), EINVAL, "a CRTC that is not there is EINVAL");
}

drm_mode_set_plane plane_request(const Display& display, int plane, uint32_t fb, int32_t x, int32_t y,
                                 uint32_t w, uint32_t h, uint32_t src_w, uint32_t src_h) {
    return {display.planes[plane], display.crtc, fb, 0, x, y, w, h, 0, 0, src_h << 16, src_w << 16};
}

void set_planes(const File& card, const Display& display) {
    constexpr int kScaling = 524;  // Linux's ENOTSUPP, which leaks out of this driver there too
    const Buffer video = make_framebuffer(card, 640, 480, DRM_FORMAT_NV12);
    const Buffer cursor = make_framebuffer(card, 64, 64, DRM_FORMAT_ARGB8888);
    auto s = plane_request(display, 2, video.fb, 320, 120, 640, 480, 640, 480);
    tap::is(card.call(DRM_IOCTL_MODE_SETPLANE, s), 0, "SETPLANE: the video layer");
    s = plane_request(display, 2, video.fb, 0, 0, 1280, 720, 640, 480);
    tap::is(card.call(DRM_IOCTL_MODE_SETPLANE, s), 0, "it scales");
    s = plane_request(display, 2, video.fb, -100, 500, 640, 480, 640, 480);
    tap::is(card.call(DRM_IOCTL_MODE_SETPLANE, s), 0, "it may hang over the edge");
    s = plane_request(display, 1, cursor.fb, 10, 10, 64, 64, 64, 64);
    tap::is(card.call(DRM_IOCTL_MODE_SETPLANE, s), 0, "the second graphics layer");
    s = plane_request(display, 1, cursor.fb, 10, 10, 128, 128, 64, 64);
    tap::is(card.call(DRM_IOCTL_MODE_SETPLANE, s), 0, "it doubles");
    s = plane_request(display, 1, cursor.fb, 10, 10, 100, 64, 64, 64);
    tap::fails_with(card.call(DRM_IOCTL_MODE_SETPLANE, s), kScaling, "but does not scale otherwise");
    s = plane_request(display, 1, video.fb, 0, 0, 640, 480, 640, 480);
    tap::fails_with(card.call(DRM_IOCTL_MODE_SETPLANE, s), EINVAL, "nor does it show NV12");
    s = plane_request(display, 2, video.fb, 0, 0, 640, 480, 641, 480);
    tap::fails_with(card.call(DRM_IOCTL_MODE_SETPLANE, s), ENOSPC,
                    "a source beyond the framebuffer is ENOSPC");
    s = plane_request(display, 2, video.fb, 0x7FFFFFFF, 0, 640, 480, 640, 480);
    tap::fails_with(card.call(DRM_IOCTL_MODE_SETPLANE, s), ERANGE, "a place beyond all numbers is ERANGE");
    s = plane_request(display, 2, 0, 0, 0, 0, 0, 0, 0);
    tap::is(card.call(DRM_IOCTL_MODE_SETPLANE, s), 0, "framebuffer 0 hides the plane");
    remove(card, video);
    tap::is(remove(card, cursor), 0, "a framebuffer on the screen can be removed");
    drm_mode_get_plane p{};
    p.plane_id = display.planes[1];
    card.call(DRM_IOCTL_MODE_GETPLANE, p);
    tap::is(p.fb_id, 0, "its plane is off then");
}

void properties(const File& card, const Display& display) {
    uint32_t id = 0;
    tap::is(static_cast<long long>(value_of(card, display.planes[0], DRM_MODE_OBJECT_PLANE, "alpha", &id)),
            0xFFFF, "a plane is opaque");
    drm_mode_obj_set_property s{0x8000, id, display.planes[0], DRM_MODE_OBJECT_PLANE};
    tap::is(card.call(DRM_IOCTL_MODE_OBJ_SETPROPERTY, s), 0, "alpha can be set");
    tap::is(static_cast<long long>(value_of(card, display.planes[0], DRM_MODE_OBJECT_PLANE, "alpha")), 0x8000,
            "and read back");
    s.value = 0x10000;
    tap::fails_with(card.call(DRM_IOCTL_MODE_OBJ_SETPROPERTY, s), EINVAL, "beyond its range is EINVAL");
    s.value = 0xFFFF;
    card.call(DRM_IOCTL_MODE_OBJ_SETPROPERTY, s);
    value_of(card, display.planes[0], DRM_MODE_OBJECT_PLANE, "type", &id);
    s = {0, id, display.planes[0], DRM_MODE_OBJECT_PLANE};
    tap::fails_with(card.call(DRM_IOCTL_MODE_OBJ_SETPROPERTY, s), EINVAL, "an immutable one is EINVAL");
    tap::is(
        static_cast<long long>(value_of(card, display.planes[2], DRM_MODE_OBJECT_PLANE, "pixel blend mode")),
        -1, "the video layer has no pixel blending");
    const uint64_t blob = value_of(card, display.planes[2], DRM_MODE_OBJECT_PLANE, "IN_FORMATS");
    uint8_t data[256] = {};
    drm_mode_get_blob g{static_cast<uint32_t>(blob), 0, address(data)};
    card.call(DRM_IOCTL_MODE_GETPROPBLOB, g);
    card.call(DRM_IOCTL_MODE_GETPROPBLOB, g);
    const auto* head = reinterpret_cast<const drm_format_modifier_blob*>(data);
    tap::ok(head->version == 1 && head->count_formats == 2 && head->count_modifiers == 1,
            "IN_FORMATS is readable");
    value_of(card, display.connector, DRM_MODE_OBJECT_CONNECTOR, "DPMS", &id);
    drm_mode_connector_set_property dpms{3, id, display.connector};
    tap::is(card.call(DRM_IOCTL_MODE_SETPROPERTY, dpms), 0, "DPMS off");
    drm_wait_vblank w{};
    w.request.type = _DRM_VBLANK_RELATIVE;
    w.request.sequence = 1;
    tap::fails_with(card.call(DRM_IOCTL_WAIT_VBLANK, w), EINVAL, "no vblanks then: EINVAL");
    dpms.value = 0;
    tap::is(card.call(DRM_IOCTL_MODE_SETPROPERTY, dpms), 0, "DPMS on");
    w.request.sequence = 1;
    w.request.type = _DRM_VBLANK_RELATIVE;
    tap::is(card.call(DRM_IOCTL_WAIT_VBLANK, w), 0, "vblanks are back");
}

void atomic_commits(const File& card, Display& display) {
    Atomic empty;
    tap::fails_with(empty.commit(card, 0), EINVAL, "atomic without the capability is EINVAL");
    drm_set_client_cap cap{DRM_CLIENT_CAP_ATOMIC, 1};
    card.call(DRM_IOCTL_SET_CLIENT_CAP, cap);
    const Buffer video = make_framebuffer(card, kWidth, kHeight, DRM_FORMAT_NV12);
    Atomic show = video_request(card, display, video.fb);
    Atomic on = show;
    drm_mode_create_blob blob{address(&display.mode), sizeof display.mode, 0};
    card.call(DRM_IOCTL_MODE_CREATEPROPBLOB, blob);
    on.add(card, display.crtc, DRM_MODE_OBJECT_CRTC, "MODE_ID", blob.blob_id);
    on.add(card, display.crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE", 1);
    on.add(card, display.connector, DRM_MODE_OBJECT_CONNECTOR, "CRTC_ID", display.crtc);
    tap::fails_with(on.commit(card, 0), EINVAL, "a modeset without ALLOW_MODESET is EINVAL");
    tap::is(on.commit(card, DRM_MODE_ATOMIC_ALLOW_MODESET | DRM_MODE_ATOMIC_TEST_ONLY), 0,
            "TEST_ONLY says yes");
    tap::is(static_cast<long long>(value_of(card, display.crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE")), 0,
            "and changes nothing");
    tap::is(on.commit(card, DRM_MODE_ATOMIC_ALLOW_MODESET | DRM_MODE_PAGE_FLIP_EVENT, 7), 0,
            "mode, connector and video layer in one commit");
    tap::is(static_cast<long long>(next_event(card).user_data), 7, "with an event");
    tap::is(static_cast<long long>(value_of(card, display.planes[2], DRM_MODE_OBJECT_PLANE, "FB_ID")),
            video.fb, "the plane shows the framebuffer");
    constexpr uint32_t kFlip = DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT;
    tap::is(show.commit(card, kFlip, 8), 0, "a flip of the video layer");
    tap::fails_with(show.commit(card, kFlip, 9), EBUSY, "another before it is shown is EBUSY");
    tap::is(static_cast<long long>(next_event(card).user_data), 8, "its event comes");
    Atomic wrong;
    wrong.add(card, display.planes[2], DRM_MODE_OBJECT_PLANE, "CRTC_ID", 0);
    tap::fails_with(wrong.commit(card, 0), EINVAL, "a framebuffer without a CRTC is EINVAL");
    wrong = {};
    wrong.add(card, display.crtc, DRM_MODE_OBJECT_CRTC, "zpos", 0);
    tap::fails_with(wrong.commit(card, 0), ENOENT, "a property the object has not is ENOENT");
    wrong = {};
    wrong.add(card, 9999, DRM_MODE_OBJECT_CRTC, "ACTIVE", 0);
    tap::fails_with(wrong.commit(card, 0), ENOENT, "no such object is ENOENT");
    tap::fails_with(show.commit(card, DRM_MODE_ATOMIC_TEST_ONLY | DRM_MODE_PAGE_FLIP_EVENT), EINVAL,
                    "an event of a test is EINVAL");
    drm_mode_destroy_blob gone{blob.blob_id};
    tap::is(card.call(DRM_IOCTL_MODE_DESTROYPROPBLOB, gone), 0, "the mode's blob may go while it is in use");
    remove(card, video);
    switch_off(card, display);
}

/// First stream or modeset gets the display.
void claims(const File& card, Display& display, uint32_t fb) {
    video::Queue tv{video::open_node("s5p-mixer", V4L2_CAP_VIDEO_OUTPUT_MPLANE),
                    V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE, V4L2_MEMORY_MMAP};
    if (!tap::ok(tv.file().fd() >= 0, "the V4L2 output is there")) return;
    tv.request(2);
    tap::ok(tv.queue(0) == 0 && tv.stream(true) == 0, "it streams");
    drm_mode_crtc c = crtc_request(display, fb);
    tap::fails_with(card.call(DRM_IOCTL_MODE_SETCRTC, c), EBUSY, "a modeset is EBUSY then");
    tap::is(tv.stream(false), 0, "it stops");
    tap::is(card.call(DRM_IOCTL_MODE_SETCRTC, c), 0, "now DRM gets the display");
    tv.queue(0);
    tap::fails_with(tv.stream(true), EBUSY, "and streaming is EBUSY");
    tap::is(switch_off(card, display), 0, "DRM lets it go");
    tap::is(tv.stream(true), 0, "and streaming works again");
    tv.stream(false);
    tv.request(0);
}

void masters(const File& card, const Display& display) {
    File other{drm::kCard};
    drm_mode_crtc c{};
    c.crtc_id = display.crtc;
    tap::fails_with(other.call(DRM_IOCTL_MODE_SETCRTC, c), EACCES, "only the master sets modes");
    tap::fails_with(other.call(DRM_IOCTL_SET_MASTER), EBUSY, "there is one master");
    tap::fails_with(other.call(DRM_IOCTL_DROP_MASTER), EINVAL, "who is none cannot drop it");
    tap::is(card.call(DRM_IOCTL_DROP_MASTER), 0, "the master can");
    tap::is(other.call(DRM_IOCTL_SET_MASTER), 0, "then another becomes master");
    other.close();
    tap::is(card.call(DRM_IOCTL_SET_MASTER), 0, "and leaves it by closing");
}

/// A file that is closed takes its framebuffers off the screen, flips under way included.
void closing(Display& display) {
    {
        File card{drm::kCard};
        const Buffer a = make_framebuffer(card, kWidth, kHeight, DRM_FORMAT_XRGB8888);
        const Buffer b = make_framebuffer(card, kWidth, kHeight, DRM_FORMAT_XRGB8888);
        drm_mode_crtc c = crtc_request(display, a.fb);
        tap::is(card.call(DRM_IOCTL_MODE_SETCRTC, c), 0, "another program shows something");
        drm_mode_crtc_page_flip flip{display.crtc, b.fb, DRM_MODE_PAGE_FLIP_EVENT, 0, 1};
        tap::is(card.call(DRM_IOCTL_MODE_PAGE_FLIP, flip), 0, "flips, and closes without looking back");
    }
    tap::is(drm::count("gem"), 0, "no buffer is left");
    tap::is(proc::value("/proc/dri", "framebuffers"), 0, "nor a framebuffer");
    tap::ok(proc::text("/proc/dri").find(" on ") == std::string::npos, "and the display is off");
}

/// Flips as fast as it can, for ever.
[[noreturn]] void flip_for_ever(Display display) {
    const File card{drm::kCard};
    const Buffer fbs[2] = {make_framebuffer(card, kWidth, kHeight, DRM_FORMAT_XRGB8888),
                           make_framebuffer(card, kWidth, kHeight, DRM_FORMAT_XRGB8888)};
    const Buffer video = make_framebuffer(card, kWidth, kHeight, DRM_FORMAT_NV12);
    drm_mode_crtc c = crtc_request(display, fbs[0].fb);
    card.call(DRM_IOCTL_MODE_SETCRTC, c);
    auto s = plane_request(display, 2, video.fb, 0, 0, kWidth, kHeight, kWidth, kHeight);
    card.call(DRM_IOCTL_MODE_SETPLANE, s);
    for (uint32_t i = 0;; ++i) {
        drm_mode_crtc_page_flip flip{display.crtc, fbs[i % 2].fb, DRM_MODE_PAGE_FLIP_EVENT, 0, i};
        card.call(DRM_IOCTL_MODE_PAGE_FLIP, flip);
        next_event(card);
    }
}

/// kill -9 at any moment: before, in and between modeset and flips.
void killed(const Display& display) {
    bool clean = true;
    for (int i = 0; i < 8; ++i) {
        const pid_t child = ::fork();
        if (child == 0) flip_for_ever(display);
        ::usleep(static_cast<useconds_t>(1'000 + i * 37'300));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        const bool off = proc::text("/proc/dri").find(" on ") == std::string::npos;
        clean &= off && drm::count("gem") == 0 && proc::value("/proc/dri", "framebuffers") == 0;
    }
    tap::ok(clean, "a program killed while it flips leaves nothing, eight times");
}

}  // namespace

int main() {
    tap::plan(119);
    Display display;
    {
        const File card{drm::kCard};
        if (!tap::ok(card.fd() >= 0, "there is a card")) return tap::finish();
        resources(card, display);
        planes(card, display);
        framebuffers(card);
        const Buffer fbs[2] = {make_framebuffer(card, kWidth, kHeight, DRM_FORMAT_XRGB8888),
                               make_framebuffer(card, kWidth, kHeight, DRM_FORMAT_XRGB8888)};
        modeset(card, display, fbs[0].fb);
        flips(card, display, fbs);
        vblanks(card, display);
        set_planes(card, display);
        properties(card, display);
        tap::is(switch_off(card, display), 0, "SETCRTC without a mode switches off");
        claims(card, display, fbs[0].fb);
        atomic_commits(card, display);
        masters(card, display);
    }
    closing(display);
    killed(display);
    return tap::finish();
}
