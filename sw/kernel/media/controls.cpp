#include "media/controls.hpp"

#include "core/string.hpp"
#include "core/time.hpp"

namespace kernel {

namespace {

constexpr uint32_t kFlagsAsked = V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND;

uint32_t class_of(uint32_t id) { return id & 0x0FFF0000U; }

/// The row that names a class has no value.
bool names_class(const ControlInfo& i) { return i.type == V4L2_CTRL_TYPE_CTRL_CLASS; }
constexpr uint32_t kClassFlags = V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_WRITE_ONLY;

/// Without a flag that asks for the next one.
bool is_old_number(uint32_t id) { return !(id & kFlagsAsked) && id >= V4L2_CID_PRIVATE_BASE; }

template <uint32_t size, class Byte>
void set_name(Byte (&to)[size], const char* name) {
    copy_text(reinterpret_cast<char(&)[size]>(to), name);
}

/// What both forms of the question are told.
template <class Query>
void describe(const ControlInfo& i, Query& q) {
    q = {};
    q.id = i.id;
    q.type = i.type;
    set_name(q.name, i.name);
    q.minimum = i.minimum;
    q.maximum = i.maximum;
    q.step = static_cast<decltype(q.step)>(i.step);
    q.default_value = i.initial;
    q.flags = names_class(i) ? kClassFlags : 0;
}

}  // namespace

ControlSet::ControlSet(const ControlInfo* table, uint32_t count, OnChange on_change, void* context)
    : table_{table}, count_{count}, on_change_{on_change}, context_{context} {
    for (uint32_t i = 0; i < count; ++i) values_[i] = table[i].initial;
}

/// Linux's older numbers for a driver's own controls of the user class: V4L2_CID_PRIVATE_BASE + 0, 1, ...
const ControlInfo* ControlSet::private_one(uint32_t index) const {
    for (uint32_t i = 0; i < count_; ++i) {
        const ControlInfo& c = table_[i];
        if (class_of(c.id) == class_of(V4L2_CTRL_CLASS_USER) && V4L2_CTRL_DRIVER_PRIV(c.id) && index-- == 0)
            return &c;
    }
    return nullptr;
}

const ControlInfo* ControlSet::info(uint32_t id) const {
    if (id >= V4L2_CID_PRIVATE_BASE) return private_one(id - V4L2_CID_PRIVATE_BASE);
    for (uint32_t i = 0; i < count_; ++i) {
        if (table_[i].id == id) return &table_[i];
    }
    return nullptr;
}

const ControlInfo* ControlSet::next(uint32_t after) const {
    for (uint32_t i = 0; i < count_; ++i) {
        if (table_[i].id > after) return &table_[i];
    }
    return nullptr;
}

int32_t ControlSet::value(uint32_t id) const {
    const ControlInfo* i = info(id);
    return i ? values_[index_of(*i)] : 0;
}

uint32_t ControlSet::generation(uint32_t id) const {
    const ControlInfo* i = info(id);
    return i ? generations_[index_of(*i)] : 0;
}

/// The control asked for by number, or by "the next after".
Result<const ControlInfo*> ControlSet::resolve(uint32_t id) const {
    const bool plain = id & V4L2_CTRL_FLAG_NEXT_CTRL, compound = id & V4L2_CTRL_FLAG_NEXT_COMPOUND;
    const uint32_t number = id & ~kFlagsAsked;
    const ControlInfo* found = plain ? next(number) : compound ? nullptr : info(number);
    if (!found) return Errno::kInval;
    return found;
}

Result<> ControlSet::query(v4l2_queryctrl& q) const {
    const uint32_t asked = q.id;
    describe(*TRY(resolve(asked)), q);
    if (is_old_number(asked)) q.id = asked;
    return Ok{};
}

Result<> ControlSet::query_extended(v4l2_query_ext_ctrl& q) const {
    const uint32_t asked = q.id;
    describe(*TRY(resolve(asked)), q);
    if (is_old_number(asked)) q.id = asked;
    q.elem_size = sizeof(int32_t);
    q.elems = 1;
    return Ok{};
}

Result<> ControlSet::query_menu(v4l2_querymenu& m) const {
    const ControlInfo* i = info(m.id);
    if (!i || !i->menu || m.index > static_cast<uint32_t>(i->maximum)) return Errno::kInval;
    m.reserved = 0;
    char name[sizeof m.name] = "";
    copy_text(name, i->menu[m.index]);
    memcpy(&m.name, name, sizeof name);
    return Ok{};
}

/// The value as the control takes it: rounded to a step. Errors: kRange.
Result<int32_t> ControlSet::accepted(const ControlInfo& i, int32_t v) const {
    if (i.type == V4L2_CTRL_TYPE_BOOLEAN) return v ? 1 : 0;
    if (i.type == V4L2_CTRL_TYPE_MENU) {
        if (v < i.minimum || v > i.maximum) return Errno::kRange;
        return v;
    }
    const int32_t inside = v < i.minimum ? i.minimum : v > i.maximum ? i.maximum : v;
    const auto above = static_cast<uint32_t>(inside) - static_cast<uint32_t>(i.minimum);
    const auto step = static_cast<uint32_t>(i.step);
    const uint32_t steps = above / step + (above % step >= step - step / 2 ? 1 : 0);
    return static_cast<int32_t>(static_cast<uint32_t>(i.minimum) + steps * step);
}

Result<> ControlSet::set(uint32_t id, int32_t asked) {
    const ControlInfo* i = info(id);
    if (!i) return Errno::kInval;
    if (names_class(*i)) return Errno::kAcces;
    const int32_t v = TRY(accepted(*i, asked));
    const uint32_t index = index_of(*i);
    if (v == values_[index]) return Ok{};
    if (on_change_) TRY(on_change_(context_, i->id, v));
    values_[index] = v;
    ++generations_[index];
    changed_.wake_all();
    return Ok{};
}

Result<> ControlSet::get(v4l2_control& c) const {
    const ControlInfo* i = info(c.id);
    if (!i) return Errno::kInval;
    if (names_class(*i)) return Errno::kAcces;
    c.value = value(c.id);
    return Ok{};
}

Result<> ControlSet::set(v4l2_control& c) {
    TRY(set(c.id, c.value));
    c.value = value(c.id);
    return Ok{};
}

bool ControlSet::has_class(uint32_t which) const {
    for (uint32_t i = 0; i < count_; ++i) {
        if (class_of(table_[i].id) == which) return true;
    }
    return false;
}

/// All are looked at before any is set.
Result<> ControlSet::extended(v4l2_ext_controls& r, v4l2_ext_control* controls, Access access) {
    const uint32_t which = r.which;
    const bool by_class = which != V4L2_CTRL_WHICH_CUR_VAL && which != V4L2_CTRL_WHICH_DEF_VAL;
    r.error_idx = r.count;
    if (which == V4L2_CTRL_WHICH_REQUEST_VAL) return Errno::kInval;
    if (which == V4L2_CTRL_WHICH_DEF_VAL && access != Access::get) return Errno::kInval;
    if (by_class && !has_class(which)) return Errno::kInval;
    for (uint32_t n = 0; n < r.count; ++n) {
        const ControlInfo* i = is_old_number(controls[n].id) ? nullptr : info(controls[n].id);
        const bool fits = i && (!by_class || class_of(controls[n].id) == which);
        if (access == Access::test) r.error_idx = n;
        if (!fits) return Errno::kInval;
        if (names_class(*i)) return Errno::kAcces;
        controls[n].size = 0;
        if (access == Access::get) {
            controls[n].value = which == V4L2_CTRL_WHICH_DEF_VAL ? i->initial : value(i->id);
            continue;
        }
        controls[n].value = TRY(accepted(*i, controls[n].value));
    }
    for (uint32_t n = 0; access == Access::set && n < r.count; ++n) {
        r.error_idx = n;
        TRY(set(controls[n].id, controls[n].value));
    }
    r.error_idx = r.count;
    return Ok{};
}

void ControlSet::fill_event(v4l2_event& event, const ControlInfo& i, uint32_t changes) const {
    event.type = V4L2_EVENT_CTRL;
    event.id = i.id;
    event.u.ctrl.changes = changes;
    event.u.ctrl.type = i.type;
    event.u.ctrl.value = value(i.id);
    event.u.ctrl.minimum = i.minimum;
    event.u.ctrl.maximum = i.maximum;
    event.u.ctrl.step = i.step;
    event.u.ctrl.default_value = i.initial;
}

// --- Events

Result<> EventQueue::subscribe(ControlSet* controls, const v4l2_event_subscription& s) {
    const ControlInfo* row = s.type == V4L2_EVENT_CTRL && controls ? controls->info(s.id) : nullptr;
    if (!row) return Errno::kInval;
    for (uint32_t i = 0; i < count_; ++i) {
        if (subscriptions_[i].id == s.id) return Ok{};
    }
    if (count_ == kMostSubscriptions) return Errno::kNoMem;
    subscriptions_[count_++] = {s.id, controls->generation(s.id),
                                (s.flags & V4L2_EVENT_SUB_FL_SEND_INITIAL) && !names_class(*row)};
    return Ok{};
}

Result<> EventQueue::unsubscribe(const v4l2_event_subscription& s) {
    if (s.type == V4L2_EVENT_ALL) count_ = 0;
    for (uint32_t i = 0; i < count_; ++i) {
        if (s.type == V4L2_EVENT_CTRL && subscriptions_[i].id == s.id)
            subscriptions_[i--] = subscriptions_[--count_];
    }
    return Ok{};
}

bool EventQueue::pending(const ControlSet* controls) const {
    for (uint32_t i = 0; i < count_; ++i) {
        const Subscription& s = subscriptions_[i];
        if (s.initial || controls->generation(s.id) != s.seen) return true;
    }
    return false;
}

Result<> EventQueue::dequeue(ControlSet* controls, v4l2_event& event) {
    event = {};
    uint32_t waiting = 0;
    Subscription* first = nullptr;
    for (uint32_t i = 0; i < count_; ++i) {
        Subscription& s = subscriptions_[i];
        if (!s.initial && controls->generation(s.id) == s.seen) continue;
        if (!first) first = &s;
        ++waiting;
    }
    if (!first) return Errno::kNoEnt;
    const uint32_t changes =
        first->initial ? V4L2_EVENT_CTRL_CH_VALUE | V4L2_EVENT_CTRL_CH_FLAGS : V4L2_EVENT_CTRL_CH_VALUE;
    controls->fill_event(event, *controls->info(first->id), changes);
    first->initial = false;
    first->seen = controls->generation(first->id);
    event.pending = waiting - 1;
    event.sequence = sequence_++;
    const uint64_t now = now_ns();
    event.timestamp.tv_sec = static_cast<decltype(event.timestamp.tv_sec)>(now / 1'000'000'000);
    event.timestamp.tv_nsec = static_cast<decltype(event.timestamp.tv_nsec)>(now % 1'000'000'000);
    return Ok{};
}

}  // namespace kernel
