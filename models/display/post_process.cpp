#include "models/display/post_process.hpp"

#include <algorithm>
#include <cstdlib>

namespace exysim::display {

namespace {

uint8_t level(int32_t v) { return static_cast<uint8_t>(std::clamp(v, 0, 255)); }

using Table = std::array<uint8_t, 256>;

Table luma_table(const PostProcess& p) {
    Table t{};
    for (int32_t v = 0; v < 256; ++v) {
        const PostProcess::Piece& piece = p.curve[static_cast<size_t>(v / 32)];
        t[static_cast<size_t>(v)] = level(((v * piece.slope + 64) >> 7) + piece.intercept + p.brightness);
    }
    return t;
}

Table chroma_table(int32_t saturation) {
    Table t{};
    for (int32_t v = 0; v < 256; ++v)
        t[static_cast<size_t>(v)] = level(128 + (((v - 128) * saturation + 64) >> 7));
    return t;
}

void look_up(const Table& table, std::span<uint8_t> samples) {
    for (uint8_t& s : samples) s = table[s];
}

void sharpen(int32_t strength, int32_t threshold, std::span<uint8_t> y) {
    int32_t left = y.empty() ? 0 : y[0];
    for (size_t x = 0; x < y.size(); ++x) {
        const int32_t here = y[x], right = x + 1 < y.size() ? y[x + 1] : here;
        const int32_t edge = 2 * here - left - right;
        if (std::abs(edge) > threshold) y[x] = level(here + ((edge * strength + 4) >> 3));
        left = here;
    }
}

void multiply(const PostProcess& p, std::span<uint8_t> y, std::span<uint8_t> cb, std::span<uint8_t> cr) {
    const int32_t black = p.from_black ? 16 : 0;
    for (size_t x = 0; x < y.size(); ++x) {
        const int32_t in[3] = {y[x] - black, cb[x] - 128, cr[x] - 128};
        const auto row = [&](size_t r) {
            return (p.matrix[3 * r] * in[0] + p.matrix[3 * r + 1] * in[1] + p.matrix[3 * r + 2] * in[2] +
                    512) >>
                   10;
        };
        y[x] = level(row(0) + black);
        cb[x] = level(row(1) + 128);
        cr[x] = level(row(2) + 128);
    }
}

}  // namespace

void PostProcess::apply(std::span<uint8_t> y, std::span<uint8_t> cb, std::span<uint8_t> cr) const {
    if (!on) return;
    if (sharpness) sharpen(sharpness, threshold, y);
    look_up(luma_table(*this), y);
    const Table chroma = chroma_table(saturation);
    look_up(chroma, cb);
    look_up(chroma, cr);
    if (matrix_on) multiply(*this, y, cb, cr);
}

}  // namespace exysim::display
