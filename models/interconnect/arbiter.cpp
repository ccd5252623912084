#include "models/interconnect/arbiter.hpp"

#include <algorithm>

namespace exysim::interconnect {

void Arbiter::step() {
    if (pending_.front().late) return in_the_past();
    const Picoseconds moment = std::max(calendar_.end(), pending_.front().arrival);
    now_ = std::max(now_, moment);
    const size_t chosen = choose(moment);
    calendar_.append(moment, pending_[chosen].duration);
    grant(chosen, moment);
}

/// What lies there is decided: the first gets a gap, or the end.
void Arbiter::in_the_past() {
    const Pending& first = pending_.front();
    const Picoseconds end = calendar_.end(), start = calendar_.book(first.arrival, first.duration);
    if (start + first.duration < end) ++late_;
    grant(0, start);
}

/// The best of those that have arrived by `moment`.
size_t Arbiter::choose(Picoseconds moment) const {
    size_t best = 0;
    for (size_t n = 1; n < pending_.size() && pending_[n].arrival <= moment; ++n) {
        if (better(pending_[n], pending_[best])) best = n;
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
    const Wish wish = pending_[index];
    pending_.erase(index);
    last_ = wish.master;
    ++grants_;
    wish.listener->granted(wish.user, start);
}

}  // namespace exysim::interconnect
