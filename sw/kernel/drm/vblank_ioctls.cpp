// Vblanks: waiting for them, and events when they come.
#include "drm/drm_file.hpp"

namespace kernel::drm {

namespace {

constexpr uint32_t kKnown = _DRM_VBLANK_TYPES_MASK | _DRM_VBLANK_FLAGS_MASK | _DRM_VBLANK_HIGH_CRTC_MASK;

Result<Crtc*> crtc_number(DrmFile& file, uint32_t type) {
    uint32_t index = (type & _DRM_VBLANK_HIGH_CRTC_MASK) >> _DRM_VBLANK_HIGH_CRTC_SHIFT;
    if (index == 0 && type & _DRM_VBLANK_SECONDARY) index = 1;
    if (index >= file.device.crtcs().size()) return Errno::kInval;
    return file.device.crtcs()[index];
}

/// The 64-bit sequence nearest to the present one whose low half is `low`.
uint64_t widen(uint32_t low, uint64_t now) {
    const auto ahead = static_cast<int32_t>(low - static_cast<uint32_t>(now));
    const int64_t full = static_cast<int64_t>(now) + ahead;
    return full < 0 ? 0 : static_cast<uint64_t>(full);
}

uint64_t target_of(const drm_wait_vblank_request& r, uint64_t now) {
    const auto type = static_cast<uint32_t>(r.type);
    const uint64_t target = type & _DRM_VBLANK_RELATIVE ? now + r.sequence : widen(r.sequence, now);
    return type & _DRM_VBLANK_NEXTONMISS && target <= now ? now + 1 : target;
}

Result<> queue_event(DrmFile& file, Crtc& crtc, uint32_t type, uint64_t user_data, uint64_t target) {
    Event& event = *TRY(file.events.reserve(type, user_data));
    event.target = target;
    auto queued = crtc.queue_vblank_event(event);
    if (!queued) file.events.cancel(event);
    return queued;
}

void reply(drm_wait_vblank& w, const VblankCount& at, uint64_t sequence) {
    w.reply.sequence = static_cast<uint32_t>(sequence);
    w.reply.tval_sec = static_cast<long>(at.time_ns / 1'000'000'000);
    w.reply.tval_usec = static_cast<long>(at.time_ns % 1'000'000'000 / 1000);
}

Result<> wait_vblank(DrmFile& file, drm_wait_vblank& w) {
    const auto type = static_cast<uint32_t>(w.request.type);
    if (type & _DRM_VBLANK_SIGNAL || type & ~kKnown) return Errno::kInval;
    Crtc& crtc = *TRY(crtc_number(file, type));
    const uint64_t target = target_of(w.request, crtc.vblank().sequence);
    if (type & _DRM_VBLANK_EVENT) {
        TRY(queue_event(file, crtc, DRM_EVENT_VBLANK, w.request.signal, target));
        w.reply.sequence = static_cast<uint32_t>(target);
        return Ok{};
    }
    auto waited = crtc.wait_vblank(target);
    if (!waited && waited.error() == Errno::kTimedOut) return Errno::kBusy;  // as Linux
    TRY(waited);
    const VblankCount now = crtc.vblank();
    reply(w, now, now.sequence);
    return Ok{};
}

Result<> get_sequence(DrmFile& file, drm_crtc_get_sequence& g) {
    const Ref<Crtc> crtc = TRY(file.device.objects.find<Crtc>(g.crtc_id));
    const VblankCount now = crtc->vblank();
    g.active = crtc->state().running();
    g.sequence = now.sequence;
    g.sequence_ns = static_cast<int64_t>(now.time_ns);
    return Ok{};
}

Result<> queue_sequence(DrmFile& file, drm_crtc_queue_sequence& q) {
    constexpr uint32_t kKnownFlags = DRM_CRTC_SEQUENCE_RELATIVE | DRM_CRTC_SEQUENCE_NEXT_ON_MISS;
    if (q.flags & ~kKnownFlags) return Errno::kInval;
    const Ref<Crtc> crtc = TRY(file.device.objects.find<Crtc>(q.crtc_id));
    const uint64_t now = crtc->vblank().sequence;
    uint64_t target = q.flags & DRM_CRTC_SEQUENCE_RELATIVE ? now + q.sequence : q.sequence;
    if (q.flags & DRM_CRTC_SEQUENCE_NEXT_ON_MISS && target <= now) target = now + 1;
    TRY(queue_event(file, *crtc, DRM_EVENT_CRTC_SEQUENCE, q.user_data, target));
    q.sequence = target;
    return Ok{};
}

constexpr IoctlRow kRows[] = {
    row<wait_vblank>(DRM_IOCTL_WAIT_VBLANK, Access::card),
    row<get_sequence>(DRM_IOCTL_CRTC_GET_SEQUENCE, Access::card),
    row<queue_sequence>(DRM_IOCTL_CRTC_QUEUE_SEQUENCE, Access::card),
};

}  // namespace

std::span<const IoctlRow> vblank_ioctls() { return kRows; }

}  // namespace kernel::drm
