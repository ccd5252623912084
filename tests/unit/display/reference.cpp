#include "tests/unit/display/reference.hpp"

#include <algorithm>
#include <cmath>

namespace exysim::test {

namespace {

uint32_t bits(const Registers& regs, uint32_t reg, unsigned high, unsigned low) {
    const auto found = regs.find(reg);
    const uint64_t value = found == regs.end() ? 0 : found->second;
    return static_cast<uint32_t>(value >> low & ((uint64_t{1} << (high - low + 1)) - 1));
}
int clamp8(int v) { return std::clamp(v, 0, 255); }
int nearest(double v) { return static_cast<int>(std::floor(v + 0.5)); }
int sign(uint32_t v, unsigned width) {
    return v >= 1U << (width - 1) ? static_cast<int>(v) - (1 << width) : static_cast<int>(v);
}
int floor_shift(int v, int by) { return static_cast<int>(std::floor(v / std::pow(2.0, by))); }

/// Position of byte (x, y) in 64x32 tiles: rows of tiles in pairs, going right in a Z of two and back in a
/// flipped Z, four tiles of each row after another (V4L2's NV12MT).
uint32_t tiled(uint32_t x, uint32_t y, uint32_t width, uint32_t height) {
    const uint32_t nx = (width + 127) / 128 * 2, ny = (height + 31) / 32;
    const uint32_t tx = x / 64, ty = y / 32;
    uint32_t index = 0;
    if (ny % 2 == 1 && ty == ny - 1) {
        index = ty * nx + tx;
    } else {
        const uint32_t pair = ty / 2 * 2 * nx;
        index = ty % 2 == 0 ? pair + tx + (tx + 2) / 4 * 4 : pair + tx + 2 + tx / 4 * 4;
    }
    return index * 2048 + y % 32 * 64 + x % 64;
}

}  // namespace

uint32_t ScreenReference::mixer_bits(uint32_t reg, unsigned high, unsigned low) const {
    return bits(mixer, reg, high, low);
}
uint32_t ScreenReference::vp_bits(uint32_t reg, unsigned high, unsigned low) const {
    return bits(vp, reg, high, low);
}

bool ScreenReference::second_field() const { return interlaced ? parity != 0 : vp_bits(0x00C, 0, 0) != 0; }

/// Sample (x, y) of a plane as the scaler sees it: behind 2D-IPC the picture has twice the field's lines,
/// every other one the mean of the field's lines above and below.
int ScreenReference::sample(bool chroma, uint32_t part, int64_t x, int64_t y) const {
    if (!vp_bits(0x010, 1, 1)) return stored(chroma, part, x, y);
    const int64_t half = chroma ? 2 : 1, top = vp_bits(0x048, 10, 0);
    const int64_t bottom = top + vp_bits(0x050, 10, 0) - 1;
    const int64_t line = std::clamp<int64_t>(y, top / half * 2, bottom / half * 2 + 1);
    const int64_t own = second_field() ? 1 : 0;  // which lines the field has
    if (line % 2 == own) return stored(chroma, part, x, line / 2);
    const int64_t upper = line / 2 - own;  // line 0 of a bottom field has none above
    return (stored(chroma, part, x, upper) + stored(chroma, part, x, upper + 1) + 1) / 2;
}

/// Sample (x, y) in memory, inside the source window; `part` 0 = Cb, 1 = Cr.
int ScreenReference::stored(bool chroma, uint32_t part, int64_t x, int64_t y) const {
    const int64_t left = vp_bits(0x044, 14, 4), top = vp_bits(0x048, 10, 0);
    const int64_t right = left + vp_bits(0x04C, 10, 0) - 1, bottom = top + vp_bits(0x050, 10, 0) - 1;
    const int64_t half = chroma ? 2 : 1;
    const auto column = static_cast<uint32_t>(std::clamp<int64_t>(x, left / half, right / half));
    auto row = static_cast<uint32_t>(std::clamp<int64_t>(y, top / half, bottom / half));
    const bool skip = vp_bits(0x010, 5, 5) != 0, swap = vp_bits(0x010, 6, 6) != 0;
    if (skip) row *= 2;
    const uint32_t pointer = (chroma ? 0x030U : 0x028U) + (second_field() ? 4 : 0);
    const uint32_t base = vp_bits(pointer, 31, 0) & ~7U;
    const uint32_t pitch = chroma ? vp_bits(0x018, 29, 16) : vp_bits(0x014, 29, 16);
    const uint32_t lines = vp_bits(0x014, 13, 0);
    const uint32_t byte = chroma ? column * 2 + (part ^ (swap ? 1U : 0U)) : column;
    const uint32_t offset =
        vp_bits(0x010, 4, 4) ? tiled(byte, row, pitch, chroma ? (lines + 1) / 2 : lines) : row * pitch + byte;
    return memory.at(base + offset);
}

int ScreenReference::coefficient(uint32_t reg, unsigned tap, unsigned phase) const {
    const uint32_t word = bits(vp, reg + 16 * tap + phase / 4 * 4, 31, 0);
    const int value = sign(word >> (8 * (3 - phase % 4)) & 255, 8);
    return value == 127 ? 128 : value;
}

int ScreenReference::horizontal(bool chroma, uint32_t part, uint32_t x, int64_t source_line) const {
    const uint32_t ratio = vp_bits(0x064, 18, 0), fraction = vp_bits(0x044, 3, 0);
    int64_t place = (int64_t{vp_bits(0x044, 14, 4)} << 16) + (int64_t{fraction} << 12) + int64_t{x} * ratio;
    if (chroma) place /= 2;
    const int64_t whole = place / 65536;
    if (ratio == 65536 && fraction == 0) return sample(chroma, part, whole, source_line);
    const auto phase = static_cast<unsigned>(place % 65536 / 4096);
    const unsigned taps = chroma ? 4 : 8;
    int sum = 0;
    for (unsigned k = 0; k < taps; ++k) {
        int weight = 0;
        const uint32_t reg = chroma ? 0x12C : 0x06C;
        if (k < taps / 2) weight = coefficient(reg, k, phase);
        if (k >= taps / 2 && phase > 0) weight = coefficient(reg, taps - 1 - k, 16 - phase);
        sum += weight * sample(chroma, part, whole - (taps / 2 - 1) + k, source_line);
    }
    return clamp8(floor_shift(sum + 64, 7));
}

int ScreenReference::filtered(bool chroma, uint32_t part, uint32_t x, uint32_t line) const {
    const uint32_t ratio = vp_bits(0x068, 18, 0);
    const int64_t top = int64_t{vp_bits(0x048, 10, 0)} * (vp_bits(0x010, 1, 1) ? 2 : 1);
    int64_t place = (top << 16) + int64_t{line} * ratio;
    if (chroma) place /= 2;
    const int64_t whole = place / 65536;
    // A line outside the window is its edge, so that each tap sees a whole filtered line.
    if (ratio == 65536) return horizontal(chroma, part, x, whole);
    const auto phase = static_cast<unsigned>(place % 65536 / 4096);
    int sum = 0;
    for (unsigned k = 0; k < 4; ++k)
        sum += coefficient(0x0EC, k, phase) * horizontal(chroma, part, x, whole - 1 + k);
    return clamp8(floor_shift(sum + 64, 7));
}

int ScreenReference::sharpened(uint32_t x, uint32_t line) const {
    const int strength = static_cast<int>(vp_bits(0x210, 1, 0)),
              threshold = static_cast<int>(vp_bits(0x210, 15, 8));
    const int here = filtered(false, 0, x, line);
    if (strength == 0) return here;
    const uint32_t width = std::min(vp_bits(0x05C, 10, 0), screen_width - vp_bits(0x054, 10, 0));
    const int left = x ? filtered(false, 0, x - 1, line) : here;
    const int right = x + 1 < width ? filtered(false, 0, x + 1, line) : here;
    const int edge = 2 * here - left - right;
    return std::abs(edge) > threshold ? clamp8(here + floor_shift(edge * strength + 4, 3)) : here;
}

std::array<int, 3> ScreenReference::video(uint32_t x, uint32_t line) const {
    const int cb = filtered(true, 0, x, line), cr = filtered(true, 1, x, line);
    if (vp_bits(0x200, 0, 0)) return {filtered(false, 0, x, line), cb, cr};  // bypassed
    int y = sharpened(x, line);
    const uint32_t piece = 0x218 + 4 * static_cast<uint32_t>(y / 32);
    y = clamp8(floor_shift(y * static_cast<int>(vp_bits(piece, 7, 0)) + 64, 7) +
               sign(vp_bits(piece, 23, 8), 16) + sign(vp_bits(0x238, 8, 0), 9));
    const int saturation = static_cast<int>(vp_bits(0x20C, 7, 0));
    const auto saturated = [&](int c) { return clamp8(128 + floor_shift((c - 128) * saturation + 64, 7)); };
    std::array<int, 3> out{y, saturated(cb), saturated(cr)};
    if (!vp_bits(0x23C, 0, 0)) return out;
    const int black = vp_bits(0x23C, 1, 1) ? 16 : 0;
    const int in[3] = {out[0] - black, out[1] - 128, out[2] - 128};
    for (uint32_t row = 0; row < 3; ++row) {
        int sum = 512;
        for (uint32_t k = 0; k < 3; ++k) sum += sign(vp_bits(0x1D4 + 4 * (3 * row + k), 11, 0), 12) * in[k];
        out[row] = clamp8(floor_shift(sum, 10) + (row ? 128 : black));
    }
    return out;
}

std::array<int, 3> ScreenReference::to_rgb(const std::array<int, 3>& v, bool bt709) const {
    const double kr = bt709 ? 0.2126 : 0.299, kb = bt709 ? 0.0722 : 0.114;
    const double luma = (v[0] - 16) / 219.0;
    const double r = luma + 2 * (1 - kr) * (v[2] - 128) / 224.0,
                 b = luma + 2 * (1 - kb) * (v[1] - 128) / 224.0;
    const double g = (luma - kr * r - kb * b) / (1 - kr - kb);
    return {clamp8(nearest(255 * r)), clamp8(nearest(255 * g)), clamp8(nearest(255 * b))};
}

/// Blends layer n over `colour` where it has a pixel.
bool ScreenReference::graphic(unsigned n, uint32_t x, uint32_t line, std::array<int, 3>& colour) const {
    const uint32_t at = 0x020 + 0x20 * n;
    const uint32_t y = interlaced ? 2 * line + parity : line;
    const bool twice_x = mixer_bits(at + 0x10, 28, 28) != 0, twice_y = mixer_bits(at + 0x10, 12, 12) != 0;
    const uint32_t left = mixer_bits(at + 0x14, 26, 16), top = mixer_bits(at + 0x14, 10, 0);
    const uint32_t width = mixer_bits(at + 0x10, 26, 16) * (twice_x ? 2 : 1);
    const uint32_t height = mixer_bits(at + 0x10, 10, 0) * (twice_y ? 2 : 1);
    if (x < left || x >= left + width || y < top || y >= top + height) return false;
    const uint32_t column = mixer_bits(at + 0x0C, 26, 16) + (x - left) / (twice_x ? 2 : 1);
    const uint32_t row = mixer_bits(at + 0x0C, 10, 0) + (y - top) / (twice_y ? 2 : 1);
    const uint32_t format = mixer_bits(at, 11, 8), size = format == 7 ? 4 : 2;
    const uint32_t base = mixer_bits(at + 4, 31, 0) & ~3U;
    const uint32_t raw = memory.word(base + (row * mixer_bits(at + 8, 14, 0) + column) * size, size);
    if (!mixer_bits(at, 21, 21) && raw == mixer_bits(at + 0x18, 31, 0)) return false;

    struct Part {
        unsigned low, width;
    };
    constexpr Part kParts[4][4] = {
        // alpha, red, green, blue of formats 4 to 7
        {{0, 0}, {11, 5}, {5, 6}, {0, 5}},
        {{15, 1}, {10, 5}, {5, 5}, {0, 5}},
        {{12, 4}, {8, 4}, {4, 4}, {0, 4}},
        {{24, 8}, {16, 8}, {8, 8}, {0, 8}},
    };
    int parts[4];
    for (unsigned i = 0; i < 4; ++i) {
        const Part p = kParts[format - 4][i];
        if (p.width == 0) {
            parts[i] = 255;
            continue;
        }
        const uint32_t value = raw >> p.low & ((1U << p.width) - 1);
        uint32_t repeated = 0;  // the bits again and again, then the upper eight
        for (unsigned have = 0; have < 16; have += p.width) repeated = repeated << p.width | value;
        unsigned total = (16 + p.width - 1) / p.width * p.width;
        parts[i] = static_cast<int>(repeated >> (total - 8) & 255);
    }
    if (!mixer_bits(at, 16, 16)) parts[0] = 255;
    const int alpha = mixer_bits(at, 17, 17) ? static_cast<int>(mixer_bits(at, 7, 0)) : 255;
    const int a = nearest(parts[0] * alpha / 255.0);
    const bool multiplied = mixer_bits(at, 20, 20) != 0;
    for (size_t i = 0; i < 3; ++i) {
        const double weight = multiplied ? alpha : a;
        colour[i] = std::min(255, nearest((parts[i + 1] * weight + colour[i] * (255.0 - a)) / 255));
    }
    return true;
}

std::array<int, 3> ScreenReference::sent(std::array<int, 3> rgb) const {
    if (mixer_bits(0x004, 8, 8)) {
        if (!mixer_bits(0x004, 9, 9)) return rgb;
        for (int& v : rgb) v = nearest((nearest(16 + v * 219 / 255.0) - 16) * 255 / 219.0);
        return rgb;
    }
    std::array<int, 3> ycbcr{};
    for (uint32_t row = 0; row < 3; ++row) {
        const uint32_t reg = 0x080 + 4 * row;
        int sum = 256;
        for (unsigned k = 0; k < 3; ++k) sum += sign(mixer_bits(reg, 29 - 10 * k, 20 - 10 * k), 10) * rgb[k];
        const int offset = row ? 128 : mixer_bits(0x080, 30, 30) ? 16 : 0;
        ycbcr[row] = clamp8(floor_shift(sum, 9) + offset);
    }
    return to_rgb(ycbcr, mixer_bits(0x004, 0, 0) != 0);
}

std::array<int, 3> ScreenReference::pixel(uint32_t x, uint32_t line) const {
    const bool bt709 = mixer_bits(0x004, 10, 10) != 0;
    const auto part = [&](unsigned high) { return static_cast<int>(mixer_bits(0x064, high, high - 7)); };
    std::array<int, 3> colour = to_rgb({part(23), part(15), part(7)}, bt709);
    for (uint32_t priority = 1; priority < 16; ++priority) {
        if (mixer_bits(0x004, 3, 3) && mixer_bits(0x010, 3, 0) == priority && vp_bits(0x000, 0, 0)) {
            const uint32_t left = vp_bits(0x054, 10, 0), top = vp_bits(0x058, 10, 0);
            const bool inside = x >= left && x - left < vp_bits(0x05C, 10, 0) && line >= top &&
                                line - top < vp_bits(0x060, 10, 0);
            if (inside) {
                const std::array<int, 3> rgb = to_rgb(video(x - left, line - top), bt709);
                const int alpha = mixer_bits(0x014, 16, 16) ? static_cast<int>(mixer_bits(0x014, 7, 0)) : 255;
                for (size_t i = 0; i < 3; ++i)
                    colour[i] = nearest((rgb[i] * alpha + colour[i] * (255.0 - alpha)) / 255);
            }
        }
        if (mixer_bits(0x004, 4, 4) && mixer_bits(0x010, 7, 4) == priority) graphic(0, x, line, colour);
        if (mixer_bits(0x004, 5, 5) && mixer_bits(0x010, 11, 8) == priority) graphic(1, x, line, colour);
    }
    return sent(colour);
}

}  // namespace exysim::test
