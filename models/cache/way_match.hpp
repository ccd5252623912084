// Which of a set's tags are equal to one: a bit a way. The usual associativities take a handful of the host's
// vector instructions and no branch that depends on the result.
#pragma once

#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace exysim::cache {

inline uint32_t equal_in(const uint32_t* tags, uint32_t ways, uint32_t tag) {
    uint32_t found = 0;
    for (uint32_t way = 0; way < ways; ++way) found |= (tags[way] == tag ? 1U : 0U) << way;
    return found;
}

#ifdef __SSE2__
inline __m128i equal_lanes(const uint32_t* four, uint32_t tag) {
    return _mm_cmpeq_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(four)),
                           _mm_set1_epi32(static_cast<int>(tag)));
}
inline uint32_t equal_in_4(const uint32_t* tags, uint32_t tag) {
    return static_cast<uint32_t>(_mm_movemask_ps(_mm_castsi128_ps(equal_lanes(tags, tag))));
}
inline uint32_t equal_in_16(const uint32_t* tags, uint32_t tag) {
    const __m128i low = _mm_packs_epi32(equal_lanes(tags, tag), equal_lanes(tags + 4, tag));
    const __m128i high = _mm_packs_epi32(equal_lanes(tags + 8, tag), equal_lanes(tags + 12, tag));
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
}
#else
inline uint32_t equal_in_4(const uint32_t* tags, uint32_t tag) { return equal_in(tags, 4, tag); }
inline uint32_t equal_in_16(const uint32_t* tags, uint32_t tag) { return equal_in(tags, 16, tag); }
#endif

}  // namespace exysim::cache
