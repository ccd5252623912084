// Who gets a shared port next. Plain C++; the same protocol as the DRAM controller's: submitting decides
// nothing, asking for a grant decides in time order up to it, a grant is never revised.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/base/arrival_queue.hpp"
#include "models/base/busy_calendar.hpp"
#include "models/interconnect/config.hpp"

namespace exysim::interconnect {

/// Hears of each grant at the moment it is decided, in the order of decision.
class GrantListener {
public:
    virtual void granted(uint32_t user, Picoseconds start) = 0;

protected:
    ~GrantListener() = default;
};

class Arbiter {
public:
    explicit Arbiter(Arbitration policy) : policy_{policy} {}

    struct Wish {
        Picoseconds arrival = 0;
        Picoseconds duration = 0;
        GrantListener* listener = nullptr;
        uint32_t user = 0;            ///< handed to the listener
        uint8_t master = 0;           ///< below 64
        uint8_t master_priority = 0;  ///< for `fixed`
        uint8_t burst_priority = 0;   ///< for `qos`
    };
    void submit(const Wish& wish) { pending_.insert({wish, wish.arrival < now_}); }
    /// Takes the next decision. Somebody waits.
    void step();
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
    struct Pending : Wish {
        bool late = false;
    };
    size_t choose(Picoseconds moment) const;
    bool better(const Wish& a, const Wish& b) const;
    void grant(size_t index, Picoseconds start);
    void in_the_past();

    Arbitration policy_;
    ArrivalQueue<Pending> pending_;
    BusyCalendar calendar_;
    Picoseconds now_ = 0;  // the moment of the last decision in time order
    uint32_t last_ = 0;    // the master served last
    uint64_t grants_ = 0, late_ = 0;
};

}  // namespace exysim::interconnect
