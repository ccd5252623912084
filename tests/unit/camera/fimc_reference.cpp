#include "tests/unit/camera/fimc_reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace exysim::test {

namespace {

struct Sub {
    uint32_t x, y;
};
Sub chroma_of(Pix p) {
    switch (p) {
        case Pix::yuv420p:
        case Pix::nv12:
            return {2, 2};
        case Pix::yuv422p:
        case Pix::nv16:
            return {2, 1};
        default:
            return {1, 1};
    }
}

uint32_t pitch(const Surface& s, uint32_t plane) {
    switch (s.pix) {
        case Pix::yuv420p:
        case Pix::yuv422p:
            return plane ? s.canvas_w / 2 : s.canvas_w;
        case Pix::nv12:
        case Pix::nv16:
            return plane ? s.canvas_w / 2 * 2 : s.canvas_w;
        case Pix::rgb666:
        case Pix::rgb888:
            return s.canvas_w * 4;
        default:
            return s.canvas_w * 2;
    }
}
uint32_t lines(const Surface& s, uint32_t plane) {
    return plane ? s.canvas_h / chroma_of(s.pix).y : s.canvas_h;
}

/// The place of tile (x, y) among `across` (even) by `down` tiles, found by walking them in their order: a Z
/// over two columns, then a flipped one over the next two, pair of rows by pair of rows; a last single row
/// from left to right.
uint32_t z_place(uint32_t x, uint32_t y, uint32_t across, uint32_t down) {
    static constexpr uint32_t kWalk[8][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {2, 1}, {3, 1}, {2, 0}, {3, 0}};
    if (y == down - 1 && down % 2 == 1) return y * across + x;
    uint32_t place = y / 2 * 2 * across;
    for (uint32_t left = 0; left < across; left += 4) {
        for (const auto& step : kWalk) {
            if (left + step[0] >= across) continue;
            if (left + step[0] == x && step[1] == y % 2) return place;
            ++place;
        }
    }
    std::abort();
}

int half(int a, int b) { return (a + b + 1) / 2; }
int clip(int v) { return std::min(255, std::max(0, v)); }
int floor_shift(int64_t v, int bits) {
    const int64_t one = int64_t{1} << bits;
    return static_cast<int>(v >= 0 ? v / one : -((-v + one - 1) / one));
}

struct Rgb {
    uint32_t bytes, a, r, g, b;  // bits of each, stacked from the top: a r g b
};
Rgb rgb_of(Pix p) {
    switch (p) {
        case Pix::rgb565:
            return {2, 0, 5, 6, 5};
        case Pix::rgb555:
            return {2, 1, 5, 5, 5};
        case Pix::rgb444:
            return {2, 4, 4, 4, 4};
        case Pix::rgb666:
            return {4, 0, 6, 6, 6};
        default:
            return {4, 8, 8, 8, 8};
    }
}
int widen(uint32_t v, uint32_t bits) {
    uint32_t out = 0;  // the bits over and over from the top
    for (int at = 7; at >= 0; --at) {
        const uint32_t from = bits - 1 - static_cast<uint32_t>(7 - at) % bits;
        out |= (v >> from & 1) << at;
    }
    return static_cast<int>(out);
}

const uint32_t kOrders[4][4] = {{0, 1, 2, 3}, {0, 3, 2, 1}, {1, 0, 3, 2}, {1, 2, 3, 0}};  // Y0 Cb Y1 Cr

using Pixel = std::array<int, 3>;
struct Weights {
    double r, b;
    double g() const { return 1 - r - b; }
};
int64_t fixed(double v) { return std::llround(v * 65536); }

Pixel linear(const Pixel& in, const double (&m)[3][3], const int (&offset_in)[3],
             const int (&offset_out)[3]) {
    Pixel out{};
    for (int i = 0; i < 3; ++i) {
        int64_t sum = 32768 + int64_t{offset_out[i]} * 65536;
        for (int j = 0; j < 3; ++j) sum += fixed(m[i][j]) * (in[j] - offset_in[j]);
        out[i] = clip(floor_shift(sum, 16));
    }
    return out;
}

Weights weights(bool bt709) { return bt709 ? Weights{0.2126, 0.0722} : Weights{0.299, 0.114}; }

void each(Picture3& p, const std::function<Pixel(const Pixel&)>& f) {
    for (Pixel& pixel : p.pixels) pixel = f(pixel);
}

void rgb_to_ycbcr(Picture3& p, bool bt709, bool wide) {
    const Weights k = weights(bt709);
    const double l = wide ? 1 : 219.0 / 255, c = wide ? 1 : 224.0 / 255;
    const double b = c / (2 - 2 * k.b), r = c / (2 - 2 * k.r);
    const double m[3][3] = {{k.r * l, k.g() * l, k.b * l},
                            {-k.r * b, -k.g() * b, (1 - k.b) * b},
                            {(1 - k.r) * r, -k.g() * r, -k.b * r}};
    const int none[3] = {0, 0, 0}, black[3] = {wide ? 0 : 16, 128, 128};
    each(p, [&](const Pixel& in) { return linear(in, m, none, black); });
}

void ycbcr_to_rgb(Picture3& p, bool bt709, bool wide) {
    const Weights k = weights(bt709);
    const double l = wide ? 1 : 255.0 / 219, c = wide ? 1 : 255.0 / 224;
    const double m[3][3] = {{l, 0, 2 * (1 - k.r) * c},
                            {l, -2 * k.b * (1 - k.b) / k.g() * c, -2 * k.r * (1 - k.r) / k.g() * c},
                            {l, 2 * (1 - k.b) * c, 0}};
    const int none[3] = {0, 0, 0}, black[3] = {wide ? 0 : 16, 128, 128};
    each(p, [&](const Pixel& in) { return linear(in, m, black, none); });
}

Picture3 turned(const Picture3& p, bool tb, bool lr, bool turn) {
    Picture3 mirrored{p.w, p.h};
    for (uint32_t y = 0; y < p.h; ++y) {
        for (uint32_t x = 0; x < p.w; ++x)
            mirrored.at(lr ? p.w - 1 - x : x, tb ? p.h - 1 - y : y) = p.at(x, y);
    }
    if (!turn) return mirrored;
    Picture3 out{p.h, p.w};
    for (uint32_t y = 0; y < p.h; ++y) {
        for (uint32_t x = 0; x < p.w; ++x) out.at(p.h - 1 - y, x) = mirrored.at(x, y);
    }
    return out;
}

Picture3 with_effect(const Conversion& c, const Picture3& p) {
    Picture3 out = p;
    for (uint32_t y = 0; y < p.h; ++y) {
        for (uint32_t x = 0; x < p.w; ++x) {
            const int here = p.at(x, y)[0];
            const int up = p.at(x, y ? y - 1 : 0)[0], left = p.at(x ? x - 1 : 0, y)[0];
            const int corner = p.at(x ? x - 1 : 0, y ? y - 1 : 0)[0];
            Pixel& o = out.at(x, y);
            if (c.effect == 1) o = {o[0], static_cast<int>(c.effect_cb), static_cast<int>(c.effect_cr)};
            if (c.effect == 2) o = {255 - o[0], 255 - o[1], 255 - o[2]};
            if (c.effect == 3) o = {o[0] / 32 * 32 + 16, o[1] / 32 * 32 + 16, o[2] / 32 * 32 + 16};
            if (c.effect == 4) o = {clip(128 + here - corner), 128, 128};
            if (c.effect == 5) o = {clip(255 - std::abs(here - up) - std::abs(here - left)), 128, 128};
        }
    }
    return out;
}

Picture3 scaled(const Conversion& c, const Picture3& p) {
    const Ratios r = Ratios::of(p.w, p.h, c.target_w, c.target_h);
    const uint32_t bw = 1U << r.factor_h, bh = 1U << r.factor_v;
    Picture3 pre{p.w / bw, p.h / bh};
    for (uint32_t y = 0; y < pre.h; ++y) {
        for (uint32_t x = 0; x < pre.w; ++x) {
            for (int i = 0; i < 3; ++i) {
                double sum = 0;
                for (uint32_t v = 0; v < bh; ++v) {
                    for (uint32_t u = 0; u < bw; ++u) sum += p.at(x * bw + u, y * bh + v)[i];
                }
                pre.at(x, y)[i] = static_cast<int>(std::floor(sum / (bw * bh) + 0.5));  // the mean, half up
            }
        }
    }
    const auto mix = [](int a, int b, uint32_t fraction) {
        return static_cast<int>(
            (static_cast<uint32_t>(a) * (256 - fraction) + static_cast<uint32_t>(b) * fraction + 128) / 256);
    };
    Picture3 wide{c.target_w, pre.h}, out{c.target_w, c.target_h};
    for (uint32_t x = 0; x < c.target_w; ++x) {
        const uint32_t at = x * r.main_h, a = std::min(at / 16384, pre.w - 1), b = std::min(a + 1, pre.w - 1);
        for (uint32_t y = 0; y < pre.h; ++y) {
            for (int i = 0; i < 3; ++i)
                wide.at(x, y)[i] = mix(pre.at(a, y)[i], pre.at(b, y)[i], at % 16384 / 64);
        }
    }
    for (uint32_t y = 0; y < c.target_h; ++y) {
        const uint32_t at = y * r.main_v, a = std::min(at / 16384, pre.h - 1), b = std::min(a + 1, pre.h - 1);
        for (uint32_t x = 0; x < c.target_w; ++x) {
            for (int i = 0; i < 3; ++i)
                out.at(x, y)[i] = mix(wide.at(x, a)[i], wide.at(x, b)[i], at % 16384 / 64);
        }
    }
    return out;
}

}  // namespace

