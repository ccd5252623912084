#include "drm/properties.hpp"

#include "core/log.hpp"

namespace kernel::drm {

namespace {

using enum PropertyKey;
constexpr uint64_t kMostU32 = 0xFFFF'FFFF, kMostI32 = 0x7FFF'FFFF, kLeastI32 = ~uint64_t{0x7FFF'FFFF};
constexpr uint32_t kAtomic = DRM_MODE_PROP_ATOMIC, kRange = DRM_MODE_PROP_RANGE, kEnum = DRM_MODE_PROP_ENUM,
                   kFixed = DRM_MODE_PROP_IMMUTABLE, kBlob = DRM_MODE_PROP_BLOB,
                   kObject = DRM_MODE_PROP_OBJECT, kSigned = DRM_MODE_PROP_SIGNED_RANGE;

constexpr PropertyEnum kTypes[] = {{0, "Overlay"}, {1, "Primary"}, {2, "Cursor"}};
constexpr PropertyEnum kBlends[] = {{2, "None"}, {0, "Pre-multiplied"}, {1, "Coverage"}};
constexpr PropertyEnum kDpms[] = {{0, "On"}, {1, "Standby"}, {2, "Suspend"}, {3, "Off"}};
constexpr PropertyEnum kLink[] = {{0, "Good"}, {1, "Bad"}};
constexpr PixelBlend kBlendOf[] = {PixelBlend::premultiplied, PixelBlend::coverage, PixelBlend::none};

constexpr uint32_t kFb = DRM_MODE_OBJECT_FB, kCrtc = DRM_MODE_OBJECT_CRTC;
// clang-format off
constexpr PropertyRow kRows[] = {
    // key         name                flags             low        high      enums    object planes crtcs connectors
    {type,        "type",              kEnum | kFixed,   0,         0,        kTypes,  0,     true,  false, false},
    {in_formats,  "IN_FORMATS",        kBlob | kFixed,   0,         0,        {},      0,     true,  false, false},
    {fb_id,       "FB_ID",             kObject | kAtomic, 0,        0,        {},      kFb,   true,  false, false},
    {crtc_id,     "CRTC_ID",           kObject | kAtomic, 0,        0,        {},      kCrtc, true,  false, true},
    {crtc_x,      "CRTC_X",            kSigned | kAtomic, kLeastI32, kMostI32, {},     0,     true,  false, false},
    {crtc_y,      "CRTC_Y",            kSigned | kAtomic, kLeastI32, kMostI32, {},     0,     true,  false, false},
    {crtc_w,      "CRTC_W",            kRange | kAtomic, 0,         kMostI32, {},      0,     true,  false, false},
    {crtc_h,      "CRTC_H",            kRange | kAtomic, 0,         kMostI32, {},      0,     true,  false, false},
    {src_x,       "SRC_X",             kRange | kAtomic, 0,         kMostU32, {},      0,     true,  false, false},
    {src_y,       "SRC_Y",             kRange | kAtomic, 0,         kMostU32, {},      0,     true,  false, false},
    {src_w,       "SRC_W",             kRange | kAtomic, 0,         kMostU32, {},      0,     true,  false, false},
    {src_h,       "SRC_H",             kRange | kAtomic, 0,         kMostU32, {},      0,     true,  false, false},
    {zpos,        "zpos",              kRange,           0,         4,        {},      0,     true,  false, false},
    {alpha,       "alpha",             kRange,           0,         0xFFFF,   {},      0,     true,  false, false},
    {pixel_blend, "pixel blend mode",  kEnum,            0,         0,        kBlends, 0,     true,  false, false},
    {active,      "ACTIVE",            kRange | kAtomic, 0,         1,        {},      0,     false, true,  false},
    {mode_id,     "MODE_ID",           kBlob | kAtomic,  0,         0,        {},      0,     false, true,  false},
    {edid,        "EDID",              kBlob | kFixed,   0,         0,        {},      0,     false, false, true},
    {dpms,        "DPMS",              kEnum,            0,         0,        kDpms,   0,     false, false, true},
    {link_status, "link-status",       kEnum,            0,         0,        kLink,   0,     false, false, true},
    {non_desktop, "non-desktop",       kRange | kFixed,  0,         1,        {},      0,     false, false, true},
};
// clang-format on

uint64_t id_of(const Ref<Framebuffer>& fb) { return fb ? fb->id : 0; }
uint64_t extend(int32_t v) { return static_cast<uint64_t>(int64_t{v}); }

uint64_t plane_value(PropertyKey key, const Plane& plane) {
    const PlaneState& s = plane.crtc.state().planes[plane.index];
    switch (key) {
        case type:
            return plane.kind.type;
        case in_formats:
            return plane.in_formats ? plane.in_formats->id : 0;
        case fb_id:
            return id_of(s.fb);
        case crtc_id:
            return s.on_crtc ? plane.crtc.id : 0;
        case crtc_x:
            return extend(s.crtc_x);
        case crtc_y:
            return extend(s.crtc_y);
        case crtc_w:
            return s.crtc_w;
        case crtc_h:
            return s.crtc_h;
        case src_x:
            return s.src_x;
        case src_y:
            return s.src_y;
        case src_w:
            return s.src_w;
        case src_h:
            return s.src_h;
        case zpos:
            return s.zpos;
        case alpha:
            return s.alpha;
        default:
            return s.blend == PixelBlend::none ? 2 : s.blend == PixelBlend::coverage ? 1 : 0;
    }
}

Result<> set_plane(ModeObjects& objects, PropertyKey key, Plane& plane, uint64_t value, PlaneState& s) {
    const auto word = static_cast<uint32_t>(value);
    switch (key) {
        case fb_id:
            s.fb = {};
            if (word) s.fb = TRY(objects.find<Framebuffer>(word));
            return Ok{};
        case crtc_id:
            if (word && word != plane.crtc.id) return Errno::kInval;
            s.on_crtc = word != 0;
            return Ok{};
        case crtc_x:
            s.crtc_x = static_cast<int32_t>(word);
            return Ok{};
        case crtc_y:
            s.crtc_y = static_cast<int32_t>(word);
            return Ok{};
        case crtc_w:
            s.crtc_w = word;
            return Ok{};
        case crtc_h:
            s.crtc_h = word;
            return Ok{};
        case src_x:
            s.src_x = word;
            return Ok{};
        case src_y:
            s.src_y = word;
            return Ok{};
        case src_w:
            s.src_w = word;
            return Ok{};
        case src_h:
            s.src_h = word;
            return Ok{};
        case zpos:
            s.zpos = static_cast<uint8_t>(word);
            return Ok{};
        case alpha:
            s.alpha = static_cast<uint16_t>(word);
            return Ok{};
        case pixel_blend:
            s.blend = kBlendOf[word];
            return Ok{};
        default:
            return Errno::kInval;
    }
}

Result<> set_mode_blob(ModeObjects& objects, const Crtc& crtc, uint32_t id, CrtcState& next) {
    next.mode_blob = {};
    next.mode = nullptr;
    if (id == 0) return Ok{};
    Ref<Blob> blob = TRY(objects.find<Blob>(id));
    if (blob->length != sizeof(drm_mode_modeinfo)) return Errno::kInval;
    next.mode = find_mode(crtc.hardware, *reinterpret_cast<const drm_mode_modeinfo*>(blob->data));
    if (!next.mode) return Errno::kInval;
    next.mode_blob = std::move(blob);
    return Ok{};
}

Result<> set_crtc(ModeObjects& objects, PropertyKey key, const Crtc& crtc, uint64_t value, CrtcState& next) {
    if (key == mode_id) return set_mode_blob(objects, crtc, static_cast<uint32_t>(value), next);
    next.active = value != 0;
    return Ok{};
}

Result<> set_connector(PropertyKey key, const Connector& connector, uint64_t value, CrtcState& next) {
    switch (key) {
        case crtc_id:
            if (value && value != connector.crtc.id) return Errno::kInval;
            next.connected = value != 0;
            return Ok{};
        case link_status:
            return Ok{};  // programs acknowledge a retraining that never happens here
        default:
            return Errno::kInval;  // DPMS only by its own way, see connector_set_dpms()
    }
}

Result<> check_value(const PropertyRow& row, uint64_t value) {
    if (row.flags & kFixed) return Errno::kInval;
    if ((row.flags & DRM_MODE_PROP_EXTENDED_TYPE) == kSigned) {
        const auto v = static_cast<int64_t>(value);
        const bool inside = v >= static_cast<int64_t>(row.low) && v <= static_cast<int64_t>(row.high);
        if (!inside) return Errno::kInval;
    } else if (row.flags & kRange && (value < row.low || value > row.high)) {
        return Errno::kInval;
    }
    if (!(row.flags & kEnum)) return Ok{};
    for (const PropertyEnum& e : row.enums) {
        if (e.value == value) return Ok{};
    }
    return Errno::kInval;
}

bool plane_has(PropertyKey key, const PlaneKind& kind) {
    switch (key) {
        case pixel_blend:
            return kind.pixel_blend;
        case alpha:
            return kind.window_alpha;
        case zpos:
            return kind.moves_in_z;
        default:
            return true;
    }
}

}  // namespace

std::span<const PropertyRow> property_rows() { return kRows; }

bool applies(const PropertyRow& row, const ModeObject& object) {
    switch (object.type) {
        case Plane::kType:
            return row.on_planes && plane_has(row.key, static_cast<const Plane&>(object).kind);
        case Crtc::kType:
            return row.on_crtcs;
        case Connector::kType:
            return row.on_connectors;
        default:
            return false;
    }
}

uint64_t property_value(const PropertyRow& row, const ModeObject& object) {
    if (object.type == Plane::kType) return plane_value(row.key, static_cast<const Plane&>(object));
    if (object.type == Crtc::kType) {
        const CrtcState& s = static_cast<const Crtc&>(object).state();
        if (row.key == active) return s.active;
        return s.mode_blob ? s.mode_blob->id : 0;
    }
    const Crtc& crtc = static_cast<const Connector&>(object).crtc;
    if (row.key == crtc_id) return crtc.state().connected ? crtc.id : 0;
    if (row.key == dpms) return crtc.state().running() ? 0 : 3;
    return 0;  // no EDID, a good link, a desktop
}

Result<> set_property(ModeObjects& objects, const PropertyRow& row, ModeObject& object, uint64_t value,
                      CrtcState& next) {
    TRY(check_value(row, value));
    switch (object.type) {
        case Plane::kType: {
            auto& plane = static_cast<Plane&>(object);
            return set_plane(objects, row.key, plane, value, next.planes[plane.index]);
        }
        case Crtc::kType:
            return set_crtc(objects, row.key, static_cast<Crtc&>(object), value, next);
        case Connector::kType:
            return set_connector(row.key, static_cast<Connector&>(object), value, next);
        default:
            return Errno::kInval;
    }
}

Crtc* crtc_of(ModeObject& object) {
    switch (object.type) {
        case Plane::kType:
            return &static_cast<Plane&>(object).crtc;
        case Crtc::kType:
            return static_cast<Crtc*>(&object);
        case Connector::kType:
            return &static_cast<Connector&>(object).crtc;
        default:
            return nullptr;
    }
}

// --- Modes

drm_mode_modeinfo to_uapi(const DisplayMode& m, bool preferred) {
    drm_mode_modeinfo u{};
    const auto at = [](uint32_t v) { return static_cast<uint16_t>(v); };
    u.clock = m.pixel_clock_hz / 1000;
    u.hdisplay = at(m.width);
    u.hsync_start = at(m.width + m.h_front);
    u.hsync_end = at(m.width + m.h_front + m.h_sync);
    u.htotal = at(m.h_total());
    u.vdisplay = at(m.height);
    u.vsync_start = at(m.height + m.v_front);
    u.vsync_end = at(m.height + m.v_front + m.v_sync);
    u.vtotal = at(m.v_total());
    const uint32_t pixels = m.h_total() * m.v_total();
    u.vrefresh = (m.pixel_clock_hz + pixels / 2) / pixels;
    u.flags = m.positive_syncs ? DRM_MODE_FLAG_PHSYNC | DRM_MODE_FLAG_PVSYNC
                               : DRM_MODE_FLAG_NHSYNC | DRM_MODE_FLAG_NVSYNC;
    u.type = DRM_MODE_TYPE_DRIVER | (preferred ? DRM_MODE_TYPE_PREFERRED : 0);
    format_text(u.name, sizeof u.name, "%ux%u", m.width, m.height);
    return u;
}

const DisplayMode* find_mode(const DisplayHardware& hardware, const drm_mode_modeinfo& mode) {
    for (const DisplayMode& m : hardware.modes()) {
        const drm_mode_modeinfo u = to_uapi(m, false);
        const bool same = u.clock == mode.clock && u.hdisplay == mode.hdisplay && u.htotal == mode.htotal &&
                          u.vdisplay == mode.vdisplay && u.vtotal == mode.vtotal &&
                          u.hsync_start == mode.hsync_start && u.hsync_end == mode.hsync_end &&
                          u.vsync_start == mode.vsync_start && u.vsync_end == mode.vsync_end &&
                          !(mode.flags & DRM_MODE_FLAG_INTERLACE);
        if (same) return &m;
    }
    return nullptr;
}

}  // namespace kernel::drm
