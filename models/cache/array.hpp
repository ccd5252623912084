// Tags and data of a set-associative cache with 32-byte lines. Knows no policy and no time.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "models/base/address.hpp"
#include "models/cache/config.hpp"

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

/// Lines are named by their place: set * ways + way. A line's address is kept whole, as its line number.
class Array {
public:
    static constexpr uint32_t kNone = ~0U;

    Array(Geometry g, uint64_t seed)
        : geometry_{g},
          tags_(g.lines(), kNone),
          data_(static_cast<size_t>(g.lines()) * kLine),
          random_{seed} {}

    const Geometry& geometry() const { return geometry_; }
    uint32_t lines() const { return geometry_.lines(); }
    uint32_t set_of(uint32_t address) const { return address / kLine & (geometry_.sets() - 1); }
    uint32_t place(uint32_t set, uint32_t way) const { return set * geometry_.ways + way; }

    /// Place of the line that holds `address`, or kNone.
    uint32_t find(PhysAddr address) const { return find(set_of(address.value), address); }
    /// The same where the set comes from another address (virtually indexed).
    uint32_t find(uint32_t set, PhysAddr address) const {
        const uint32_t first = set * geometry_.ways, wanted = address.value / kLine;
        for (uint32_t way = 0; way < geometry_.ways; ++way) {
            if (tags_[first + way] == wanted) return first + way;
        }
        return kNone;
    }
    /// Where a new line goes: a free way, else a pseudo-random one. Ways of the mask `closed` are left alone;
    /// kNone if that leaves nothing.
    uint32_t choose(uint32_t set, uint32_t closed = 0);

    bool valid(uint32_t at) const { return tags_[at] != kNone; }
    PhysAddr address(uint32_t at) const { return PhysAddr{tags_[at] * kLine}; }
    void set_address(uint32_t at, PhysAddr address) { tags_[at] = address.value / kLine; }
    void drop(uint32_t at) { tags_[at] = kNone; }
    uint8_t* data(uint32_t at) { return &data_[static_cast<size_t>(at) * kLine]; }
    const uint8_t* data(uint32_t at) const { return &data_[static_cast<size_t>(at) * kLine]; }
    std::span<uint8_t> bytes(uint32_t at) { return {data(at), kLine}; }

private:
    Geometry geometry_;
    std::vector<uint32_t> tags_;
    std::vector<uint8_t> data_;
    Random random_;
};

constexpr PhysAddr line_of(PhysAddr a) { return PhysAddr{a.value & ~(kLine - 1)}; }

}  // namespace exysim::cache
