// NEON on the guest: the kernel announces it, its registers survive the other users of the unit, and a pixel
// loop written with intrinsics agrees with scalar C++.
#include <arm_neon.h>
#include <sys/auxv.h>

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

#include "tap.hpp"

namespace {

constexpr unsigned kWidth = 320, kHeight = 24;

struct Picture {
    std::vector<uint8_t> y, cb, cr;  // one chroma sample for two pixels
};

uint32_t next_random(uint32_t& state) {
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

Picture random_picture() {
    Picture p{std::vector<uint8_t>(kWidth * kHeight), std::vector<uint8_t>(kWidth * kHeight / 2),
              std::vector<uint8_t>(kWidth * kHeight / 2)};
    uint32_t seed = 11;
    for (auto* plane : {&p.y, &p.cb, &p.cr})
        for (uint8_t& sample : *plane) sample = static_cast<uint8_t>(next_random(seed));
    return p;
}

// BT.601, studio range, six fraction bits: R = 1.164 Y' + 1.596 Cr', G = ... - 0.391 Cb' - 0.813 Cr', B = ...
// + 2.018 Cb'.
constexpr int kY = 74, kRed = 102, kGreenCb = 25, kGreenCr = 52, kBlue = 129;

uint8_t clamp(int value) { return static_cast<uint8_t>(std::clamp((value + 32) >> 6, 0, 255)); }

void to_rgb_scalar(const Picture& p, uint8_t* out) {
    for (unsigned i = 0; i < kWidth * kHeight; ++i) {
        const int y = kY * (p.y[i] - 16), cb = p.cb[i / 2] - 128, cr = p.cr[i / 2] - 128;
        *out++ = clamp(y + kRed * cr);
        *out++ = clamp(y - kGreenCb * cb - kGreenCr * cr);
        *out++ = clamp(y + kBlue * cb);
    }
}

/// Narrows eight sums with rounding and saturation; sums are 32 bits wide because blue's exceed 16.
uint8x8_t narrow(int32x4_t low, int32x4_t high) {
    return vqmovun_s16(vcombine_s16(vqrshrn_n_s32(low, 6), vqrshrn_n_s32(high, 6)));
}

void to_rgb_neon(const Picture& p, uint8_t* out) {
    for (unsigned i = 0; i < kWidth * kHeight; i += 8) {
        const int16x8_t y = vreinterpretq_s16_u16(vsubl_u8(vld1_u8(&p.y[i]), vdup_n_u8(16)));
        uint8_t cb4[8] = {}, cr4[8] = {};
        std::copy_n(&p.cb[i / 2], 4, cb4);
        std::copy_n(&p.cr[i / 2], 4, cr4);
        const uint8x8_t cb8 = vld1_u8(cb4), cr8 = vld1_u8(cr4);
        const int16x8_t cb = vreinterpretq_s16_u16(vsubl_u8(vzip_u8(cb8, cb8).val[0], vdup_n_u8(128)));
        const int16x8_t cr = vreinterpretq_s16_u16(vsubl_u8(vzip_u8(cr8, cr8).val[0], vdup_n_u8(128)));
        const auto channel = [&](int16_t by_cb, int16_t by_cr) {
            int32x4_t low = vmull_n_s16(vget_low_s16(y), kY), high = vmull_n_s16(vget_high_s16(y), kY);
            low = vmlal_n_s16(vmlal_n_s16(low, vget_low_s16(cb), by_cb), vget_low_s16(cr), by_cr);
            high = vmlal_n_s16(vmlal_n_s16(high, vget_high_s16(cb), by_cb), vget_high_s16(cr), by_cr);
            return narrow(low, high);
        };
        vst3_u8(out, (uint8x8x3_t{{channel(0, kRed), channel(-kGreenCb, -kGreenCr), channel(kBlue, 0)}}));
        out += 24;
    }
}

void pixels() {
    const Picture p = random_picture();
    std::vector<uint8_t> scalar(3 * kWidth * kHeight), neon(scalar.size());
    to_rgb_scalar(p, scalar.data());
    to_rgb_neon(p, neon.data());
    tap::ok(scalar == neon, "YUV to RGB with NEON agrees with scalar C++");
}

/// A filter in floats whose products and sums are exact in single precision.
void floats() {
    float data[64], wanted[60];
    uint32_t seed = 5;
    for (float& value : data) value = static_cast<float>(next_random(seed) % 1024) - 512;
    for (int i = 0; i < 60; ++i) wanted[i] = data[i] * 0.5f + data[i + 1] * 2 - data[i + 3];
    bool equal = true;
    for (int i = 0; i < 60; i += 4) {
        float32x4_t sum = vmulq_n_f32(vld1q_f32(data + i), 0.5f);
        sum = vmlaq_n_f32(sum, vld1q_f32(data + i + 1), 2);
        sum = vsubq_f32(sum, vld1q_f32(data + i + 3));
        float got[4];
        vst1q_f32(got, sum);
        equal = equal && std::equal(got, got + 4, wanted + i);
    }
    tap::ok(equal, "a float filter agrees");
}

/// D16 to D31 hold their values over system calls in which other threads run; one asm, so that nothing else
/// touches them.
bool registers_survive(uint32_t pattern) {
    bool kept = true;
    for (uint32_t round = 0; round < 200; ++round) {
        uint32x4_t low, high;
        asm volatile(
            "vdup.32 q8, %2\n"
            "vdup.32 q15, %2\n"
            "push {r7}\n"
            "mov r7, #158\n"  // sched_yield
            "svc 0\n"
            "pop {r7}\n"
            "vmov %q0, q8\n"
            "vmov %q1, q15\n"
            : "=w"(low), "=w"(high)
            : "r"(pattern + round)
            : "r0", "memory", "q8", "q15");
        const uint32x4_t wanted = vdupq_n_u32(pattern + round);
        const uint32x4_t both = vandq_u32(vceqq_u32(low, wanted), vceqq_u32(high, wanted));
        kept = kept && vgetq_lane_u32(both, 0) == ~0U && vgetq_lane_u32(both, 3) == ~0U;
    }
    return kept;
}

void threads() {
    bool other = false;
    std::thread thread{[&] { other = registers_survive(0x5000'0000); }};
    const bool mine = registers_survive(0xA000'0000);
    thread.join();
    tap::ok(mine && other, "registers of two threads keep apart");
}

/// glibc chooses its NEON memcpy by AT_HWCAP; every alignment and length near its loops' limits.
void copies() {
    std::vector<uint8_t> from(700), to(700);
    uint32_t seed = 9;
    for (uint8_t& byte : from) byte = static_cast<uint8_t>(next_random(seed));
    bool good = true;
    for (unsigned length : {0U, 1U, 7U, 15U, 16U, 31U, 63U, 64U, 65U, 127U, 255U, 511U, 600U}) {
        for (unsigned skew = 0; skew < 16; ++skew) {
            std::fill(to.begin(), to.end(), uint8_t{0xEE});
            memcpy(&to[16 + skew], &from[15 - skew], length);
            good = good && std::equal(&to[16 + skew], &to[16 + skew] + length, &from[15 - skew]);
            good = good && to[15 + skew] == 0xEE && to[16 + skew + length] == 0xEE;
        }
    }
    tap::ok(good, "memcpy is right at every alignment");
}

}  // namespace

int main() {
    tap::plan(5);
    constexpr unsigned long kNeon = 1 << 12;  // HWCAP_NEON of <asm/hwcap.h>
    tap::ok((getauxval(AT_HWCAP) & kNeon) != 0, "AT_HWCAP announces NEON");
    pixels();
    floats();
    threads();
    copies();
    return tap::finish();
}
