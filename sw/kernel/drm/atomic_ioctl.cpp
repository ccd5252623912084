// MODE_ATOMIC: many properties of many objects, all or nothing.
#include "drm/drm_file.hpp"
#include "drm/properties.hpp"

namespace kernel::drm {

namespace {

constexpr uint32_t kFlags = DRM_MODE_ATOMIC_FLAGS & ~DRM_MODE_PAGE_FLIP_ASYNC;
using States = CrtcState[DrmDevice::kMostCrtcs];

/// The states that a request makes of the present ones, and which CRTCs it touches.
struct Request {
    DrmFile& file;
    States& next;
    uint32_t touched = 0;  ///< bit a CRTC

    Result<> set(ModeObject& object, uint32_t property_id, uint64_t value) {
        auto property = file.device.objects.find<Property>(property_id);
        if (!property || !applies(property.value()->row, object)) return Errno::kNoEnt;
        Crtc& crtc = *crtc_of(object);
        touched |= 1U << crtc.index;
        return set_property(file.device.objects, property.value()->row, object, value, next[crtc.index]);
    }
};

Result<> read_request(const drm_mode_atomic& asked, Request& request) {
    UserAddr property = user_pointer(asked.props_ptr), value = user_pointer(asked.prop_values_ptr);
    for (uint32_t i = 0; i < asked.count_objs; ++i) {
        const auto id = TRY(get_user<uint32_t>(user_pointer(asked.objs_ptr) + 4 * i));
        const auto count = TRY(get_user<uint32_t>(user_pointer(asked.count_props_ptr) + 4 * i));
        const Ref<ModeObject> object = TRY(request.file.device.objects.find(id, DRM_MODE_OBJECT_ANY));
        if (!crtc_of(*object)) return Errno::kNoEnt;
        for (uint32_t k = 0; k < count; ++k, property = property + 4, value = value + 8)
            TRY(request.set(*object, TRY(get_user<uint32_t>(property)), TRY(get_user<uint64_t>(value))));
    }
    return Ok{};
}

bool is_modeset(const CrtcState& from, const CrtcState& to) {
    return from.mode != to.mode || from.active != to.active || from.connected != to.connected;
}

Result<> check_all(DrmFile& file, Request& request, bool modeset_allowed) {
    for (Crtc* crtc : file.device.crtcs()) {
        if (!(request.touched >> crtc->index & 1)) continue;
        CrtcState& next = request.next[crtc->index];
        TRY(crtc->check(next));
        if (is_modeset(crtc->state(), next) && !modeset_allowed) return Errno::kInval;
    }
    return Ok{};
}

Result<> commit_one(DrmFile& file, Crtc& crtc, const CrtcState& next, const drm_mode_atomic& asked) {
    const CommitMode mode =
        asked.flags & DRM_MODE_ATOMIC_NONBLOCK ? CommitMode::nonblocking : CommitMode::blocking;
    Event* event = nullptr;
    if (asked.flags & DRM_MODE_PAGE_FLIP_EVENT) {
        if (!crtc.state().running() && !next.running()) return Errno::kInval;  // never on any screen
        event = TRY(file.events.reserve(DRM_EVENT_FLIP_COMPLETE, asked.user_data));
    }
    auto done = crtc.commit(next, mode, event);
    if (!done && event) file.events.cancel(*event);
    return done;
}

Result<> check_flags(const DrmFile& file, const drm_mode_atomic& asked) {
    const bool event = asked.flags & DRM_MODE_PAGE_FLIP_EVENT, test = asked.flags & DRM_MODE_ATOMIC_TEST_ONLY;
    if (!file.atomic || asked.flags & ~kFlags || asked.reserved || (event && test)) return Errno::kInval;
    return Ok{};
}

Result<> atomic(DrmFile& file, drm_mode_atomic& asked) {
    TRY(check_flags(file, asked));
    DrmDevice& device = file.device;
    const MutexGuard guard{device.modeset};
    States next;
    for (Crtc* crtc : device.crtcs()) next[crtc->index] = crtc->state();
    Request request{file, next};
    TRY(read_request(asked, request));
    if (asked.flags & DRM_MODE_PAGE_FLIP_EVENT && request.touched == 0) return Errno::kInval;
    TRY(check_all(file, request, asked.flags & DRM_MODE_ATOMIC_ALLOW_MODESET));
    if (asked.flags & DRM_MODE_ATOMIC_TEST_ONLY) return Ok{};
    for (Crtc* crtc : device.crtcs()) {
        const bool busy = request.touched >> crtc->index & 1 && crtc->commit_pending();
        if (busy && asked.flags & DRM_MODE_ATOMIC_NONBLOCK) return Errno::kBusy;
    }
    for (Crtc* crtc : device.crtcs()) {
        if (request.touched >> crtc->index & 1) TRY(commit_one(file, *crtc, next[crtc->index], asked));
    }
    return Ok{};
}

constexpr IoctlRow kRows[] = {row<atomic>(DRM_IOCTL_MODE_ATOMIC, Access::master)};

}  // namespace

std::span<const IoctlRow> atomic_ioctls() { return kRows; }

}  // namespace kernel::drm
