#include "tests/unit/gpu/reference.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace exysim::test {

using R = G2dReference;

uint32_t R::reg(uint32_t offset) const {
    const auto found = regs.find(offset);
    return found == regs.end() ? 0 : found->second;
}
int R::field(uint32_t offset, int high, int low) const {
    return static_cast<int>(reg(offset) >> low & ((1ULL << (high - low + 1)) - 1));
}
int R::stride_of(uint32_t offset) const {
    const int s = field(offset, 15, 0);
    return four && s >= 0x8000 ? s - 0x10000 : s;
}
uint32_t R::word(uint64_t at, int bytes) const {
    uint32_t made = 0;
    for (int i = 0; i < bytes; ++i) made |= uint32_t{memory.at(at + static_cast<uint64_t>(i))} << (8 * i);
    return made;
}

namespace {

// Channel widths by format code 0..7: alpha (negative: unused bits), red, green, blue; and bytes.
struct Shape {
    int alpha, red, green, blue, bytes;
};
const Shape kShapes[] = {{-8, 8, 8, 8, 4}, {8, 8, 8, 8, 4},  {0, 5, 6, 5, 2}, {-1, 5, 5, 5, 2},
                         {1, 5, 5, 5, 2},  {-4, 4, 4, 4, 2}, {4, 4, 4, 4, 2}, {0, 8, 8, 8, 3}};

int code_of(uint32_t mode) { return static_cast<int>(mode & 15); }
int clamp255(double v) { return static_cast<int>(std::clamp(v, 0.0, 255.0)); }

/// Bits as a string from the top of the word: which channel owns each. 'x' is unused.
std::string bit_owners(uint32_t mode) {
    const Shape s = kShapes[code_of(mode)];
    const std::string a(static_cast<size_t>(std::abs(s.alpha)), s.alpha < 0 ? 'x' : 'a'),
        r(static_cast<size_t>(s.red), 'r'), g(static_cast<size_t>(s.green), 'g'),
        b(static_cast<size_t>(s.blue), 'b');
    switch (mode >> 4 & 3) {
        case 0:
            return a + r + g + b;
        case 1:
            return r + g + b + a;
        case 2:
            return a + b + g + r;
        default:
            return b + g + r + a;
    }
}

/// An n-bit value repeated downwards until 8 bits are full.
int widen(int value, int bits) {
    if (bits == 0) return 255;
    int made = 0, filled = 0;
    while (filled < 8) {
        const int room = 8 - filled;
        made |= room >= bits ? value << (room - bits) : value >> (bits - room);
        filled += bits;
    }
    return made & 255;
}

struct Weights {
    double kr, kg, kb;
};
Weights weights(uint32_t mode) {
    const bool bt709 = mode >> 16 & 1;
    const double kr = bt709 ? 0.2126 : 0.299, kb = bt709 ? 0.0722 : 0.114;
    return {kr, 1 - kr - kb, kb};
}
long fixed(double v) { return std::lround(v * 65536); }
int shifted(long v) { return static_cast<int>(std::clamp((v + 0x8000) >> 16, 0L, 255L)); }

}  // namespace

R::Pixel R::from_word(uint32_t mode, uint32_t w) {
    const std::string owners = bit_owners(mode);
    std::map<char, int> value, bits;
    for (size_t i = 0; i < owners.size(); ++i) {
        const int bit = static_cast<int>(w >> (owners.size() - 1 - i) & 1);
        value[owners[i]] = value[owners[i]] * 2 + bit;
        ++bits[owners[i]];
    }
    return {widen(value['a'], bits['a']), widen(value['r'], bits['r']), widen(value['g'], bits['g']),
            widen(value['b'], bits['b'])};
}

uint32_t R::to_word(uint32_t mode, const Pixel& p) {
    const std::string owners = bit_owners(mode);
    std::map<char, int> taken;
    uint32_t w = 0;
    for (const char owner : owners) {
        const int value = owner == 'a'   ? p.a
                          : owner == 'r' ? p.r
                          : owner == 'g' ? p.g
                          : owner == 'b' ? p.b
                                         : 255;
        w = w << 1 | static_cast<uint32_t>(value >> (7 - taken[owner]++) & 1);
    }
    return w;
}

