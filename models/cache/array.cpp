#include "models/cache/array.hpp"

#include <bit>

namespace exysim::cache {

uint32_t Array::choose(uint32_t set, uint32_t closed) {
    const uint32_t first = place(set, 0), all = (uint32_t{2} << (geometry_.ways - 1)) - 1;
    uint32_t open = all & ~closed;
    if (open == 0) return kNone;
    for (uint32_t way = 0; way < geometry_.ways; ++way) {
        if (!valid(first + way) && (open >> way & 1) != 0) return first + way;
    }
    uint32_t skip = random_.next() % static_cast<uint32_t>(std::popcount(open));
    while (skip-- != 0) open &= open - 1;
    return first + static_cast<uint32_t>(std::countr_zero(open));
}

}  // namespace exysim::cache
