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

/// Up to 64 entries in order of age. Slots are given out in a circle, so the age order is the slot order
/// starting at the oldest; an entry 64 younger than the oldest has to wait outside.
class Window {
public:
    static constexpr uint32_t kSlots = 64;

    bool empty() const { return valid_ == 0; }
    uint32_t count() const { return count_; }
    /// Whether another entry fits, if `capacity` of them may be here.
    bool room(uint32_t capacity) const { return count_ < capacity && tail_ - head_ < 64; }
    uint64_t valid() const { return valid_; }
    uint64_t hits() const { return hits_; }
    uint64_t of_bank(uint32_t bank) const { return by_bank_[bank]; }
    uint32_t banks() const { return banks_; }  ///< bit b: an entry for bank b is here
    const Entry& at(uint32_t slot) const { return slots_[slot]; }

    /// The entries of the most urgent priority present.
    uint64_t most_urgent() const {
        if (urgent_ == 0) return valid_;
        for (uint32_t p = kPriorities - 1; p > 0; --p)
            if (by_priority_[p] != 0) return by_priority_[p];
        return valid_;
    }
    uint32_t oldest(uint64_t of) const {  ///< `of` is not empty
        return (head_ +
                static_cast<uint32_t>(std::countr_zero(std::rotr(of, static_cast<int>(head_ & 63))))) &
               63;
    }
    uint32_t age_rank(uint32_t slot) const { return (slot - head_) & 63; }
    uint32_t of_age(uint32_t rank) const { return (head_ + rank) & 63; }

    void push(const Entry& entry, bool hit) {
        const uint32_t slot = tail_++ & 63;
        ++count_;
        const uint64_t bit = uint64_t{1} << slot;
        slots_[slot] = entry;
        valid_ |= bit;
        if (hit) hits_ |= bit;
        by_bank_[entry.bank] |= bit;
        banks_ |= 1U << entry.bank;
        if (entry.priority != 0) {
            by_priority_[entry.priority] |= bit;
            ++urgent_;
        }
    }
    /// The entry's place is free from now on; what it held stays readable until the next push().
    const Entry& take(uint32_t slot) {
        const Entry& entry = slots_[slot];
        --count_;
        const uint64_t bit = uint64_t{1} << slot;
        valid_ &= ~bit;
        hits_ &= ~bit;
        by_bank_[entry.bank] &= ~bit;
        banks_ &= ~(uint32_t{by_bank_[entry.bank] == 0} << entry.bank);
        if (entry.priority != 0) {
            by_priority_[entry.priority] &= ~bit;
            --urgent_;
        }
        const uint32_t gone = age_rank(oldest(valid_));  // behind the oldest that is left
        head_ = valid_ == 0 ? tail_ : head_ + gone;
        return entry;
    }
    /// `bank` has opened `row`: which entries hit from now on.
    void row_opened(uint32_t bank, uint32_t row) {
        uint64_t hit = 0;
        for (uint64_t left = by_bank_[bank]; left != 0; left &= left - 1) {
            const auto slot = static_cast<uint32_t>(std::countr_zero(left));
            hit |= uint64_t{slots_[slot].row == row} << slot;
        }
        hits_ = (hits_ & ~by_bank_[bank]) | hit;
    }
    void row_closed(uint32_t bank) { hits_ &= ~by_bank_[bank]; }

private:
    std::array<Entry, kSlots> slots_;
    uint64_t valid_ = 0, hits_ = 0;
    std::array<uint64_t, kMaxBanks> by_bank_{};
    std::array<uint64_t, kPriorities> by_priority_{};
    uint32_t banks_ = 0, urgent_ = 0, count_ = 0;
    uint32_t head_ = 0, tail_ = 0;  // counted without end; the slot is the low six bits
};

}  // namespace exysim::dram