/// Formats 0 to 2 hold alpha alone, of 1, 4 and 8 bits, the first pixel on top of its byte; 3 to 6 are 565,
/// 1555, 4444 and 8888.
R::Pixel R::fetch_mask(const Picture& pic, int x, int y) const {
    const uint64_t row = pic.base + static_cast<uint64_t>(static_cast<int64_t>(pic.stride) * y);
    const auto ux = static_cast<uint64_t>(x);
    const auto byte_of = [&](int pixels) {  // also left of the first
        return memory.at(row +
                         static_cast<uint64_t>(static_cast<int64_t>(x >= 0 ? x : x - pixels + 1) / pixels));
    };
    const uint32_t format = pic.mode & 7;
    if (format == 0) return {(byte_of(8) << (x & 7) & 128) ? 255 : 0};
    if (format == 1) return {widen(x & 1 ? byte_of(2) & 15 : byte_of(2) >> 4, 4)};
    if (format == 2) return {memory.at(row + ux)};
    const uint32_t colour_codes[] = {2, 4, 6, 1};
    const uint32_t code = colour_codes[format - 3];
    const int bytes = kShapes[code].bytes;
    return from_word(code | (pic.mode & 0x30), word(row + ux * static_cast<uint64_t>(bytes), bytes));
}

R::Pixel R::fetch(const Picture& pic, int x, int y) const {
    if (pic.mask) return fetch_mask(pic, x, y);
    const uint64_t row = pic.base + static_cast<uint64_t>(static_cast<int64_t>(pic.stride) * y);
    const int code = code_of(pic.mode);
    if (code < 8)
        return from_word(pic.mode,
                         word(row + static_cast<uint64_t>(x * kShapes[code].bytes), kShapes[code].bytes));
    const auto byte = [&](uint64_t at) { return static_cast<int>(memory.at(at)); };
    const auto ux = static_cast<uint64_t>(x);
    if (code == 11)
        return {byte(row + ux), static_cast<int>(pic.a8_rgb >> 16 & 255),
                static_cast<int>(pic.a8_rgb >> 8 & 255), static_cast<int>(pic.a8_rgb & 255)};
    if (code == 12) return {255, byte(row + ux), byte(row + ux), byte(row + ux)};
    int lum, cb, cr;
    const uint32_t order = pic.mode >> 12 & 3;
    if (!(pic.mode >> 8 & 1)) {  // YCbCr422 in one plane
        const uint64_t pair = row + ux / 2 * 4;
        const char* const sequences[] = {"yuzv", "yvzu", "uyvz", "vyuz"};  // z: the second luma
        const std::string s = sequences[order];
        lum = byte(pair + s.find(x % 2 ? 'z' : 'y'));
        cb = byte(pair + s.find('u')), cr = byte(pair + s.find('v'));
    } else {
        lum = byte(row + ux);
        const int64_t lines = code == 10 ? y / 2 : y;
        const uint64_t start = pic.plane2 + static_cast<uint64_t>(lines * pic.stride * (code == 8 ? 2 : 1));
        const uint64_t pair = start + (code == 8 ? ux * 2 : ux / 2 * 2);
        cb = byte(pair + (order & 1)), cr = byte(pair + 1 - (order & 1));
    }
    const Weights w = weights(pic.mode);
    const bool wide = pic.mode >> 17 & 1;
    const double c = wide ? 1 : 255.0 / 224;
    const long base = (lum - (wide ? 0 : 16)) * fixed(wide ? 1 : 255.0 / 219);
    const long r = base + (cr - 128) * fixed(2 * (1 - w.kr) * c);
    const long g = base + (cb - 128) * fixed(-2 * (1 - w.kb) * w.kb / w.kg * c) +
                   (cr - 128) * fixed(-2 * (1 - w.kr) * w.kr / w.kg * c);
    const long b = base + (cb - 128) * fixed(2 * (1 - w.kb) * c);
    return {255, shifted(r), shifted(g), shifted(b)};
}

