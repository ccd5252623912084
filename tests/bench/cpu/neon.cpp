// Advanced SIMD: colour conversion of a picture, a blend, a convolution in single precision, a matrix product
// of 16-bit integers, and a copy.
#include <arm_neon.h>

#include "program.hpp"

namespace {

constexpr int kPixels = 64 * 1024;
uint8_t luma[kPixels], blue_difference[kPixels / 2], red_difference[kPixels / 2];
uint8_t rgb[3 * kPixels], background[3 * kPixels];

/// BT.601 in six fraction bits, 16 pixels a turn.
void convert() {
    for (int i = 0; i < kPixels; i += 16) {
        const uint8x16_t y = vqsubq_u8(vld1q_u8(luma + i), vdupq_n_u8(16));
        const uint8x8_t cb = vld1_u8(blue_difference + i / 2), cr = vld1_u8(red_difference + i / 2);
        const uint8x8x2_t cbs = vzip_u8(cb, cb), crs = vzip_u8(cr, cr);
        uint8x8x3_t out[2];
        for (int half = 0; half < 2; ++half) {
            const uint8x8_t y8 = half == 0 ? vget_low_u8(y) : vget_high_u8(y);
            const int16x8_t base = vreinterpretq_s16_u16(vmull_u8(y8, vdup_n_u8(74)));
            const int16x8_t u = vreinterpretq_s16_u16(vsubl_u8(cbs.val[half], vdup_n_u8(128)));
            const int16x8_t v = vreinterpretq_s16_u16(vsubl_u8(crs.val[half], vdup_n_u8(128)));
            out[half].val[0] = vqrshrun_n_s16(vqaddq_s16(base, vmulq_n_s16(v, 102)), 6);
            out[half].val[1] = vqrshrun_n_s16(vmlaq_n_s16(vmlaq_n_s16(base, u, -25), v, -52), 6);
            out[half].val[2] = vqrshrun_n_s16(vqaddq_s16(base, vmulq_n_s16(u, 129)), 6);
        }
        vst3_u8(rgb + 3 * i, out[0]);
        vst3_u8(rgb + 3 * i + 24, out[1]);
    }
}

void blend(uint8_t alpha) {
    const uint8x8_t over = vdup_n_u8(alpha), under = vdup_n_u8(static_cast<uint8_t>(255 - alpha));
    for (int i = 0; i < 3 * kPixels; i += 16) {
        const uint8x16_t a = vld1q_u8(rgb + i), b = vld1q_u8(background + i);
        const uint16x8_t low = vmlal_u8(vmull_u8(vget_low_u8(a), over), vget_low_u8(b), under);
        const uint16x8_t high = vmlal_u8(vmull_u8(vget_high_u8(a), over), vget_high_u8(b), under);
        vst1q_u8(background + i, vcombine_u8(vrshrn_n_u16(low, 8), vrshrn_n_u16(high, 8)));
    }
}

alignas(16) float signal[4096 + 8], filtered[4096];

void filter() {
    static constexpr float kTaps[8] = {0.05f, 0.1f, 0.15f, 0.2f, 0.2f, 0.15f, 0.1f, 0.05f};
    for (int i = 0; i < 4096; i += 4) {
        float32x4_t sum = vdupq_n_f32(0);
        for (int tap = 0; tap < 8; ++tap) sum = vmlaq_n_f32(sum, vld1q_f32(signal + i + tap), kTaps[tap]);
        vst1q_f32(filtered + i, sum);
    }
}

int16_t left[64][64], right[64][64];
int32_t product[64][64];

void multiply() {
    for (int row = 0; row < 64; ++row)
        for (int column = 0; column < 64; column += 8) {
            int32x4_t low = vdupq_n_s32(0), high = low;
            for (int k = 0; k < 64; ++k) {
                const int16x8_t b = vld1q_s16(&right[k][column]);
                low = vmlal_n_s16(low, vget_low_s16(b), left[row][k]);
                high = vmlal_n_s16(high, vget_high_s16(b), left[row][k]);
            }
            vst1q_s32(&product[row][column], low);
            vst1q_s32(&product[row][column + 4], high);
        }
}

void copy(uint8_t* to, const uint8_t* from, int bytes) {
    for (int i = 0; i < bytes; i += 32) {
        const uint8x16_t a = vld1q_u8(from + i), b = vld1q_u8(from + i + 16);
        vst1q_u8(to + i, a);
        vst1q_u8(to + i + 16, b);
    }
}

uint32_t sum_of(const uint8_t* bytes, int count) {
    uint32x4_t sum = vdupq_n_u32(0);
    for (int i = 0; i < count; i += 16) sum = vpadalq_u16(sum, vpaddlq_u8(vld1q_u8(bytes + i)));
    return vgetq_lane_u32(sum, 0) + 3 * vgetq_lane_u32(sum, 1) + 5 * vgetq_lane_u32(sum, 2) +
           7 * vgetq_lane_u32(sum, 3);
}

}  // namespace

uint32_t benchmark() {
    uint32_t seed = 7, sum = 0;
    for (uint8_t& v : luma) v = static_cast<uint8_t>(next_random(seed));
    for (uint8_t& v : blue_difference) v = static_cast<uint8_t>(next_random(seed));
    for (uint8_t& v : red_difference) v = static_cast<uint8_t>(next_random(seed));
    for (float& v : signal) v = static_cast<float>(static_cast<int32_t>(next_random(seed))) * 1e-6f;
    for (auto& row : left)
        for (int16_t& v : row) v = static_cast<int16_t>(next_random(seed));
    for (auto& row : right)
        for (int16_t& v : row) v = static_cast<int16_t>(next_random(seed));
    for (int round = 0; round < 60; ++round) {
        convert();
        blend(static_cast<uint8_t>(round * 4));
        for (int i = 0; i < 16; ++i) filter();
        for (int i = 0; i < 4; ++i) multiply();
        copy(rgb + kPixels, rgb, kPixels);
        left[round][round] = static_cast<int16_t>(sum += sum_of(background, 3 * kPixels));
        for (const auto& row : product) sum = sum * 31 + static_cast<uint32_t>(row[round & 63]);
        sum = sum * 31 + static_cast<uint32_t>(static_cast<int32_t>(filtered[round * 7] * 1000));
    }
    return sum;
}
