// Where a byte of RAM lies: channel, rank, bank, row. Written in the platform file, evaluated with shifts and
// masks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/dram/timing.hpp"

namespace exysim::dram {

/// How addresses are cut up.
struct Mapping {
    /// Fields of a channel's address from the top down: each of rank, row, bank, column once. DREX's chip
    /// maps: "interleaved" is {row, bank, column}, "linear" {bank, row, column}.
    std::string order = "rank row bank column";
    /// Address bits whose XOR picks the channel; the lowest is the interleaving granule and is taken out of
    /// the channel's own address. Origen: bits 7 and 21. Empty: channels follow each other.
    std::vector<uint32_t> channel_bits = {7, 21};
    /// XORs the bank with the row's low bits, so that power-of-two strides spread over banks.
    bool bank_hash = false;
};

/// Where a burst goes. `bank` counts through the ranks of the channel.
struct Location {
    uint32_t channel, bank, row;
};

/// Evaluates a checked Mapping.
class AddressMap {
public:
    AddressMap() = default;
    AddressMap(const Mapping& mapping, const Geometry& geometry);

    /// `offset`: bytes from the start of RAM.
    Location locate(uint64_t offset) const {
        uint32_t channel = static_cast<uint32_t>(offset >> linear_shift_) & linear_mask_;
        uint64_t local = offset & linear_rest_;
        if (channel_mask_ != 0) {
            channel = static_cast<uint32_t>(__builtin_parityll(offset & channel_mask_));
            local = (offset & low_mask_) | ((offset >> 1) & ~low_mask_);
        }
        const uint32_t row = static_cast<uint32_t>(local >> row_.shift) & row_.mask;
        uint32_t bank = static_cast<uint32_t>(local >> bank_.shift) & bank_.mask;
        bank ^= row & hash_mask_;
        if (rank_.mask != 0)
            bank += (static_cast<uint32_t>(local >> rank_.shift) & rank_.mask) * (bank_.mask + 1);
        return {channel, bank, row};
    }
    /// Naturally aligned bytes that certainly share channel and row.
    uint32_t contiguous_bytes() const { return contiguous_; }

private:
    struct Field {
        uint32_t shift = 0, mask = 0;
    };
    uint64_t channel_mask_ = 0, low_mask_ = ~uint64_t{0}, linear_rest_ = ~uint64_t{0};
    uint32_t linear_shift_ = 0, linear_mask_ = 0;
    Field rank_, row_, bank_;
    uint32_t hash_mask_ = 0, contiguous_ = 0;
};

/// What is wrong with the order or the channel bits, keys "order" and "channel_bits".
std::vector<Contradiction> contradictions(const Mapping& mapping, const Geometry& geometry,
                                          const Timing& timing);

}  // namespace exysim::dram
