// Properties and blobs: asking and setting, one at a time.
#include "core/string.hpp"
#include "drm/drm_file.hpp"
#include "drm/properties.hpp"

namespace kernel::drm {

Result<> list_properties(DrmFile& file, const ModeObject& object, UserList& names, UserList& values) {
    bool bad_pointer = false;
    file.device.objects.for_each<Property>([&](const Property& p) {
        if (!applies(p.row, object) || (p.atomic_only() && !file.atomic)) return;
        bad_pointer |= !names.add(p.id) || !values.add(property_value(p.row, object));
    });
    if (bad_pointer) return Errno::kFault;
    return Ok{};
}

namespace {

constexpr uint32_t kLargestBlob = 64 << 10;

Result<> get_property(DrmFile& file, drm_mode_get_property& p) {
    const Ref<Property> property = TRY(file.device.objects.find<Property>(p.prop_id));
    const PropertyRow& row = property->row;
    p.flags = row.flags;
    copy_text(p.name, row.name);
    UserList values{p.values_ptr, p.count_values}, enums{p.enum_blob_ptr, p.count_enum_blobs};
    const bool signed_range = (row.flags & DRM_MODE_PROP_EXTENDED_TYPE) == DRM_MODE_PROP_SIGNED_RANGE;
    if (row.flags & DRM_MODE_PROP_RANGE || signed_range) {
        TRY(values.add(row.low));
        TRY(values.add(row.high));
    }
    if (row.object) TRY(values.add(uint64_t{row.object}));
    for (const PropertyEnum& e : row.enums) {
        drm_mode_property_enum out{e.value, {}};
        copy_text(out.name, e.name);
        TRY(values.add(e.value));
        TRY(enums.add(out));
    }
    p.count_values = values.count();
    p.count_enum_blobs = enums.count();
    return Ok{};
}

Result<> get_object_properties(DrmFile& file, drm_mode_obj_get_properties& g) {
    const Ref<ModeObject> object = TRY(file.device.objects.find(g.obj_id, g.obj_type));
    if (!crtc_of(*object)) return Errno::kInval;  // it has none
    const MutexGuard guard{file.device.modeset};
    UserList names{g.props_ptr, g.count_props}, values{g.prop_values_ptr, g.count_props};
    TRY(list_properties(file, *object, names, values));
    g.count_props = names.count();
    return Ok{};
}

/// DPMS the old way: the CRTC stops and goes on, its state stays.
Result<> set_dpms(uint64_t value, CrtcState& next) {
    constexpr uint64_t kOff = 3;
    if (value > kOff) return Errno::kInval;
    next.active = value == 0 && next.mode;
    return Ok{};
}

Result<> change(DrmFile& file, uint32_t object_id, uint32_t type, uint32_t property_id, uint64_t value) {
    DrmDevice& device = file.device;
    const Ref<ModeObject> object = TRY(device.objects.find(object_id, type));
    const Ref<Property> property = TRY(device.objects.find<Property>(property_id));
    Crtc* crtc = crtc_of(*object);
    if (!crtc || !applies(property->row, *object)) return Errno::kInval;
    if (property->atomic_only() && !file.atomic) return Errno::kInval;
    const MutexGuard guard{device.modeset};
    CrtcState next = crtc->state();
    if (property->row.key == PropertyKey::dpms) {
        TRY(set_dpms(value, next));
    } else {
        TRY(set_property(device.objects, property->row, *object, value, next));
    }
    TRY(crtc->check(next));
    return crtc->commit(next, CommitMode::blocking, nullptr);
}

Result<> set_object_property(DrmFile& file, drm_mode_obj_set_property& s) {
    return change(file, s.obj_id, s.obj_type, s.prop_id, s.value);
}

Result<> set_connector_property(DrmFile& file, drm_mode_connector_set_property& s) {
    return change(file, s.connector_id, Connector::kType, s.prop_id, s.value);
}

Result<> get_blob(DrmFile& file, drm_mode_get_blob& g) {
    const Ref<Blob> blob = TRY(file.device.objects.find<Blob>(g.blob_id));
    if (g.length == blob->length) TRY(copy_to_user(user_pointer(g.data), blob->data, blob->length));
    g.length = blob->length;
    return Ok{};
}

Result<> create_blob(DrmFile& file, drm_mode_create_blob& c) {
    if (c.length == 0 || c.length > kLargestBlob) return Errno::kInval;
    auto blob = TRY(Blob::create(c.length));
    TRY(copy_from_user(blob->data, user_pointer(c.data), c.length));
    blob->creator = &file;
    file.device.objects.add(*blob);
    c.blob_id = blob->id;
    return Ok{};
}

Result<> destroy_blob(DrmFile& file, drm_mode_destroy_blob& d) {
    const Ref<Blob> blob = TRY(file.device.objects.find<Blob>(d.blob_id));
    if (blob->creator != &file) return Errno::kPerm;
    file.device.objects.remove(*blob);
    return Ok{};
}

constexpr IoctlRow kRows[] = {
    row<get_property>(DRM_IOCTL_MODE_GETPROPERTY, Access::card),
    row<set_connector_property>(DRM_IOCTL_MODE_SETPROPERTY, Access::master),
    row<get_object_properties>(DRM_IOCTL_MODE_OBJ_GETPROPERTIES, Access::card),
    row<set_object_property>(DRM_IOCTL_MODE_OBJ_SETPROPERTY, Access::master),
    row<get_blob>(DRM_IOCTL_MODE_GETPROPBLOB, Access::card),
    row<create_blob>(DRM_IOCTL_MODE_CREATEPROPBLOB, Access::card),
    row<destroy_blob>(DRM_IOCTL_MODE_DESTROYPROPBLOB, Access::card),
};

}  // namespace

std::span<const IoctlRow> property_ioctls() { return kRows; }

}  // namespace kernel::drm
