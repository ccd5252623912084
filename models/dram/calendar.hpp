// What a channel did lately, so that a request stamped earlier than decisions already taken can still use
// what they left free: the data bus and the activates clock by clock, each bank's open rows. Bounded memory:
// the last kSpan clocks (3.3 us at the fastest preset) and kSessions rows of each bank.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "models/dram/window.hpp"

namespace exysim::dram {

/// One bit a clock over the last kSpan clocks.
class ClockBits {
public:
    static constexpr Clocks kSpan = 4096;

    /// Marks `count` clocks from `from`, which is not kSpan older than the latest marked.
    void mark(Clocks from, Clocks count) {
        advance(from + count - 1);
        for (; count > 64; count -= 64, from += 64) mark_near(from, 64);
        mark_near(from, count);
    }
    bool marked(Clocks at) const { return at <= last() && ((words_[word_of(at)] >> (at & 63)) & 1) != 0; }
    /// The 64 clocks from `from`, lowest bit first.
    uint64_t from(Clocks at) const {
        const auto bit = static_cast<uint32_t>(at & 63);
        return word(at) >> bit | (word(at + 64) << 1) << (63 - bit);
    }
    /// First start, not before `from`, of `count` (1 to 64) unmarked clocks; `from` is not before first().
    Clocks free_run(Clocks from, Clocks count) const {
        const uint64_t wanted = ~uint64_t{0} >> (64 - count);
        while (from <= last()) {
            const auto bit = static_cast<uint32_t>(from & 63);
            const uint64_t next = (from >> 6) < top_ ? words_[word_of(from + 64)] : 0;
            const uint64_t busy = words_[word_of(from)] >> bit | (next << 1) << (63 - bit);
            if ((busy & wanted) == 0) return from;  // as most are
            const uint64_t starts = runs(~busy, count);
            if (starts != 0) return from + std::countr_zero(starts);
            // On to what these clocks do not decide, or past the last marked clock in the way.
            from += std::max<Clocks>(65 - count, std::bit_width(busy & wanted));
        }
        return from;
    }
    Clocks last() const { return (top_ << 6) + 63; }
    Clocks first() const { return last() + 1 - kSpan; }

private:
    /// 1 to 64 clocks: two words, whether the second has any of them or not.
    void mark_near(Clocks from, Clocks count) {
        const auto bit = static_cast<uint32_t>(from & 63);
        const uint64_t marks = ~uint64_t{0} >> ((64 - count) & 63);
        words_[word_of(from)] |= marks << bit;
        words_[word_of(from + 64)] |= (marks >> 1) >> (63 - bit);
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
    static size_t word_of(Clocks at) { return static_cast<size_t>(at >> 6) & (kWords - 1); }
    uint64_t word(Clocks at) const { return (at >> 6) > top_ || at < first() ? 0 : words_[word_of(at)]; }
    /// The word after the top is kept clear, so that going there needs no branch.
    void advance(Clocks to) {
        const Clocks wanted = to >> 6;
        if (wanted > top_ + 1) skip_to(wanted);
        top_ = std::max(top_, wanted);
        words_[word_of(clock_of(top_ + 1))] = 0;
    }
    void skip_to(Clocks wanted) {
        top_ = std::max(top_, wanted - static_cast<Clocks>(kWords));
        while (top_ < wanted) words_[word_of(clock_of(++top_))] = 0;
    }
    static Clocks clock_of(Clocks word) { return word << 6; }

    static constexpr size_t kWords = 2 * kSpan / 64;  // kSpan and the clear one, to a power of two
    std::array<uint64_t, kWords> words_{};
    Clocks top_ = 0;
};

/// One row's time in a bank.
struct Session {
    static constexpr uint32_t kRefresh = ~0U - 1;  ///< `row` of a refresh
    uint32_t row = kRefresh;
    Clocks activate = -(Clocks{1} << 40);
    Clocks closable = -(Clocks{1} << 40);  ///< earliest precharge; for a refresh, its end less tRP
};

/// The latest rows of one bank, oldest first.
class Sessions {
public:
    static constexpr uint32_t kSessions = 16;  // a power of two
    static constexpr uint32_t kLatest = kSessions - 1;

    Session& latest() { return at(kLatest); }
    /// 0 = oldest kept ... kLatest.
    Session& at(uint32_t n) { return ring_[(next_ + n) & (kSessions - 1)]; }
    void push(const Session& session) { ring_[next_++ & (kSessions - 1)] = session; }
    /// Puts `session` behind number `n`; the oldest is forgotten.
    void insert_after(uint32_t n, const Session& session) {
        for (uint32_t i = 0; i < n; ++i) at(i) = at(i + 1);
        at(n) = session;
    }

private:
    std::array<Session, kSessions> ring_{};
    uint32_t next_ = 0;
};

/// A channel's recent past.
struct Calendar {
    ClockBits data;
    std::array<ClockBits, 4> activates;  ///< of each rank
    std::array<Sessions, kMaxBanks> banks;
};

}  // namespace exysim::dram