void R::store(const Picture& pic, int x, int y, const Pixel& p, const Pixel& right) {
    const uint64_t row = pic.base + static_cast<uint64_t>(static_cast<int64_t>(pic.stride) * y);
    const int code = code_of(pic.mode);
    const auto ux = static_cast<uint64_t>(x);
    if (code < 8) {
        const uint32_t w = to_word(pic.mode, p);
        for (int i = 0; i < kShapes[code].bytes; ++i)
            memory.at(row + ux * static_cast<uint64_t>(kShapes[code].bytes) + static_cast<uint64_t>(i)) =
                static_cast<uint8_t>(w >> (8 * i));
        return;
    }
    if (code == 11) memory.at(row + ux) = static_cast<uint8_t>(p.a);
    if (code == 12) memory.at(row + ux) = static_cast<uint8_t>((77 * p.r + 150 * p.g + 29 * p.b + 128) / 256);
    if (code > 10) return;
    const Weights w = weights(pic.mode);
    const bool wide = pic.mode >> 17 & 1;
    const double ys = wide ? 1 : 219.0 / 255, cs = wide ? 1 : 224.0 / 255;
    const long lum =
        fixed(w.kr * ys) * p.r + fixed(w.kg * ys) * p.g + fixed(w.kb * ys) * p.b + (wide ? 0L : 16L << 16);
    Pixel m = p;
    if (code != 8) {
        for (int i = 0; i < 4; ++i) m[i] = (p[i] + right[i] + 1) / 2;
    }
    const double db = 2 * (1 - w.kb), dr = 2 * (1 - w.kr);
    const long cb =
        fixed(-w.kr / db * cs) * m.r + fixed(-w.kg / db * cs) * m.g + fixed(0.5 * cs) * m.b + (128L << 16);
    const long cr =
        fixed(0.5 * cs) * m.r + fixed(-w.kg / dr * cs) * m.g + fixed(-w.kb / dr * cs) * m.b + (128L << 16);
    const uint32_t order = pic.mode >> 12 & 3;
    const auto put = [&](uint64_t at, long v) { memory.at(at) = static_cast<uint8_t>(shifted(v)); };
    const bool leads = code == 8 || x % 2 == 0;
    if (!(pic.mode >> 8 & 1)) {
        const uint64_t pair = row + ux / 2 * 4;
        const char* const sequences[] = {"yuzv", "yvzu", "uyvz", "vyuz"};
        const std::string s = sequences[order];
        put(pair + s.find(x % 2 ? 'z' : 'y'), lum);
        if (leads) put(pair + s.find('u'), cb), put(pair + s.find('v'), cr);
        return;
    }
    put(row + ux, lum);
    if (!leads || (code == 10 && y % 2 != 0)) return;
    const int64_t lines = code == 10 ? y / 2 : y;
    const uint64_t start = pic.plane2 + static_cast<uint64_t>(lines * pic.stride * (code == 8 ? 2 : 1));
    const uint64_t pair = start + (code == 8 ? ux * 2 : ux / 2 * 2);
    put(pair + (order & 1), cb), put(pair + 1 - (order & 1), cr);
}

int R::width_to_fill(bool turned) const {
    return turned ? field(0x414, 28, 16) - field(0x410, 28, 16) : field(0x414, 12, 0) - field(0x410, 12, 0);
}
int R::height_to_fill(bool turned) const { return width_to_fill(!turned); }

R::Laid R::source(const Picture& pic) const {
    Laid s{pic,
           field(0x310, 12, 0),
           field(0x310, 28, 16),
           field(0x314, 12, 0) - field(0x310, 12, 0),
           field(0x314, 28, 16) - field(0x310, 28, 16),
           field(0x204, 0, 0) != 0,
           field(0x204, 1, 1) != 0,
           field(0x200, 0, 0) != 0,
           0,
           -1,
           65536,
           65536,
           reg(0x320)};
    if (four) {
        s.repeat = field(0x31C, 2, 0);
        s.filter = field(0x328, 1, 0);
        if (s.filter != 0) s.sx = reg(0x32C), s.sy = reg(0x330);
    } else if (field(0x104, 4, 4)) {
        s.filter = 1;
        s.sx = s.w * 65536 / width_to_fill(s.turned), s.sy = s.h * 65536 / height_to_fill(s.turned);
    }
    return s;
}

R::Laid R::mask() const {
    const bool turned = field(0x200, 8, 8) != 0;
    Laid m{{reg(0x520), 0, stride_of(0x524), 0, 0, true},
           0,
           0,
           width_to_fill(turned),
           height_to_fill(turned),
           field(0x204, 4, 4) != 0,
           field(0x204, 5, 5) != 0,
           turned,
           0,
           -1,
           65536,
           65536,
           reg(0x538)};
    if (!four) return m;
    m.pic.mode = reg(0x530);
    m.left = field(0x528, 12, 0), m.top = field(0x528, 28, 16);
    if (reg(0x52C) != 0) m.w = field(0x52C, 12, 0) - m.left, m.h = field(0x52C, 28, 16) - m.top;
    m.repeat = field(0x534, 2, 0);
    m.filter = field(0x53C, 1, 0);
    if (m.filter != 0) m.sx = reg(0x540), m.sy = reg(0x544);
    return m;
}

