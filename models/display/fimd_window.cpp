#include "models/display/fimd_window.hpp"

#include <algorithm>
#include <cstring>

namespace exysim::display {

namespace {

/// Eight bytes as FIMD's bus sees them: the first pixel in the top bits. Each swap turns the order of its
/// units around: all four off, memory is big-endian.
uint64_t swapped(uint64_t v, unsigned swaps) {
    constexpr unsigned kWord = 1, kHalf = 2, kByte = 4, kBit = 8;
    if (swaps & kWord) v = v >> 32 | v << 32;
    if (swaps & kHalf) {
        v = v >> 32 | v << 32;
        v = (v >> 16 & 0x0000'FFFF'0000'FFFF) | (v & 0x0000'FFFF'0000'FFFF) << 16;
    }
    if (swaps & kByte) v = __builtin_bswap64(v);
    if (swaps & kBit) {
        v = (v >> 4 & 0x0F0F'0F0F'0F0F'0F0F) | (v & 0x0F0F'0F0F'0F0F'0F0F) << 4;
        v = (v >> 2 & 0x3333'3333'3333'3333) | (v & 0x3333'3333'3333'3333) << 2;
        v = (v >> 1 & 0x5555'5555'5555'5555) | (v & 0x5555'5555'5555'5555) << 1;
    }
    return v;
}

/// Where a direct format has its parts; alpha_bits 0 = opaque, 1 = chooses ALPHA0 or ALPHA1.
struct Layout {
    uint8_t bits, alpha_low, alpha_bits, red_low, red_bits, green_low, green_bits, blue_bits;
};
constexpr Layout kLayouts[] = {
    // from code 4 on
    {8, 7, 1, 5, 2, 2, 3, 2},    {16, 0, 0, 11, 5, 5, 6, 5}, {16, 15, 1, 10, 5, 5, 5, 5},
    {16, 15, 0, 10, 5, 5, 5, 5}, {32, 0, 0, 12, 6, 6, 6, 6}, {32, 17, 1, 11, 6, 5, 6, 5},
    {32, 18, 1, 12, 6, 6, 6, 6}, {32, 0, 0, 16, 8, 8, 8, 8}, {32, 23, 1, 15, 8, 7, 8, 7},
    {32, 24, 8, 16, 8, 8, 8, 8},
};

uint32_t level(uint32_t raw, unsigned low, unsigned bits) {
    const uint32_t v = raw >> low & ((1U << bits) - 1);
    switch (bits) {
        case 8:
            return v;
        case 2:
            return v * 85;
        case 3:
            return v * 255 / 7;
        default:
            return widen(v, bits);
    }
}

/// I555's top bit is intensity: the lowest bit of each six-bit colour [Assumed].
Pixel intensity(uint32_t raw) {
    const uint32_t i = raw >> 15 & 1;
    const auto six = [&](unsigned low) { return widen((raw >> low & 31) << 1 | i, 6); };
    return make_pixel(255, six(10), six(5), six(0));
}

Pixel direct(FimdFormat format, uint32_t raw) {
    if (format == FimdFormat::i555) return intensity(raw);
    const Layout& l = kLayouts[static_cast<size_t>(format) - 4];
    uint32_t alpha = 255;
    if (l.alpha_bits) alpha = level(raw, l.alpha_low, 8);
    if (l.alpha_bits == 1) alpha = (raw >> l.alpha_low & 1) * 255;
    return make_pixel(alpha, level(raw, l.red_low, l.red_bits), level(raw, l.green_low, l.green_bits),
                      level(raw, 0, l.blue_bits));
}

uint32_t weight(Factor factor, uint32_t alpha, uint32_t alpha0, uint32_t above, uint32_t below) {
    switch (factor) {
        case Factor::zero:
            return 0;
        case Factor::one:
            return 255;
        case Factor::alpha:
            return alpha;
        case Factor::one_minus_alpha:
            return 255 - alpha;
        case Factor::alpha0:
            return alpha0;
        case Factor::above:
            return above;
        case Factor::one_minus_above:
            return 255 - above;
        case Factor::below:
            return below;
        case Factor::one_minus_below:
            return 255 - below;
    }
    return 0;
}

uint32_t alpha_of(const FimdWindow& w, Pixel pixel) {
    if (!w.per_pixel) return w.alpha[w.alpha_select ? 1 : 0];
    const uint32_t own = pixel >> 24;
    // Without ALPHA_SEL the pixel's alpha bit only chooses.
    const uint32_t alpha = w.alpha_select ? own : w.alpha[own >= 128 ? 1 : 0];
    return w.multiply ? over_255(alpha * w.alpha[0]) : alpha;
}

Pixel over(const FimdWindow& w, Pixel above, Pixel below) {
    constexpr Pixel kColour = 0x00FF'FFFF;
    if (w.key.on) {
        const Pixel seen = w.key.matches_below ? below : above;
        const bool match = ((seen ^ w.key.colour) & ~w.key.ignored & kColour) == 0;
        if (match != w.key.matches_below) return below;
    }
    const uint32_t alpha = alpha_of(w, above);
    Pixel out = 0xFF00'0000;
    for (const unsigned shift : {16U, 8U, 0U}) {
        const uint32_t a = above >> shift & 255, b = below >> shift & 255;
        const uint32_t sum =
            a * weight(w.above, alpha, w.alpha[0], a, b) + b * weight(w.below, alpha, w.alpha[0], a, b);
        out |= over_255(std::min(sum, 255U * 255U)) << shift;
    }
    return out;
}

}  // namespace

unsigned bits_of(FimdFormat format) {
    const auto code = static_cast<unsigned>(format);
    return code < 4 ? 1U << code : kLayouts[code - 4].bits;
}

void FimdFrame::begin(const FimdWindow& window, uint32_t screen_width, uint32_t screen_lines) {
    window_ = window;
    plan_.clear();
    first_ = window.top;
    lines_ = window.top < screen_lines ? std::min(window.height, screen_lines - window.top) : 0;
    width_ = window.left < screen_width ? std::min(window.width, screen_width - window.left) : 0;
    if (window.map_colour || width_ == 0) return;
    // Whole groups of eight bytes, in which the swaps may put a pixel anywhere.
    const uint32_t bytes = std::min(window.line_bytes, (window.width * bits_of(window.format) + 63) / 64 * 8);
    for (uint32_t line = 0; line < lines_; ++line)
        plan_.add(window.base + line * window.pitch, bytes, first_ + line, first_ + line);
}

void FimdFrame::decode(std::span<const uint8_t> bytes, std::span<Pixel> out) const {
    const unsigned bits = bits_of(window_.format);
    const bool from_palette = window_.format <= FimdFormat::palette8;
    uint64_t group = 0;
    for (size_t i = 0; i < out.size(); ++i) {
        const size_t bit = i * bits;
        if (bit % 64 == 0) {
            uint8_t raw[8] = {};
            std::memcpy(raw, bytes.data() + bit / 8, std::min<size_t>(8, bytes.size() - bit / 8));
            std::memcpy(&group, raw, 8);
            group = swapped(group, window_.swaps);
        }
        const auto raw = static_cast<uint32_t>(group >> (64 - bits - bit % 64) & ((uint64_t{1} << bits) - 1));
        Pixel p = from_palette ? (*window_.palette)[raw] : direct(window_.format, raw);
        if (window_.reversed) p = (p & 0xFF00'FF00) | (p & 255) << 16 | (p >> 16 & 255);
        out[i] = p;
    }
}

void FimdFrame::blend(const LineStore& store, uint32_t line, std::span<Pixel> out) {
    if (line < first_ || line - first_ >= lines_ || width_ == 0) return;
    row_.resize(width_);
    std::span<Pixel> row{row_};
    if (window_.map_colour) {
        std::fill(row.begin(), row.end(), *window_.map_colour);
    } else {
        const uint32_t number = line - first_, bits = bits_of(window_.format);
        const uint32_t bytes = store.valid[number];
        // Groups of eight bytes arrive as a whole.
        const uint32_t whole = bytes == plan_.pieces[number].bytes ? bytes : bytes & ~7U;
        row = row.first(std::min<size_t>(row.size(), size_t{whole} * 8 / bits));
        decode(std::span{store.bytes}.subspan(plan_.pieces[number].into, plan_.pieces[number].bytes), row);
    }
    lay_over(row, out.subspan(window_.left));
}

void FimdFrame::lay_over(std::span<const Pixel> row, std::span<Pixel> out) const {
    if (!window_.blends) {
        std::copy(row.begin(), row.end(), out.begin());
        return;
    }
    const bool usual =
        window_.above == Factor::alpha && window_.below == Factor::one_minus_alpha && !window_.key.on;
    if (usual && window_.per_pixel && window_.alpha_select) {
        return blend_row(row, {window_.multiply ? window_.alpha[0] : uint8_t{255}, false}, out);
    }
    for (size_t i = 0; i < row.size(); ++i) out[i] = over(window_, row[i], out[i]);
}

}  // namespace exysim::display
