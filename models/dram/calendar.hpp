// What a channel did lately, so that a request stamped earlier than decisions already taken can still use
// what they left free: the data bus and the activates clock by clock, each bank's open rows. Bounded memory:
// the last kSpan clocks (3.3 us at the fastest preset) and kSessions rows of each bank.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "models/dram/banks.hpp"

namespace exysim::dram {

/// `count` is 1 to 64.
constexpr uint64_t lowest_bits(Clocks count) { return ~uint64_t{0} >> (64 - count); }

/// One bit a clock over the last kSpan clocks. Words are numbered by the clocks they hold and lie in a ring;
/// one that still has an older number holds no marks.
class ClockBits {
public:
    static constexpr Clocks kSpan = 4096;

    /// Marks `count` clocks from `from`, which is not kSpan older than the latest marked.
    void mark(Clocks from, Clocks count) {
        for (; count > 64; count -= 64, from += 64) mark_near(from, 64);
        mark_near(from, count);
    }
    void mark(Clocks at) { word(at >> 6) |= uint64_t{1} << (at & 63); }
    /// The 64 clocks from `from`, lowest bit first.
    uint64_t from(Clocks at) const {
        const auto bit = static_cast<uint32_t>(at & 63);
        return bits_of(at >> 6) >> bit | (bits_of((at >> 6) + 1) << 1) << (63 - bit);
    }
    /// First start, not before `from`, of `count` (1 to 64) unmarked clocks; anything later than `limit` if
    /// there is none by then.
    Clocks free_run(Clocks from, Clocks count, Clocks limit) const {
        const uint64_t wanted = lowest_bits(count);
        if ((from & 63) + count <= 64) {  // one word tells, as mostly
            const uint64_t in_the_way = bits_of(from >> 6) >> (from & 63) & wanted;
            if (in_the_way == 0) return from;
            from += std::bit_width(in_the_way);
        }
        return from > limit ? from : search(from, count, limit);
    }
    /// First clock that is remembered if `end` is the first after all that is marked.
    static constexpr Clocks first(Clocks end) { return ((end - 1) | 63) + 1 - kSpan; }

private:
    struct Word {
        Clocks number = -1;
        uint64_t bits = 0;
    };
    /// 1 to 64 clocks.
    void mark_near(Clocks from, Clocks count) {
        const uint64_t marks = lowest_bits(count);
        const Clocks number = from >> 6, last = (from + count - 1) >> 6;
        word(number) |= marks << (from & 63);
        if (last != number) word(last) |= marks >> (64 - (from & 63));
    }
    [[gnu::noinline]] Clocks search(Clocks from, Clocks count, Clocks limit) const {
        const uint64_t wanted = lowest_bits(count);
        while (from <= limit) {
            const uint64_t busy = this->from(from);
            if ((busy & wanted) == 0) return from;
            const uint64_t starts = runs(~busy, count);
            if (starts != 0) return from + std::countr_zero(starts);
            // On to what these clocks do not decide, or past the last marked clock in the way.
            from += std::max<Clocks>(65 - count, std::bit_width(busy & wanted));
        }
        return from;
    }
    /// Where `count` set bits in a row begin: each step makes the runs looked for up to twice as long.
    static uint64_t runs(uint64_t bits, Clocks count) {
        for (Clocks length = 1; length < count;) {
            const Clocks more = std::min(length, count - length);
            bits &= bits >> more;
            length += more;
        }
        return bits;
    }
    uint64_t& word(Clocks number) {
        Word& word = words_[place_of(number)];
        if (word.number != number) word = {number, 0};
        return word.bits;
    }
    uint64_t bits_of(Clocks number) const {
        const Word& word = words_[place_of(number)];
        return word.number == number ? word.bits : 0;
    }
    static size_t place_of(Clocks number) { return static_cast<size_t>(number) & (kWords - 1); }

    static constexpr size_t kWords = kSpan / 64;
    std::array<Word, kWords> words_{};
};

/// One row's time in a bank.
struct Session {
    static constexpr uint32_t kRefresh = ~0U - 1;  ///< `row` of a refresh
    uint32_t row = kRefresh;
    Clocks activate = Bank::kLongAgo;
    Clocks closable = Bank::kLongAgo;  ///< earliest precharge; for a refresh, its end less tRP
};

/// The latest rows of one bank, oldest first. When the latest of them can be closed is the bank's to say
/// until another follows: see settle().
class Sessions {
public:
    static constexpr uint32_t kSessions = 16;  // a power of two
    static constexpr uint32_t kLatest = kSessions - 1;

    /// 0 = oldest kept ... kLatest.
    Session& at(uint32_t n) { return ring_[(latest_ + 1 + n) & (kSessions - 1)]; }
    /// Number of the row that was open at `at` or had been the last before; the oldest kept if that is later.
    uint32_t open_at(Clocks at) {
        uint32_t n = kLatest;
        while (n > 0 && this->at(n).activate > at) --n;
        return n;
    }
    /// The latest row can be closed at `closable`: Bank::next of a precharge.
    void settle(Clocks closable) { ring_[latest_].closable = closable; }
    /// Another row follows the latest, which could be closed at `closable`.
    void open(uint32_t row, Clocks activate, Clocks closable) {
        settle(closable);
        latest_ = (latest_ + 1) & (kSessions - 1);
        ring_[latest_].row = row;
        ring_[latest_].activate = activate;
    }
    /// Puts `session` behind number `n`; the oldest is forgotten.
    void insert_after(uint32_t n, const Session& session) {
        for (uint32_t i = 0; i < n; ++i) at(i) = at(i + 1);
        at(n) = session;
    }

private:
    std::array<Session, kSessions> ring_{};
    uint32_t latest_ = kLatest;
};

/// A channel's recent past.
struct Calendar {
    ClockBits data;
    std::array<ClockBits, 4> activates;  ///< of each rank
    std::array<Sessions, kMaxBanks> banks;
};

}  // namespace exysim::dram
