// One channel's scheduler: FR-FCFS over a read and a write window, deciding one column access after another.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/base/arrival_queue.hpp"
#include "models/base/probe.hpp"
#include "models/dram/banks.hpp"
#include "models/dram/calendar.hpp"
#include "models/dram/requests.hpp"
#include "models/dram/scheduling.hpp"
#include "models/dram/window.hpp"

namespace exysim::dram {

/// What one channel did. Column accesses are counted in bursts, row outcomes in parts of requests.
struct ChannelStats {
    uint64_t row_hits = 0;       ///< the row was open
    uint64_t row_misses = 0;     ///< the bank was closed
    uint64_t row_conflicts = 0;  ///< another row had to be closed first
    uint64_t read_bursts = 0, write_bursts = 0;
    uint64_t activates = 0, refreshes = 0;
    uint64_t write_batches = 0;  ///< turns from reads to writes
    uint64_t power_downs = 0, self_refreshes = 0;
    uint64_t power_down_clocks = 0, self_refresh_clocks = 0;
    uint64_t late_in_gap = 0, late_queued = 0;  ///< requests stamped earlier than decisions already taken
    uint64_t data_clocks = 0;                   ///< data bus occupied
};

/// A part of a request has been served: its data pass from `begin` to `end`, and no others of the channel do.
struct BankUse {
    uint32_t bank;  ///< counted through the ranks
    bool write, hit;
    Clocks begin, end;
    uint32_t bursts;
};

class Channel {
public:
    Probe<BankUse> used;  ///< when it is decided, which is about in order of time

    Channel(uint32_t number, const Timing& timing, const Geometry& geometry, const Scheduling& scheduling,
            RequestBook& book);

    /// Queues a part of a request, in order of arrival.
    void submit(Entry entry) {
        entry.late = is_late(entry);
        writes_undecided_ += entry.write;
        pending_.insert(entry, seen_);
    }
    /// Takes the decisions that fall before `arrival`, which do not depend on what arrives then.
    inline void catch_up(Clocks arrival);
    /// Whether the next decision is `entry`'s, were it submitted now; may be false where step() would find
    /// that it is.
    bool is_next(const Entry& entry) const { return idle() || (windows_empty() && goes_first(entry)); }
    /// Serves a request of one part, which is_next(); returns the end of its data.
    inline Clocks complete(const Entry& entry);
    /// Takes the next decision. Something is undecided.
    void step();
    /// Takes decisions until the write queue has room for all that were submitted. Returns since when it has.
    Clocks make_room() {
        if (writes_undecided_ > scheduling_.write_queue) [[unlikely]]
            empty_write_queue();
        return room_since_;
    }
    /// Takes all decisions that are left.
    void finish();
    bool idle() const { return pending_.empty() && windows_empty(); }

    ChannelStats stats() const;
    const Bank& bank(uint32_t n) const { return banks_[n]; }
    uint32_t banks() const { return banks_.count(); }
    void log_to(std::vector<Issued>* log) { banks_.log_to(log); }

private:
    /// Whether a decision should have known of the entry: the last one, or for a write, before which reads go
    /// anyway, the last for a write or the last time that there was nothing to do.
    bool is_late(const Entry& entry) const { return entry.arrival < looked_[entry.write]; }
    bool windows_empty() const { return reads_.empty() && writes_.empty(); }
    /// The moment of the next decision. Something is undecided.
    Clocks next_decision() const { return windows_empty() ? std::max(now_, pending_.front().arrival) : now_; }
    bool goes_first(const Entry& entry) const;
    inline size_t few_writes(Clocks moment) const;
    size_t pick_waiting(size_t count) const;
    void empty_write_queue();
    // inline: step() and complete() become one function each in place of nine.
    inline Clocks serve_alone(const Entry& entry);
    void take_waiting(size_t n) {
        pending_.erase(n);
        if (n < seen_) --seen_;
    }
    inline void admit();
    inline bool admit(const Entry& entry);
    inline void jump_to(Clocks arrival);
    void sleep_and_wake(Clocks idle_since, Clocks arrival);
    void refresh_due();
    inline Window& choose_direction();
    inline uint32_t pick(Window& window) const;
    inline uint32_t pick_bank(Window& window, uint64_t candidates) const;
    inline void update_openings(Window& window, uint64_t candidates) const;
    inline Opening opening(const Window& window, uint32_t bank, uint64_t candidates) const;
    /// What became of a part that was served.
    struct Served {
        bool hit;
        Clocks data_end;
    };
    inline Served serve(const Entry& entry);
    inline void open_row(const Entry& entry, Clocks from);
    void learn(Bank& bank, uint32_t row) const;
    /// The windows' part of serving an entry: which others hit from now on.
    void row_served(const Entry& entry, bool hit) {
        if (!hit) {
            reads_.row_opened(entry.bank, entry.row);
            writes_.row_opened(entry.bank, entry.row);
        }
        bank_changed(entry.bank);
    }
    /// Rules bind the bank anew, or an entry for it is gone.
    void bank_changed(uint32_t bank) {
        reads_.bank_changed(bank);
        writes_.bank_changed(bank);
    }
    void hold_rank(uint32_t rank, Clocks until);
    void close_row(uint32_t bank, Clocks precharge);
    void close_unwanted(uint32_t bank);
    bool row_wanted(uint32_t bank) const;
    void expire_row(uint32_t bank, Clocks now);
    inline void done(const Entry& entry, bool hit, Clocks data_begin, Clocks data_end);

    // late.cpp
    struct Late;
    /// A late request's place among what was decided.
    struct Placed {
        bool hit, split;
        Clocks activate, data;
    };
    std::optional<Clocks> serve_in_gap(Entry entry);  // by value: a caller's can stay in registers
    inline bool has_place(const Late& request, Clocks next, const Placed& soonest) const;
    std::optional<Clocks> serve_in(const Late& request, uint32_t places);
    inline Late late(const Entry& entry) const;
    inline Placed earliest(const Late& request, const Session& open, bool closed) const;
    inline Placed among_others(const Late& request, Clocks next, Placed placed) const;
    inline Clocks latest_start(const Late& request, Clocks next, const Placed& placed) const;
    inline bool fits(const Late& request, Clocks next, const Placed& placed) const;
    Clocks book(const Late& request, uint32_t session, const Placed& placed);

    uint32_t number_;
    Timing timing_;
    Scheduling scheduling_;
    struct Direction {
        Clocks to_data;   // column command to first data
        Clocks to_close;  // last column command to precharge
    };
    std::array<Direction, 2> directions_;  // reads, writes
    Clocks step_;                          // column command to the next of the same part
    Clocks burst_;                         // data bus clocks of one
    bool sleeps_;                          // if idle long enough
    RequestBook& book_;

    ArrivalQueue<Entry> pending_;  // outside the windows
    size_t seen_ = 0;              // how many of those had arrived, at a decision that passed over them
    Window reads_, writes_;
    uint32_t writes_undecided_ = 0;  // in pending_ and writes_
    Clocks room_since_ = 0;          // there has been room for another write
    Banks banks_;
    Calendar calendar_;
    Clocks now_ = 0;                  // the moment of the last column command
    std::array<Clocks, 2> looked_{};  // decisions that bind reads, writes knew what had arrived by then
    Clocks busy_ = 0;                 // end of the last data
    Clocks refresh_at_;               // next refresh due
    bool writing_ = false;
    ChannelStats stats_;
};

}  // namespace exysim::dram
