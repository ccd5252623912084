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
    if (blit.source_select == Select::memory) sampler_.begin(blit, memory);
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
    const Image& p = blit_->pattern;
    const Rect& d = blit_->destination.rect;
    const int32_t width = p.rect.width(), height = p.rect.height();
    const int32_t down = (y - d.top + blit_->pattern_y) % height;
    const int32_t line = p.negative_y ? height - 1 - down : down;
    if (line != pattern_row_) {
        pattern_.resize(static_cast<size_t>(width));
        if (!reader_.read(*memory_, p, 0, line, pattern_)) return false;
        if (blit_->premultiply_pattern) premultiply(blit_->premultiply_rounding, pattern_);
        pattern_row_ = line;
    }
    third_.resize(pixels_.size());
    for (size_t i = 0; i < third_.size(); ++i) {
        const int32_t along =
            (blit_->clip.left - d.left + static_cast<int32_t>(i) + blit_->pattern_x) % width;
        third_[i] = pattern_[static_cast<size_t>(p.negative_x ? width - 1 - along : along)];
    }
    return true;
}

/// A raster operation's mask has a bit a pixel, the first in the highest bit; an alpha mask a byte. Rows
/// begin at the destination rectangle's corner; that is the corner of the mask's rectangle, on version 3 (0,
/// 0). [Assumed]
bool Blitter::load_mask(int32_t y) {
    if (blit_->mask == MaskUse::none) return true;
    const Image& m = blit_->mask_image;
    const Rect& d = blit_->destination.rect;
    const int32_t line = m.rect.top + (m.negative_y ? d.bottom - 1 - y : y - d.top);
    const int32_t nearest =
        m.rect.left + (m.negative_x ? d.right - blit_->clip.right : blit_->clip.left - d.left);
    const auto count = static_cast<int32_t>(pixels_.size());
    const bool bits = blit_->mask == MaskUse::rop;
    const int32_t first = bits ? nearest / 8 : nearest;
    const int32_t last = bits ? (nearest + count - 1) / 8 : nearest + count - 1;
    bytes_.resize(static_cast<size_t>(last - first) + 1);
    const auto offset = static_cast<uint32_t>(int64_t{m.stride} * line + first);
    if (!memory_->read(m.base + offset, bytes_)) return false;
    mask_.resize(pixels_.size());
    for (int32_t i = 0; i < count; ++i) {
        const int32_t at = nearest + (m.negative_x ? count - 1 - i : i);
        mask_[static_cast<size_t>(i)] = bits ? bytes_[static_cast<size_t>(at / 8 - first)] >> (7 - at % 8) & 1
                                             : bytes_[static_cast<size_t>(at - first)];
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