/// Pixel (i, j) counted along the picture's direction from its corner.
R::Pixel R::texel(const Laid& laid, long i, long j) const {
    bool pad = false, none = false;
    const auto place = [&](long at, long size) {
        if (at < size) return at;
        switch (laid.repeat) {
            case 0:
                return at % size;
            case 1:
                pad = true;
                return 0L;
            case 2:
                while (at >= 2 * size) at -= 2 * size;
                return at < size ? at : 2 * size - 1 - at;
            case 3:
                return size - 1;
            case 4:
                none = true;
                return 0L;
            default:
                return at;
        }
    };
    long x = place(i, laid.w), y = place(j, laid.h);
    if (none) return {};
    if (pad) {
        const uint32_t v = laid.pad;
        return {static_cast<int>(v >> 24), static_cast<int>(v >> 16 & 255), static_cast<int>(v >> 8 & 255),
                static_cast<int>(v & 255)};
    }
    if (laid.flip_x) x = laid.w - 1 - x;
    if (laid.flip_y) y = laid.h - 1 - y;
    return fetch(laid.pic, laid.left + static_cast<int>(x), laid.top + static_cast<int>(y));
}

R::Pixel R::sample(const Laid& laid, int px, int py) const {
    const bool linear = laid.filter >= 2, past = laid.filter == 3;
    const long x = px * laid.sx, y = py * laid.sy, i = x >> 16, j = y >> 16;
    const Pixel a = texel(laid, i, j);
    if (!linear) return a;
    const int fx = static_cast<int>(x >> 8 & 255), fy = static_cast<int>(y >> 8 & 255);
    // At the last pixel the neighbour is the pixel itself, or with mode 3 what the repeat mode puts there.
    const bool last_x = i == laid.w - 1, last_y = j == laid.h - 1;
    const long ri = last_x && !past ? i : i + 1, rj = last_y && !past ? j : j + 1;
    const Pixel b = fx ? texel(laid, ri, j) : a, c = fy ? texel(laid, i, rj) : a;
    const Pixel d = fx && fy ? texel(laid, ri, rj) : fx ? b : c;
    Pixel out;
    for (int k = 0; k < 4; ++k)
        out[k] = (a[k] * (256 - fx) * (256 - fy) + b[k] * fx * (256 - fy) + c[k] * (256 - fx) * fy +
                  d[k] * fx * fy + 32768) /
                 65536;
    return out;
}

R::Pixel R::laid_at(const Laid& laid, int dx, int dy) const {
    const int dw = width_to_fill(false), dh = height_to_fill(false);
    const int u = field(0x208, 0, 0) ? dw - 1 - dx : dx, v = field(0x208, 1, 1) ? dh - 1 - dy : dy;
    if (!laid.turned) return sample(laid, u, v);
    if (four) return sample(laid, dh - 1 - v, u);  // the picture's right edge becomes the top
    return sample(laid, v, dw - 1 - u);            // the picture's left edge becomes the top
}

R::Pixel R::colour(uint32_t offset) const {
    const uint32_t mode = reg(0x40C), v = reg(offset);
    return code_of(mode) < 8 ? from_word(mode, v) : from_word(1, v);
}

bool R::key_passes(uint32_t ctrl, const Pixel& p) const {
    const Pixel lo = from_word(1, reg(ctrl + 4)), hi = from_word(1, reg(ctrl + 8));
    bool inside = true;
    for (int i = 0; i < 4; ++i) {
        if (reg(ctrl) >> (4 * i) & 1) inside &= lo[i] <= p[i] && p[i] <= hi[i];
    }
    return (reg(ctrl) >> 16 & 1) ? !inside : inside;
}

int R::mul(int mode, int a, int b) const {
    const int t = a * b + 0x80;
    return mode == 0   ? a * b / 256
           : mode == 1 ? (a + 1) * b / 256
           : mode == 2 ? (a + a / 128) * b / 256
                       : (t + t / 256) / 256;
}

R::Pixel R::premultiplied(const Pixel& p) const {
    const int mode = field(0x10C, 5, 4);
    return {p.a, mul(mode, p.a, p.r), mul(mode, p.a, p.g), mul(mode, p.a, p.b)};
}

