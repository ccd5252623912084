// The fourteen conditions, tested on flags in the form Registers keeps them (ARM ARM A8.3).
#pragma once

#include "models/cpu/registers.hpp"

namespace exysim::cpu {

/// Condition `kCond` (0 = EQ ... 13 = LE, 14 = AL) holds.
template <uint32_t kCond>
[[gnu::always_inline]] inline bool holds(const Registers& f) {
    if constexpr (kCond % 2 != 0) {
        return !holds<kCond - 1>(f);
    } else if constexpr (kCond == 0) {
        return f.zf == 0;
    } else if constexpr (kCond == 2) {
        return f.cf != 0;
    } else if constexpr (kCond == 4) {
        return (f.nf >> 31) != 0;
    } else if constexpr (kCond == 6) {
        return (f.vf >> 31) != 0;
    } else if constexpr (kCond == 8) {
        return f.cf != 0 && f.zf != 0;
    } else if constexpr (kCond == 10) {
        return ((f.nf ^ f.vf) >> 31) == 0;
    } else if constexpr (kCond == 12) {
        return f.zf != 0 && ((f.nf ^ f.vf) >> 31) == 0;
    } else {
        return true;
    }
}

}  // namespace exysim::cpu
