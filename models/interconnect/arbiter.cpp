#include "models/interconnect/arbiter.hpp"

#include <algorithm>

namespace exysim::interconnect {

void Arbiter::submit(const Wish& wish) {
    size_t place = pending_.size();
    while (place > 0 && pending_[place - 1].wish.arrival > wish.arrival) --place;
    pending_.insert(pending_.begin() + static_cast<std::ptrdiff_t>(place), {wish, wish.arrival < now_});
}

bool Arbiter::decide(const GrantListener* listener, uint64_t user) {
    const auto waits = [&] {
        return std::any_of(pending_.begin(), pending_.end(), [&](const Pending& p) {
            return p.wish.listener == listener && p.wish.user == user;
        });
    };
    bool was_waiting = false;
    for (; waits(); was_waiting = true) step();
    return was_waiting;
}

void Arbiter::step() {
    const Wish& first = pending_.front().wish;
    if (pending_.front().late) {  // the past is decided: a gap, or the end
        const Picoseconds start = calendar_.find(first.arrival, first.duration);
        if (start + first.duration < calendar_.end()) ++late_;
        return grant(0, start);
    }
    const Picoseconds moment = std::max(calendar_.end(), first.arrival);
    now_ = std::max(now_, moment);
    grant(choose(moment), moment);
}

/// The best of those that have arrived by `moment`.
size_t Arbiter::choose(Picoseconds moment) const {
    size_t best = 0;
    for (size_t n = 1; n < pending_.size() && pending_[n].wish.arrival <= moment; ++n) {
        if (better(pending_[n].wish, pending_[best].wish)) best = n;
    }
    return best;
}

/// Whether `a`, which arrived no earlier, goes before `b`.
bool Arbiter::better(const Wish& a, const Wish& b) const {
    if (policy_ == Arbitration::fixed) return a.master_priority > b.master_priority;
    if (policy_ == Arbitration::qos) return a.burst_priority > b.burst_priority;
    const auto turn = [this](uint32_t master) { return (master + 64 - last_ - 1) % 64; };
    return turn(a.master) < turn(b.master);
}

void Arbiter::grant(size_t index, Picoseconds start) {
    const Wish wish = pending_[index].wish;
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(index));
    calendar_.add(start, wish.duration);
    last_ = wish.master;
    ++grants_;
    wish.listener->granted(wish.user, start);
}

}  // namespace exysim::interconnect
