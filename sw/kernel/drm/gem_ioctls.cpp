// Buffers: making, mapping, sharing and closing them.
#include "drm/drm_file.hpp"

namespace kernel::drm {

namespace {

constexpr uint32_t kOpenFlags = kCloseOnExec | kReadWrite;  // DRM_CLOEXEC, DRM_RDWR

/// A new object's only reference is its handle.
Result<uint32_t> create(DrmFile& file, uint64_t bytes, uint32_t flags) {
    return file.handles.add(TRY(GemObject::create(bytes, flags)));
}

/// Without a SysMMU everything is contiguous, whatever was asked for.
uint32_t possible_flags(const DrmDevice& device, uint32_t flags) {
    return device.behind_iommu() ? flags : flags & ~uint32_t{EXYNOS_BO_NONCONTIG};
}

Result<> exynos_create(DrmFile& file, drm_exynos_gem_create& c) {
    if (c.flags & ~EXYNOS_BO_MASK) return Errno::kInval;
    c.handle = TRY(create(file, c.size, possible_flags(file.device, c.flags)));
    return Ok{};
}

/// Imported memory is mapped by its own file.
Result<uint64_t> map_offset(DrmFile& file, uint32_t handle) {
    const Ref<GemObject> object = TRY(file.handles.find(handle));
    if (object->imported()) return Errno::kInval;
    return object->map_offset();
}

Result<> exynos_map(DrmFile& file, drm_exynos_gem_map& m) {
    m.offset = TRY(map_offset(file, m.handle));
    return Ok{};
}

Result<> exynos_get(DrmFile& file, drm_exynos_gem_info& info) {
    auto object = file.handles.find(info.handle);
    if (!object) return Errno::kInval;  // Linux's driver does not say kNoEnt here
    info.flags = object.value()->flags();
    info.size = object.value()->size();
    return Ok{};
}

Result<> create_dumb(DrmFile& file, drm_mode_create_dumb& d) {
    if (d.width == 0 || d.height == 0 || d.bpp == 0) return Errno::kInval;
    const uint64_t pitch = uint64_t{d.width} * ((uint64_t{d.bpp} + 7) / 8), size = pitch * d.height;
    if (pitch > ~uint32_t{0} || size / d.height != pitch || size > ~uint32_t{0} - kPageSize)
        return Errno::kInval;
    d.handle = TRY(create(file, size, possible_flags(file.device, EXYNOS_BO_NONCONTIG | EXYNOS_BO_WC)));
    d.pitch = static_cast<uint32_t>(pitch);
    d.size = size;
    return Ok{};
}

Result<> map_dumb(DrmFile& file, drm_mode_map_dumb& m) {
    m.offset = TRY(map_offset(file, m.handle));
    return Ok{};
}

Result<> destroy_dumb(DrmFile& file, drm_mode_destroy_dumb& d) { return file.handles.close(d.handle); }

Result<> close(DrmFile& file, drm_gem_close& c) { return file.handles.close(c.handle); }

Result<> handle_to_fd(DrmFile& file, drm_prime_handle& p) {
    if (p.flags & ~kOpenFlags) return Errno::kInval;
    const Ref<GemObject> object = TRY(file.handles.find(p.handle));
    const Ref<DmaBuf> buffer = TRY(object->dma_buf());
    p.fd = static_cast<int>(TRY(buffer->install(p.flags & kCloseOnExec, p.flags & kReadWrite)));
    return Ok{};
}

/// The same buffer has the same handle, and a buffer of ours is the object it was exported from.
Result<> fd_to_handle(DrmFile& file, drm_prime_handle& p) {
    const Ref<DmaBuf> buffer = TRY(DmaBuf::get(static_cast<uint32_t>(p.fd)));
    p.handle = file.handles.handle_of(*buffer);
    if (p.handle) return Ok{};
    Ref<GemObject> object = Ref<GemObject>::share(GemObject::behind(*buffer));
    if (!object) object = TRY(GemObject::import(buffer, file.device.dma()));
    p.handle = TRY(file.handles.add(std::move(object)));
    return Ok{};
}

constexpr IoctlRow kRows[] = {
    row<exynos_create>(DRM_IOCTL_EXYNOS_GEM_CREATE, Access::everybody),
    row<exynos_map>(DRM_IOCTL_EXYNOS_GEM_MAP, Access::everybody),
    row<exynos_get>(DRM_IOCTL_EXYNOS_GEM_GET, Access::everybody),
    row<close>(DRM_IOCTL_GEM_CLOSE, Access::everybody),
    row<handle_to_fd>(DRM_IOCTL_PRIME_HANDLE_TO_FD, Access::everybody),
    row<fd_to_handle>(DRM_IOCTL_PRIME_FD_TO_HANDLE, Access::everybody),
    row<create_dumb>(DRM_IOCTL_MODE_CREATE_DUMB, Access::card),
    row<map_dumb>(DRM_IOCTL_MODE_MAP_DUMB, Access::card),
    row<destroy_dumb>(DRM_IOCTL_MODE_DESTROY_DUMB, Access::card),
};

}  // namespace

std::span<const IoctlRow> gem_ioctls() { return kRows; }

}  // namespace kernel::drm