uint32_t Surface::planes() const {
    if (pix == Pix::yuv420p || pix == Pix::yuv422p) return 3;
    return pix == Pix::nv12 || pix == Pix::nv16 ? 2 : 1;
}

uint32_t Surface::plane_bytes(uint32_t plane) const {
    const uint32_t p = pitch(*this, plane), n = lines(*this, plane);
    if (tile_mode == 0) return p * n;
    uint32_t across = (p + tile_width - 1) / tile_width;
    if (tile_mode == 3 && across % 2) ++across;
    return across * ((n + tile_height - 1) / tile_height) * tile_width * tile_height;
}

uint32_t Surface::address(uint32_t plane, uint32_t at, uint32_t line) const {
    const uint32_t p = pitch(*this, plane);
    if (tile_mode == 0) return base[plane] + line * p + at;
    uint32_t across = (p + tile_width - 1) / tile_width;
    const uint32_t down = (lines(*this, plane) + tile_height - 1) / tile_height;
    const uint32_t x = at / tile_width, y = line / tile_height;
    uint32_t place = y * across + x;
    if (tile_mode == 3) {
        across += across % 2;
        place = z_place(x, y, across, down);
    }
    return base[plane] + place * tile_width * tile_height + line % tile_height * tile_width + at % tile_width;
}

