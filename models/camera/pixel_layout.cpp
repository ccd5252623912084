#include "models/camera/pixel_layout.hpp"

namespace exysim::camera {

namespace {

using Kind = PixelLayout::Kind;

/// Where the samples of a pair of pixels stand in four packed bytes, by ORDER422_OUT.
struct PackedOrder {
    uint8_t y0, cb, y1, cr;
};
constexpr PackedOrder kPackedOrders[] = {{0, 1, 2, 3}, {0, 3, 2, 1}, {1, 0, 3, 2}, {1, 2, 3, 0}};

constexpr uint8_t mean(uint32_t a, uint32_t b) { return static_cast<uint8_t>((a + b + 1) >> 1); }
uint8_t pair_mean(const std::vector<uint8_t>& samples, size_t pair) {
    return mean(samples[2 * pair], samples[2 * pair + 1]);
}

void pack_422(const PackedOrder& order, const Row& row, uint8_t* to) {
    for (size_t pair = 0; pair < row.width() / 2; ++pair, to += 4) {
        to[order.y0] = row.c[0][2 * pair];
        to[order.cb] = pair_mean(row.c[1], pair);
        to[order.y1] = row.c[0][2 * pair + 1];
        to[order.cr] = pair_mean(row.c[2], pair);
    }
}

/// Bits of each channel and where they stand in a little-endian word.
struct RgbBits {
    uint8_t bytes;
    uint8_t a_bits, a_at, r_bits, r_at, g_bits, g_at, b_bits, b_at;
};
constexpr RgbBits rgb_bits(Kind kind) {
    switch (kind) {
        case Kind::rgb565:
            return {2, 0, 0, 5, 11, 6, 5, 5, 0};
        case Kind::argb1555:
            return {2, 1, 15, 5, 10, 5, 5, 5, 0};
        case Kind::argb4444:
            return {2, 4, 12, 4, 8, 4, 4, 4, 0};
        case Kind::rgb666:
            return {4, 0, 0, 6, 12, 6, 6, 6, 0};
        default:
            return {4, 8, 24, 8, 16, 8, 8, 8, 0};
    }
}

constexpr uint32_t top(uint32_t value, uint32_t bits) { return value >> (8 - bits); }

template <Kind kind>
void pack_rgb(uint8_t alpha, const Row& row, uint8_t* to) {
    constexpr RgbBits f = rgb_bits(kind);
    const uint32_t a = f.a_bits ? top(alpha, f.a_bits) << f.a_at : 0;
    const uint8_t *r = row.c[0].data(), *g = row.c[1].data(), *b = row.c[2].data();
    for (size_t x = 0; x < row.width(); ++x, to += f.bytes) {
        const uint32_t word =
            a | top(r[x], f.r_bits) << f.r_at | top(g[x], f.g_bits) << f.g_at | top(b[x], f.b_bits) << f.b_at;
        for (uint32_t i = 0; i < f.bytes; ++i) to[i] = static_cast<uint8_t>(word >> (8 * i));
    }
}

/// `bits` of `word` at `at` as eight bits: the missing low ones repeat the high ones.
constexpr uint8_t channel(uint32_t word, uint32_t at, uint32_t bits) {
    const uint32_t v = word >> at & ((1U << bits) - 1);
    return static_cast<uint8_t>(bits == 8 ? v : v << (8 - bits) | v >> (2 * bits - 8));
}

template <Kind kind>
void unpack_rgb(const uint8_t* from, Row& to) {
    constexpr RgbBits f = rgb_bits(kind);
    for (size_t x = 0; x < to.width(); ++x, from += f.bytes) {
        uint32_t word = 0;
        for (uint32_t i = 0; i < f.bytes; ++i) word |= uint32_t{from[i]} << (8 * i);
        to.c[0][x] = channel(word, f.r_at, f.r_bits);
        to.c[1][x] = channel(word, f.g_at, f.g_bits);
        to.c[2][x] = channel(word, f.b_at, f.b_bits);
    }
}

void unpack_422(const PackedOrder& order, const uint8_t* from, Row& to) {
    for (size_t x = 0; x < to.width(); ++x) {
        const uint8_t* const four = from + x / 2 * 4;
        to.c[0][x] = four[x % 2 ? order.y1 : order.y0];
        to.c[1][x] = four[order.cb];
        to.c[2][x] = four[order.cr];
    }
}

void unpack_planes(const PixelLayout& layout, const uint8_t* const planes[3], Row& to) {
    const bool semiplanar = layout.semiplanar();
    const uint8_t* const cb = semiplanar ? planes[1] + (layout.order ? 1 : 0) : planes[1];
    const uint8_t* const cr = semiplanar ? planes[1] + (layout.order ? 0 : 1) : planes[2];
    const size_t step = semiplanar ? 2 : 1;
    std::copy_n(planes[0], to.width(), to.c[0].data());
    for (size_t x = 0; x < to.width(); ++x) {
        to.c[1][x] = cb[x / 2 * step];
        to.c[2][x] = cr[x / 2 * step];
    }
}

}  // namespace

uint32_t PixelLayout::bytes(uint32_t plane, uint32_t pixels) const {
    if (plane > 0) return semiplanar() ? pixels / 2 * 2 : pixels / 2;
    switch (kind) {
        case Kind::packed_422:
        case Kind::rgb565:
        case Kind::argb1555:
        case Kind::argb4444:
            return pixels * 2;
        case Kind::rgb666:
        case Kind::rgb888:
            return pixels * 4;
        default:
            return pixels;
    }
}

void pack_line(const PixelLayout& layout, const Row& row, uint8_t* to) {
    switch (layout.kind) {
        case Kind::packed_422:
            return pack_422(kPackedOrders[layout.order & 3], row, to);
        case Kind::rgb565:
            return pack_rgb<Kind::rgb565>(layout.alpha, row, to);
        case Kind::argb1555:
            return pack_rgb<Kind::argb1555>(layout.alpha, row, to);
        case Kind::argb4444:
            return pack_rgb<Kind::argb4444>(layout.alpha, row, to);
        case Kind::rgb666:
            return pack_rgb<Kind::rgb666>(layout.alpha, row, to);
        case Kind::rgb888:
            return pack_rgb<Kind::rgb888>(layout.alpha, row, to);
        default:
            std::copy(row.c[0].begin(), row.c[0].end(), to);
    }
}

void pack_chroma(const PixelLayout& layout, uint32_t plane, const Row& upper, const Row& lower, uint8_t* to) {
    const size_t pairs = upper.width() / 2;
    const auto value = [&](uint32_t component, size_t pair) {
        return mean(pair_mean(upper.c[component], pair), pair_mean(lower.c[component], pair));
    };
    if (layout.semiplanar()) {
        const uint32_t first = layout.order ? 2 : 1;
        for (size_t pair = 0; pair < pairs; ++pair) {
            to[2 * pair] = value(first, pair);
            to[2 * pair + 1] = value(3 - first, pair);
        }
    } else {
        for (size_t pair = 0; pair < pairs; ++pair) to[pair] = value(plane, pair);
    }
}

void unpack(const PixelLayout& layout, const uint8_t* const planes[3], Row& to) {
    switch (layout.kind) {
        case Kind::packed_422:
            return unpack_422(kPackedOrders[layout.order & 3], planes[0], to);
        case Kind::rgb565:
            return unpack_rgb<Kind::rgb565>(planes[0], to);
        case Kind::argb1555:
            return unpack_rgb<Kind::argb1555>(planes[0], to);
        case Kind::argb4444:
            return unpack_rgb<Kind::argb4444>(planes[0], to);
        case Kind::rgb666:
            return unpack_rgb<Kind::rgb666>(planes[0], to);
        case Kind::rgb888:
            return unpack_rgb<Kind::rgb888>(planes[0], to);
        case Kind::raw:
            for (auto& samples : to.c) std::copy_n(planes[0], to.width(), samples.data());
            return;
        default:
            return unpack_planes(layout, planes, to);
    }
}

uint32_t Plane::tiles_across() const {
    const uint32_t tiles = (pitch + tiling.width - 1) / tiling.width;
    return tiling.mode == Tiling::Mode::z_flip_z ? (tiles + 1) & ~1U : tiles;
}

/// Z-flip-Z: V4L2's description of NV12MT, restated in hardware/fimc.md section 6.
uint32_t Plane::tile_offset(uint32_t x, uint32_t y) const {
    const uint32_t across = tiles_across(), bytes = tiling.width * tiling.height;
    const bool plain = tiling.mode == Tiling::Mode::raster || (y + 1 == tile_rows() && tile_rows() % 2 == 1);
    if (plain) return (y * across + x) * bytes;
    const uint32_t pair = (y & ~1U) * across;
    const uint32_t index = y % 2 == 0 ? pair + x + ((x + 2) & ~3U) : pair + x + 2 + (x & ~3U);
    return index * bytes;
}

uint32_t Plane::bytes() const {
    if (tiling.mode == Tiling::Mode::linear) return pitch * lines;
    return tiles_across() * tile_rows() * tiling.width * tiling.height;
}

}  // namespace exysim::camera
