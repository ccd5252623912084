#include "models/cache/array.hpp"

namespace exysim::cache {

uint32_t Array::choose_among(uint32_t set, Replacement how, uint32_t closed) {
    const uint32_t first = place(set, 0);
    uint32_t open = all_ways_ & ~closed;
    if (open == 0) return kNone;
    const uint32_t free = free_ != 0 ? ways_with(first, kNone) & open : 0;
    if (free != 0) return first + static_cast<uint32_t>(std::countr_zero(free));
    const uint32_t turn = next_turn(set, how);
    if (open == all_ways_) return first + (turn & way_mask_);
    uint32_t skip = turn % static_cast<uint32_t>(std::popcount(open));
    while (skip-- != 0) open &= open - 1;
    return first + static_cast<uint32_t>(std::countr_zero(open));
}

}  // namespace exysim::cache
