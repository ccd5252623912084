// The state of a channel's banks: which rows are open and when each command may come next. Rules come from
// rules.hpp; this applies them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/dram/rules.hpp"
#include "models/dram/window.hpp"

namespace exysim::dram {

/// A command as it went to the devices.
struct Issued {
    Clocks at;
    uint8_t command;  ///< Command, or kRefresh (bank = first of its rank)
    uint8_t bank;
    uint32_t row;
};

struct alignas(64) Bank {  // a line of the host's cache, and shifts in place of multiplications
    static constexpr uint32_t kClosed = ~0U;
    std::array<Clocks, kCommands> next{};  ///< when each command may come next, as far as the bank has a say
    uint32_t row = kClosed;
    uint32_t last_row = kClosed;  ///< the row before, for the adaptive policy
    uint32_t session_hits = 0;    ///< column commands after the first since the row was opened
    uint8_t close_bias = 0;       ///< adaptive policy: 2 and 3 close rows early
    Clocks last_use = 0;
    uint64_t activates = 0, reads = 0, writes = 0;
};

class Banks {
public:
    Banks(const Timing& timing, const Geometry& geometry)
        : table_{timing},
          faw_{timing.faw},
          precharge_{timing.rp},
          banks_per_rank_{geometry.banks},
          ranks_{geometry.ranks},
          rank_shift_{static_cast<uint32_t>(std::countr_zero(geometry.banks))} {
        for (auto& ring : activates_) ring.fill(-(Clocks{1} << 40));
    }

    Bank& operator[](uint32_t bank) { return banks_[bank]; }
    const Bank& operator[](uint32_t bank) const { return banks_[bank]; }
    uint32_t rank_of(uint32_t bank) const { return bank >> rank_shift_; }
    uint32_t count() const { return banks_per_rank_ * ranks_; }  ///< a power of two
    /// One bit a bank.
    uint32_t all() const { return static_cast<uint32_t>((uint64_t{1} << count()) - 1); }
    uint32_t ranks() const { return ranks_; }
    uint32_t banks_per_rank() const { return banks_per_rank_; }

    /// First moment at which `command` may go to `bank`, not before `from`.
    Clocks earliest(Command command, uint32_t bank, Clocks from) const {
        return std::max(std::max(from, banks_[bank].next[command]), rank_next_[rank_of(bank)][command]);
    }
    /// First moment of an activate of another row than the open one, precharge included, as far as the bank
    /// has a say; its rank has one too.
    Clocks reopen(uint32_t bank, Clocks from) const {
        const Bank& own = banks_[bank];
        const Clocks precharged = earliest(kPrecharge, bank, from) + precharge_;
        return std::max(own.row == Bank::kClosed ? from : precharged, own.next[kActivate]);
    }
    /// First moment at which the rank lets any bank activate.
    Clocks rank_activate(uint32_t rank) const { return rank_next_[rank][kActivate]; }

    /// Opens `row`.
    void issue_activate(uint32_t bank, uint32_t row, Clocks at) {
        const uint32_t rank = rank_of(bank);
        banks_[bank].row = row;
        issue<kActivate>(kActivate, bank, at);
        activates_[rank][oldest_[rank]] = at;
        oldest_[rank] = (oldest_[rank] + 1) & 3;
        Clocks& next = rank_next_[rank][kActivate];
        next = std::max(next, activates_[rank][oldest_[rank]] + faw_);
        if (log_) log(kActivate, bank, at, 1, 0);
    }
    void issue_precharge(uint32_t bank, Clocks at) {
        if (log_) log(kPrecharge, bank, at, 1, 0);
        banks_[bank].row = Bank::kClosed;
        issue<kPrecharge>(kPrecharge, bank, at);
    }
    /// `count` column commands, kRead or kWrite, `step` apart; returns the moment of the last, from which the
    /// rules count.
    Clocks issue_columns(Command command, uint32_t bank, Clocks at, uint32_t count, Clocks step) {
        static_assert(bound_alike(kRead, kWrite));
        if (log_) log(command, bank, at, count, step);
        const Clocks last = at + (count - 1) * step;
        issue<kRead>(command, bank, last);
        return last;
    }
    /// An activate in the past that decisions for other banks did not see; only the bank is bound by it.
    void late_activate(uint32_t bank, uint32_t row, Clocks at) {
        banks_[bank].row = row;
        raise<Scope::bank, kActivate>(kActivate, banks_[bank].next, at);
    }
    void hold_precharge(uint32_t bank, Clocks until) {
        Clocks& next = banks_[bank].next[kPrecharge];
        next = std::max(next, until);
    }
    void issued_refresh(uint32_t rank, Clocks at) {
        if (log_) log_->push_back({at, kRefresh, static_cast<uint8_t>(rank * banks_per_rank_), 0});
    }
    /// Nothing goes to `rank` before `at`.
    void hold_rank(uint32_t rank, Clocks at) {
        for (Clocks& next : rank_next_[rank]) next = std::max(next, at);
    }
    void log_to(std::vector<Issued>* log) { log_ = log; }

private:
    using Next = std::array<Clocks, kCommands>;
    /// What `command`, which binds the same commands as `like`, makes later ones wait for.
    template <Command like>
    void issue(Command command, uint32_t bank, Clocks at) {
        const uint32_t rank = rank_of(bank);
        raise<Scope::bank, like>(command, banks_[bank].next, at);
        raise<Scope::rank, like>(command, rank_next_[rank], at);
        for (uint32_t other = 0; ranks_ > 1 && other < ranks_; ++other) {
            if (other != rank) raise<Scope::other_ranks, like>(command, rank_next_[other], at);
        }
    }
    template <Scope scope, Command like, size_t... then>
    void raise(Command first, Next& next, Clocks at, std::index_sequence<then...>) {
        const RuleTable::Row& delays = table_.row(scope, first);
        const auto one = [&]<size_t n>() {
            if constexpr (bound(scope, like, static_cast<Command>(n)))
                next[n] = std::max(next[n], at + delays[n]);
        };
        (one.template operator()<then>(), ...);
    }
    template <Scope scope, Command like>
    void raise(Command first, Next& next, Clocks at) {
        raise<scope, like>(first, next, at, std::make_index_sequence<kCommands>{});
    }
    void log(Command command, uint32_t bank, Clocks at, uint32_t count, Clocks step);

    RuleTable table_;
    Clocks faw_, precharge_;
    uint32_t banks_per_rank_, ranks_, rank_shift_;
    std::array<Bank, kMaxBanks> banks_{};
    std::array<Next, 4> rank_next_{};
    std::array<std::array<Clocks, 4>, 4> activates_;  // of each rank the last four, for tFAW
    std::array<uint32_t, 4> oldest_{};
    std::vector<Issued>* log_ = nullptr;
};

}  // namespace exysim::dram
