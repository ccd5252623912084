// Who gets a shared port next. Plain C++; the same protocol as the DRAM controller's: submitting decides
// nothing, asking for a grant decides in time order up to it, a grant is never revised.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "models/base/arrival_queue.hpp"
#include "models/base/busy_calendar.hpp"
#include "models/interconnect/config.hpp"

namespace exysim::interconnect {

/// `User`: what a wish is known by to those who submit it and hear of its grant.
template <class User>
class Arbiter {
public:
    explicit Arbiter(Arbitration policy) : policy_{policy} {}

    struct Wish {
        Picoseconds arrival = 0;
        Picoseconds duration = 0;
        User user{};
        uint8_t master = 0;           ///< below 64
        uint8_t master_priority = 0;  ///< for `fixed`
        uint8_t burst_priority = 0;   ///< for `qos`
    };
    struct Grant {
        User user;
        Picoseconds start;
    };
    void submit(const Wish& wish) { pending_.insert({wish, wish.arrival < now_}); }
    /// Takes the next decision. Somebody waits.
    Grant step() {
        if (pending_.front().late) return in_the_past();
        const Picoseconds moment = next();
        now_ = std::max(now_, moment);
        const size_t chosen = choose(moment);
        calendar_.append(moment, pending_[chosen].duration);
        return grant(chosen, moment);
    }
    /// submit() and step() in one, where nobody waits: when the wish is granted.
    Picoseconds pass(Picoseconds arrival, Picoseconds duration, uint8_t master) {
        last_ = master;
        ++grants_;
        if (arrival < calendar_.end()) [[unlikely]]
            return book_in_turn(arrival, duration);
        now_ = arrival;
        calendar_.append(arrival, duration);
        return arrival;
    }
    bool idle() const { return pending_.empty(); }
    /// About when the next decision falls; somebody waits.
    Picoseconds next() const {
        const Pending& first = pending_.front();
        return first.late ? first.arrival : std::max(calendar_.end(), first.arrival);
    }

    const BusyCalendar& calendar() const { return calendar_; }
    uint64_t grants() const { return grants_; }
    uint64_t late() const { return late_; }  ///< wishes stamped before a decision that found a gap

private:
    using size_t = std::size_t;
    struct Pending : Wish {
        bool late = false;
    };

    /// What lies there is decided: the first gets a gap, or the end.
    Grant in_the_past() {
        const Pending& first = pending_.front();
        return grant(0, book_in_the_past(first.arrival, first.duration));
    }
    [[gnu::noinline]] Picoseconds book_in_turn(Picoseconds arrival, Picoseconds duration) {
        if (arrival < now_) return book_in_the_past(arrival, duration);
        now_ = calendar_.end();
        calendar_.append(now_, duration);
        return now_;
    }
    Picoseconds book_in_the_past(Picoseconds arrival, Picoseconds duration) {
        const Picoseconds end = calendar_.end(), start = calendar_.book(arrival, duration);
        if (start + duration < end) ++late_;
        return start;
    }
    /// The best of those that have arrived by `moment`.
    size_t choose(Picoseconds moment) const {
        size_t best = 0;
        for (size_t n = 1; n < pending_.size() && pending_[n].arrival <= moment; ++n) {
            if (better(pending_[n], pending_[best])) best = n;
        }
        return best;
    }
    /// Whether `a`, which arrived no earlier, goes before `b`.
    bool better(const Wish& a, const Wish& b) const {
        if (policy_ == Arbitration::fixed) return a.master_priority > b.master_priority;
        if (policy_ == Arbitration::qos) return a.burst_priority > b.burst_priority;
        const auto turn = [this](uint32_t master) { return (master + 64 - last_ - 1) % 64; };
        return turn(a.master) < turn(b.master);
    }
    Grant grant(size_t index, Picoseconds start) {
        const Pending& chosen = pending_[index];
        const Grant made{chosen.user, start};
        last_ = chosen.master;
        ++grants_;
        pending_.erase(index);
        return made;
    }

    Arbitration policy_;
    ArrivalQueue<Pending> pending_;
    BusyCalendar calendar_;
    Picoseconds now_ = 0;  // the moment of the last decision in time order
    uint32_t last_ = 0;    // the master served last
    uint64_t grants_ = 0, late_ = 0;
};

}  // namespace exysim::interconnect
