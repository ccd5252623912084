// Integer mix: CRC, a sieve, matrix products and a state machine over text, in the spirit of CoreMark.
#include "program.hpp"

namespace {

uint32_t crc32(const uint8_t* data, uint32_t bytes, uint32_t crc) {
    for (uint32_t i = 0; i < bytes; ++i) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xEDB8'8320 : crc >> 1;
    }
    return crc;
}

uint32_t count_primes(uint8_t* flags, uint32_t limit) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < limit; ++i) flags[i] = 1;
    for (uint32_t i = 2; i < limit; ++i) {
        if (!flags[i]) continue;
        ++count;
        for (uint32_t j = 2 * i; j < limit; j += i) flags[j] = 0;
    }
    return count;
}

constexpr int kSize = 24;

uint32_t multiply(int32_t (&a)[kSize][kSize], int32_t (&b)[kSize][kSize]) {
    uint32_t sum = 0;
    for (int i = 0; i < kSize; ++i)
        for (int j = 0; j < kSize; ++j) {
            int32_t cell = 0;
            for (int k = 0; k < kSize; ++k) cell += a[i][k] * b[k][j];
            sum = sum * 31 + static_cast<uint32_t>(cell >> 4);
        }
    return sum;
}

/// Classifies characters as numbers, words and others.
uint32_t scan(const uint8_t* text, uint32_t bytes) {
    enum { start, number, word, other } state = start;
    uint32_t counts[4] = {};
    for (uint32_t i = 0; i < bytes; ++i) {
        const uint8_t c = text[i] & 0x7F;
        switch (state) {
            case number:
                state = c >= '0' && c <= '9' ? number : start;
                break;
            case word:
                state = c >= 'a' && c <= 'z' ? word : start;
                break;
            default:
                state = c >= '0' && c <= '9' ? number : c >= 'a' && c <= 'z' ? word : other;
        }
        ++counts[state];
    }
    return counts[0] ^ counts[1] << 8 ^ counts[2] << 16 ^ counts[3] << 24;
}

uint8_t buffer[16384];
int32_t left[kSize][kSize], right[kSize][kSize];

}  // namespace

uint32_t benchmark() {
    uint32_t seed = 1, sum = 0;
    for (int round = 0; round < 400; ++round) {
        for (uint8_t& byte : buffer) byte = static_cast<uint8_t>(next_random(seed));
        sum = crc32(buffer, sizeof buffer, sum) + scan(buffer, sizeof buffer);
        for (int i = 0; i < kSize * kSize; ++i) {
            (&left[0][0])[i] = static_cast<int16_t>(next_random(seed));
            (&right[0][0])[i] = static_cast<int16_t>(next_random(seed));
        }
        for (int i = 0; i < 10; ++i) sum += multiply(left, right);
        sum += count_primes(buffer, sizeof buffer);
    }
    return sum;
}
