#include "drm/drm_file.hpp"

#include "core/string.hpp"
#include "mm/user_space.hpp"

namespace kernel::drm {

namespace {

using Table = std::span<const IoctlRow> (*)();
constexpr Table kTables[] = {core_ioctls,     gem_ioctls,      framebuffer_ioctls,
                             resource_ioctls, property_ioctls, legacy_ioctls,
                             atomic_ioctls,   vblank_ioctls,   g2d_ioctls};

/// By number, as Linux: the size in the command may be another version's.
const IoctlRow* find_row(uint32_t command) {
    for (const Table table : kTables) {
        for (const IoctlRow& row : table()) {
            if (_IOC_NR(row.command) == _IOC_NR(command)) return &row;
        }
    }
    return nullptr;
}

uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

}  // namespace

DrmFile::DrmFile(DrmDevice& d, bool is_render_node) : device{d}, render_node{is_render_node} {
    const MutexGuard guard{device.modeset};
    if (!render_node && !device.master) device.master = this;
}

DrmFile::~DrmFile() {
    device.remove_all_of(*this);
    const MutexGuard guard{device.modeset};
    if (is_master()) device.master = nullptr;
}

Result<> DrmFile::check_access(const IoctlRow& row) const {
    if (render_node && row.access != Access::everybody) return Errno::kAcces;
    if (row.access == Access::master && !is_master()) return Errno::kAcces;
    return Ok{};
}

/// The program's structure may be shorter or longer than ours: what it lacks is zero.
Result<uint32_t> DrmFile::ioctl(uint32_t command, UserAddr argument) {
    const IoctlRow* row = find_row(command);
    if (!row) return Errno::kInval;
    TRY(check_access(*row));
    alignas(8) uint8_t copy[kLargestArgument] = {};
    const uint32_t bytes = smaller(_IOC_SIZE(command), sizeof copy);
    const uint32_t known = smaller(bytes, _IOC_SIZE(row->command));
    if (_IOC_DIR(row->command) & _IOC_WRITE) TRY(copy_from_user(copy, argument, known));
    TRY(row->run(*this, copy));
    if (_IOC_DIR(row->command) & _IOC_READ) TRY(copy_to_user(argument, copy, known));
    return 0U;
}

Result<> DrmFile::mmap(Vma& vma) {
    const Ref<GemObject> object = TRY(handles.at_map_offset(vma.offset));
    return object->mmap(vma, 0);
}

}  // namespace kernel::drm
