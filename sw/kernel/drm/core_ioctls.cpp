// What a program asks first: driver, capabilities, who is master.
#include "core/string.hpp"
#include "drm/drm_file.hpp"

namespace kernel::drm {

namespace {

// As Linux 6.1's exynos-drm says it.
constexpr char kName[] = "exynos", kDate[] = "20180330", kDescription[] = "Samsung SoC DRM";
constexpr char kBusId[] = "exynos-drm";
constexpr int kInterfaceMajor = 1, kInterfaceMinor = 4;

/// Copies what fits, without the NUL, and says how long it is.
template <class Length>
Result<> put_text(char* to, Length& room, Text text) {
    const auto length = static_cast<uint32_t>(text.size);
    const uint32_t fits = room < length ? static_cast<uint32_t>(room) : length;
    room = length;
    if (fits == 0 || !to) return Ok{};
    return copy_to_user(UserAddr{static_cast<uint32_t>(reinterpret_cast<uintptr_t>(to))}, text.data, fits);
}

Result<> version(DrmFile&, drm_version& v) {
    v.version_major = 1;
    v.version_minor = 1;
    v.version_patchlevel = 0;
    TRY(put_text(v.name, v.name_len, kName));
    TRY(put_text(v.date, v.date_len, kDate));
    return put_text(v.desc, v.desc_len, kDescription);
}

Result<> get_unique(DrmFile& file, drm_unique& u) {
    return put_text(u.unique, u.unique_len, file.bus_id_set ? Text{kBusId} : Text{});
}

/// Answers with the interface's version, then judges what was asked for.
Result<> set_version(DrmFile& file, drm_set_version& v) {
    const drm_set_version asked = v;
    v = {kInterfaceMajor, kInterfaceMinor, 1, 1};
    const bool bad_interface =
        asked.drm_di_major != -1 && (asked.drm_di_major != kInterfaceMajor || asked.drm_di_minor < 0 ||
                                     asked.drm_di_minor > kInterfaceMinor);
    const bool bad_driver = asked.drm_dd_major != -1 &&
                            (asked.drm_dd_major != 1 || asked.drm_dd_minor < 0 || asked.drm_dd_minor > 1);
    if (bad_interface || bad_driver) return Errno::kInval;
    if (asked.drm_di_major != -1) file.bus_id_set = true;
    return Ok{};
}

struct Capability {
    uint64_t name, value;
};
constexpr Capability kCapabilities[] = {
    {DRM_CAP_DUMB_BUFFER, 1},
    {DRM_CAP_VBLANK_HIGH_CRTC, 1},
    {DRM_CAP_DUMB_PREFERRED_DEPTH, 0},
    {DRM_CAP_DUMB_PREFER_SHADOW, 0},
    {DRM_CAP_PRIME, DRM_PRIME_CAP_IMPORT | DRM_PRIME_CAP_EXPORT},
    {DRM_CAP_TIMESTAMP_MONOTONIC, 1},
    {DRM_CAP_ASYNC_PAGE_FLIP, 0},
    {DRM_CAP_CURSOR_WIDTH, 64},
    {DRM_CAP_CURSOR_HEIGHT, 64},
    {DRM_CAP_ADDFB2_MODIFIERS, 1},
    {DRM_CAP_PAGE_FLIP_TARGET, 0},
    {DRM_CAP_CRTC_IN_VBLANK_EVENT, 1},
    {DRM_CAP_SYNCOBJ, 0},
    {DRM_CAP_SYNCOBJ_TIMELINE, 0},
};

Result<> get_capability(DrmFile&, drm_get_cap& c) {
    for (const Capability& row : kCapabilities) {
        if (row.name != c.capability) continue;
        c.value = row.value;
        return Ok{};
    }
    return Errno::kInval;
}

Result<> set_client_capability(DrmFile& file, drm_set_client_cap& c) {
    switch (c.capability) {
        case DRM_CLIENT_CAP_STEREO_3D:
        case DRM_CLIENT_CAP_ASPECT_RATIO:
            if (c.value > 1) return Errno::kInval;
            return Ok{};  // no mode here differs in either
        case DRM_CLIENT_CAP_UNIVERSAL_PLANES:
            if (c.value > 1) return Errno::kInval;
            file.universal_planes = c.value;
            return Ok{};
        case DRM_CLIENT_CAP_ATOMIC:
            if (c.value > 2) return Errno::kInval;
            file.atomic = file.universal_planes = c.value != 0;
            return Ok{};
        case DRM_CLIENT_CAP_WRITEBACK_CONNECTORS:
            if (!file.atomic || c.value > 1) return Errno::kInval;
            return Ok{};
        default:
            return Errno::kInval;
    }
}

Result<> set_master(DrmFile& file, uint32_t&) {
    const MutexGuard guard{file.device.modeset};
    if (file.is_master()) return Ok{};
    if (file.device.master) return Errno::kBusy;
    file.device.master = &file;
    return Ok{};
}

Result<> drop_master(DrmFile& file, uint32_t&) {
    const MutexGuard guard{file.device.modeset};
    if (!file.is_master()) return Errno::kInval;
    file.device.master = nullptr;
    return Ok{};
}

/// Every program here has the rights that authentication gives: magic numbers are of no use.
Result<> get_magic(DrmFile&, drm_auth& a) {
    a.magic = 1;
    return Ok{};
}
Result<> authenticate(DrmFile&, drm_auth& a) {
    if (a.magic != 1) return Errno::kInval;
    return Ok{};
}

constexpr IoctlRow kRows[] = {
    row<version>(DRM_IOCTL_VERSION, Access::everybody),
    row<get_unique>(DRM_IOCTL_GET_UNIQUE, Access::card),
    row<get_magic>(DRM_IOCTL_GET_MAGIC, Access::card),
    row<authenticate>(DRM_IOCTL_AUTH_MAGIC, Access::master),
    row<set_version>(DRM_IOCTL_SET_VERSION, Access::master),
    row<get_capability>(DRM_IOCTL_GET_CAP, Access::everybody),
    row<set_client_capability>(DRM_IOCTL_SET_CLIENT_CAP, Access::card),
    row<set_master>(DRM_IOCTL_SET_MASTER, Access::card),
    row<drop_master>(DRM_IOCTL_DROP_MASTER, Access::card),
};

}  // namespace

std::span<const IoctlRow> core_ioctls() { return kRows; }

}  // namespace kernel::drm
