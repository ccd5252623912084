// A memory's bytes with the count of what moves, for all who move data: its socket, and a bus that knows
// where the bytes are.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "models/base/statistics.hpp"

namespace exysim {

class CountedMemory {
public:
    static constexpr size_t kLine = 32;  ///< of a cache; the length of most that moves

    /// `bytes` and the counters outlive it.
    CountedMemory(std::span<uint8_t> bytes, Counter& read, Counter& written)
        : bytes_{bytes}, read_{read}, written_{written} {}

    bool holds(uint64_t offset, uint64_t bytes) const {
        return bytes <= bytes_.size() && offset <= bytes_.size() - bytes;
    }
    /// To `data`, or from there for a write, and counted; false if the memory does not have all of it.
    bool move(bool write, uint64_t offset, std::span<uint8_t> data) {
        if (!holds(offset, data.size())) return false;
        copy(write, offset, data);
        (write ? written_ : read_) += data.size();
        return true;
    }
    /// The same for those who know that it is there, and uncounted.
    void copy(bool write, uint64_t offset, std::span<uint8_t> data) {
        uint8_t* const mine = bytes_.data() + offset;
        uint8_t *const to = write ? mine : data.data(), *const from = write ? data.data() : mine;
        if (data.size() == kLine) {  // the compiler knows a faster way
            std::memcpy(to, from, kLine);
        } else {
            std::memcpy(to, from, data.size());
        }
    }

private:
    std::span<uint8_t> bytes_;
    Counter &read_, &written_;
};

}  // namespace exysim
