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

struct alignas(64) Bank {  // lines of the host's cache, and shifts in place of multiplications
    static constexpr uint32_t kClosed = ~0U;
    static constexpr Clocks kLongAgo = -(Clocks{1} << 40);
    /// When each command may come next, as far as the bank has a say.
    std::array<Clocks, kCommands> next{kLongAgo, kLongAgo, kLongAgo, kLongAgo};
    uint32_t row = kClosed;
    uint32_t rank = 0;
    Clocks last_use = 0;
    uint64_t activates = 0, reads = 0, writes = 0;
    uint32_t last_row = kClosed;  ///< the row before, for the adaptive policy
    uint32_t session_hits = 0;    ///< column commands after the first since the row was opened
    uint8_t close_bias = 0;       ///< adaptive policy: 2 and 3 close rows early

    bool closed() const { return row == kClosed; }
};

class Banks {
public:
    Banks(const Timing& timing, const Geometry& geometry)
        : table_{timing}, faw_{timing.faw}, banks_per_rank_{geometry.banks}, ranks_{geometry.ranks} {
        for (uint32_t bank = 0; bank < count(); ++bank) banks_[bank].rank = bank / banks_per_rank_;
    }

    Bank& operator[](uint32_t bank) { return banks_[bank]; }
    const Bank& operator[](uint32_t bank) const { return banks_[bank]; }
    uint32_t count() const { return banks_per_rank_ * ranks_; }  ///< a power of two
    /// One bit a bank.
    uint32_t all() const { return static_cast<uint32_t>((uint64_t{1} << count()) - 1); }
    uint32_t ranks() const { return ranks_; }
    uint32_t banks_per_rank() const { return banks_per_rank_; }

    /// First moment at which `command` may go to `bank`, not before `from`.
    Clocks earliest(Command command, const Bank& bank, Clocks from) const {
        return earliest(command, bank, rank_of(bank), from);
    }
    /// First moment of an activate of another row than the open one, precharge included, as far as the bank
    /// has a say; its rank has one too.
    Clocks reopen(uint32_t number, Clocks from) const {
        const Bank& bank = banks_[number];
        const Clocks precharged = earliest(kPrecharge, bank, from) + precharge();
        return std::max(bank.closed() ? from : precharged, bank.next[kActivate]);
    }
    /// First moment at which the rank lets any bank activate.
    Clocks rank_activate(uint32_t rank) const { return rank_[rank].next[kActivate]; }

