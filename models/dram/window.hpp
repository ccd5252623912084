// The requests a channel's scheduler can see, kept as bit masks so that "the oldest row hit" is two
// instructions.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "models/dram/timing.hpp"

namespace exysim::dram {

inline constexpr uint32_t kMaxBanks = 32;   ///< of a channel: ranks times banks
inline constexpr uint32_t kPriorities = 4;  ///< 0 usual ... 3 most urgent

/// Part of a request: bursts in consecutive columns of one row.
struct Entry {
    Clocks arrival;
    uint32_t request;  ///< index of its record
    uint32_t row;
    uint8_t bank;
    uint8_t bursts;
    uint8_t priority;
    bool write;
    bool late;  ///< submitted after something at a later moment had been decided
};

/// Number of the lowest bit set, 63 if none is. On a baseline x86-64, countr_zero() alone branches on zero,
/// and which banks are wanted is as random as the addresses.
constexpr uint32_t lowest(uint64_t bits) {
    return static_cast<uint32_t>(std::countr_zero(bits | uint64_t{1} << 63));
}

/// When the oldest entry for a bank could have its row opened, as far as the bank has a say.
struct Opening {
    Clocks time;
    uint32_t number;  ///< of the entry, see Window
};

/// Up to 64 entries in order of age. Slots are given out in a circle, so the age order is the slot order
/// starting at the oldest; an entry 64 younger than the oldest has to wait outside. Also keeps the banks'
/// openings from one decision to the next, which changes few of them.
class Window {
public:
    static constexpr uint32_t kSlots = 64;

    bool empty() const { return valid_ == 0; }
    uint32_t count() const { return count_; }
    /// Whether another entry fits, if `capacity` of them may be here.
    bool room(uint32_t capacity) const { return count_ < capacity && tail_ - head_ < kSlots; }
    uint64_t valid() const { return valid_; }
    uint64_t hits() const { return hits_; }
    uint64_t of_bank(uint32_t bank) const { return by_bank_[bank]; }
    const Entry& at(uint32_t slot) const { return slots_[slot]; }
    uint32_t oldest() const { return slot_of(head_); }  ///< the window is not empty
    uint32_t oldest(uint64_t of) const { return slot_of(head_ + age_of_oldest(of)); }  ///< `of` likewise
    /// Entries are numbered as they come; their age counts from 0 for the oldest to 63.
    uint32_t number_of_oldest(uint64_t of) const { return head_ + age_of_oldest(of); }
    uint32_t age(uint32_t number) const { return number - head_; }
    uint32_t of_age(uint32_t age) const { return slot_of(head_ + age); }

    /// One for each bank; up to date but for the banks in changed(), one bit a bank.
    const Opening* openings() const { return openings_.data(); }
    void set_opening(uint32_t bank, const Opening& opening) { openings_[bank] = opening; }
    uint32_t changed() const { return changed_; }
    void set_changed(uint32_t banks) { changed_ = banks; }
    /// Must be told of whatever an opening depends on, except a push().
    void bank_changed(uint32_t bank) { changed_ |= 1U << bank; }

    /// Whether there are entries of another priority than the usual.
    bool urgent() const { return urgent_ != 0; }
    /// The entries of the most urgent priority present.
    uint64_t most_urgent() const {
        if (!urgent()) return valid_;
        for (uint32_t p = kPriorities - 1; p > 0; --p)
            if (by_priority_[p] != 0) return by_priority_[p];
        return valid_;
    }

    void push(const Entry& entry, bool hit) {
        const uint32_t slot = slot_of(tail_);
        const uint64_t bit = uint64_t{1} << slot;
        slots_[slot] = entry;
        valid_ |= bit;
        hits_ |= uint64_t{hit} << slot;
        by_bank_[entry.bank] |= bit;
        bank_changed(entry.bank);
        if (entry.priority != 0) {
            by_priority_[entry.priority] |= bit;
            ++urgent_;
        }
        ++count_;
        ++tail_;
    }
    /// The entry's place is free from now on; what it held stays readable until the next push(). Its bank has
    /// changed, see bank_changed().
    const Entry& take(uint32_t slot) {
        const Entry& entry = at(slot);
        const uint64_t bit = uint64_t{1} << slot;
        valid_ &= ~bit;
        hits_ &= ~bit;
        if (entry.priority != 0) {
            by_priority_[entry.priority] &= ~bit;
            --urgent_;
        }
        --count_;
        head_ = valid_ == 0 ? tail_ : head_ + age_of_oldest(valid_);
        by_bank_[entry.bank] &= ~bit;
        return entry;
    }
    /// `bank` has opened `row`: which entries hit from now on.
    void row_opened(uint32_t bank, uint32_t row) {
        if (empty()) return;
        uint64_t hit = 0, left = by_bank_[bank];
        const auto look = [&] {  // at the lowest of those left; harmless if none is
            const uint32_t slot = lowest(left);
            hit |= uint64_t{at(slot).row == row} << slot;
            left &= left - 1;
        };
        do {  // two a turn: few banks have more, and that they have is hard to predict
            look();
            look();
        } while (left != 0);
        hits_ = (hits_ & ~by_bank_[bank]) | (hit & by_bank_[bank]);
    }
    void row_closed(uint32_t bank) { hits_ &= ~by_bank_[bank]; }

private:
    static uint32_t slot_of(uint32_t number) { return number & (kSlots - 1); }
    uint32_t age_of_oldest(uint64_t of) const {
        return lowest(std::rotr(of, static_cast<int>(slot_of(head_))));
    }

    std::array<Entry, kSlots> slots_{};
    // hits_ is not beside valid_: a compiler would make one vector of both, and reloading half of it is slow.
    uint64_t valid_ = 0;
    std::array<uint64_t, kMaxBanks> by_bank_{};
    uint64_t hits_ = 0;
    std::array<uint64_t, kPriorities> by_priority_{};
    std::array<Opening, kMaxBanks> openings_{};
    uint32_t changed_ = ~0U;
    uint32_t urgent_ = 0, count_ = 0;
    uint32_t head_ = 0, tail_ = 0;  // counted without end; the slot is the low six bits
};

}  // namespace exysim::dram
