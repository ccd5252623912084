#include "models/gpu/pixel_format.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

namespace exysim::gpu {

namespace {

/// Where a channel sits in the little-endian word.
struct Component {
    unsigned shift = 0, width = 0;
};

struct Layout {
    unsigned bytes = 0;
    Component a, r, g, b;
};

constexpr Layout make_layout(PixelKind kind, unsigned order) {
    struct Widths {
        unsigned bytes, a, r, g, b;
    };
    constexpr Widths kWidths[] = {
        {4, 8, 8, 8, 8}, {2, 0, 5, 6, 5}, {2, 1, 5, 5, 5}, {2, 4, 4, 4, 4}, {3, 0, 8, 8, 8}};
    const Widths w = kWidths[static_cast<size_t>(kind)];
    // From bit 0 upwards, for orders 0 ARGB, 1 RGBA, 2 ABGR, 3 BGRA.
    constexpr const char* kSequence[] = {"bgra", "abgr", "rgba", "argb"};
    Layout made{w.bytes, {0, w.a}, {0, w.r}, {0, w.g}, {0, w.b}};
    unsigned at = 0;
    for (const char* c = kSequence[order]; *c; ++c) {
        Component& component = *c == 'a' ? made.a : *c == 'r' ? made.r : *c == 'g' ? made.g : made.b;
        component.shift = at;
        at += component.width;
    }
    return made;
}

/// To 8 bits by repeating the value's upper bits.
constexpr uint32_t widen(uint32_t value, unsigned width) {
    switch (width) {
        case 8:
            return value;
        case 6:
            return value << 2 | value >> 4;
        case 5:
            return value << 3 | value >> 2;
        case 4:
            return value * 0x11;
        case 1:
            return value * 0xFF;
        default:
            return 0xFF;
    }
}

template <class C>
constexpr uint32_t take(uint32_t word, C c) {
    return widen(word >> c.shift & ((1U << c.width) - 1), c.width);
}
template <class C>
constexpr uint32_t put(uint32_t value, C c) {
    return value >> (8 - c.width) << c.shift;
}

template <PixelKind kKind, unsigned kOrder>
void unpack_rgb(const uint8_t* from, bool alpha, std::span<Argb> pixels) {
    constexpr Layout kLayout = make_layout(kKind, kOrder);
    const uint32_t opaque = alpha ? 0 : 0xFF00'0000;
    for (Argb& pixel : pixels) {
        uint32_t word = 0;
        for (unsigned i = 0; i < kLayout.bytes; ++i) word |= uint32_t{*from++} << (8 * i);
        pixel = opaque | take(word, kLayout.a) << 24 | take(word, kLayout.r) << 16 |
                take(word, kLayout.g) << 8 | take(word, kLayout.b);
    }
}

template <PixelKind kKind, unsigned kOrder>
void pack_rgb(std::span<const Argb> pixels, bool alpha, uint8_t* to) {
    constexpr Layout kLayout = make_layout(kKind, kOrder);
    const uint32_t opaque = alpha ? 0 : 0xFF00'0000;
    for (const Argb pixel : pixels) {
        const uint32_t p = pixel | opaque;
        const uint32_t word = put(p >> 24, kLayout.a) | put(p >> 16 & 0xFF, kLayout.r) |
                              put(p >> 8 & 0xFF, kLayout.g) | put(p & 0xFF, kLayout.b);
        for (unsigned i = 0; i < kLayout.bytes; ++i) *to++ = static_cast<uint8_t>(word >> (8 * i));
    }
}

using Unpack = void (*)(const uint8_t*, bool, std::span<Argb>);
using Pack = void (*)(std::span<const Argb>, bool, uint8_t*);
constexpr size_t kRgbKinds = 5, kOrders = 4;

template <size_t... I>
constexpr std::array<Unpack, sizeof...(I)> unpackers(std::index_sequence<I...>) {
    return {unpack_rgb<static_cast<PixelKind>(I / kOrders), I % kOrders>...};
}
template <size_t... I>
constexpr std::array<Pack, sizeof...(I)> packers(std::index_sequence<I...>) {
    return {pack_rgb<static_cast<PixelKind>(I / kOrders), I % kOrders>...};
}
constexpr auto kUnpack = unpackers(std::make_index_sequence<kRgbKinds * kOrders>{});
constexpr auto kPack = packers(std::make_index_sequence<kRgbKinds * kOrders>{});

/// Words as they are: the usual format needs no more than a copy.
bool is_native(const PixelFormat& f) { return f.kind == PixelKind::rgb8888 && f.order == 0; }

size_t row_of(const PixelFormat& f) { return static_cast<size_t>(f.kind) * kOrders + f.order; }

/// Conversion in 16.16 fixed point. Coefficients are rounded to nearest, so are results; both ends are
/// clamped. Sources: ITU-R BT.601-7 and BT.709-6; the precision is [Assumed].
struct YcbcrMatrix {
    int32_t y, cr_r, cb_g, cr_g, cb_b;    // to RGB
    int32_t to_y[3], to_cb[3], to_cr[3];  // from R, G, B
    int32_t black;
};

YcbcrMatrix make_matrix(bool bt709, bool wide) {
    const double kr = bt709 ? 0.2126 : 0.299, kb = bt709 ? 0.0722 : 0.114, kg = 1 - kr - kb;
    const double luma = wide ? 255 : 219, chroma = wide ? 255 : 224;
    const auto fixed = [](double v) { return static_cast<int32_t>(std::lround(v * 65536)); };
    const double c = 255 / chroma, y = luma / 255, u = chroma / 255;
    return {fixed(255 / luma),
            fixed(2 * (1 - kr) * c),
            fixed(-2 * (1 - kb) * kb / kg * c),
            fixed(-2 * (1 - kr) * kr / kg * c),
            fixed(2 * (1 - kb) * c),
            {fixed(kr * y), fixed(kg * y), fixed(kb * y)},
            {fixed(-kr / (2 * (1 - kb)) * u), fixed(-kg / (2 * (1 - kb)) * u), fixed(0.5 * u)},
            {fixed(0.5 * u), fixed(-kg / (2 * (1 - kr)) * u), fixed(-kb / (2 * (1 - kr)) * u)},
            wide ? 0 : 16};
}

const YcbcrMatrix& matrix_of(const PixelFormat& f) {
    static const YcbcrMatrix kMatrices[] = {make_matrix(false, false), make_matrix(false, true),
                                            make_matrix(true, false), make_matrix(true, true)};
    return kMatrices[(f.bt709 ? 2 : 0) + (f.wide ? 1 : 0)];
}

uint32_t rounded(int32_t fixed) { return static_cast<uint32_t>(std::clamp((fixed + 0x8000) >> 16, 0, 255)); }

Argb to_rgb(const YcbcrMatrix& m, int32_t y, int32_t cb, int32_t cr) {
    const int32_t luma = (y - m.black) * m.y;
    cb -= 128, cr -= 128;
    return 0xFF00'0000 | rounded(luma + m.cr_r * cr) << 16 | rounded(luma + m.cb_g * cb + m.cr_g * cr) << 8 |
           rounded(luma + m.cb_b * cb);
}

uint8_t dot(const int32_t (&c)[3], Argb p, int32_t offset) {
    const auto at = [&](unsigned i) { return static_cast<int32_t>(channel(p, i)); };
    return static_cast<uint8_t>(rounded(c[0] * at(2) + c[1] * at(1) + c[2] * at(0) + (offset << 16)));
}

/// Bytes of a one-plane 4:2:2 pair: luma of both pixels, Cb, Cr. Orders as in Samsung's 3.0
/// fimg2d.h, which names them from the top of the word down: 0 Y Cb Y Cr, 1 Y Cr Y Cb, 2 Cb Y Cr Y, 3 Cr Y Cb
/// Y.
struct PairOrder {
    uint8_t y0, y1, cb, cr;
};
constexpr PairOrder kPairs[] = {{0, 2, 1, 3}, {0, 2, 3, 1}, {1, 3, 0, 2}, {1, 3, 2, 0}};

void unpack_ycbcr(const PixelFormat& f, const RowBytes& row, std::span<Argb> pixels) {
    const YcbcrMatrix& m = matrix_of(f);
    const unsigned cr = f.ycbcr_order & 1 ? 0 : 1;  // order 0 is CrCb as a little-endian pair: Cr lies second
    for (size_t i = 0; i < pixels.size(); ++i) {
        if (!f.two_planes) {
            const uint8_t* pair = row.plane1.data() + i / 2 * 4;
            const PairOrder& o = kPairs[f.ycbcr_order];
            pixels[i] = to_rgb(m, pair[i % 2 ? o.y1 : o.y0], pair[o.cb], pair[o.cr]);
            continue;
        }
        const uint8_t* pair = row.chroma.data() + (f.paired() ? i / 2 : i) * 2;
        pixels[i] = to_rgb(m, row.plane1[i], pair[cr ^ 1], pair[cr]);
    }
}

/// Chroma of a pair is that of the mean of its two pixels, rounded up at halves. [Assumed]
Argb mean(Argb a, Argb b) {
    Argb made = 0;
    for (unsigned i = 0; i < 4; ++i) made |= (channel(a, i) + channel(b, i) + 1) / 2 << (8 * i);
    return made;
}

void pack_ycbcr(const PixelFormat& f, std::span<const Argb> pixels, const RowBytes& row) {
    const YcbcrMatrix& m = matrix_of(f);
    const unsigned cr = f.ycbcr_order & 1 ? 0 : 1;
    for (size_t i = 0; i < pixels.size(); ++i) {
        const uint8_t y = dot(m.to_y, pixels[i], m.black);
        const bool first = !f.paired() || i % 2 == 0;
        const Argb both =
            f.paired() ? mean(pixels[i], pixels[std::min(i + 1, pixels.size() - 1)]) : pixels[i];
        if (!f.two_planes) {
            uint8_t* pair = row.plane1.data() + i / 2 * 4;
            const PairOrder& o = kPairs[f.ycbcr_order];
            pair[i % 2 ? o.y1 : o.y0] = y;
            if (first) pair[o.cb] = dot(m.to_cb, both, 128), pair[o.cr] = dot(m.to_cr, both, 128);
            continue;
        }
        row.plane1[i] = y;
        if (!first || row.chroma.empty()) continue;
        uint8_t* pair = row.chroma.data() + (f.paired() ? i / 2 : i) * 2;
        pair[cr ^ 1] = dot(m.to_cb, both, 128), pair[cr] = dot(m.to_cr, both, 128);
    }
}

/// Pixel `i` of a format that holds alpha only.
uint32_t alpha_at(PixelKind kind, std::span<const uint8_t> row, size_t i) {
    if (kind == PixelKind::a1) return (row[i / 8] >> (7 - i % 8) & 1) * 0xFF;
    if (kind == PixelKind::a4) return (row[i / 2] >> (i % 2 ? 0 : 4) & 0xF) * 0x11;
    return row[i];
}

/// Luma of full-range BT.601. [Assumed]
uint8_t luminance(Argb p) {
    return static_cast<uint8_t>((77 * channel(p, 2) + 150 * channel(p, 1) + 29 * channel(p, 0) + 128) >> 8);
}

}  // namespace

uint32_t PixelFormat::bits() const {
    constexpr uint8_t kBits[] = {32, 16, 16, 16, 24, 8, 16, 8, 8, 8, 1, 4};
    return kind == PixelKind::ycbcr422 && two_planes ? 8 : kBits[static_cast<size_t>(kind)];
}

std::optional<PixelFormat> decode_format(uint32_t mode, Version version) {
    using K = PixelKind;
    struct Row {
        K kind;
        bool alpha;
    };
    constexpr Row kRows[] = {{K::rgb8888, false},  {K::rgb8888, true},   {K::rgb565, false},
                             {K::rgb1555, false},  {K::rgb1555, true},   {K::rgb4444, false},
                             {K::rgb4444, true},   {K::rgb888, false},   {K::ycbcr444, false},
                             {K::ycbcr422, false}, {K::ycbcr420, false}, {K::a8, true},
                             {K::l8, false}};
    const uint32_t code = mode & 0xF;
    if (code >= (version == Version::v3 ? 8 : std::size(kRows))) return {};
    PixelFormat made{kRows[code].kind, kRows[code].alpha, static_cast<uint8_t>(mode >> 4 & 3)};
    if (!made.ycbcr()) return made;
    made.two_planes = mode >> 8 & 1;
    made.ycbcr_order = static_cast<uint8_t>(mode >> 12 & 3);
    made.bt709 = mode >> 16 & 1;
    made.wide = mode >> 17 & 1;
    if (!made.two_planes && made.kind != K::ycbcr422)
        return {};  // [Assumed] only 4:2:2 is packed in one plane
    return made;
}

PixelFormat decode_mask_format(uint32_t mode) {
    using K = PixelKind;
    constexpr K kKinds[] = {K::a1, K::a4, K::a8, K::rgb565, K::rgb1555, K::rgb4444, K::rgb8888, K::a4};
    const K kind = kKinds[mode & 7];
    return {kind, kind != K::rgb565, static_cast<uint8_t>(mode >> 4 & 3)};
}

void unpack(const PixelFormat& format, uint32_t a8_rgb, const RowBytes& row, std::span<Argb> pixels) {
    if (is_native(format)) {
        const uint32_t opaque = format.alpha ? 0 : 0xFF00'0000;
        std::memcpy(pixels.data(), row.plane1.data(), pixels.size_bytes());
        for (Argb& pixel : pixels) pixel |= opaque;
    } else if (row_of(format) < kUnpack.size()) {
        kUnpack[row_of(format)](row.plane1.data(), format.alpha, pixels);
    } else if (format.ycbcr()) {
        unpack_ycbcr(format, row, pixels);
    } else if (format.kind != PixelKind::l8) {
        for (size_t i = 0; i < pixels.size(); ++i)
            pixels[i] = alpha_at(format.kind, row.plane1, i) << 24 | (a8_rgb & 0xFF'FFFF);
    } else {
        for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = 0xFF00'0000 | row.plane1[i] * 0x01'0101U;
    }
}

void pack(const PixelFormat& format, std::span<const Argb> pixels, const RowBytes& row) {
    if (is_native(format) && format.alpha) {
        std::memcpy(row.plane1.data(), pixels.data(), pixels.size_bytes());
    } else if (row_of(format) < kPack.size()) {
        kPack[row_of(format)](pixels, format.alpha, row.plane1.data());
    } else if (format.ycbcr()) {
        pack_ycbcr(format, pixels, row);
    } else if (format.kind == PixelKind::a8) {
        for (size_t i = 0; i < pixels.size(); ++i) row.plane1[i] = static_cast<uint8_t>(pixels[i] >> 24);
    } else {
        for (size_t i = 0; i < pixels.size(); ++i) row.plane1[i] = luminance(pixels[i]);
    }
}

Argb unpack_colour(const PixelFormat& format, uint32_t value) {
    if (row_of(format) >= kUnpack.size()) return value;
    uint8_t bytes[4];
    for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<uint8_t>(value >> (8 * i));
    Argb pixel = 0;
    unpack(format, 0, {bytes, {}}, {&pixel, 1});
    return pixel;
}

}  // namespace exysim::gpu
