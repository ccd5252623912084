#include "models/display/vp_core.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace exysim::display {

namespace {

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
    regs.on_write(kShadowUpdate, [this](uint32_t written) {
        if ((written & kUpdate.mask()) && update_asked) update_asked();
    });
}

void VpCore::reset() {
    regs.reset();
    window_.reset();
    mistake_ = {};
    ++resets_;
}

void VpCore::vsync(const Scan& scan) {
    if (scan.interlaced && regs.get(kAutoField)) regs.set(kField, scan.parity);
    if (regs.get(kUpdate)) {
        take_over();
    } else if (window_ && auto_field_ && !scan.interlaced) {
        field_id_ ^= 1;
        regs.set(kField, field_id_);
    }
    if (!window_) return;
    // An interlaced raster says which field is due; else FIELD_ID does.
    const uint32_t field = scan.interlaced ? scan.parity : field_id_;
    window_->luma = fields_[field].luma;
    window_->chroma = fields_[field].chroma;
    window_->bottom_field = field != 0;
}

void VpCore::take_over() {
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
    constexpr uint32_t kAligned = ~(kPointerAlignment - 1);
    fields_[0] = {Iova{regs.get(kTopY) & kAligned}, Iova{regs.get(kTopC) & kAligned}};
    fields_[1] = {Iova{regs.get(kBotY) & kAligned}, Iova{regs.get(kBotC) & kAligned}};
    window_ = described();
    filters_ = described_filters();
    post_ = described_post();
    image_lines_ = regs.get(kLines);
    field_id_ = regs.get(kField);
    auto_field_ = regs.get(kAutoField) != 0;
    mistake_ = oddity();
}

void VpCore::copy_to_shadows() {
    for (const ShadowRow& row : kShadows) {
        regs.set(kShadow, regs.word(row.master), (row.shadow - kShadow.offset) / kShadow.stride);
    }
}

std::vector<IovaRange> VpCore::pending_planes() const {
    if (!regs.get(kOn) || !unsupported().empty()) return {};
    VideoWindow window = described();
    window.luma = Iova{regs.get(kTopY)};
    window.chroma = Iova{regs.get(kTopC)};
    return window.planes();
}

/// Settings that this model does not do.
std::string_view VpCore::unsupported() const {
    struct Row {
        bool set;
        std::string_view what;
    };
    const Row rows[] = {
        {regs.get(kSrcWidth) == 0 || regs.get(kSrcHeight) == 0, "the source window is empty"},
        {regs.get(kDstWidth) == 0 || regs.get(kDstHeight) == 0, "the destination window is empty"},
        {regs.get(kEndian) == 0, "big-endian images are not modelled; the layer stays off"},
    };
    for (const Row& row : rows) {
        if (row.set) return row.what;
    }
    return {};
}

/// What software will not have meant.
std::string_view VpCore::oddity() const {
    const uint32_t lines_a_row = window_->whole_picture ? 2 : 1;
    const auto off = [](uint64_t source, uint32_t target, uint32_t ratio) {
        const auto meant = static_cast<int64_t>((source << 16) / target);
        return std::abs(meant - int64_t{ratio}) > 1;
    };
    constexpr const Field* kPointers[] = {&kTopY, &kTopC, &kBotY, &kBotC};
    const bool fields = regs.get(kLineSkip) != 0;  // both fields' addresses count
    const auto misaligned = [this](const Field* f) { return regs.get(*f) % kPointerAlignment != 0; };
    const bool no_filter = (window_->scaled_h() && filters_.luma_h == Taps<8>{}) ||
                           (window_->scaled_v() && filters_.luma_v == Taps<4>{});
    struct Row {
        bool set;
        std::string_view what;
    };
    const uint32_t lines = window_->src_y + window_->height;
    const Row rows[] = {
        {std::any_of(kPointers, kPointers + (fields ? 4 : 2), misaligned),
         "an address is no multiple of 8; its low bits are ignored"},
        {regs.get(kPitch) % kPointerAlignment != 0, "the image width is no multiple of 8"},
        {window_->src_x + window_->width > regs.get(kPitch) || lines * (fields ? 2 : 1) > regs.get(kLines),
         "the source window reaches past its image"},
        {off(window_->width, window_->dst_width, window_->h_ratio) ||
             off(window_->height * lines_a_row, window_->dst_height, window_->v_ratio),
         "the scaling ratio does not fit the sizes of source and destination"},
        {no_filter, "scaling with filters that were never set: the layer is green"},
    };
    for (const Row& row : rows) {
        if (row.set) return row.what;
    }
    return {};
}

VideoWindow VpCore::described() const {
    return {.luma = {},
            .chroma = {},
            .pitch = regs.get(kPitch),
            .chroma_pitch = regs.get(kPitchC),
            .src_x = regs.get(kSrcX),
            .src_y = regs.get(kSrcY),
            .src_fraction = regs.get(kSrcXFrac),
            .width = regs.get(kSrcWidth),
            .height = regs.get(kSrcHeight),
            .dst_x = regs.get(kDstX),
            .dst_y = regs.get(kDstY),
            .dst_width = regs.get(kDstWidth),
            .dst_height = regs.get(kDstHeight),
            .h_ratio = regs.get(kHRatio),
            .v_ratio = regs.get(kVRatio),
            .swapped_chroma = regs.get(kNv21) != 0,
            .tiled = regs.get(kTiled) != 0,
            .line_skip = regs.get(kLineSkip) != 0,
            .whole_picture = regs.get(kIpc) != 0,
            .bottom_field = false};  // vsync() says
}

VideoFilters VpCore::described_filters() const {
    std::array<uint32_t, kPoly.count> words{};
    for (uint32_t i = 0; i < kPoly.count; ++i) words[i] = regs.get(kPoly, i);
    return VideoFilters::from_registers(words);
}

PostProcess VpCore::described_post() const {
    const auto sign = [](uint32_t value, unsigned bits) {
        const uint32_t top = 1U << (bits - 1);
        return static_cast<int32_t>(value ^ top) - static_cast<int32_t>(top);
    };
    PostProcess p;
    p.on = regs.get(kPpBypass) == 0;
    for (uint32_t i = 0; i < 8; ++i) {
        p.curve[i] = {static_cast<int32_t>(regs.get(kSlope, i)), sign(regs.get(kIntercept, i), 16)};
    }
    p.brightness = sign(regs.get(kBrightness), 9);
    p.saturation = static_cast<int32_t>(regs.get(kSaturation));
    p.sharpness = static_cast<int32_t>(regs.get(kSharpness));
    p.threshold = static_cast<int32_t>(regs.get(kSharpTh));
    p.matrix_on = regs.get(kCscEnable) != 0;
    p.from_black = regs.get(kSubY) != 0;
    for (uint32_t i = 0; i < 9; ++i) p.matrix[i] = sign(regs.get(kPpCsc, i), 12);
    return p;
}

}  // namespace exysim::display