R::Pixel R::coefficient(int low, int invert, const Pixel& s, const Pixel& d) const {
    const int f = field(0x108, low + 7, low), mode = std::min(field(0x10C, 1, 0) + 1, 3),
              ga = field(0x618, 7, 0);
    const auto alpha = [&](int a, int how) {
        return how == 1 ? std::min(a + ga, 255) : how == 2 ? mul(mode, a, ga) : a;
    };
    const auto gray = [](int v) { return Pixel{v, v, v, v}; };
    const auto ratio = [](int limit, int of) {
        return limit >= of ? 255 : static_cast<int>(std::floor(limit * 255.0 / of + 0.5));
    };
    Pixel c;
    switch (f & 15) {
        case 0:
            c = gray(255);
            break;
        case 2:
            c = gray(alpha(s.a, f >> 4 & 3));
            break;
        case 3:
            c = s;
            break;
        case 4:
            c = gray(alpha(d.a, f >> 6 & 3));
            break;
        case 5:
            c = d;
            break;
        case 6:
            c = gray(ga);
            break;
        case 7:
            c = {ga, field(0x618, 31, 24), field(0x618, 23, 16), field(0x618, 15, 8)};
            break;
        case 8:
            c = gray(ratio(255 - d.a, s.a));
            break;
        case 9:
            c = gray(ratio(255 - s.a, d.a));
            break;
        case 10:
            c = gray(ratio(d.a, s.a));
            break;
        case 11:
            c = gray(ratio(s.a, d.a));
            break;
        default:
            break;
    }
    for (int i = 0; i < 4; ++i) c[i] = (reg(0x108) >> invert & 1) ? 255 - c[i] : c[i];
    return c;
}

R::Pixel R::blend4(const Pixel& s, const Pixel& d) const {
    const int round = field(0x10C, 1, 0), mode = std::min(round + 1, 3);
    Pixel out;
    if (reg(0x108) >> 20 & 3) {
        const bool lighten = reg(0x108) >> 20 & 1;
        for (int i = 0; i < 4; ++i) {
            const int x = mul(mode, d.a, s[i]), y = mul(mode, s.a, d[i]);
            out[i] = std::clamp(s[i] + d[i] - (lighten ? std::min(x, y) : std::max(x, y)), 0, 255);
        }
        return out;
    }
    const Pixel cs = coefficient(0, 16, s, d), cd = coefficient(8, 18, s, d);
    for (int i = 0; i < 4; ++i) {
        const int t = cs[i] * s[i] + cd[i] * d[i] + 0x80;
        out[i] =
            std::min(255, round == 3 ? (t + t / 256) / 256 : mul(mode, cs[i], s[i]) + mul(mode, cd[i], d[i]));
    }
    return out;
}

R::Pixel R::blend3(const Pixel& s, const Pixel& d) const {
    const int mode = field(0x104, 21, 20);
    const int a = field(0x104, 23, 22) == 2 ? s.a : field(0x618, 7, 0);
    Pixel out = s;
    for (int i = 0; i < 4; ++i) {
        if (mode == 1) out[i] = std::min(255, s[i] * (a + 1) / 256 + d[i] * (255 - a) / 256);
        if (mode == 2) out[i] = std::min(255, s[i] * (a + 1) / 256 + field(0x618, 15, 8));
    }
    return out;
}

/// The pattern, repeated from the destination's corner; mirrored, then turned.
R::Pixel R::pattern_at(int dx, int dy) const {
    const Picture pat{reg(0x500), 0, stride_of(0x510), reg(0x508), 0};
    const int w = field(0x504, 12, 0), h = field(0x504, 28, 16);
    const bool turned = field(0x200, 4, 4) != 0;
    const int u = (dx + field(0x50C, 12, 0)) % (turned ? h : w),
              v = (dy + field(0x50C, 28, 16)) % (turned ? w : h);
    int x = u, y = v;
    if (turned && four) x = w - 1 - v, y = u;   // its right edge becomes the top
    if (turned && !four) x = v, y = h - 1 - u;  // its left edge becomes the top
    if (field(0x208, 4, 4)) x = w - 1 - x;
    if (field(0x208, 5, 5)) y = h - 1 - y;
    const Pixel p = fetch(pat, x, y);
    return four && field(0x104, 25, 25) ? premultiplied(p) : p;
}

