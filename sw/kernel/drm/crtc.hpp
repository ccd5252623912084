// One path to a screen: CRTC, its planes, encoder and connector, and the commits that change what it shows.
#pragma once

#include "core/wait.hpp"
#include "drm/events.hpp"
#include "drm/hardware.hpp"

namespace kernel::drm {

class Crtc;

struct Plane final : ModeObject {
    static constexpr uint32_t kType = DRM_MODE_OBJECT_PLANE;
    Crtc& crtc;
    const uint32_t index;
    const PlaneKind& kind;
    Ref<Blob> in_formats;  ///< IN_FORMATS

    Plane(Crtc& c, uint32_t i, const PlaneKind& k) : ModeObject{kType}, crtc{c}, index{i}, kind{k} {}
};

struct Encoder final : ModeObject {
    static constexpr uint32_t kType = DRM_MODE_OBJECT_ENCODER;
    Crtc& crtc;
    explicit Encoder(Crtc& c) : ModeObject{kType}, crtc{c} {}
};

struct Connector final : ModeObject {
    static constexpr uint32_t kType = DRM_MODE_OBJECT_CONNECTOR;
    Crtc& crtc;
    explicit Connector(Crtc& c) : ModeObject{kType}, crtc{c} {}
};

enum class CommitMode : uint8_t { test, blocking, nonblocking };

/// Frames since the CRTC first ran.
struct VblankCount {
    uint64_t sequence = 0;
    uint64_t time_ns = 0;  ///< of that vsync
};

class Crtc final : public ModeObject {
public:
    static constexpr uint32_t kType = DRM_MODE_OBJECT_CRTC;

    Crtc(DisplayHardware& display, uint32_t number)
        : ModeObject{kType}, hardware{display}, index{number}, planes_{display.planes().size()} {}

    DisplayHardware& hardware;
    const uint32_t index;

    /// What it shows, or will from the next vsync on. A copy. Callers hold the device's modeset lock.
    const CrtcState& state() const { return state_; }
    uint32_t plane_count() const { return planes_; }

    /// Whether `next` is possible; fills in what follows from it. Errors: kInval, kNoSpc a source beyond its
    /// framebuffer, kRange, kScalingUnsupported; and those of mapping framebuffers.
    Result<> check(CrtcState& next) const;
    /// Shows a checked state. `event`, if there is one, is sent when it is on the screen (at once when the
    /// CRTC is off afterwards); on failure it stays the caller's. Blocking commits return when it is.
    /// Errors: kBusy the display is somebody else's, or the last commit is not on the screen yet and this one
    /// may not wait; kTimedOut no vsync comes.
    Result<> commit(const CrtcState& next, CommitMode mode, Event* event);
    bool commit_pending() const { return pending_; }
    /// Lets go of what the last commit replaced, once it has left the screen. For the device's cleaner.
    void drop_retired();

    VblankCount vblank() const;
    /// Waits until the sequence has reached `target`. Errors: kInval off, kTimedOut, kIntr.
    Result<> wait_vblank(uint64_t target);
    /// Sends `event` at vblank event.target; at once when that has passed. Errors: kInval off.
    Result<> queue_vblank_event(Event& event);

    /// Woken when something has retired.
    WaitQueue* cleaner = nullptr;
    bool has_retired() const { return retired_waits_ && !pending_; }

private:
    static void on_vsync(void* context) { static_cast<Crtc*>(context)->vsync(); }
    void vsync();
    void finish_commit();
    void send_vblank(Event& event) const;
    void send_due_events();
    Result<> check_plane(PlaneState& plane, const PlaneKind& kind, const DisplayMode* mode) const;
    Result<> settle(CommitMode mode);
    Result<> wait_latched();
    Result<> switch_display(const CrtcState& next);

    const size_t planes_;
    CrtcState state_;
    CrtcState retired_;           // what `state_` replaced; on the screen while `pending_`
    bool retired_waits_ = false;  // retired_ holds references

    IrqLock lock_;  // guards all below against the interrupt handler
    WaitQueue changed_;
    volatile bool pending_ = false;  // programmed, not yet on the screen
    EventList flip_events_;          // of the pending commit
    EventList vblank_events_;
    VblankCount vblank_;
};

/// Linux's ENOTSUPP, which programs do see from this driver.
inline constexpr Errno kScalingUnsupported{524};

}  // namespace kernel::drm
