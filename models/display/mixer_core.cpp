#include "models/display/mixer_core.hpp"

#include <algorithm>

namespace exysim::display {

namespace {

/// Coefficient `n` of a CM_COEFF word, counted from the top: ten bits, signed.
int32_t coefficient(uint32_t word, unsigned n) {
    const auto bits = static_cast<int32_t>(word >> (20 - 10 * n) & 0x3FF);
    return bits >= 512 ? bits - 1024 : bits;
}

constexpr Layer kAll[] = {Layer::video, Layer::graphic0, Layer::graphic1};

}  // namespace

MixerCore::MixerCore() {
    regs.on_write(kStatus, [this](uint32_t written) {
        if (written & kSoftReset.mask()) power_off();
    });
    regs.on_write(kIntStatus, [this](uint32_t written) {
        // Read as bit 0, cleared through bit 11.
        if (written & kClearVsync.mask()) regs.set(kVsync, 0);
    });
    latch();
}

void MixerCore::power_off() {
    ++resets_;
    regs.reset();
    latch();
}

void MixerCore::latch() {
    constexpr uint32_t kFirst = kCfg / 4;  // STATUS has no shadow
    for (uint32_t word = kFirst; word < kShadow.count; ++word) {
        const uint32_t reg = word * 4;
        if (reg != kIntEn && reg != kIntStatus) regs.set(kShadow, regs.word(reg), word);
    }
}

void MixerCore::vsync() {
    regs.set(kVsync, 1);
    if (regs.get(kSync)) latch();
}

void MixerCore::underflow(Layer layer) {
    constexpr const Field* kBits[] = {&kVpUnder, &kGrp0Under, &kGrp1Under};
    regs.raise(*kBits[static_cast<size_t>(layer)]);
}

/// 0 = not on the screen.
uint32_t MixerCore::priority(Layer layer) const {
    constexpr const Field* kEnables[] = {&kVpEnable, &kGrp0Enable, &kGrp1Enable};
    constexpr const Field* kPriorities[] = {&kVpPriority, &kGrp0Prio, &kGrp1Prio};
    const auto at = static_cast<size_t>(layer);
    return in_force(*kEnables[at]) ? in_force(*kPriorities[at]) : 0;
}

std::optional<GraphicWindow> MixerCore::graphic(uint32_t n) const {
    if (priority(n ? Layer::graphic1 : Layer::graphic0) == 0) return {};
    if (!is_graphic_format(in_force(kFormat, n))) return {};
    const auto get = [&](const Field& f) { return in_force(f, n); };
    constexpr uint32_t kAligned = ~3U;
    GraphicWindow w{.base = Iova{get(kBase) & kAligned},
                    .span = get(kSpan),
                    .src_x = get(kSrcX),
                    .src_y = get(kSrcY),
                    .width = get(kWidth),
                    .height = get(kHeight),
                    .dst_x = get(kDstX),
                    .dst_y = get(kDstY),
                    .double_h = get(kDoubleH) != 0,
                    .double_v = get(kDoubleV) != 0,
                    .decode = {static_cast<GraphicFormat>(get(kFormat)), get(kPixelBlend) != 0, {}},
                    .blend = {255, get(kPreMul) != 0}};
    if (get(kWinBlend)) w.blend.alpha = static_cast<uint8_t>(get(kWinAlpha));
    if (w.decode.format == GraphicFormat::rgb565) w.decode.pixel_alpha = false;
    if (!get(kNoKey)) w.decode.key = get(kBlank);
    return w;
}

RgbToYcbcr MixerCore::rgb_to_ycbcr() const {
    RgbToYcbcr made{};
    for (unsigned i = 0; i < 3; ++i) {
        made.y[i] = coefficient(regs.word(kCmY.offset), i);
        made.cb[i] = coefficient(regs.word(kCmCb.offset), i);
        made.cr[i] = coefficient(regs.word(kCmCr.offset), i);
    }
    made.luma_offset = regs.get(kCmFull) ? 16 : 0;
    return made;
}

Composition MixerCore::composition() const {
    Composition c;
    c.matrix = in_force(kBt709) ? Matrix::bt709 : Matrix::bt601;
    const auto part = [this](const Field& f) { return static_cast<uint8_t>(in_force(f)); };
    c.background = to_rgb(part(kBgY), part(kBgCb), part(kBgCr), c.matrix);
    c.video = priority(Layer::video) != 0;
    if (in_force(kVpBlend)) c.video_blend.alpha = part(kVpAlpha);
    c.graphic = {graphic(0), graphic(1)};
    for (const Layer layer : kAll) {
        const bool shown =
            layer == Layer::video ? c.video : c.graphic[static_cast<size_t>(layer) - 1].has_value();
        if (shown) c.order[c.count++] = layer;
    }
    std::stable_sort(c.order.begin(), c.order.begin() + c.count,
                     [this](Layer a, Layer b) { return priority(a) < priority(b); });
    c.limited_range = in_force(kLimited) != 0;
    if (!in_force(kOutRgb)) c.yuv = rgb_to_ycbcr();
    c.screen_matrix = in_force(kHd) ? Matrix::bt709 : Matrix::bt601;
    return c;
}

std::string_view MixerCore::mistake() const {
    bool same_priority = false, bad_format = false, odd_base = false, past_line = false;
    for (const Layer a : kAll) {
        for (const Layer b : kAll) same_priority |= a < b && priority(a) && priority(a) == priority(b);
    }
    for (uint32_t n = 0; n < 2; ++n) {
        if (priority(kAll[n + 1]) == 0) continue;
        bad_format |= !is_graphic_format(in_force(kFormat, n));
        odd_base |= in_force(kBase, n) % 4 != 0;
        past_line |= in_force(kSrcX, n) + in_force(kWidth, n) > in_force(kSpan, n);
    }
    struct Row {
        bool set;
        std::string_view what;
    };
    const Row rows[] = {
        {bad_format, "a graphics layer has a reserved format; it stays off"},
        {same_priority, "two layers have the same priority; the later of video, GRP0, GRP1 is in front"},
        {odd_base, "a graphics layer's address is no multiple of 4; its low bits are ignored"},
        {past_line, "a graphics layer is wider than its line in memory"},
        {regs.get(kBigEndian) != 0 && (priority(kAll[1]) || priority(kAll[2])),
         "big-endian graphics are not modelled; they are taken for little-endian"},
    };
    for (const Row& row : rows) {
        if (row.set) return row.what;
    }
    return {};
}

bool MixerCore::irq() const {
    const bool vsync_wanted = regs.get(kVsync) && regs.get(kEnVsync);
    return vsync_wanted || (regs.word(kIntStatus) & regs.word(kIntEn) & kEnUnder.mask()) != 0;
}

}  // namespace exysim::display
