#include "models/gpu/row_ops.hpp"

#include <algorithm>
#include <bit>

#include "models/base/wide.hpp"

namespace exysim::gpu {

namespace {

/// The value of each of the eight terms, or nothing.
uint32_t evaluate(uint8_t rop, uint32_t p, uint32_t s, uint32_t d) {
    uint32_t result = 0;
    for (unsigned term = 0; term < 8; ++term) {
        if (!(rop >> term & 1)) continue;
        result |= (term & 4 ? p : ~p) & (term & 2 ? s : ~s) & (term & 1 ? d : ~d);
    }
    return result;
}

template <class Channel>
Argb map_channels(Channel channel_of) {
    Argb made = 0;
    for (unsigned i = 0; i < 4; ++i) made |= std::min(channel_of(i), 255U) << (8 * i);
    return made;
}

constexpr uint32_t splat(uint32_t value) { return value * 0x0101'0101U; }

/// An alpha, together with the global one.
template <unsigned kMode>
uint32_t with_global(uint32_t alpha, uint32_t global, unsigned rounding) {
    if constexpr (kMode == 1) return std::min(alpha + global, 255U);
    if constexpr (kMode == 2) return multiply(rounding, alpha, global);
    return alpha;
}

/// min(1, limit / of) in 255ths, to nearest; one where `of` is zero. [Assumed]
uint32_t ratio(uint32_t limit, uint32_t of) { return limit >= of ? 255 : (limit * 255 + of / 2) / of; }

/// The multiplication whose rounding BLEND_ROUND names; "sum first" multiplies alone to nearest.
constexpr unsigned multiplication(unsigned blend_rounding) { return std::min(blend_rounding + 1, 3U); }

/// Alpha in all four channels; `flip`: all ones for its inverse.
EXYSIM_WIDE void splat_alpha(const Argb* of, Argb flip, Argb* factors, size_t n) {
    for (size_t i = 0; i < n; ++i) factors[i] = splat(of[i] >> 24) ^ flip;
}

/// One row's coefficient for every pixel and channel.
class Factors {
public:
    Factors(const Blend::Coefficient& c, uint32_t alpha_register, unsigned rounding,
            std::span<const Argb> source, std::span<const Argb> destination)
        : c_{c}, register_{alpha_register}, rounding_{rounding}, source_{source}, destination_{destination} {}

    void fill(std::span<Argb> factors) const {
        if (c_.code == 2 && c_.source_alpha == 0)  // the pixel's own, of which most blends are made
            return splat_alpha(source_.data(), c_.invert ? ~0U : 0, factors.data(), factors.size());
        fill_plain(factors);
        if (!c_.invert) return;
        for (Argb& f : factors) f = ~f;
    }

private:
    void fill_plain(std::span<Argb> factors) const;
    void fill_ratio(std::span<Argb> factors) const;
    template <unsigned kMode>
    void fill_alpha(std::span<Argb> factors, std::span<const Argb> of) const {
        for (size_t i = 0; i < factors.size(); ++i)
            factors[i] = splat(with_global<kMode>(of[i] >> 24, register_ & 0xFF, rounding_));
    }
    void fill_alpha(std::span<Argb> factors, std::span<const Argb> of, unsigned mode) const {
        if (mode == 1) return fill_alpha<1>(factors, of);
        if (mode == 2) return fill_alpha<2>(factors, of);
        fill_alpha<0>(factors, of);
    }

    const Blend::Coefficient& c_;
    uint32_t register_;
    unsigned rounding_;
    std::span<const Argb> source_, destination_;
};

void Factors::fill_plain(std::span<Argb> factors) const {
    switch (c_.code) {
        case 0:
            return std::fill(factors.begin(), factors.end(), ~0U);
        case 2:
            return fill_alpha(factors, source_, c_.source_alpha);
        case 3:
            std::copy(source_.begin(), source_.end(), factors.begin());
            return;
        case 4:
            return fill_alpha(factors, destination_, c_.destination_alpha);
        case 5:
            std::copy(destination_.begin(), destination_.end(), factors.begin());
            return;
        case 6:
            return std::fill(factors.begin(), factors.end(), splat(register_ & 0xFF));
        case 7:  // the colour above the alpha
            return std::fill(factors.begin(), factors.end(), std::rotr(register_, 8));
        case 8:
        case 9:
        case 10:
        case 11:
            return fill_ratio(factors);
        default:  // 1, and reserved codes [Assumed]
            return std::fill(factors.begin(), factors.end(), 0U);
    }
}

/// Disjoint S is min(1, (1 - Da) / Sa), conjoint S min(1, Da / Sa); D the other way round (the X Render
/// extension's operators, with their inverses by the invert bit).
void Factors::fill_ratio(std::span<Argb> factors) const {
    const bool of_source = c_.code % 2 == 0, conjoint = c_.code >= 10;
    for (size_t i = 0; i < factors.size(); ++i) {
        const uint32_t sa = source_[i] >> 24, da = destination_[i] >> 24;
        const uint32_t own = of_source ? sa : da, other = of_source ? da : sa;
        factors[i] = splat(ratio(conjoint ? other : 255 - other, own));
    }
}

/// `x` = a x + b y of `n` channels, at most 255. One function a rounding, for compilers to make vector code
/// of.
using Combine = void(const uint8_t* a, uint8_t* x, const uint8_t* b, const uint8_t* y, size_t n);

template <unsigned kMode>
[[gnu::always_inline]] inline void combine(const uint8_t* a, uint8_t* x, const uint8_t* b, const uint8_t* y,
                                           size_t n) {
    for (size_t i = 0; i < n; ++i)
        x[i] =
            static_cast<uint8_t>(std::min(multiply(kMode, a[i], x[i]) + multiply(kMode, b[i], y[i]), 255U));
}
EXYSIM_WIDE void combine_1(const uint8_t* a, uint8_t* x, const uint8_t* b, const uint8_t* y, size_t n) {
    combine<1>(a, x, b, y, n);
}
EXYSIM_WIDE void combine_2(const uint8_t* a, uint8_t* x, const uint8_t* b, const uint8_t* y, size_t n) {
    combine<2>(a, x, b, y, n);
}
EXYSIM_WIDE void combine_3(const uint8_t* a, uint8_t* x, const uint8_t* b, const uint8_t* y, size_t n) {
    combine<3>(a, x, b, y, n);
}
EXYSIM_WIDE void combine_sum_first(const uint8_t* a, uint8_t* x, const uint8_t* b, const uint8_t* y,
                                   size_t n) {
    for (size_t i = 0; i < n; ++i) {
        const uint32_t t = uint32_t{a[i]} * x[i] + uint32_t{b[i]} * y[i] + 0x80;
        x[i] = static_cast<uint8_t>(std::min((t + (t >> 8)) >> 8, 255U));
    }
}

/// By BLEND_ROUND.
constexpr Combine* kCombine[] = {combine_1, combine_2, combine_3, combine_sum_first};

const uint8_t* channels(std::span<const Argb> row) { return reinterpret_cast<const uint8_t*>(row.data()); }

/// Sc + Dc less the smaller (lighten) or larger (darken) of Da * Sc and Sa * Dc: the PDF blend modes on
/// premultiplied colour. [Assumed]
void lighten_or_darken(bool lighten, unsigned mode, std::span<Argb> s, std::span<const Argb> d) {
    for (size_t i = 0; i < s.size(); ++i) {
        const uint32_t sa = s[i] >> 24, da = d[i] >> 24;
        s[i] = map_channels([&](unsigned c) {
            const uint32_t sc = channel(s[i], c), dc = channel(d[i], c);
            const uint32_t one = multiply(mode, da, sc), other = multiply(mode, sa, dc);
            const uint32_t less = lighten ? std::min(one, other) : std::max(one, other);
            return sc + dc > less ? sc + dc - less : 0;
        });
    }
}

}  // namespace

void raster_operation(uint8_t rop, bool with_alpha, std::span<Argb> source, std::span<const Argb> third,
                      std::span<const Argb> destination) {
    if (rop == 0xCC) return;
    const uint32_t keep = with_alpha ? 0 : 0xFF00'0000;
    const bool reads_third = rop_reads_third(rop), reads_destination = rop_reads_destination(rop);
    for (size_t i = 0; i < source.size(); ++i) {
        const uint32_t made =
            evaluate(rop, reads_third ? third[i] : 0, source[i], reads_destination ? destination[i] : 0);
        source[i] = (source[i] & keep) | (made & ~keep);
    }
}

void premultiply(unsigned mode, std::span<Argb> row) {
    for (Argb& p : row) {
        const uint32_t a = p >> 24;
        p = (p & 0xFF00'0000) | multiply(mode, a, channel(p, 2)) << 16 |
            multiply(mode, a, channel(p, 1)) << 8 | multiply(mode, a, channel(p, 0));
    }
}

void unpremultiply(std::span<Argb> row) {
    for (Argb& p : row) {
        const uint32_t a = p >> 24;
        p = map_channels([&](unsigned c) {
            if (c == 3) return a;
            return a == 0 ? 0 : (channel(p, c) * 255 + a / 2) / a;
        });
    }
}

void apply_mask(unsigned blend_rounding, std::span<Argb> row, std::span<const Argb> mask) {
    const unsigned mode = multiplication(blend_rounding);
    for (size_t i = 0; i < row.size(); ++i)
        row[i] =
            map_channels([&](unsigned c) { return multiply(mode, channel(mask[i], c), channel(row[i], c)); });
}

void Blender::blend(const Blend& how, uint32_t alpha_register, std::span<Argb> source,
                    std::span<const Argb> destination) {
    const unsigned mode = multiplication(how.rounding);
    if (how.special != Blend::Special::none)
        return lighten_or_darken(how.special == Blend::Special::lighten, mode, source, destination);
    source_factor_.resize(source.size());
    destination_factor_.resize(source.size());
    Factors{how.source, alpha_register, mode, source, destination}.fill(source_factor_);
    Factors{how.destination, alpha_register, mode, source, destination}.fill(destination_factor_);
    kCombine[how.rounding & 3](channels(source_factor_), reinterpret_cast<uint8_t*>(source.data()),
                               channels(destination_factor_), channels(destination), source.size_bytes());
}

void blend_plain(const PlainAlpha& how, uint32_t alpha_register, std::span<Argb> source,
                 std::span<const Argb> destination) {
    const bool fade = how.mode == PlainAlpha::Mode::fade;
    const uint32_t offset = alpha_register >> 8 & 0xFF;
    for (size_t i = 0; i < source.size(); ++i) {
        const uint32_t a = how.per_pixel ? source[i] >> 24 : alpha_register & 0xFF;
        source[i] = map_channels([&](unsigned c) {
            const uint32_t own = channel(source[i], c) * (a + 1) >> 8;
            return own + (fade ? offset : channel(destination[i], c) * (255 - a) >> 8);
        });
    }
}

}  // namespace exysim::gpu
