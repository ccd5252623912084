// The ioctls on a device's controls and their events, alike for video nodes and sub-devices.
#pragma once

#include "core/poll.hpp"
#include "media/controls.hpp"
#include "media/ioctl_table.hpp"

namespace kernel {

/// A file's side of them. Without controls each is kNoTty.
class ControlCalls {
public:
    /// `controls` may be null; it lives as long as this.
    explicit ControlCalls(ControlSet* controls) : controls_{controls} {}

    Result<> query_control(v4l2_queryctrl& q);
    Result<> query_extended_control(v4l2_query_ext_ctrl& q);
    Result<> query_menu(v4l2_querymenu& m);
    Result<> get_control(v4l2_control& c);
    Result<> set_control(v4l2_control& c);
    Result<> get_controls(v4l2_ext_controls& c) { return extended(c, ControlSet::Access::get); }
    Result<> set_controls(v4l2_ext_controls& c) { return extended(c, ControlSet::Access::set); }
    Result<> try_controls(v4l2_ext_controls& c) { return extended(c, ControlSet::Access::test); }
    Result<> subscribe(v4l2_event_subscription& s);
    Result<> unsubscribe(v4l2_event_subscription& s);
    Result<> dequeue_event(v4l2_event& e);

protected:
    ~ControlCalls() = default;
    /// Poll events of the control events.
    uint32_t poll_events(PollTable* table);
    /// Whether dequeue_event() waits for one.
    virtual bool waits() const = 0;

private:
    Result<ControlSet*> controls() const;
    Result<> extended(v4l2_ext_controls& request, ControlSet::Access access);

    ControlSet* controls_;
    EventQueue events_;
};

template <class F>
inline constexpr IoctlRow<F> kControlIoctls[] = {
    ioctl_row<F, &F::query_control>(VIDIOC_QUERYCTRL),
    ioctl_row<F, &F::query_extended_control>(VIDIOC_QUERY_EXT_CTRL),
    ioctl_row<F, &F::query_menu>(VIDIOC_QUERYMENU),
    ioctl_row<F, &F::get_control>(VIDIOC_G_CTRL),
    ioctl_row<F, &F::set_control>(VIDIOC_S_CTRL, kPriority),
    ioctl_row<F, &F::get_controls>(VIDIOC_G_EXT_CTRLS, kAlways),
    ioctl_row<F, &F::set_controls>(VIDIOC_S_EXT_CTRLS, kPriority | kAlways),
    ioctl_row<F, &F::try_controls>(VIDIOC_TRY_EXT_CTRLS, kAlways),
    ioctl_row<F, &F::subscribe>(VIDIOC_SUBSCRIBE_EVENT),
    ioctl_row<F, &F::unsubscribe>(VIDIOC_UNSUBSCRIBE_EVENT),
    ioctl_row<F, &F::dequeue_event>(VIDIOC_DQEVENT, kUnlocked),
};

}  // namespace kernel
