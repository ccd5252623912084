// Controls of a video device (integers, booleans and menus) and the events that tell of their changes.
#pragma once

#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/result.hpp"
#include "core/wait.hpp"
#include "media/videodev.hpp"

namespace kernel {

/// What a control is like; `menu` of a menu control has maximum + 1 names.
struct ControlInfo {
    uint32_t id;  ///< V4L2_CID_*
    const char* name;
    v4l2_ctrl_type type;
    int32_t minimum, maximum, step, initial;
    const char* const* menu = nullptr;
};
/// The row that names a class of controls.
constexpr ControlInfo control_class(uint32_t id, const char* name) {
    return {id, name, V4L2_CTRL_TYPE_CTRL_CLASS, 0, 0, 0, 0};
}

/// Values of a table of controls. Rows are in ascending order of id; each class begins with the row that
/// names it.
class ControlSet {
public:
    static constexpr uint32_t kMost = 8;
    /// Told of each change, before it is visible; may refuse (kBusy).
    using OnChange = Result<> (*)(void* context, uint32_t id, int32_t value);

    ControlSet(const ControlInfo* table, uint32_t count, OnChange on_change, void* context);

    int32_t value(uint32_t id) const;
    /// Errors: kInval unknown, kRange outside, what on_change says.
    Result<> set(uint32_t id, int32_t value);

    // The ioctls.
    Result<> query(v4l2_queryctrl& q) const;
    Result<> query_extended(v4l2_query_ext_ctrl& q) const;
    Result<> query_menu(v4l2_querymenu& m) const;
    Result<> get(v4l2_control& c) const;
    Result<> set(v4l2_control& c);
    enum class Access : uint8_t { get, set, test };
    /// `controls` is a copy of the user's array. On errors `request.error_idx` says which.
    Result<> extended(v4l2_ext_controls& request, v4l2_ext_control* controls, Access access);

    const ControlInfo* info(uint32_t id) const;
    void fill_event(v4l2_event& event, const ControlInfo& info, uint32_t changes) const;
    /// Changes so far, for those who look for events; per control.
    uint32_t generation(uint32_t id) const;
    WaitQueue& changed() { return changed_; }

private:
    const ControlInfo* next(uint32_t after) const;
    const ControlInfo* private_one(uint32_t index) const;
    Result<const ControlInfo*> resolve(uint32_t id) const;
    uint32_t index_of(const ControlInfo& i) const { return static_cast<uint32_t>(&i - table_); }
    bool has_class(uint32_t which) const;
    Result<int32_t> accepted(const ControlInfo& i, int32_t value) const;

    const ControlInfo* table_;
    uint32_t count_;
    OnChange on_change_;
    void* context_;
    int32_t values_[kMost];
    uint32_t generations_[kMost] = {};
    WaitQueue changed_;
};

/// Events of one open file.
class EventQueue {
public:
    static constexpr uint32_t kMostSubscriptions = 8;
    /// Errors: kInval for what this device does not tell.
    Result<> subscribe(ControlSet* controls, const v4l2_event_subscription& s);
    Result<> unsubscribe(const v4l2_event_subscription& s);
    /// The next event. Errors: kNoEnt none waits.
    Result<> dequeue(ControlSet* controls, v4l2_event& event);
    bool pending(const ControlSet* controls) const;
    bool subscribed() const { return count_ != 0; }

private:
    struct Subscription {
        uint32_t id;
        uint32_t seen;  ///< generation that was told
        bool initial;   ///< its value is to be told at once
    };
    Subscription subscriptions_[kMostSubscriptions];
    uint32_t count_ = 0;
    uint32_t sequence_ = 0;
};

}  // namespace kernel