    /// Opens `row` of a bank as early as the rules let it from `from` on, after closing the open one. Returns
    /// the moment of the activate.
    Clocks open(Bank& bank, uint32_t row, Clocks from) {
        Rank& rank = rank_of(bank);
        const Clocks closing = earliest(kPrecharge, bank, rank, from);
        const bool closed = bank.closed();
        Clocks at = earliest(kActivate, bank, rank, from);
        if (!closed) at = std::max(at, closing + precharge());
        if (log_) log_open(bank, row, closed, closing, at);
        bank.row = row;
        issue_activate(bank, rank, at);
        return at;
    }
    void close(Bank& bank, Clocks from) {
        const Clocks at = earliest(kPrecharge, bank, from);
        if (log_) log(kPrecharge, bank, bank.row, at);
        bank.row = Bank::kClosed;
        Clocks& next = bank.next[kActivate];
        next = std::max(next, at + precharge());
    }
    /// Column commands, kRead or kWrite, `step` apart, the first as early as the rules let it from `from` on,
    /// the last `more` later. Returns the moment of the first.
    Clocks access(Command command, Bank& bank, Clocks from, Clocks more, Clocks step) {
        static_assert(bound_alike(kRead, kWrite));
        Rank& rank = rank_of(bank);
        const Clocks first = earliest(command, bank, rank, from), last = first + more;
        if (log_) log_columns(command, bank, first, last, step);
        raise<Scope::bank, kRead>(command, bank.next, last);
        raise<Scope::rank, kRead>(command, rank.next, last);
        if (ranks_ > 1) raise_others(command, bank.rank, last);
        return first;
    }
    /// An activate in the past that decisions for other banks did not see; only the bank is bound by it.
    void late_activate(Bank& bank, uint32_t row, Clocks at) {
        bank.row = row;
        raise<Scope::bank, kActivate>(kActivate, bank.next, at);
    }
    void hold_precharge(Bank& bank, Clocks until) {
        bank.next[kPrecharge] = std::max(bank.next[kPrecharge], until);
    }
    void issued_refresh(uint32_t rank, Clocks at) {
        if (log_) log_->push_back({at, kRefresh, static_cast<uint8_t>(rank * banks_per_rank_), 0});
    }
    /// Nothing goes to `rank` before `at`.
    void hold_rank(uint32_t rank, Clocks at) {
        for (Clocks& next : rank_[rank].next) next = std::max(next, at);
    }
    void log_to(std::vector<Issued>* log) { log_ = log; }

private:
    using Next = std::array<Clocks, kCommands>;
    struct alignas(64) Rank {
        Next next{};
        /// The last four, for tFAW.
        std::array<Clocks, 4> activates{Bank::kLongAgo, Bank::kLongAgo, Bank::kLongAgo, Bank::kLongAgo};
        uint32_t oldest = 0;
    };
    static Clocks earliest(Command command, const Bank& bank, const Rank& rank, Clocks from) {
        return std::max(std::max(from, bank.next[command]), rank.next[command]);
    }
    Rank& rank_of(const Bank& bank) { return rank_[bank.rank]; }
    const Rank& rank_of(const Bank& bank) const { return rank_[bank.rank]; }
    /// tRP, the one rule that a precharge brings.
    Clocks precharge() const { return table_.row(Scope::bank, kPrecharge)[kActivate]; }
    static_assert(bound(Scope::bank, kPrecharge) == 1 && bound(Scope::bank, kPrecharge, kActivate) &&
                  bound(Scope::rank, kPrecharge) == 0 && bound(Scope::other_ranks, kPrecharge) == 0);

    /// An activate is later than all that bound it, so what waits for it waits for nothing before it.
    void issue_activate(Bank& bank, Rank& rank, Clocks at) {
        static_assert(bound(Scope::bank, kActivate) == kCommands && bound(Scope::rank, kActivate) == 1 &&
                      bound(Scope::rank, kActivate, kActivate) && bound(Scope::other_ranks, kActivate) == 0);
        const RuleTable::Row& delays = table_.row(Scope::bank, kActivate);
        for (uint32_t then = 0; then < kCommands; ++then) bank.next[then] = at + delays[then];
        rank.activates[rank.oldest] = at;
        rank.oldest = (rank.oldest + 1) % 4;
        rank.next[kActivate] =
            std::max(at + table_.row(Scope::rank, kActivate)[kActivate], rank.activates[rank.oldest] + faw_);
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
    /// What `first`, which binds the same commands as `like`, makes later ones wait for.
    template <Scope scope, Command like>
    void raise(Command first, Next& next, Clocks at) {
        raise<scope, like>(first, next, at, std::make_index_sequence<kCommands>{});
    }
    void raise_others(Command column, uint32_t rank, Clocks at);
    void log(Command command, const Bank& bank, uint32_t row, Clocks at);
    void log_open(const Bank& bank, uint32_t row, bool closed, Clocks closing, Clocks at);
    void log_columns(Command command, const Bank& bank, Clocks first, Clocks last, Clocks step);

    RuleTable table_;
    Clocks faw_;
    uint32_t banks_per_rank_, ranks_;
    std::array<Bank, kMaxBanks> banks_{};
    std::array<Rank, 4> rank_{};
    std::vector<Issued>* log_ = nullptr;
};

}  // namespace exysim::dram
