// What the screen must show, pixel by pixel, straight from the registers as software wrote them and from
// memory. Written from models/display/README.md and the hardware notes, without the model's code.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

namespace exysim::test {

struct Memory {
    uint32_t base = 0;
    std::vector<uint8_t> bytes;
    uint8_t at(uint32_t address) const { return bytes.at(address - base); }
    uint32_t word(uint32_t address, unsigned size) const {
        uint32_t v = 0;
        for (unsigned i = 0; i < size; ++i) v |= uint32_t{at(address + i)} << 8 * i;
        return v;
    }
};

/// Registers by offset; absent ones read zero.
using Registers = std::map<uint32_t, uint32_t>;

/// Of one screen and one field.
struct ScreenReference {
    const Memory& memory;
    Registers mixer, vp;
    bool interlaced = false;
    uint32_t parity = 0;
    uint32_t screen_width = 0;

    /// Pixel (x, line) of the raster; every step rounded as stated.
    std::array<int, 3> pixel(uint32_t x, uint32_t line) const;
    /// The video layer's Y'CbCr at a place inside its window on the screen, before its conversion to RGB.
    std::array<int, 3> video(uint32_t x, uint32_t line) const;

private:
    uint32_t mixer_bits(uint32_t reg, unsigned high, unsigned low) const;
    uint32_t vp_bits(uint32_t reg, unsigned high, unsigned low) const;
    bool second_field() const;
    int stored(bool chroma, uint32_t part, int64_t x, int64_t y) const;
    int sample(bool chroma, uint32_t part, int64_t x, int64_t y) const;
    int coefficient(uint32_t reg, unsigned tap, unsigned phase) const;
    int horizontal(bool chroma, uint32_t part, uint32_t x, int64_t source_line) const;
    int filtered(bool chroma, uint32_t part, uint32_t x, uint32_t line) const;
    int sharpened(uint32_t x, uint32_t line) const;
    std::array<int, 3> to_rgb(const std::array<int, 3>& ycbcr, bool bt709) const;
    bool graphic(unsigned n, uint32_t x, uint32_t line, std::array<int, 3>& colour) const;
    std::array<int, 3> sent(std::array<int, 3> rgb) const;
};

}  // namespace exysim::test
