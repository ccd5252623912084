#include "models/gpu/blit.hpp"

#include <algorithm>

namespace exysim::gpu {

namespace {

constexpr int32_t kMostPixels = 8000;  // hardware/fimg2d.md: limit of the rectangles

/// Collects the registers of one blit and remembers the first mistake in them.
class Decoder {
public:
    Decoder(const RegisterBank& regs, Version version) : regs_{regs}, four_{version == Version::v4_1} {
        blit_.version = version;
    }
    Blit decode();

private:
    uint32_t word(uint32_t offset) const { return regs_.word(offset); }
    bool bit(uint32_t offset, unsigned n) const { return word(offset) >> n & 1; }
    uint32_t bits(uint32_t offset, unsigned low, unsigned width) const {
        return word(offset) >> low & ((1U << width) - 1);
    }
    void wrong(uint32_t offset, std::string_view what) {
        if (blit_.mistake.empty()) blit_.mistake = what, blit_.mistake_offset = offset;
    }
    void refuse(uint32_t offset, std::string_view what) {
        wrong(offset, what);
        blit_.nothing_to_do = true;
    }
    void missing(uint32_t offset, std::string_view what) { blit_.not_modelled.push_back({what, offset}); }
    int32_t stride(uint32_t offset) const {
        return four_ ? static_cast<int16_t>(word(offset)) : static_cast<int32_t>(word(offset));
    }
    Rect rect(uint32_t left_top, uint32_t right_bottom) const;
    PixelFormat format(uint32_t offset);
    void images();
    void command3();
    void command4();
    void geometry();
    void pattern();
    void mask();
    void mask4();
    void gamma();
    void colours();
    ColourKey key(bool enabled, uint32_t ctrl) const {
        return {enabled, word(ctrl), word(ctrl + 4), word(ctrl + 8)};
    }
    Blend::Coefficient coefficient(unsigned low, unsigned invert) const {
        const uint32_t f = word(reg::kBlendFunction) >> low;
        return {static_cast<uint8_t>(f & 0xF), bit(reg::kBlendFunction, invert),
                static_cast<uint8_t>(f >> 4 & 3), static_cast<uint8_t>(f >> 6 & 3)};
    }
    bool uses_pattern() const;

