#include "models/gpu/blitter.hpp"

#include <algorithm>

namespace exysim::gpu {

bool Blitter::reads_destination(const Blit& b) {
    return b.blend.enabled || b.plain_alpha.mode == PlainAlpha::Mode::blend || b.destination_key.enabled ||
           rop_reads_destination(b.rop) || (b.mask == MaskUse::rop && rop_reads_destination(b.masked_rop));
}

bool Blitter::uses_pattern() const {
    const auto by = [](uint8_t rop, Third third) { return third == Third::pattern && rop_reads_third(rop); };
    return by(blit_->rop, blit_->third) ||
           (blit_->mask == MaskUse::rop && by(blit_->masked_rop, blit_->masked_third));
}

bool Blitter::selects_pixels() const {
    return blit_->source_key.enabled || blit_->destination_key.enabled ||
           blit_->transparency != Transparency::opaque;
}

bool Blitter::run(const Blit& blit, BlitMemory& memory) {
    if (blit.nothing_to_do) return true;
    blit_ = &blit;
    memory_ = &memory;
    pattern_row_ = -1;
    const auto width = static_cast<size_t>(blit.clip.width());
    pixels_.assign(width, 0);
    destination_.assign(width, 0);
    drawn_.assign(width, 1);
    if (blit.solid_fill) return fill_rows();
    if (blit.source_select == Select::memory) sampler_.begin(blit, blit.source, blit.sampling, memory);
    if (blit.mask != MaskUse::none) mask_sampler_.begin(blit, blit.mask_image, blit.mask_sampling, memory);
    for (int32_t y = blit.clip.top; y < blit.clip.bottom; ++y) {
        if (!row(y) || !memory.row_done(static_cast<uint32_t>(width))) return false;
    }
    return true;
}

bool Blitter::fill_rows() {
    std::fill(pixels_.begin(), pixels_.end(), blit_->fill);
    for (int32_t y = blit_->clip.top; y < blit_->clip.bottom; ++y) {
        if (!store_run(blit_->clip.left, y, pixels_)) return false;
        if (!memory_->row_done(static_cast<uint32_t>(pixels_.size()))) return false;
    }
    return true;
}

bool Blitter::row(int32_t y) {
    if (!load_source(y) || !load_destination(y) || !load_mask(y) || !load_pattern(y)) return false;
    if (selects_pixels()) test_keys();
    compute();
    return store(y);
}

bool Blitter::load_source(int32_t y) {
    if (blit_->source_select == Select::memory) return sampler_.row(y, pixels_);
    std::fill(pixels_.begin(), pixels_.end(),
              blit_->source_select == Select::foreground ? blit_->foreground : blit_->background);
    return true;
}

bool Blitter::load_destination(int32_t y) {
    if (!reads_destination(*blit_)) return true;
    if (blit_->destination_select == Select::memory)
        return reader_.read(*memory_, blit_->destination, blit_->clip.left, y, destination_);
    std::fill(destination_.begin(), destination_.end(),
              blit_->destination_select == Select::foreground ? blit_->foreground : blit_->background);
    return true;
}

/// The pattern repeats from the destination rectangle's corner, shifted by its offset. [Assumed]
bool Blitter::load_pattern(int32_t y) {
    if (!uses_pattern()) return true;
    const Rect &p = blit_->pattern.rect, &d = blit_->destination.rect;
    const int32_t height = blit_->pattern_rotate ? p.width() : p.height();
    const int32_t line = (y - d.top + blit_->pattern_y) % height;
    if (line != pattern_row_) {
        if (!fetch_pattern(line)) return false;
        if (blit_->premultiply_pattern) premultiply(blit_->premultiply_rounding, pattern_);
        pattern_row_ = line;
    }
    third_.resize(pixels_.size());
    const int32_t first = blit_->clip.left - d.left + blit_->pattern_x;
    for (size_t i = 0; i < third_.size(); ++i)
        third_[i] = pattern_[(static_cast<size_t>(first) + i) % pattern_.size()];
    return true;
}

/// Row `line` of the pattern as it is seen, mirrored on its own axes and then turned as the source would be.
bool Blitter::fetch_pattern(int32_t line) {
    const Image& p = blit_->pattern;
    const int32_t width = p.rect.width(), height = p.rect.height();
    const auto column = [&](int32_t x) { return p.negative_x ? width - 1 - x : x; };
    const auto row = [&](int32_t y) { return p.negative_y ? height - 1 - y : y; };
    if (!blit_->pattern_rotate) {
        pattern_.resize(static_cast<size_t>(width));
        if (!reader_.read(*memory_, p, 0, row(line), pattern_)) return false;
        if (p.negative_x) std::reverse(pattern_.begin(), pattern_.end());
        return true;
    }
    const bool clockwise = blit_->version == Version::v3;
    pattern_.resize(static_cast<size_t>(height));
    const int32_t x = column(clockwise ? line : width - 1 - line);
    for (int32_t i = 0; i < height; ++i) {
        const std::span<Argb> one{&pattern_[static_cast<size_t>(i)], 1};
        if (!reader_.read(*memory_, p, x, row(clockwise ? height - 1 - i : i), one)) return false;
    }
    return true;
}

/// A mask is laid on the destination as the source is. [Assumed] A raster operation's mask selects where its
/// alpha is 128 or more, which for a bit is where it is set.
bool Blitter::load_mask(int32_t y) {
    if (blit_->mask == MaskUse::none) return true;
    mask_.resize(pixels_.size());
    if (!mask_sampler_.row(y, mask_)) return false;
    if (blit_->mask == MaskUse::rop) {
        for (Argb& m : mask_) m >>= 31;
    } else if (blit_->mask_type == MaskType::alpha) {
        for (Argb& m : mask_) m = (m >> 24) * 0x0101'0101U;
    }
    return true;
}

/// Transparent leaves out pixels of the blue-screen colour; blue screen paints them in the background colour.
/// [Assumed: as in Samsung's earlier FIMG-2D; alpha does not count]
void Blitter::test_keys() {
    constexpr Argb kColour = 0xFF'FFFF;
    for (size_t i = 0; i < pixels_.size(); ++i) {
        const bool screen = ((pixels_[i] ^ blit_->blue_screen) & kColour) == 0;
        drawn_[i] = blit_->source_key.passes(pixels_[i]) && blit_->destination_key.passes(destination_[i]) &&
                    !(screen && blit_->transparency == Transparency::transparent);
        if (screen && blit_->transparency == Transparency::blue_screen) pixels_[i] = blit_->background;
    }
}

void Blitter::compute() {
    if (blit_->premultiply_source) premultiply(blit_->premultiply_rounding, pixels_);
    if (blit_->premultiply_destination) premultiply(blit_->premultiply_rounding, destination_);
    if (blit_->mask == MaskUse::alpha) apply_mask(blit_->blend.rounding, pixels_, mask_);
    masked_rop();
    if (blit_->blend.enabled) blender_.blend(blit_->blend, blit_->alpha, pixels_, destination_);
    if (blit_->plain_alpha.mode != PlainAlpha::Mode::none)
        blend_plain(blit_->plain_alpha, blit_->alpha, pixels_, destination_);
    if (blit_->unpremultiply) unpremultiply(pixels_);
}

void Blitter::masked_rop() {
    if (blit_->mask != MaskUse::rop) return rop_row(blit_->rop, blit_->third, pixels_);
    other_.assign(pixels_.begin(), pixels_.end());
    rop_row(blit_->rop, blit_->third, pixels_);
    rop_row(blit_->masked_rop, blit_->masked_third, other_);
    for (size_t i = 0; i < pixels_.size(); ++i) {
        if (mask_[i]) pixels_[i] = other_[i];
    }
}

void Blitter::rop_row(uint8_t rop, Third third, std::span<Argb> row) {
    std::vector<Argb> constant;
    std::span<const Argb> operand = third_;
    if (third != Third::pattern && rop_reads_third(rop)) {
        constant.assign(row.size(), third == Third::foreground ? blit_->foreground : blit_->background);
        operand = constant;
    }
    raster_operation(rop, blit_->rop_alpha, row, operand, destination_);
}

bool Blitter::store(int32_t y) {
    if (!selects_pixels()) return store_run(blit_->clip.left, y, pixels_);  // all are drawn
    const size_t granule =
        blit_->destination.format.paired() ? 2 : 1;  // pixels that share chroma go together
    const auto is_drawn = [&](size_t i) { return drawn_[i - i % granule] != 0; };
    for (size_t first = 0; first < pixels_.size();) {
        size_t end = first;
        while (end < pixels_.size() && is_drawn(end) == is_drawn(first)) ++end;
        const auto x = blit_->clip.left + static_cast<int32_t>(first);
        if (is_drawn(first) && !store_run(x, y, std::span{pixels_}.subspan(first, end - first))) return false;
        first = end;
    }
    return true;
}

bool Blitter::store_run(int32_t x, int32_t y, std::span<const Argb> pixels) {
    const Image& d = blit_->destination;
    if (d.format.paired() && x % 2 != 0)
        pixels = pixels.subspan(1), ++x;  // the odd pixel has no pair of its own
    if (pixels.empty()) return true;
    auto count = static_cast<uint32_t>(pixels.size());
    if (d.format.paired()) count += count % 2;
    const bool chroma = d.format.two_planes && (d.format.kind != PixelKind::ycbcr420 || y % 2 == 0);
    bytes_.assign(d.format.bytes(count), 0);
    chroma_.assign(chroma ? chroma_bytes(d.format, count) : 0, 0);
    pack(d.format, pixels, {bytes_, chroma_});
    if (!memory_->write(plane1_at(d, x, y), std::span{bytes_}.first(d.format.bytes(count)))) return false;
    return chroma_.empty() || memory_->write(chroma_at(d, x, y), chroma_);
}

}  // namespace exysim::gpu
