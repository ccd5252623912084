// A histogram of non-negative whole numbers with bounded error and memory: exact below 64, then 32 steps an
// octave.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace exysim {

class Histogram {
public:
    void add(uint64_t value) { ++buckets_[index_of(value)]; }
    /// How many have been added; summed when asked for.
    uint64_t count() const { return std::accumulate(buckets_.begin(), buckets_.end(), uint64_t{0}); }
    /// Smallest value that at least `share` of all values (0 to 1) do not exceed; the top of its bucket, so
    /// at most 1/32 too large. Zero if there are none.
    uint64_t quantile(double share) const {
        const double wanted = share * static_cast<double>(count());
        uint64_t below = 0;
        for (std::size_t n = 0; n < kBuckets; ++n) {
            below += buckets_[n];
            if (below != 0 && static_cast<double>(below) >= wanted) return top_of(n);
        }
        return 0;
    }

private:
    using size_t = std::size_t;
    static constexpr size_t kBuckets = 64 + 32 * 35;  // values up to 2^40
    static size_t index_of(uint64_t value) {
        const auto exponent = static_cast<uint32_t>(std::bit_width(value | 63)) - 6;  // 0 below 64
        const size_t index = 32 * size_t{exponent} + (value >> exponent);
        return index < kBuckets ? index : kBuckets - 1;
    }
    static uint64_t top_of(size_t index) {
        if (index < 64) return index;
        const uint64_t exponent = index / 32 - 1;
        return ((index - 32 * exponent + 1) << exponent) - 1;
    }

    std::array<uint64_t, kBuckets> buckets_{};
};

}  // namespace exysim
