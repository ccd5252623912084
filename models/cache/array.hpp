// Tags and data of a set-associative cache with 32-byte lines. Knows no policy and no time.
#pragma once

#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "models/base/address.hpp"
#include "models/cache/config.hpp"
#include "models/cache/way_match.hpp"

namespace exysim::cache {

/// Pseudo-random numbers for replacement and speculation: the same for every run with the same seed.
class Random {
public:
    explicit Random(uint64_t seed) : state_{seed * 0x9E37'79B9'7F4A'7C15U | 1} {}
    uint32_t next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<uint32_t>(state_ >> 32);
    }

private:
    uint64_t state_;
};

/// Who makes room: a pseudo-random way, or each in turn (Assumed: a counter a set).
enum class Replacement : uint8_t { random, round_robin };

/// Lines are named by their place: set * ways + way, of a power of two of ways. A line's address is kept
/// whole, as its line number.
class Array {
public:
    static constexpr uint32_t kNone = ~0U;

    Array(Geometry g, uint64_t seed)
        : geometry_{g},
          lines_{g.lines()},
          set_mask_{g.sets() - 1},
          way_mask_{g.ways - 1},
          all_ways_{(uint32_t{2} << way_mask_) - 1},
          ways_log2_{static_cast<uint8_t>(std::countr_zero(g.ways))},
          free_{g.lines()},
          next_way_(g.sets()),
          tags_(g.lines() + kMostWays, kNone),
          data_(static_cast<size_t>(g.lines()) * kLine),
          random_{seed} {
        assert(std::has_single_bit(g.ways) && g.ways <= kMostWays);
    }

    const Geometry& geometry() const { return geometry_; }
    uint32_t lines() const { return lines_; }
    uint32_t set_of(uint32_t address) const { return address / kLine & set_mask_; }
    uint32_t place(uint32_t set, uint32_t way) const { return (set << ways_log2_) + way; }

    /// Place of the line that holds `address`, or kNone.
    uint32_t find(PhysAddr address) const { return find(set_of(address.value), address); }
    /// The same where the set comes from another address (virtually indexed).
    uint32_t find(uint32_t set, PhysAddr address) const {
        const uint32_t first = place(set, 0), ways = ways_with(first, address.value / kLine);
        return ways == 0 ? kNone : first + static_cast<uint32_t>(std::countr_zero(ways));
    }
    /// Where a new line goes: a free way, else the one whose turn it is. Ways of the mask `closed` are left
    /// alone; kNone if that leaves nothing.
    uint32_t choose(uint32_t set, Replacement how, uint32_t closed = 0) {
        if ((free_ | closed) != 0) [[unlikely]]
            return choose_among(set, how, closed);
        return place(set, next_turn(set, how) & way_mask_);
    }
    /// Whose turn it is in the set, where replacement is round robin and all ways are open.
    uint32_t next_in_turn(uint32_t set) const { return place(set, next_way_[set] & way_mask_); }
    /// A copy from or to the line will follow: for the host's caches alone.
    void expect_data(uint32_t at) const { __builtin_prefetch(data(at)); }

    /// Whether the line is at this place, if there is such a place.
    bool holds(uint32_t at, PhysAddr address) const {
        return at < lines_ && tags_[at] == address.value / kLine;
    }
    bool valid(uint32_t at) const { return tags_[at] != kNone; }
    PhysAddr address(uint32_t at) const { return PhysAddr{tags_[at] * kLine}; }
    void set_address(uint32_t at, PhysAddr address) {
        if (!valid(at)) --free_;
        tags_[at] = address.value / kLine;
    }
    void drop(uint32_t at) {
        if (valid(at)) empty(at);
    }
    /// Of a place that holds a line; move_in() of one that holds none.
    void empty(uint32_t at) {
        ++free_;
        tags_[at] = kNone;
    }
    void move_in(uint32_t at, PhysAddr address) {
        --free_;
        tags_[at] = address.value / kLine;
    }
    uint8_t* data(uint32_t at) { return &data_[static_cast<size_t>(at) * kLine]; }
    const uint8_t* data(uint32_t at) const { return &data_[static_cast<size_t>(at) * kLine]; }
    std::span<uint8_t> bytes(uint32_t at) { return {data(at), kLine}; }
    std::span<const uint8_t> bytes(uint32_t at) const { return {data(at), kLine}; }

private:
    static constexpr uint32_t kMostWays = 16;

    uint32_t choose_among(uint32_t set, Replacement how, uint32_t closed);
    uint32_t next_turn(uint32_t set, Replacement how) {
        return how == Replacement::random ? random_.next() : next_way_[set]++;
    }
    /// A bit a way: those of the set that begins at `first` whose tag is `tag`. The next set's tags are
    /// compared too where a set has fewer than are compared at once.
    uint32_t ways_with(uint32_t first, uint32_t tag) const {
        const uint32_t* tags = &tags_[first];
        return (way_mask_ < 4 ? equal_in_4(tags, tag) : equal_in_16(tags, tag)) & all_ways_;
    }

    Geometry geometry_;
    uint32_t lines_, set_mask_, way_mask_, all_ways_;
    uint8_t ways_log2_;
    uint32_t free_;                  // lines of the whole cache that hold nothing
    std::vector<uint8_t> next_way_;  // of round robin, a set
    std::vector<uint32_t> tags_;     // by place; more than there are places, so that many can be compared
    std::vector<uint8_t> data_;
    Random random_;
};

/// Bytes from or to a line: nearly always a whole one or a word, which the compiler copies in place.
inline void copy_bytes(uint8_t* to, const uint8_t* from, size_t size) {
    if (size == kLine) {
        std::memcpy(to, from, kLine);
    } else if (size == sizeof(uint32_t)) {
        std::memcpy(to, from, sizeof(uint32_t));
    } else {
        std::memcpy(to, from, size);
    }
}

/// Bytes that are read-only for us; bursts want a mutable span and do not write through it.
inline std::span<uint8_t> writable(std::span<const uint8_t> data) {
    return {const_cast<uint8_t*>(data.data()), data.size()};
}

constexpr PhysAddr line_of(PhysAddr a) { return PhysAddr{a.value & ~(kLine - 1)}; }

}  // namespace exysim::cache
