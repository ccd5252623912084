#include "models/dram/channel.hpp"

#include <algorithm>
#include <cassert>

#include "models/dram/serving.hpp"

namespace exysim::dram {

Channel::Channel(uint32_t number, const Timing& timing, const Geometry& geometry,
                 const Scheduling& scheduling, RequestBook& book)
    : number_{number},
      timing_{timing},
      scheduling_{scheduling},
      directions_{{{Clocks{timing.rl} + timing.dqsck, timing.rtp},
                   {timing.wl, Clocks{timing.wl} + timing.burst() + timing.wr}}},
      step_{std::max(timing.ccd, timing.burst())},
      burst_{timing.burst()},
      sleeps_{scheduling.power_down_after != 0 || scheduling.self_refresh_after != 0},
      book_{book},
      banks_{timing, geometry},
      refresh_at_{timing.refi == 0 ? INT64_MAX : Clocks{timing.refi}} {}

void Channel::finish() {
    while (!idle()) step();
}

void Channel::step() {
    if (windows_empty()) jump_to(pending_.front().arrival);
    admit();
    if (windows_empty()) return;  // all fitted into gaps
    if (now_ >= refresh_at_) refresh_due();
    Window& window = choose_direction();
    const Entry& entry = window.take(pick(window));
    writes_undecided_ -= entry.write;
    const Served served = serve(entry);
    row_served(entry, served.hit);
    if (scheduling_.page_policy != PagePolicy::open) close_unwanted(entry.bank);
    book_.part_done(entry.request, number_, served.data_end);
}

// --- what the scheduler sees

/// A read goes before the few writes that wait, which stay where they are.
bool Channel::goes_first(const Entry& entry) const {
    const size_t few = writing_ ? scheduling_.write_low : scheduling_.write_high - 1;
    const bool usual = !entry.write && !is_late(entry) && scheduling_.page_policy == PagePolicy::open;
    if (!usual || pending_.size() > few || writes_undecided_ != pending_.size()) return false;
    for (size_t n = 0; n < pending_.size(); ++n) {
        if (pending_[n].late) return false;
    }
    return true;
}

[[gnu::noinline]] void Channel::empty_write_queue() {
    while (writes_undecided_ > scheduling_.write_queue) step();
    room_since_ = now_;
}

void Channel::admit() {
    while (!pending_.empty() && pending_.front().arrival <= now_) {
        if (!admit(pending_.front())) return;
        take_waiting(0);
    }
}

bool Channel::admit(const Entry& entry) {
    if (entry.late) {
        if (const std::optional<Clocks> end = serve_in_gap(entry)) {
            writes_undecided_ -= entry.write;
            book_.part_done(entry.request, number_, *end);
            return true;
        }
    }
    Window& window = entry.write ? writes_ : reads_;
    if (!window.room(entry.write ? scheduling_.write_queue : scheduling_.read_queue)) return false;
    if (entry.late) ++stats_.late_queued;
    window.push(entry, banks_[entry.bank].row == entry.row);
    return true;
}

/// The channel had nothing to do from `idle_since` on: what it costs to leave the state it went to.
void Channel::sleep_and_wake(Clocks idle_since, Clocks arrival) {
    const Clocks idle = arrival - idle_since;
    const auto reached = [&](uint32_t after) { return after != 0 && idle >= after + Clocks{timing_.cke}; };
    if (reached(scheduling_.self_refresh_after)) {
        ++stats_.self_refreshes;
        stats_.self_refresh_clocks += static_cast<uint64_t>(idle - scheduling_.self_refresh_after);
        for (uint32_t bank = 0; bank < banks_.count(); ++bank) close_row(bank, idle_since);
        for (uint32_t rank = 0; rank < banks_.ranks(); ++rank) hold_rank(rank, arrival + timing_.xsr);
        if (timing_.refi != 0) refresh_at_ = std::max(refresh_at_, arrival + timing_.refi);
        return;
    }
    if (now_ >= refresh_at_) refresh_due();  // a controller wakes its devices for it
    if (!reached(scheduling_.power_down_after)) return;
    ++stats_.power_downs;
    stats_.power_down_clocks += static_cast<uint64_t>(idle - scheduling_.power_down_after);
    for (uint32_t rank = 0; rank < banks_.ranks(); ++rank) hold_rank(rank, arrival + timing_.xp);
}

ChannelStats Channel::stats() const {
    ChannelStats made = stats_;
    for (uint32_t n = 0; n < banks_.count(); ++n) {
        made.activates += banks_[n].activates;
        made.read_bursts += banks_[n].reads;
        made.write_bursts += banks_[n].writes;
    }
    made.row_conflicts = made.activates - made.row_misses;
    made.data_clocks = (made.read_bursts + made.write_bursts) * timing_.burst();
    return made;
}

// --- refresh

/// All refreshes that have come due by now. After idle time only the last of them can still be in the way.
void Channel::refresh_due() {
    const Clocks missed = (now_ - refresh_at_) / timing_.refi;
    const Clocks due = refresh_at_ + missed * timing_.refi;
    stats_.refreshes += static_cast<uint64_t>(missed + 1) * banks_.ranks();
    refresh_at_ = due + timing_.refi;
    for (uint32_t rank = 0; rank < banks_.ranks(); ++rank) {
        const uint32_t first = rank * banks_.banks_per_rank(), end = first + banks_.banks_per_rank();
        Clocks closed = due - timing_.rpab, at = due;
        for (uint32_t b = first; b < end; ++b) {
            if (banks_[b].closed()) {
                at = std::max(at, banks_.earliest(kActivate, banks_[b], due));
            } else {
                closed = std::max(closed, banks_.earliest(kPrecharge, banks_[b], closed));
            }
        }
        for (uint32_t b = first; b < end; ++b) close_row(b, closed);
        at = std::max(at, closed + timing_.rpab);
        banks_.issued_refresh(rank, at);
        hold_rank(rank, at + timing_.rfc);
        for (uint32_t b = first; b < end; ++b) {
            const Clocks closable = at + timing_.rfc - timing_.rp;
            calendar_.banks[b].open(Session::kRefresh, at, banks_[b].next[kPrecharge]);
            banks_.hold_precharge(banks_[b], closable);
        }
    }
}

// --- which entry next

Window& Channel::choose_direction() {
    if (writes_.empty() && !writing_) return reads_;
    const bool urgent_read = reads_.most_urgent() != reads_.valid() && writes_.room(scheduling_.write_queue);
    if (writing_) {
        const bool enough = writes_.count() <= scheduling_.write_low || urgent_read;
        if (writes_.empty() || (enough && !reads_.empty())) writing_ = false;
    } else if (!writes_.empty() &&
               (reads_.empty() || (writes_.count() >= scheduling_.write_high && !urgent_read))) {
        writing_ = true;
        ++stats_.write_batches;
    }
    return writing_ ? writes_ : reads_;
}

uint32_t Channel::pick(Window& window) const {
    const uint32_t oldest = window.oldest();
    if (window.count() == 1 || now_ - window.at(oldest).arrival > scheduling_.max_wait) return oldest;
    const uint64_t candidates = window.most_urgent();
    const uint64_t hits = window.hits() & candidates;
    return hits != 0 ? window.oldest(hits) : pick_bank(window, candidates);
}

/// What pick() comes to for the first `count` that wait, all of them usual writes.
size_t Channel::pick_waiting(size_t count) const {
    if (now_ - pending_.front().arrival > scheduling_.max_wait) return 0;
    size_t best = 0;
    Clocks soonest = INT64_MAX;
    for (size_t n = 0; n < count; ++n) {
        const Entry& entry = pending_[n];
        if (banks_[entry.bank].row == entry.row) return n;
        const Clocks time = std::max(banks_.reopen(entry.bank, entry.arrival + scheduling_.frontend),
                                     banks_.rank_activate(banks_[entry.bank].rank));
        if (time < soonest) best = n;
        soonest = std::min(soonest, time);
    }
    return best;
}

/// No row hits: the bank that can activate first, the oldest among equals.
uint32_t Channel::pick_bank(Window& window, uint64_t candidates) const {
    update_openings(window, candidates);
    uint64_t best = UINT64_MAX;  // moment, then age
    const auto look = [&](const Opening& opening, Clocks possible) {
        const auto time = static_cast<uint64_t>(std::max(opening.time, possible));
        best = std::min(best, time * Window::kSlots + window.age(opening.number));
    };
    const Opening* opening = window.openings();  // of all banks: no branch depends on which are wanted
    for (uint32_t rank = 0; rank < banks_.ranks(); ++rank) {
        const Clocks possible = banks_.rank_activate(rank);
        for (const Opening* end = opening + banks_.banks_per_rank(); opening != end; opening += 2) {
            look(opening[0], possible);
            look(opening[1], possible);
        }
    }
    return window.of_age(best % Window::kSlots);
}

void Channel::update_openings(Window& window, uint64_t candidates) const {
    if (window.urgent()) window.set_changed(banks_.all());
    uint32_t left = window.changed();
    const auto update = [&] {  // the lowest of those left; harmless if none is
        const uint32_t bank = lowest(left) & (banks_.count() - 1);
        window.set_opening(bank, opening(window, bank, candidates));
        left &= left - 1;
    };
    do {  // two a turn: seldom have more changed, and whether they have is hard to predict
        update();
        update();
    } while (left != 0);
    window.set_changed(window.urgent() ? banks_.all() : 0);  // when the last urgent entry leaves, all change
}

/// Far in the future if no candidate is for the bank.
Opening Channel::opening(const Window& window, uint32_t bank, uint64_t candidates) const {
    const uint64_t here = window.of_bank(bank) & candidates;
    const uint32_t number = window.number_of_oldest(here);
    const Clocks from = window.at(number % Window::kSlots).arrival + scheduling_.frontend;
    const Clocks never = Clocks{here == 0} << 50;
    return {banks_.reopen(bank, from) | never, number};
}

// --- rows

/// What the adaptive policy learns when `row` is opened: whether the row before was closed too late or too
/// early.
void Channel::learn(Bank& bank, uint32_t row) const {
    if (bank.closed()) {
        if (bank.last_row == row && bank.close_bias > 0) --bank.close_bias;
    } else if (bank.session_hits == 0) {
        if (bank.close_bias < 3) ++bank.close_bias;
    } else if (bank.close_bias > 0) {
        --bank.close_bias;
    }
    bank.session_hits = 0;
    bank.last_row = row;
}

void Channel::hold_rank(uint32_t rank, Clocks until) {
    banks_.hold_rank(rank, until);
    reads_.set_changed(banks_.all());
    writes_.set_changed(banks_.all());
}

void Channel::close_row(uint32_t bank, Clocks from) {
    if (banks_[bank].closed()) return;
    banks_.close(banks_[bank], from);
    reads_.row_closed(bank);
    writes_.row_closed(bank);
    bank_changed(bank);
}

/// The page policies' turn that may close a row at once.
void Channel::close_unwanted(uint32_t bank) {
    if (row_wanted(bank)) return;
    if (scheduling_.page_policy == PagePolicy::closed || banks_[bank].close_bias >= 2) close_row(bank, 0);
}

bool Channel::row_wanted(uint32_t bank) const {
    return ((reads_.hits() & reads_.of_bank(bank)) | (writes_.hits() & writes_.of_bank(bank))) != 0;
}

/// The open policy's timer closed the row if nobody used it for that long.
void Channel::expire_row(uint32_t bank, Clocks now) {
    const Clocks expires = banks_[bank].last_use + scheduling_.row_timeout;
    if (!banks_[bank].closed() && now > expires) close_row(bank, expires);
}

}  // namespace exysim::dram
