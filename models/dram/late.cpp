// Requests stamped earlier than decisions already taken: they may use what is left free, and change nothing
// that was decided.
#include <algorithm>
#include <bit>
#include <optional>

#include "models/dram/serving.hpp"

namespace exysim::dram {

namespace {

constexpr Clocks kNever = Clocks{1} << 50;

/// The first of the activates in the `clocks` clocks from `from`, if there are four.
std::optional<Clocks> first_of_four(const ClockBits& activates, Clocks from, Clocks clocks) {
    Clocks first = 0;
    int found = 0;
    for (; clocks > 0; from += 64, clocks -= 64) {
        for (uint64_t left = activates.from(from) & lowest_bits(std::min<Clocks>(clocks, 64)); left != 0;
             left &= left - 1) {
            if (found == 0) first = from + std::countr_zero(left);
            if (++found == 4) return first;
        }
    }
    return std::nullopt;
}

/// First clock from `at` at which an activate keeps tRRD and tFAW with those around it.
Clocks free_activate(const ClockBits& activates, const Timing& t, Clocks at) {
    const Clocks rrd = t.rrd, faw = t.faw;
    for (;;) {
        const uint64_t near = activates.from(at - rrd + 1) & lowest_bits(std::min<Clocks>(2 * rrd - 1, 64));
        if (near != 0) {
            at += std::bit_width(near);
            continue;
        }
        const std::optional<Clocks> first = first_of_four(activates, at - faw + 1, 2 * faw - 1);
        if (!first) return at;
        at = *first + faw;  // until then the same four are there
    }
}

}  // namespace

/// A late request, as far as it does not matter where it is put.
struct Channel::Late {
    Entry entry;
    Clocks from;          ///< of its first command
    Clocks to_data;       ///< column command to first data
    Clocks opened;        ///< activate to first data
    Clocks length;        ///< first data to last
    Clocks to_close;      ///< first data to precharge
    Clocks latest_start;  ///< of data that end no later than all that was decided
};

Channel::Late Channel::late(const Entry& entry) const {
    const auto [to_data, last_to_close] = directions_[entry.write];
    const Clocks more = (entry.bursts - 1) * step_, length = more + burst_;
    return {.entry = entry,
            .from = entry.arrival + scheduling_.frontend,
            .to_data = to_data,
            .opened = timing_.rcd + to_data,
            .length = length,
            .to_close = more - to_data + last_to_close,
            .latest_start = busy_ - length};
}

/// End of its data, or none if there is no gap left. Looks at what the bank did from its latest row back to
/// the one that was open when the request came; few of those have a place, the earliest of which is tried
/// first.
std::optional<Clocks> Channel::serve_in_gap(Entry entry) {
    const Late request = late(entry);
    if (request.from <= ClockBits::first(busy_) + 2 * Clocks{timing_.faw}) return std::nullopt;
    if (request.from + request.to_data > request.latest_start) return std::nullopt;
    Sessions& sessions = calendar_.banks[entry.bank];
    sessions.settle(banks_[entry.bank].next[kPrecharge]);
    bool closed = banks_[entry.bank].closed();
    Clocks next = kNever;
    uint32_t places = 0;  // one bit a session
    for (uint32_t n = Sessions::kLatest;; --n) {
        const Session& open = sessions.at(n);
        places |= uint32_t{has_place(request, next, earliest(request, open, closed))} << n;
        if (open.activate <= request.from) break;
        if (n == 0) return std::nullopt;  // older than what is remembered
        next = open.activate;
        closed = false;
    }
    return places == 0 ? std::nullopt : serve_in(request, places);
}

/// Whether it fits, unless other banks are in the way of its activate.
bool Channel::has_place(const Late& request, Clocks next, const Placed& soonest) const {
    if (!fits(request, next, soonest)) return false;
    return !soonest.hit || fits(request, next, among_others(request, next, soonest));
}

/// One of `places`, if other banks leave it.
std::optional<Clocks> Channel::serve_in(const Late& request, uint32_t places) {
    Sessions& sessions = calendar_.banks[request.entry.bank];
    for (; places != 0; places &= places - 1) {
        const uint32_t n = lowest(places);
        const bool last = n == Sessions::kLatest;
        const Clocks next = last ? kNever : sessions.at(n + 1).activate;
        const Placed soonest = earliest(request, sessions.at(n), last && banks_[request.entry.bank].closed());
        const Placed placed = among_others(request, next, soonest);
        if (fits(request, next, placed)) return book(request, n, placed);
    }
    return std::nullopt;
}

/// When it could be served while the row of `open` is (its own, or splitting another's) or after it, as far
/// as the bank has a say. `closed`: nothing came after the row.
Channel::Placed Channel::earliest(const Late& request, const Session& open, bool closed) const {
    if (open.row == request.entry.row && !closed)
        return {true, false, open.activate,
                std::max(request.from + request.to_data, open.activate + request.opened)};
    const Clocks from = std::max(request.from, open.activate);
    const bool split = from + timing_.rp + request.opened < open.closable && open.row != Session::kRefresh;
    const Clocks precharge = split ? std::max(from, open.activate + timing_.ras)
                                   : std::max(closed ? from - timing_.rp : from, open.closable);
    const Clocks activate = std::max(precharge + timing_.rp, open.activate + timing_.rc);
    return {false, split, activate, activate + request.opened};
}

/// The same with what other banks did.
Channel::Placed Channel::among_others(const Late& request, Clocks next, Placed placed) const {
    if (!placed.hit) {
        const ClockBits& activates = calendar_.activates[banks_[request.entry.bank].rank];
        placed.activate = free_activate(activates, timing_, placed.activate);
        placed.data = placed.activate + request.opened;
    }
    const Clocks length = std::min<Clocks>(request.length, 64);
    placed.data = calendar_.data.free_run(placed.data, length, latest_start(request, next, placed));
    return placed;
}

/// Latest start of its data, so that the bank's `next` activate does not have to wait for them.
Clocks Channel::latest_start(const Late& request, Clocks next, const Placed& placed) const {
    return placed.split ? request.latest_start
                        : std::min(request.latest_start, next - timing_.rp - request.to_close);
}

bool Channel::fits(const Late& request, Clocks next, const Placed& placed) const {
    if (placed.data > latest_start(request, next, placed)) return false;
    return placed.split || placed.activate + timing_.ras + timing_.rp <= next;
}

/// Returns the end of the data.
Clocks Channel::book(const Late& request, uint32_t n, const Placed& placed) {
    const Entry& entry = request.entry;
    Sessions& sessions = calendar_.banks[entry.bank];
    const Clocks closable = std::max(placed.activate + timing_.ras, placed.data + request.to_close);
    const bool last = n == Sessions::kLatest && !placed.split;
    Bank& bank = banks_[entry.bank];
    ++stats_.late_in_gap;
    stats_.row_hits += placed.hit;
    if (placed.hit) {
        Session& open = sessions.at(n);
        open.closable = std::max(open.closable, closable);
    } else {
        calendar_.activates[bank.rank].mark(placed.activate);
        // Where a row is split, it is opened again behind us, at no cost to what was decided.
        bank.activates += placed.split ? 2 : 1;
        if (last) sessions.open(entry.row, placed.activate, bank.next[kPrecharge]);
        if (!last && !placed.split) sessions.insert_after(n, {entry.row, placed.activate, closable});
    }
    if (last) {  // nothing later was decided for this bank: its state is ours
        if (!placed.hit) banks_.late_activate(bank, entry.row, placed.activate);
        banks_.hold_precharge(bank, closable);
        row_served(entry, placed.hit);
    }
    const Clocks end = placed.data + request.length;
    calendar_.data.mark(placed.data, request.length);
    done(entry, placed.hit, placed.data, end);
    return end;
}

}  // namespace exysim::dram