Ratios Ratios::of(uint32_t src_w, uint32_t src_h, uint32_t dst_w, uint32_t dst_h) {
    const auto factor = [](uint32_t src, uint32_t dst) {
        uint32_t k = 5;
        while (k > 0 && src < dst << k) --k;
        return k;
    };
    Ratios r;
    r.factor_h = factor(src_w, dst_w);
    r.factor_v = factor(src_h, dst_h);
    r.main_h = (src_w << 14) / (dst_w << r.factor_h);
    r.main_v = (src_h << 14) / (dst_h << r.factor_v);
    return r;
}

Picture3 read_surface(const Surface& s, const std::vector<uint8_t>& memory) {
    const auto byte = [&](uint32_t plane, uint32_t at, uint32_t line) {
        return static_cast<int>(memory[s.address(plane, at, line)]);
    };
    Picture3 p{s.w, s.h};
    const Sub sub = chroma_of(s.pix);
    for (uint32_t y = 0; y < s.h; ++y) {
        for (uint32_t x = 0; x < s.w; ++x) {
            const uint32_t px = s.left + x, py = s.top + y;
            Pixel& o = p.at(x, y);
            if (s.pix == Pix::yuyv) {
                const uint32_t* const order = kOrders[s.order];
                const uint32_t four = px / 2 * 4;
                o = {byte(0, four + order[px % 2 * 2], py), byte(0, four + order[1], py),
                     byte(0, four + order[3], py)};
            } else if (is_rgb(s.pix)) {
                const Rgb f = rgb_of(s.pix);
                uint32_t word = 0;
                for (uint32_t i = 0; i < f.bytes; ++i)
                    word |= static_cast<uint32_t>(byte(0, px * f.bytes + i, py)) << (8 * i);
                o = {widen(word >> (f.b + f.g), f.r), widen(word >> f.b, f.g), widen(word, f.b)};
            } else {
                const uint32_t cx = px / sub.x, cy = py / sub.y;
                if (s.planes() == 2) {
                    o = {byte(0, px, py), byte(1, 2 * cx + s.order, cy), byte(1, 2 * cx + 1 - s.order, cy)};
                } else {
                    o = {byte(0, px, py), byte(1, cx, cy), byte(2, cx, cy)};
                }
            }
        }
    }
    return p;
}

