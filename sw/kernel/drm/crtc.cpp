#include "drm/crtc.hpp"

#include "core/log.hpp"
#include "core/time.hpp"

namespace kernel::drm {

namespace {

constexpr uint64_t kVsyncPatienceNs = 200'000'000;     // several frames of the slowest mode
constexpr uint64_t kVblankPatienceNs = 3'000'000'000;  // Linux's limit of WAIT_VBLANK
constexpr uint32_t kOne = 1 << 16;                     // 16.16

/// How much of [start, start + length) lies in [0, last).
uint32_t visible_length(int64_t start, uint32_t length, uint32_t last) {
    const int64_t from = start < 0 ? 0 : start;
    const int64_t end = start + length < last ? start + length : last;
    return end > from ? static_cast<uint32_t>(end - from) : 0;
}

/// One direction of a plane: a part of the source is on the screen.
struct Span {
    uint32_t source, source_length, screen, screen_length;
    uint32_t ratio;  ///< source / screen, 16.16
};

Span clip(uint32_t src, uint32_t src_length, int32_t start, uint32_t length, uint32_t last) {
    Span s{src >> 16, 0, start < 0 ? 0 : static_cast<uint32_t>(start), visible_length(start, length, last),
           static_cast<uint32_t>(uint64_t{src_length} / length)};
    if (start < 0) s.source += static_cast<uint32_t>(-int64_t{start} * s.ratio >> 16);
    s.source_length = static_cast<uint32_t>(uint64_t{s.screen_length} * s.ratio >> 16);
    return s;
}

bool scale_possible(const Span& s, PlaneKind::Scaling scaling) {
    if (scaling == PlaneKind::Scaling::any || s.source_length == s.screen_length) return true;
    return scaling == PlaneKind::Scaling::twice && s.ratio == kOne / 2;
}

bool has_format(const PlaneKind& kind, uint32_t fourcc) {
    for (const uint32_t f : kind.formats) {
        if (f == fourcc) return true;
    }
    return false;
}

Result<> check_source(const PlaneState& p) {
    const uint64_t width = uint64_t{p.fb->width} << 16, height = uint64_t{p.fb->height} << 16;
    const bool inside =
        p.src_w <= width && p.src_x <= width - p.src_w && p.src_h <= height && p.src_y <= height - p.src_h;
    if (!inside) return Errno::kNoSpc;
    return Ok{};
}

Result<> check_destination(const PlaneState& p) {
    constexpr int64_t kMost = 0x7FFF'FFFF;
    const bool fits = p.crtc_w <= kMost && p.crtc_h <= kMost && int64_t{p.crtc_x} + p.crtc_w <= kMost &&
                      int64_t{p.crtc_y} + p.crtc_h <= kMost;
    if (!fits) return Errno::kRange;
    return Ok{};
}

}  // namespace

uint32_t stack_position(const CrtcState& state, uint32_t plane, uint32_t planes) {
    uint32_t below = 0;
    for (uint32_t i = 0; i < planes; ++i) {
        const uint8_t mine = state.planes[plane].zpos, theirs = state.planes[i].zpos;
        below += theirs < mine || (theirs == mine && i < plane);
    }
    return below;
}

// --- Checks

Result<> Crtc::check_plane(PlaneState& p, const PlaneKind& kind, const DisplayMode* mode) const {
    p.visible = false;
    if (p.on_crtc != static_cast<bool>(p.fb)) return Errno::kInval;
    if (!p.fb) return Ok{};
    if (!has_format(kind, p.fb->format->fourcc)) return Errno::kInval;
    TRY(check_destination(p));
    TRY(check_source(p));
    if (!mode || p.crtc_w == 0 || p.crtc_h == 0) return Ok{};
    const Span h = clip(p.src_x, p.src_w, p.crtc_x, p.crtc_w, mode->width);
    const Span v = clip(p.src_y, p.src_h, p.crtc_y, p.crtc_h, mode->height);
    if (!scale_possible(h, kind.scaling) || !scale_possible(v, kind.scaling)) return kScalingUnsupported;
    p.source = {h.source, v.source, h.source_length, v.source_length};
    p.screen = {h.screen, v.screen, h.screen_length, v.screen_length};
    p.visible = h.source_length && v.source_length && h.screen_length && v.screen_length;
    for (uint32_t i = 0; i < p.fb->format->planes; ++i)
        p.address[i] = TRY(p.fb->plane_address(i, hardware.dma()));
    return Ok{};
}

Result<> Crtc::check(CrtcState& next) const {
    if (next.active && !next.mode) return Errno::kInval;
    if (static_cast<bool>(next.mode) != next.connected) return Errno::kInval;
    for (uint32_t i = 0; i < planes_; ++i) TRY(check_plane(next.planes[i], hardware.planes()[i], next.mode));
    return Ok{};
}

// --- Commits

Result<> Crtc::wait_latched() {
    auto waited = wait_event(
        changed_, [this] { return !pending_; }, now_ns() + kVsyncPatienceNs, false);
    if (!waited) log_warn("drm: crtc %u: no vsync", id);
    return waited;
}

/// The commit before this one must be on the screen.
Result<> Crtc::settle(CommitMode mode) {
    if (pending_ && mode == CommitMode::nonblocking) return Errno::kBusy;
    TRY(wait_latched());
    drop_retired();
    return Ok{};
}

void Crtc::drop_retired() {
    CrtcState gone;  // its references go after the lock
    const IrqGuard guard{lock_};
    if (!has_retired()) return;
    std::swap(gone, retired_);
    retired_waits_ = false;
}

/// Stops and starts the raster as the modes ask.
Result<> Crtc::switch_display(const CrtcState& next) {
    const bool same = state_.running() && next.running() && state_.mode == next.mode;
    if (same || (!state_.running() && !next.running())) return Ok{};
    if (state_.running()) hardware.disable();
    if (next.running()) return hardware.enable(*next.mode, on_vsync, this);
    return Ok{};
}

Result<> Crtc::commit(const CrtcState& next, CommitMode mode, Event* event) {
    TRY(settle(mode));
    for (const PlaneState& p : next.planes) {
        if (p.visible) p.fb->hand_to_device();
    }
    if (auto switched = switch_display(next); !switched) {
        state_.active = false;  // what ran has been stopped
        return switched;
    }
    {
        const IrqGuard guard{lock_};
        std::swap(retired_, state_);
        retired_waits_ = true;
        state_ = next;
        if (event) flip_events_.push_back(*event);
        pending_ = state_.running();
        if (pending_) {
            hardware.program(state_);
        } else {
            finish_commit();
            while (Event* e = vblank_events_.pop_front()) send_vblank(*e);  // no vblank will come
        }
    }
    if (mode != CommitMode::blocking && pending_) return Ok{};
    TRY(wait_latched());
    drop_retired();
    return Ok{};
}

// --- In interrupt context, or with interrupts masked

void Crtc::finish_commit() {
    pending_ = false;
    while (Event* e = flip_events_.pop_front()) send_vblank(*e);
    changed_.wake_all();
    if (cleaner) cleaner->wake_all();
}

void Crtc::vsync() {
    const IrqGuard guard{lock_};
    ++vblank_.sequence;
    vblank_.time_ns = now_ns();
    send_due_events();
    if (pending_ && hardware.latched()) finish_commit();
    changed_.wake_all();
}

void Crtc::send_due_events() {
    EventList later;
    while (Event* e = vblank_events_.pop_front()) {
        if (e->target <= vblank_.sequence) {
            send_vblank(*e);
        } else {
            later.push_back(*e);
        }
    }
    while (Event* e = later.pop_front()) vblank_events_.push_back(*e);
}

void Crtc::send_vblank(Event& e) const {
    if (e.data.head.type == DRM_EVENT_CRTC_SEQUENCE) {
        e.data.sequence.sequence = vblank_.sequence;
        e.data.sequence.time_ns = static_cast<int64_t>(vblank_.time_ns);
    } else {
        e.data.vblank.sequence = static_cast<uint32_t>(vblank_.sequence);
        e.data.vblank.crtc_id = id;
        set_time(e.data.vblank.tv_sec, e.data.vblank.tv_usec, vblank_.time_ns);
    }
    e.queue->send(e);
}

// --- Vblanks

VblankCount Crtc::vblank() const {
    IrqLock lock;
    const IrqGuard guard{lock};
    return vblank_;
}

Result<> Crtc::wait_vblank(uint64_t target) {
    if (!state_.running()) return Errno::kInval;
    return wait_event(
        changed_, [&] { return vblank_.sequence >= target; }, now_ns() + kVblankPatienceNs);
}

Result<> Crtc::queue_vblank_event(Event& event) {
    if (!state_.running()) return Errno::kInval;
    const IrqGuard guard{lock_};
    vblank_events_.push_back(event);
    send_due_events();
    return Ok{};
}

}  // namespace kernel::drm
