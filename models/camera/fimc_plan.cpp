#include "models/camera/fimc_plan.hpp"

namespace exysim::camera {

using namespace fimc;

namespace {

using Kind = PixelLayout::Kind;
enum Format : uint32_t { k420, k422, k422Packed, kRgb };
constexpr uint32_t kLargest = 8192;  // lines; no source gives a limit, Assumed

/// Keeps the first mistake.
class Notes {
public:
    void note(bool wrong, std::string_view what) {
        if (wrong && first_.empty()) first_ = what;
    }
    std::string_view first() const { return first_; }

private:
    std::string_view first_;
};

/// Assumed: of the two orders that begin with the most significant byte, "CrCb" has Cr first in memory too.
uint8_t cr_first(uint32_t order) { return order == 1 || order == 2 ? 1 : 0; }

PixelLayout yuv_layout(uint32_t format, bool two_planes, uint8_t order_2p, uint8_t order_1p) {
    if (format == k422Packed) return {Kind::packed_422, order_1p};
    const bool full = format == k420;
    if (two_planes) return {full ? Kind::semiplanar_420 : Kind::semiplanar_422, order_2p};
    return {full ? Kind::planar_420 : Kind::planar_422};
}

PixelLayout output_layout(const RegisterBank& r, Notes& notes) {
    const uint32_t format = r.get(kOutFormat);
    if (format != kRgb) {
        return yuv_layout(format, r.get(kTwoPlanes) != 0, cr_first(r.get(kOrder2p)),
                          static_cast<uint8_t>(r.get(kOrder1p)));
    }
    constexpr Kind k16[] = {Kind::rgb565, Kind::argb1555, Kind::argb4444, Kind::rgb565};
    constexpr Kind kWider[] = {Kind::rgb565, Kind::rgb666, Kind::rgb888, Kind::rgb888};
    const uint32_t kind = r.get(kOutRgb);
    notes.note(kind == 3 || (kind == 0 && r.get(kRgb16) == 3), "the output RGB format is a reserved one");
    return {kind == 0 ? k16[r.get(kRgb16)] : kWider[kind], 0, static_cast<uint8_t>(r.get(kAlphaOut))};
}

PixelLayout input_layout(const RegisterBank& r, Notes& notes) {
    constexpr uint8_t kOrders[] = {3, 1, 2, 0};  // MSCTRL's coding as ORDER422_OUT's
    constexpr Kind kKinds[] = {Kind::rgb565, Kind::rgb666, Kind::rgb888, Kind::rgb888};
    if (r.get(kInputFormat) != kRgb) {
        return yuv_layout(r.get(kInputFormat), r.get(kTwoPlanesIn) != 0, cr_first(r.get(kOrder2pIn)),
                          kOrders[r.get(kOrder1pIn)]);
    }
    notes.note(r.get(kInRgb) == 3, "the input RGB format is a reserved one");
    return {kKinds[r.get(kInRgb)]};
}

/// Assumed: tiles of 16x16 bytes and of configured size follow one another row by row.
Tiling tiling(uint32_t mode, uint32_t log_h, uint32_t log_v) {
    switch (mode) {
        case 1:
            return {Tiling::Mode::raster, 64U << log_h, 1U << log_v};
        case 2:
            return {Tiling::Mode::raster, 16, 16};
        case 3:
            return {Tiling::Mode::z_flip_z, 64, 32};
        default:
            return {};
    }
}

Iova address(const RegisterBank& r, const Field& first, const Field& rest, uint32_t slot) {
    return Iova{slot < kFirstSlots ? r.get(first, slot) : r.get(rest, slot - kFirstSlots)};
}

/// The rectangle, `lines` apart from one another, must lie on its canvas.
bool past_canvas(const std::array<OutputArea::Offset, 3>& offset, uint32_t planes, FrameSize size,
                 FrameSize canvas) {
    for (uint32_t i = 0; i < planes; ++i) {
        if (offset[i].left + size.width > canvas.width || offset[i].top + size.height > canvas.height)
            return true;
    }
    return false;
}

OutputArea output_area(const RegisterBank& r, uint32_t slot, const FimcAbilities& abilities, Notes& notes) {
    OutputArea a;
    a.layout = output_layout(r, notes);
    a.base = {address(r, kAddressY, kAddressY5, slot), address(r, kAddressCb, kAddressCb5, slot),
              address(r, kAddressCr, kAddressCr5, slot)};
    a.canvas = {r.get(kCanvasWidth), r.get(kCanvasHeight)};
    for (uint32_t i = 0; i < 3; ++i) a.offset[i] = {r.get(kOffsetH, i), r.get(kOffsetV, i)};
    a.size = {r.get(kTargetWidth) | r.get(kTargetWidth13) << 13, r.get(kTargetHeight) | r.get(kTargetHeight13)
                                                                                            << 13};
    a.flip_x = (r.get(kFlip) & 1) != 0;
    a.flip_y = (r.get(kFlip) & 2) != 0;
    a.rotate = r.get(kOutRotate) != 0 && abilities.rotators;
    a.luma_tiling = a.chroma_tiling = tiling(r.get(kWriteMode), r.get(kWriteTileH), r.get(kWriteTileV));
    const FrameSize placed = a.rotate ? FrameSize{a.size.height, a.size.width} : a.size;
    notes.note(past_canvas(a.offset, a.layout.planes(), placed, a.canvas),
               "the picture reaches past its canvas");  // and is written there all the same
    notes.note(a.written() != placed, "the size is odd where chroma is subsampled");
    return a;
}

InputArea input_area(const RegisterBank& r, const FimcAbilities& abilities, Notes& notes) {
    InputArea a;
    a.layout = input_layout(r, notes);
    for (uint32_t i = 0; i < 3; ++i) {
        a.base[i] = Iova{r.get(kInput, i)};
        a.offset[i] = {r.get(kInOffsetH, i), r.get(kInOffsetV, i)};
        a.line_skip[i] = r.get(kLineSkip, i);
    }
    a.canvas = {r.get(kInCanvasWidth), r.get(kInCanvasHeight)};
    a.size = {r.get(kRealWidth), r.get(kRealHeight)};
    a.flip_x = (r.get(kFlipIn) & 1) != 0;
    a.flip_y = (r.get(kFlipIn) & 2) != 0;
    a.rotate = r.get(kInRotate) != 0 && abilities.rotators;
    a.luma_tiling = a.chroma_tiling = tiling(r.get(kReadMode), r.get(kReadTileH), r.get(kReadTileV));
    notes.note(past_canvas(a.offset, a.layout.planes(), a.size, a.canvas),
               "the input reaches past its canvas");  // and is read there all the same
    return a;
}

ScalerSetting scaler_setting(const RegisterBank& r, FrameSize source, FrameSize target, Notes& notes) {
    ScalerSetting s;
    s.source = source;
    s.target = target;
    s.bypass = r.get(kBypass) != 0 || r.get(kOneToOne) != 0;
    if (s.bypass) {
        notes.note(source != target, "sizes differ though the scaler is bypassed");
        return s;
    }
    s.pre_h = std::max(1U, r.get(kPreH));
    s.pre_v = std::max(1U, r.get(kPreV));
    s.shift = r.get(kPreShift);
    s.pre = {std::max(1U, r.get(kPreWidth)), std::max(1U, r.get(kPreHeight))};
    s.step_h = r.get(kMainH) << 6 | r.get(kMainHLow);
    s.step_v = r.get(kMainV) << 6 | r.get(kMainVLow);
    notes.note(r.get(kPreH) == 0 || r.get(kPreV) == 0 || r.get(kPreWidth) == 0 || r.get(kPreHeight) == 0,
               "the prescaler is not set up");
    notes.note(s.pre.width * s.pre_h > source.width || s.pre.height * s.pre_v > source.height,
               "the prescaler reads past the source");
    // Assumed: it then ends with the source, and the main scaler repeats the last sample.
    s.pre.width = std::min(s.pre.width, std::max(1U, source.width / s.pre_h));
    s.pre.height = std::min(s.pre.height, std::max(1U, source.height / s.pre_v));
    const auto past = [](uint32_t count, uint32_t step, uint32_t size) {
        return (uint64_t{count - 1} * step >> kStepBits) >= size;
    };
    notes.note(past(target.width, s.step_h, s.pre.width) || past(target.height, s.step_v, s.pre.height),
               "the main scaler reads past the prescaled picture");
    return s;
}

EffectSetting effect_setting(const RegisterBank& r, Notes& notes) {
    EffectSetting e;
    if (r.get(kEffectOn) == 0) return e;
    const uint32_t kind = r.get(kEffectKind);
    notes.note(kind > 5, "the image effect is a reserved one");
    e.kind = kind > 5 ? EffectKind::bypass : static_cast<EffectKind>(kind);
    e.after_scaler = r.get(kEffectAfter) != 0;
    e.cb = static_cast<uint8_t>(r.get(kEffectCb));
    e.cr = static_cast<uint8_t>(r.get(kEffectCr));
    return e;
}

/// Settings that software may make and this model does not do.
std::string_view not_modelled(const RegisterBank& r) {
    struct Row {
        const Field& field;
        std::string_view what;
    };
    const Row rows[] = {
        {kToLcd, "output to the LCD FIFO is not modelled"},   {kYuv444Out, "4:4:4 output is not modelled"},
        {kWeaveOut, "woven fields are not modelled"},         {kWeaveIn, "woven fields are not modelled"},
        {kInterlaceOut, "interlaced output is not modelled"},
    };
    for (const Row& row : rows) {
        if (r.get(row.field)) return row.what;
    }
    return {};
}

/// Sizes that no setting can make right.
std::string_view impossible(FrameSize source, FrameSize target) {
    if (source.width == 0 || source.height == 0) return "the source has no size";
    if (target.width == 0 || target.height == 0) return "the target has no size";
    const auto large = [](FrameSize s) { return s.width > kLargest || s.height > kLargest; };
    return large(source) || large(target) ? "the picture is larger than the chip can take"
                                          : std::string_view{};
}

void check_abilities(const RegisterBank& r, const PipelineSetting& p, const FimcAbilities& can,
                     Notes& notes) {
    const bool turned = r.get(kOutRotate) != 0 || r.get(kInRotate) != 0;
    notes.note(turned && !can.rotators, "this instance has no rotator");
    notes.note(turned && p.scaler.target.width > can.widest_rotated,
               "the picture is too wide for the rotator");
    const uint32_t widest = p.scaler.bypass ? can.widest_plain : can.widest_scaled;
    notes.note(p.scaler.source.width > widest, "the picture is too wide for the scaler");
}

/// What is common: from the source's size to memory.
void plan_pipeline(const RegisterBank& r, FrameSize source, uint32_t slot, const FimcAbilities& abilities,
                   FramePlan& plan, Notes& notes) {
    const OutputArea area = output_area(r, slot, abilities, notes);
    std::string_view why = not_modelled(r);
    if (why.empty()) why = impossible(source, area.size);
    if (!why.empty()) {
        plan.mistake = why;
        plan.input.reset();
        return;
    }
    PipelineSetting p;
    p.area = area;
    p.rgb_input = plan.input && plan.input->layout.rgb();
    p.copy = r.get(kOneToOne) != 0 && p.rgb_input == area.layout.rgb();
    notes.note(r.get(kOneToOne) != 0 && !p.copy, "a copy cannot change between RGB and YCbCr");
    const bool bt709 = r.get(kBt709) != 0;
    p.to_ycbcr = {bt709, r.get(kR2yWide) != 0};
    p.to_rgb = {bt709, r.get(kY2rWide) != 0};
    p.scaler = scaler_setting(r, source, area.size, notes);
    p.effect = effect_setting(r, notes);
    check_abilities(r, p, abilities, notes);
    plan.pipeline = p;
    plan.mistake = notes.first();
}

/// Data that pass through uninterpreted (CAM_JPEG): bytes as they come, a line of them a line of the canvas.
void plan_raw(const RegisterBank& r, FrameSize size, uint32_t slot, FramePlan& plan) {
    PipelineSetting p;
    p.copy = true;
    p.area.layout = {Kind::raw};
    p.area.base[0] = address(r, kAddressY, kAddressY5, slot);
    p.area.canvas = {r.get(kCanvasWidth), r.get(kCanvasHeight)};
    p.area.size = {p.area.canvas.width, std::min(size.height, p.area.canvas.height)};
    plan.pipeline = p;
}

}  // namespace

FramePlan plan_capture(const RegisterBank& r, const SentFormat& sent, uint32_t slot,
                       const FimcAbilities& abilities) {
    const auto refused = [](std::string_view why) { return FramePlan{{}, {}, 0, 0, 0, why}; };
    const FrameSize source{r.get(kSourceWidth), r.get(kSourceHeight)};
    if (source != sent.size) return refused("the source size is not what the camera sends");
    FramePlan plan;
    const bool from_display = r.get(kWriteback) != 0, mipi = !from_display && r.get(kMipi) != 0;
    if (mipi && r.get(kCsiFormat) != sent.data_type)
        return refused("CSIIMGFMT is not the data type that the camera sends");
    if (r.get(kJpeg)) {
        plan_raw(r, source, slot, plan);
        return plan;
    }
    if (sent.raw()) return refused("raw data need CAM_JPEG: the pixels cannot be processed");
    // A MIPI receiver sorts the bytes out by their type, and a display sends none.
    plan.order = mipi || from_display ? 0 : r.get(kSourceOrder);
    FrameSize cropped = source;
    if (r.get(kWindowOn)) {
        plan.crop_left = r.get(kWindowLeft) & ~1U;  // whole 4:2:2 pairs
        plan.crop_top = r.get(kWindowTop);
        const uint32_t across = plan.crop_left + r.get(kWindowRight);
        const uint32_t down = plan.crop_top + r.get(kWindowBottom);
        if (across >= source.width || down >= source.height)
            return refused("the window offsets leave nothing of the source");
        cropped = {source.width - across, source.height - down};
    }
    Notes notes;
    notes.note(r.get(kInRotate) != 0, "the camera's picture cannot be rotated at the input");
    plan_pipeline(r, cropped, slot, abilities, plan, notes);
    return plan;
}

FramePlan plan_job(const RegisterBank& r, uint32_t slot, const FimcAbilities& abilities) {
    FramePlan plan;
    Notes notes;
    plan.input = input_area(r, abilities, notes);
    notes.note(r.get(kInRotate) != 0 && r.get(kOutRotate) != 0,
               "only one of the two rotators can work at a time");
    plan_pipeline(r, plan.input->picture(), slot, abilities, plan, notes);
    return plan;
}

}  // namespace exysim::camera
