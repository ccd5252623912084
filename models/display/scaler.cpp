#include "models/display/scaler.hpp"

#include <algorithm>

#include "models/base/wide.hpp"

namespace exysim::display {

namespace {

constexpr size_t kLumaVertical = 32, kChromaHorizontal = 48;  // first words
constexpr uint32_t kWordsPerTap = 4;
constexpr int kShift = 7;
constexpr int32_t kHalf = 1 << (kShift - 1);

int16_t tap(std::span<const uint32_t, 64> words, size_t first, uint32_t number, uint32_t phase) {
    const uint32_t word = words[first + number * kWordsPerTap + phase / 4];
    const auto value = static_cast<int8_t>(word >> (24 - phase % 4 * 8));
    return value == 127 ? int16_t{128} : int16_t{value};
}

uint8_t rounded(int32_t sum) { return static_cast<uint8_t>(std::clamp((sum + kHalf) >> kShift, 0, 255)); }

/// Taps at or after the place mirror those before it.
template <size_t N>
Taps<N> mirrored(std::span<const uint32_t, 64> words, size_t first) {
    Taps<N> made{};
    for (uint32_t phase = 0; phase < kPhases; ++phase) {
        for (uint32_t k = 0; k < N / 2; ++k) {
            made[phase][k] = tap(words, first, k, phase);
            if (phase) made[phase][N - 1 - k] = tap(words, first, k, kPhases - phase);
        }
    }
    return made;
}

template <size_t N>
void scale(std::span<const uint8_t> line, const Steps& steps, const Taps<N>& taps, std::span<uint8_t> out) {
    const auto last = static_cast<int32_t>(line.size()) - 1;
    constexpr int32_t kBefore = N / 2 - 1;
    for (uint32_t i = 0; i < out.size(); ++i) {
        const Position at = steps.at(i);
        const int32_t sample =
            static_cast<int32_t>(std::clamp<int64_t>(at.value >> 16, -8, last + int64_t{8}));
        if (!steps.filtered) {
            out[i] = line[static_cast<size_t>(std::clamp(sample, 0, last))];
            continue;
        }
        const auto& weights = taps[at.phase()];
        int32_t sum = 0;
        if (sample >= kBefore && sample + int32_t{N / 2} <= last) {
            const uint8_t* from = line.data() + sample - kBefore;
            for (size_t k = 0; k < N; ++k) sum += weights[k] * from[k];
        } else {
            for (int32_t k = 0; k < int32_t{N}; ++k)
                sum += weights[static_cast<size_t>(k)] *
                       line[static_cast<size_t>(std::clamp(sample - kBefore + k, 0, last))];
        }
        out[i] = rounded(sum);
    }
}

EXYSIM_WIDE void columns(const uint8_t* a, const uint8_t* b, const uint8_t* c, const uint8_t* d,
                         const int16_t* taps, uint8_t* out, size_t n) {
    const int32_t ka = taps[0], kb = taps[1], kc = taps[2], kd = taps[3];
    for (size_t i = 0; i < n; ++i) {
        const int32_t sum = (a[i] * ka + b[i] * kb + c[i] * kc + d[i] * kd + kHalf) >> kShift;
        out[i] = static_cast<uint8_t>(std::min(std::max(sum, 0), 255));
    }
}

}  // namespace

VideoFilters VideoFilters::from_registers(std::span<const uint32_t, 64> words) {
    VideoFilters made;
    made.luma_h = mirrored<8>(words, 0);
    made.chroma_h = mirrored<4>(words, kChromaHorizontal);
    for (uint32_t phase = 0; phase < kPhases; ++phase) {
        for (uint32_t k = 0; k < 4; ++k) made.luma_v[phase][k] = tap(words, kLumaVertical, k, phase);
    }
    return made;
}

void scale_row(std::span<const uint8_t> line, const Steps& steps, const Taps<8>& taps,
               std::span<uint8_t> out) {
    scale(line, steps, taps, out);
}
void scale_row(std::span<const uint8_t> line, const Steps& steps, const Taps<4>& taps,
               std::span<uint8_t> out) {
    scale(line, steps, taps, out);
}

void scale_column(const std::array<const uint8_t*, 4>& lines, const std::array<int16_t, 4>& taps,
                  std::span<uint8_t> out) {
    columns(lines[0], lines[1], lines[2], lines[3], taps.data(), out.data(), out.size());
}

}  // namespace exysim::display
