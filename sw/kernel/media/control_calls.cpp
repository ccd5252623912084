#include "media/control_calls.hpp"

#include "core/uaccess.hpp"

namespace kernel {

namespace {

constexpr uint32_t kMostControls = 16;

UserAddr user_address(const void* p) {
    return UserAddr{static_cast<uint32_t>(reinterpret_cast<uintptr_t>(p))};
}

}  // namespace

Result<ControlSet*> ControlCalls::controls() const {
    if (!controls_) return Errno::kNoTty;
    return controls_;
}

Result<> ControlCalls::query_control(v4l2_queryctrl& q) { return TRY(controls())->query(q); }
Result<> ControlCalls::query_extended_control(v4l2_query_ext_ctrl& q) {
    return TRY(controls())->query_extended(q);
}
Result<> ControlCalls::query_menu(v4l2_querymenu& m) { return TRY(controls())->query_menu(m); }
Result<> ControlCalls::get_control(v4l2_control& c) { return TRY(controls())->get(c); }
Result<> ControlCalls::set_control(v4l2_control& c) { return TRY(controls())->set(c); }

Result<> ControlCalls::extended(v4l2_ext_controls& request, ControlSet::Access access) {
    ControlSet* const set = TRY(controls());
    if (request.count > kMostControls) return Errno::kInval;
    v4l2_ext_control copies[kMostControls];
    const auto bytes = static_cast<uint32_t>(request.count * sizeof *copies);
    const UserAddr array = user_address(request.controls);
    if (bytes) TRY(copy_from_user(copies, array, bytes));
    auto done = set->extended(request, copies, access);
    if (bytes) TRY(copy_to_user(array, copies, bytes));
    return done;
}

Result<> ControlCalls::subscribe(v4l2_event_subscription& s) {
    TRY(controls());
    return events_.subscribe(controls_, s);
}
Result<> ControlCalls::unsubscribe(v4l2_event_subscription& s) {
    TRY(controls());
    return events_.unsubscribe(s);
}

Result<> ControlCalls::dequeue_event(v4l2_event& e) {
    ControlSet* const set = TRY(controls());
    if (waits() && events_.subscribed())
        TRY(wait_event(set->changed(), [&] { return events_.pending(set); }));
    return events_.dequeue(set, e);
}

uint32_t ControlCalls::poll_events(PollTable* table) {
    if (!events_.subscribed()) return 0;
    if (table) table->watch(controls_->changed());
    return events_.pending(controls_) ? kPollPri : 0;
}

}  // namespace kernel