    const RegisterBank& regs_;
    bool four_;
    Blit blit_;
};

Rect Decoder::rect(uint32_t left_top, uint32_t right_bottom) const {
    const auto at = [&](uint32_t offset, unsigned low) {
        return static_cast<int32_t>(bits(offset, low, 13));
    };
    return {at(left_top, 0), at(left_top, 16), at(right_bottom, 0), at(right_bottom, 16)};
}

PixelFormat Decoder::format(uint32_t offset) {
    const auto found = decode_format(word(offset), blit_.version);
    if (!found) refuse(offset, "reserved colour mode");
    return found.value_or(PixelFormat{});
}

void Decoder::images() {
    Image& s = blit_.source;
    Image& d = blit_.destination;
    s = {Iova{word(reg::kSrcBase)},
         Iova{word(reg::kSrcPlane2)},
         stride(reg::kSrcStride),
         {},
         rect(reg::kSrcLeftTop, reg::kSrcRightBottom),
         word(reg::kSrcA8RgbExt),
         bit(reg::kSrcMskDirect, 0),
         bit(reg::kSrcMskDirect, 1)};
    d = {Iova{word(reg::kDstBase)},
         Iova{word(reg::kDstPlane2)},
         stride(reg::kDstStride),
         format(reg::kDstColorMode),
         rect(reg::kDstLeftTop, reg::kDstRightBottom),
         word(reg::kDstA8RgbExt),
         bit(reg::kDstPatDirect, 0),
         bit(reg::kDstPatDirect, 1)};
    if (bits(reg::kSrcSelect, 0, 2) == 3) wrong(reg::kSrcSelect, "reserved source selection");
    if (bits(reg::kDstSelect, 0, 2) == 3) wrong(reg::kDstSelect, "reserved destination selection");
    const auto select = [this](uint32_t offset) { return static_cast<Select>(bits(offset, 0, 2) % 3); };
    blit_.source_select = select(reg::kSrcSelect);
    blit_.destination_select = select(reg::kDstSelect);
    if (d.rect.empty()) refuse(reg::kDstRightBottom, "empty destination rectangle");
    if (std::max(d.rect.right, d.rect.bottom) > kMostPixels)
        wrong(reg::kDstRightBottom, "destination beyond 8000 pixels");
    if (d.format.paired() && (d.rect.left % 2 != 0 || d.rect.right % 2 != 0))
        wrong(reg::kDstRightBottom, "odd edge of a destination with shared chroma");
}

void Decoder::command3() {
    const uint32_t c = word(reg::kBitbltCommand);
    if (c & 1) blit_.mask = MaskUse::rop;
    blit_.source_key = key(c >> 16 & 1, reg::kSrcKeyCtrl);
    blit_.destination_key = key(c >> 17 & 1, reg::kDstKeyCtrl);
    if ((c >> 20 & 3) == 3) wrong(reg::kBitbltCommand, "reserved alpha mode");
    if ((c >> 22 & 3) == 3) wrong(reg::kBitbltCommand, "reserved non-premultiplied mode");
    if (c >> 24 & 1) missing(reg::kBitbltCommand, "colour expansion is not modelled");
    constexpr PlainAlpha::Mode kModes[] = {PlainAlpha::Mode::none, PlainAlpha::Mode::blend,
                                           PlainAlpha::Mode::fade, PlainAlpha::Mode::none};
    blit_.plain_alpha = {kModes[c >> 20 & 3], (c >> 22 & 3) == 2};
    if (c >> 4 & 1) blit_.sampling.filter = Filter::nearest;
}

void Decoder::command4() {
    const uint32_t c = word(reg::kBitbltCommand);
    blit_.solid_fill = c >> 28 & 1;
    if (c & 1) blit_.mask = MaskUse::rop;
    if (c & 2) {
        if (c & 1) wrong(reg::kBitbltCommand, "both kinds of mask at once");
        blit_.mask = MaskUse::alpha;
    }
    blit_.rop_alpha = c >> 2 & 1;
    if (c >> 3 & 1) missing(reg::kBitbltCommand, "dithering is not modelled");
    blit_.source_key = key(c >> 16 & 1, reg::kSrcKeyCtrl);
    blit_.destination_key = key(c >> 17 & 1, reg::kDstKeyCtrl);
    if (c >> 18 & 3) missing(reg::kBitbltCommand, "colour keys on YCbCr are not modelled");
    const uint32_t f = word(reg::kBlendFunction);
    blit_.blend.enabled = c >> 20 & 1;
    blit_.blend.source = coefficient(0, 16);
    blit_.blend.destination = coefficient(8, 18);
    blit_.blend.special = f >> 20 & 1   ? Blend::Special::lighten
                          : f >> 21 & 1 ? Blend::Special::darken
                                        : Blend::Special::none;
    if (blit_.blend.enabled && (f >> 22 & 1)) missing(reg::kBlendFunction, "WinCE SRC_OVER is not modelled");
    if (std::max(blit_.blend.source.code, blit_.blend.destination.code) > 11)
        wrong(reg::kBlendFunction, "reserved blend coefficient");
    blit_.blend.rounding = static_cast<uint8_t>(bits(reg::kRoundMode, 0, 2));
    blit_.premultiply_rounding = static_cast<uint8_t>(bits(reg::kRoundMode, 4, 2));
    blit_.premultiply_source = c >> 24 & 1;
    blit_.premultiply_pattern = c >> 25 & 1;
    blit_.premultiply_destination = c >> 26 & 1;
    blit_.unpremultiply = c >> 27 & 1;
    blit_.sampling.filter = static_cast<Filter>(bits(reg::kSrcScaleCtrl, 0, 2));
    if (bits(reg::kSrcRepeatMode, 0, 3) > 4) wrong(reg::kSrcRepeatMode, "reserved repeat mode");
    blit_.sampling.repeat = static_cast<Repeat>(std::min(bits(reg::kSrcRepeatMode, 0, 3), 4U));
    blit_.sampling.pad = word(reg::kSrcPadValue);
}

/// Steps through the source. Version 3 fits the source into the destination; 4.1 is told the factors.
void Decoder::geometry() {
    blit_.sampling.rotate = bit(reg::kRotate, 0);
    const Rect &s = blit_.source.rect, &d = blit_.destination.rect;
    blit_.clip = d;
    if (bit(reg::kBitbltCommand, 8)) {
        const Rect w = rect(reg::kCwLeftTop, reg::kCwRightBottom);
        blit_.clip = {std::max(d.left, w.left), std::max(d.top, w.top), std::min(d.right, w.right),
                      std::min(d.bottom, w.bottom)};
        if (w.empty()) wrong(reg::kCwRightBottom, "empty clip window");
        if (blit_.clip.empty()) blit_.nothing_to_do = true;
    }
    if (blit_.solid_fill || blit_.source_select != Select::memory) return;
    blit_.source.format = format(reg::kSrcColorMode);
    if (s.empty()) return refuse(reg::kSrcRightBottom, "empty source rectangle");
    if (std::max(s.right, s.bottom) > kMostPixels) wrong(reg::kSrcRightBottom, "source beyond 8000 pixels");
    const int32_t width = blit_.sampling.rotate ? d.height() : d.width();
    const int32_t height = blit_.sampling.rotate ? d.width() : d.height();
    if (blit_.sampling.filter == Filter::none) {
        if (!four_ && (s.width() != width || s.height() != height))
            wrong(reg::kSrcRightBottom, "source and destination differ without STRETCH");
        return;
    }
    const auto step = [](int32_t from, int32_t to) {
        return (static_cast<uint32_t>(from) << 16) / static_cast<uint32_t>(std::max(to, 1));
    };
    blit_.sampling.x_step = four_ ? word(reg::kSrcXScale) : step(s.width(), width);
    blit_.sampling.y_step = four_ ? word(reg::kSrcYScale) : step(s.height(), height);
}

/// Whether a raster operation's result depends on the third operand.
constexpr bool depends_on_third(uint32_t rop) { return (rop >> 4 & 0xF) != (rop & 0xF); }

bool Decoder::uses_pattern() const {
    const auto by = [](uint8_t rop, Third third) { return depends_on_third(rop) && third == Third::pattern; };
    return by(blit_.rop, blit_.third) ||
           (blit_.mask == MaskUse::rop && by(blit_.masked_rop, blit_.masked_third));
}

void Decoder::pattern() {
    blit_.rop = static_cast<uint8_t>(bits(reg::kRop4, 0, 8));
    blit_.masked_rop = static_cast<uint8_t>(bits(reg::kRop4, 8, 8));
    const auto third = [this](unsigned low) {
        if (bits(reg::kThirdOperand, low, 2) == 3) wrong(reg::kThirdOperand, "reserved third operand");
        return static_cast<Third>(bits(reg::kThirdOperand, low, 2) % 3);
    };
    blit_.third = third(0);
    blit_.masked_third = third(4);
    if (blit_.solid_fill || !uses_pattern()) return;
    Image& p = blit_.pattern;
    p = {Iova{word(reg::kPatBase)},
         {},
         stride(reg::kPatStride),
         format(reg::kPatColorMode),
         {0, 0, static_cast<int32_t>(bits(reg::kPatSize, 0, 13)),
          static_cast<int32_t>(bits(reg::kPatSize, 16, 13))},
         0,
         bit(reg::kDstPatDirect, 4),
         bit(reg::kDstPatDirect, 5)};
    blit_.pattern_x = static_cast<int32_t>(bits(reg::kPatOffset, 0, 13));
    blit_.pattern_y = static_cast<int32_t>(bits(reg::kPatOffset, 16, 13));
    if (p.format.ycbcr()) refuse(reg::kPatColorMode, "reserved colour mode");
    if (p.rect.empty()) refuse(reg::kPatSize, "empty pattern");
    blit_.pattern_rotate = bit(reg::kRotate, 4);
}

/// Version 3 has only masks of a bit a pixel, from (0, 0), as large as the destination.
void Decoder::mask() {
    if (blit_.solid_fill || blit_.mask == MaskUse::none) return;
    Image& m = blit_.mask_image;
    const Rect& d = blit_.destination.rect;
    blit_.mask_sampling.rotate = bit(reg::kRotate, 8);
    const bool turned = blit_.mask_sampling.rotate;
    m = {Iova{word(reg::kMaskBase)},
         {},
         stride(reg::kMaskStride),
         decode_mask_format(0),
         {0, 0, turned ? d.height() : d.width(), turned ? d.width() : d.height()},
         0,
         bit(reg::kSrcMskDirect, 4),
         bit(reg::kSrcMskDirect, 5)};
    if (four_) mask4();
}

/// A mask of any format and size. Without a right bottom corner it is as large as the destination. [Assumed]
void Decoder::mask4() {
    const uint32_t mode = word(reg::kMaskMode);
    if ((mode & 7) == 7) missing(reg::kMaskMode, "the gamma of Windows CE's fonts is not modelled");
    if ((mode >> 8 & 3) == 3) wrong(reg::kMaskMode, "reserved mask type");
    Image& m = blit_.mask_image;
    m.format = decode_mask_format(mode);
    const bool coloured = m.format.bits() > 8;
    blit_.mask_type = coloured && (mode >> 8 & 3) != 0 ? MaskType::channels : MaskType::alpha;
    const Rect size = m.rect, given = rect(reg::kMaskLeftTop, reg::kMaskRightBottom);
    m.rect = given;
    if (word(reg::kMaskRightBottom) == 0)
        m.rect.right = given.left + size.width(), m.rect.bottom = given.top + size.height();
    if (m.rect.empty()) return refuse(reg::kMaskRightBottom, "empty mask");
    if (bits(reg::kMaskRepeat, 0, 3) > 3) wrong(reg::kMaskRepeat, "reserved repeat mode of the mask");
    Sampling& s = blit_.mask_sampling;
    s.repeat = static_cast<Repeat>(std::min(bits(reg::kMaskRepeat, 0, 3), 4U));
    s.pad = word(reg::kMaskPad);
    s.filter = static_cast<Filter>(bits(reg::kMaskScaleCtrl, 0, 2));
    if (s.filter == Filter::none) return;
    s.x_step = word(reg::kMaskXScale);
    s.y_step = word(reg::kMaskXScale + 4);
}

/// Which bit switches gamma on is not known; a table that is not all zero counts.
void Decoder::gamma() {
    if (!four_ || blit_.solid_fill) return;
    for (uint32_t offset = reg::kGamma; offset < reg::kGammaEnd; offset += 4) {
        if (word(offset) != 0) return missing(offset, "gamma is not modelled");
    }
}

void Decoder::colours() {
    const PixelFormat& format = blit_.destination.format;
    blit_.foreground = unpack_colour(format, word(reg::kFgColor));
    blit_.background = unpack_colour(format, word(reg::kBgColor));
    blit_.blue_screen = unpack_colour(format, word(reg::kBsColor));
    blit_.fill = unpack_colour(format, word(reg::kSfColor));
    blit_.alpha = word(reg::kAlpha);
    const uint32_t transparency = bits(reg::kBitbltCommand, 12, 2);
    if (transparency == 3) wrong(reg::kBitbltCommand, "reserved transparency mode");
    blit_.transparency = static_cast<Transparency>(transparency % 3);
}

Blit Decoder::decode() {
    images();
    if (four_) {
        command4();
    } else {
        command3();
    }
    geometry();
    pattern();
    mask();
    gamma();
    colours();
    return blit_;
}

}  // namespace

bool ColourKey::passes(Argb pixel) const {
    if (!enabled) return true;
    bool inside = true;
    for (unsigned i = 0; i < 4; ++i) {
        if (!(ctrl >> (4 * i) & 1)) continue;
        const uint32_t c = channel(pixel, i);
        inside = inside && c >= channel(least, i) && c <= channel(most, i);
    }
    return inside != ((ctrl >> 16 & 1) != 0);
}

Blit decode_blit(const RegisterBank& regs, Version version) { return Decoder{regs, version}.decode(); }

}  // namespace exysim::gpu
