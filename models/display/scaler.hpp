// The video processor's polyphase filters (hardware/mixer.md, section 6): sixteen phases, taps in 1 / 128.
// Plain functions on lines; the arithmetic is stated in README.md.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace exysim::display {

constexpr uint32_t kPhases = 16;
constexpr uint32_t kUnity = 1U << 16;  ///< ratio of 1:1

/// Weights by phase; the tap at the sample itself is number N / 2 - 1.
template <size_t N>
using Taps = std::array<std::array<int16_t, N>, kPhases>;

/// All filters as the registers hold them.
struct VideoFilters {
    Taps<8> luma_h{};
    Taps<4> luma_v{};
    Taps<4> chroma_h{};

    /// `word(i)` is register 0x06C + 4 i: luma horizontal (16 words: taps 0 to 3, the others mirror them),
    /// 16 unused words, luma vertical (16 words: taps 0 to 3), chroma horizontal (8 words: taps 0 and 1).
    /// A word holds four phases, the first in the top byte; 127 stands for 128, which no byte can hold
    /// [Assumed: the sums of all other phases are 128].
    static VideoFilters from_registers(std::span<const uint32_t, 64> words);
};

/// A place in a line or column, in 1 / 65536 sample.
struct Position {
    int64_t value;
    int32_t sample() const { return static_cast<int32_t>(value >> 16); }
    uint32_t phase() const { return static_cast<uint32_t>(value >> 12) & (kPhases - 1); }
};

/// How a line's samples become others: sample i of the result lies at (start + i * step) / 2^halve.
struct Steps {
    int64_t start = 0;  ///< relative to the first sample of the line
    int64_t step = kUnity;
    unsigned halve = 0;     ///< 1 for chroma, which has half the samples
    bool filtered = false;  ///< else the sample at or before the place is taken
    Position at(uint32_t i) const { return {(start + int64_t{i} * step) >> halve}; }
};

/// `line` beyond its ends is its first or last sample. Rounded to nearest, clamped to 0..255.
void scale_row(std::span<const uint8_t> line, const Steps& steps, const Taps<8>& taps,
               std::span<uint8_t> out);
void scale_row(std::span<const uint8_t> line, const Steps& steps, const Taps<4>& taps,
               std::span<uint8_t> out);

/// Four lines, one below the other, at one phase.
void scale_column(const std::array<const uint8_t*, 4>& lines, const std::array<int16_t, 4>& taps,
                  std::span<uint8_t> out);

}  // namespace exysim::display