Picture3 convert(const Conversion& c, const Picture3& source) {
    Picture3 p = turned(source, c.in_mirror_tb, c.in_mirror_lr, c.in_turn);
    if (c.copy) return turned(p, c.out_mirror_tb, c.out_mirror_lr, c.out_turn);
    if (c.in_rgb) rgb_to_ycbcr(p, c.bt709, c.wide_in);
    if (!c.effect_after) p = with_effect(c, p);
    if (!c.bypass) p = scaled(c, p);
    if (c.effect_after) p = with_effect(c, p);
    if (c.out_rgb) ycbcr_to_rgb(p, c.bt709, c.wide_out);
    return turned(p, c.out_mirror_tb, c.out_mirror_lr, c.out_turn);
}

void write_surface(const Surface& s, const Picture3& p, std::vector<uint8_t>& memory) {
    const auto put = [&](uint32_t plane, uint32_t at, uint32_t line, int value) {
        memory[s.address(plane, at, line)] = static_cast<uint8_t>(value);
    };
    const Sub sub = chroma_of(s.pix);
    for (uint32_t y = 0; y < s.h; ++y) {
        for (uint32_t x = 0; x < s.w; ++x) {
            const uint32_t px = s.left + x, py = s.top + y;
            const Pixel& o = p.at(x, y);
            if (is_rgb(s.pix)) {
                const Rgb f = rgb_of(s.pix);
                uint32_t word = f.a ? s.alpha >> (8 - f.a) : 0;
                word = word << f.r | static_cast<uint32_t>(o[0]) >> (8 - f.r);
                word = word << f.g | static_cast<uint32_t>(o[1]) >> (8 - f.g);
                word = word << f.b | static_cast<uint32_t>(o[2]) >> (8 - f.b);
                for (uint32_t i = 0; i < f.bytes; ++i)
                    put(0, px * f.bytes + i, py, static_cast<int>(word >> (8 * i) & 0xFF));
                continue;
            }
            const bool first = x % 2 == 0;
            const auto across = [&](int i, uint32_t line) {
                return half(p.at(x, line)[i], p.at(x + 1, line)[i]);
            };
            if (s.pix == Pix::yuyv) {
                const uint32_t* const order = kOrders[s.order];
                const uint32_t four = px / 2 * 4;
                put(0, four + order[first ? 0 : 2], py, o[0]);
                if (first)
                    put(0, four + order[1], py, across(1, y)), put(0, four + order[3], py, across(2, y));
                continue;
            }
            put(0, px, py, o[0]);
            if (!first || y % sub.y != 0) continue;
            const uint32_t below = y + sub.y - 1;
            const int cb = half(across(1, y), across(1, below)), cr = half(across(2, y), across(2, below));
            const uint32_t cx = px / 2, cy = py / sub.y;
            if (s.planes() == 2) {
                put(1, 2 * cx + s.order, cy, cb), put(1, 2 * cx + 1 - s.order, cy, cr);
            } else {
                put(1, cx, cy, cb), put(2, cx, cy, cr);
            }
        }
    }
}

}  // namespace exysim::test
