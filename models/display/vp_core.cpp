#include "models/display/vp_core.hpp"

namespace exysim::display {

namespace {

constexpr uint32_t kOneToOne = 1 << 16;
constexpr uint32_t kPointerAlignment = 8;

/// Where the shadow of each master register is read. Assumed: nearer than "0x16C to 0x1D0" no source goes;
/// the order is the masters', with the gap before the pointers and the source position kept.
struct ShadowRow {
    uint32_t master, shadow;
};
constexpr ShadowRow kShadows[] = {
    {VpCore::kFieldId, 0x16C},      {VpCore::kModeReg, 0x170},      {VpCore::kImgSizeY, 0x174},
    {VpCore::kImgSizeC, 0x178},     {VpCore::kPerRate, 0x17C},      {VpCore::kTopYPtr, 0x190},
    {VpCore::kBotYPtr, 0x194},      {VpCore::kTopCPtr, 0x198},      {VpCore::kBotCPtr, 0x19C},
    {VpCore::kSrcHPosition, 0x1AC}, {VpCore::kSrcVPosition, 0x1B0}, {VpCore::kSrcWidthReg, 0x1B4},
    {VpCore::kSrcHeightReg, 0x1B8}, {VpCore::kDstHPosition, 0x1BC}, {VpCore::kDstVPosition, 0x1C0},
    {VpCore::kDstWidthReg, 0x1C4},  {VpCore::kDstHeightReg, 0x1C8}, {VpCore::kHRatioReg, 0x1CC},
    {VpCore::kVRatioReg, 0x1D0},
};

}  // namespace

VpCore::VpCore() {
    regs.on_write(kSreset, [this](uint32_t written) {
        if (written & kReset.mask()) reset();
    });
}

void VpCore::reset() {
    regs.reset();
    window_.reset();
    mistake_ = {};
    ++resets_;
}

void VpCore::vsync() {
    if (!regs.get(kUpdate)) return;
    regs.set(kUpdate, 0);
    const bool on = regs.get(kOn) != 0;
    regs.set(kOnShadow, on);
    regs.set(kOperating, on);
    copy_to_shadows();
    window_.reset();
    mistake_ = {};
    if (!on) return;
    mistake_ = unsupported();
    if (!mistake_.empty()) return;
    window_ = described();
    if (regs.get(kTopY) % kPointerAlignment || regs.get(kTopC) % kPointerAlignment) {
        mistake_ = "an address is no multiple of 8; its low bits are ignored";
    } else if (regs.get(kPitch) % kPointerAlignment) {
        mistake_ = "the image width is no multiple of 8";
    } else if (window_->src_x + window_->width > regs.get(kPitch) ||
               window_->src_y + window_->height > regs.get(kLines)) {
        mistake_ = "the source window reaches past its image";
    }
}

void VpCore::copy_to_shadows() {
    for (const ShadowRow& row : kShadows) {
        regs.set(kShadow, regs.word(row.master), (row.shadow - kShadow.offset) / kShadow.stride);
    }
}

/// Settings that software may make and this model does not do yet.
std::string_view VpCore::unsupported() const {
    struct Row {
        bool set;
        std::string_view what;
    };
    const bool same_size =
        regs.get(kSrcWidth) == regs.get(kDstWidth) && regs.get(kSrcHeight) == regs.get(kDstHeight);
    const bool one_to_one = regs.get(kHRatio) == kOneToOne && regs.get(kVRatio) == kOneToOne;
    const Row rows[] = {
        {regs.get(kSrcWidth) == 0 || regs.get(kSrcHeight) == 0, "the source window is empty"},
        {!same_size || !one_to_one, "scaling is not modelled yet; the layer stays off"},
        {regs.get(kTiled) != 0, "tiled images are not modelled yet; the layer stays off"},
        {regs.get(kLineSkip) != 0, "interlaced output is not modelled yet; the layer stays off"},
        {regs.get(kPpBypass) == 0, "post-processing is not modelled yet; the layer stays off"},
        {regs.get(kEndian) == 0, "big-endian images are not modelled yet; the layer stays off"},
    };
    for (const Row& row : rows) {
        if (row.set) return row.what;
    }
    return {};
}

VideoWindow VpCore::described() const {
    constexpr uint32_t kAligned = ~(kPointerAlignment - 1);
    return {.luma = Iova{regs.get(kTopY) & kAligned},
            .chroma = Iova{regs.get(kTopC) & kAligned},
            .pitch = regs.get(kPitch),
            .chroma_pitch = regs.get(kPitchC),
            .src_x = regs.get(kSrcX),
            .src_y = regs.get(kSrcY),
            .width = regs.get(kSrcWidth),
            .height = regs.get(kSrcHeight),
            .dst_x = regs.get(kDstX),
            .dst_y = regs.get(kDstY),
            .swapped_chroma = regs.get(kNv21) != 0};
}

}  // namespace exysim::display