R::Pixel R::rop(int code, int third, const Pixel& s, const Pixel& d, int dx, int dy) const {
    Pixel p = third == 1 ? colour(0x700) : colour(0x704);
    if (third == 0 && code / 16 != code % 16) p = pattern_at(dx, dy);
    Pixel out;
    for (int c = 0; c < 4; ++c) {
        for (int bit = 0; bit < 8; ++bit) {
            const int index = (p[c] >> bit & 1) * 4 + (s[c] >> bit & 1) * 2 + (d[c] >> bit & 1);
            out[c] |= (code >> index & 1) << bit;
        }
    }
    if (four && !field(0x104, 2, 2)) out.a = s.a;
    return out;
}

bool R::compute(const Picture& src, const Picture& dst, int x, int y, Pixel& out) const {
    const int dx = x - field(0x410, 12, 0), dy = y - field(0x410, 28, 16);
    const auto operand = [&](uint32_t select, auto memory_pixel) {
        const int s = field(select, 1, 0) % 3;
        return s == 1 ? colour(0x700) : s == 2 ? colour(0x704) : memory_pixel();
    };
    Pixel s = operand(0x300, [&] { return laid_at(source(src), dx, dy); });
    Pixel d = operand(0x400, [&] { return fetch(dst, x, y); });
    const Pixel screen = colour(0x708);
    const bool is_screen = s.r == screen.r && s.g == screen.g && s.b == screen.b;
    const int transparency = field(0x104, 13, 12) % 3;
    bool drawn = true;
    if (field(0x104, 16, 16)) drawn &= key_passes(0x710, s);
    if (field(0x104, 17, 17)) drawn &= key_passes(0x71C, d);
    if (transparency == 1 && is_screen) drawn = false;
    if (transparency == 2 && is_screen) s = colour(0x704);
    if (four && field(0x104, 24, 24)) s = premultiplied(s);
    if (four && field(0x104, 26, 26)) d = premultiplied(d);
    const bool alpha_mask = four && field(0x104, 1, 1), rop_mask = field(0x104, 0, 0) && !alpha_mask;
    if (alpha_mask) {
        const Pixel m = laid_at(mask(), dx, dy);
        const bool own_channels = field(0x530, 2, 0) >= 3 && field(0x530, 9, 8) != 0;
        for (int i = 0; i < 4; ++i)
            s[i] = mul(std::min(field(0x10C, 1, 0) + 1, 3), own_channels ? m[i] : m.a, s[i]);
    }
    const bool masked = rop_mask && laid_at(mask(), dx, dy).a >= 128;
    s = masked ? rop(field(0x614, 15, 8), field(0x610, 5, 4) % 3, s, d, dx, dy)
               : rop(field(0x614, 7, 0), field(0x610, 1, 0) % 3, s, d, dx, dy);
    if (four && field(0x104, 20, 20)) s = blend4(s, d);
    if (!four) s = blend3(s, d);
    if (four && field(0x104, 27, 27)) {
        for (int i = 0; i < 3; ++i) s[i] = s.a == 0 ? 0 : clamp255(std::floor(s[i] * 255.0 / s.a + 0.5));
    }
    out = s;
    return drawn;
}

void R::blit() {
    const Picture src{reg(0x304), reg(0x318), stride_of(0x308), reg(0x30C), reg(0x324)};
    const Picture dst{reg(0x404), reg(0x418), stride_of(0x408), reg(0x40C), reg(0x41C)};
    int left = field(0x410, 12, 0), top = field(0x410, 28, 16), right = field(0x414, 12, 0),
        bottom = field(0x414, 28, 16);
    if (field(0x104, 8, 8)) {
        left = std::max(left, field(0x600, 12, 0)), top = std::max(top, field(0x600, 28, 16));
        right = std::min(right, field(0x604, 12, 0)), bottom = std::min(bottom, field(0x604, 28, 16));
    }
    const bool fill = four && field(0x104, 28, 28);
    const bool pairs = code_of(dst.mode) == 9 || code_of(dst.mode) == 10;
    for (int y = top; y < bottom; ++y) {
        std::vector<Pixel> row(static_cast<size_t>(std::max(right - left, 0)));
        std::vector<bool> drawn(row.size(), true);
        for (size_t i = 0; i < row.size(); ++i) {
            if (fill) {
                row[i] = colour(0x70C);
            } else {
                drawn[i] = compute(src, dst, left + static_cast<int>(i), y, row[i]);
            }
        }
        for (size_t i = 0; i < row.size(); ++i) {
            const bool go = pairs ? drawn[i - i % 2] : drawn[i];
            if (go)
                store(dst, left + static_cast<int>(i), y, row[i], i + 1 < row.size() ? row[i + 1] : row[i]);
        }
    }
}

}  // namespace exysim::test
