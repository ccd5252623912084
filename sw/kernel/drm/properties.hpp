// Properties: named values of CRTCs, planes and connectors. One table says what there is and who has it.
#pragma once

#include "drm/crtc.hpp"
#include "drm/ioctl_row.hpp"

namespace kernel::drm {

enum class PropertyKey : uint8_t {
    // planes
    type,
    in_formats,
    fb_id,
    crtc_id,  // of planes and connectors
    crtc_x,
    crtc_y,
    crtc_w,
    crtc_h,
    src_x,
    src_y,
    src_w,
    src_h,
    zpos,
    alpha,
    pixel_blend,
    // CRTCs
    active,
    mode_id,
    // connectors
    edid,
    dpms,
    link_status,
    non_desktop,
};

struct PropertyEnum {
    uint64_t value;
    const char* name;
};

struct PropertyRow {
    PropertyKey key;
    const char* name;
    uint32_t flags;  ///< DRM_MODE_PROP_*
    uint64_t low, high;
    std::span<const PropertyEnum> enums;
    uint32_t object;  ///< of an object property: the type its value names
    bool on_planes, on_crtcs, on_connectors;
};

struct Property final : ModeObject {
    static constexpr uint32_t kType = DRM_MODE_OBJECT_PROPERTY;
    const PropertyRow& row;
    explicit Property(const PropertyRow& r) : ModeObject{kType}, row{r} {}
    bool immutable() const { return row.flags & DRM_MODE_PROP_IMMUTABLE; }
    bool atomic_only() const { return row.flags & DRM_MODE_PROP_ATOMIC; }
};

std::span<const PropertyRow> property_rows();
/// Whether that object has it.
bool applies(const PropertyRow& row, const ModeObject& object);
/// Its value now. The property must apply.
uint64_t property_value(const PropertyRow& row, const ModeObject& object);
/// Changes one value in `next`, the state of the object's CRTC. Errors: kInval out of range, immutable, or
/// naming what cannot be; kNoEnt naming an object that is not there.
Result<> set_property(ModeObjects& objects, const PropertyRow& row, ModeObject& object, uint64_t value,
                      CrtcState& next);
/// Ids and values of all that `file` may see of an object. Errors: kFault.
Result<> list_properties(DrmFile& file, const ModeObject& object, UserList& names, UserList& values);
/// The CRTC whose state an object's properties belong to, or null.
Crtc* crtc_of(ModeObject& object);

/// Mode structures of the interface.
drm_mode_modeinfo to_uapi(const DisplayMode& mode, bool preferred);
/// The hardware's mode with these timings, or null.
const DisplayMode* find_mode(const DisplayHardware& hardware, const drm_mode_modeinfo& mode);

}  // namespace kernel::drm
