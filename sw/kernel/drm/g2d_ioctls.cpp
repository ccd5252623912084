// The 2D engine: GET_VER, SET_CMDLIST, EXEC, and the address of a buffer for lists with pointers.
#include <exysim/g2d.h>

#include "drm/drm_file.hpp"

namespace kernel::drm {

namespace {

Result<G2d*> engine() {
    G2d* g2d = the_g2d();
    if (!g2d) return Errno::kNoDev;
    return g2d;
}

/// Linux's driver knows 4.1 alone; version 3's command bits differ, and programs have to ask.
Result<> get_version(DrmFile&, drm_exynos_g2d_get_ver& v) {
    const bool lists = TRY(engine())->version() == G2dVersion::v4_1;
    v.major = lists ? 4 : 3;
    v.minor = lists ? 1 : 0;
    return Ok{};
}

/// Calls `add` with each pair of a user array.
template <class Add>
Result<> each_pair(uint64_t from, uint32_t count, Add add) {
    if (count > G2dJob::kMostWrites) return Errno::kInval;
    for (uint32_t i = 0; i < count; ++i) {
        const UserAddr at = user_pointer(from) + i * static_cast<uint32_t>(sizeof(drm_exynos_g2d_cmd));
        TRY(add(TRY(get_user<drm_exynos_g2d_cmd>(at))));
    }
    return Ok{};
}

Result<> set_list(DrmFile& file, drm_exynos_g2d_set_cmdlist& asked) {
    auto list = TRY(make<G2dList>(*TRY(engine())));
    TRY(each_pair(asked.cmd, asked.cmd_nr,
                  [&](const drm_exynos_g2d_cmd& c) { return list->add_command(c, file.handles); }));
    TRY(each_pair(asked.cmd_buf, asked.cmd_buf_nr,
                  [&](const drm_exynos_g2d_cmd& c) { return list->add_buffer(c, file.handles); }));
    TRY(list->check());
    G2dList* const added = list.get();
    Event* event = nullptr;
    if (asked.event_type != G2D_EVENT_NOT)
        event = TRY(file.events.reserve(DRM_EXYNOS_G2D_EVENT, asked.user_data));
    const MutexGuard guard{file.g2d.building};
    auto queued = file.g2d.add(std::move(list));
    if (!queued) {
        if (event) file.events.cancel(*event);
        return queued;
    }
    added->event = event;  // EXEC cannot have run: it takes the same lock
    return Ok{};
}

Result<> execute(DrmFile& file, drm_exynos_g2d_exec& asked) {
    {
        const MutexGuard guard{file.g2d.building};
        TRY(file.g2d.execute(*TRY(engine())));
    }
    if (asked.async) return Ok{};
    return file.g2d.wait();
}

Result<> get_address(DrmFile& file, drm_exysim_g2d_address& a) {
    if (a.pad) return Errno::kInval;
    const Ref<GemObject> object = TRY(file.handles.find(a.handle));
    a.address = TRY(object->iova_for(TRY(engine())->dma())).value;
    return Ok{};
}

constexpr IoctlRow kRows[] = {
    row<get_version>(DRM_IOCTL_EXYNOS_G2D_GET_VER, Access::everybody),
    row<set_list>(DRM_IOCTL_EXYNOS_G2D_SET_CMDLIST, Access::everybody),
    row<execute>(DRM_IOCTL_EXYNOS_G2D_EXEC, Access::everybody),
    row<get_address>(DRM_IOCTL_EXYSIM_G2D_ADDRESS, Access::everybody),
};

}  // namespace

std::span<const IoctlRow> g2d_ioctls() { return kRows; }

}  // namespace kernel::drm
