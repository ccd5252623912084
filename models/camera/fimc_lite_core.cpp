#include "models/camera/fimc_lite_core.hpp"

#include <algorithm>

#include "models/camera/row.hpp"
#include "models/camera/test_pattern.hpp"

namespace exysim::camera {

namespace {

constexpr uint8_t kRaw14 = 0x2D;

uint32_t sample_bits(uint8_t format) {
    switch (format) {
        case kRaw10:
            return 10;
        case kRaw12:
            return 12;
        case kRaw14:
            return 14;
        default:
            return 8;
    }
}

bool known(uint8_t format) {
    return format == kYuv422 || (format >= kRaw8 && format <= kRaw14) || format >= kUser1;
}

/// Sample `x` of a line as CSI-2 carries it: upper bytes of a group, then bytes with their low bits. Source:
/// MIPI CSI-2, section 11.4.
uint32_t raw_sample(std::span<const uint8_t> bytes, uint32_t x, uint32_t bits) {
    if (bits == 8) return x < bytes.size() ? bytes[x] : 0;
    const uint32_t group = bits == 12 ? 2 : 4, low_bits = bits - 8, low_bytes = group * low_bits / 8;
    const size_t first = size_t{x / group} * (group + low_bytes), at = x % group;
    if (first + group + low_bytes > bytes.size()) return 0;
    uint32_t low = 0;
    for (uint32_t i = 0; i < low_bytes; ++i) low |= uint32_t{bytes[first + group + i]} << (8 * i);
    return uint32_t{bytes[first + at]} << low_bits | (low >> (at * low_bits) & ((1U << low_bits) - 1));
}

std::vector<uint8_t> raw_line(const LiteFrame& f, const Line422& pixels) {
    const uint32_t bits = sample_bits(f.format);
    std::vector<uint8_t> made((f.window.width * twice_pixel_bytes(f) + 1) / 2);
    for (uint32_t i = 0; i < f.window.width; ++i) {
        const uint32_t sample = raw_sample(pixels.raw, f.left + i, bits);
        if (bits == 8) {
            made[i] = static_cast<uint8_t>(sample);
        } else if (!f.packed) {
            made[2 * i] = static_cast<uint8_t>(sample), made[2 * i + 1] = static_cast<uint8_t>(sample >> 8);
        } else {
            const uint32_t twelve = sample << 4 >> (bits - 8), at = i / 2 * 3 + i % 2;
            made[at] |= static_cast<uint8_t>(i % 2 ? twelve << 4 : twelve);
            made[at + 1] |= static_cast<uint8_t>(i % 2 ? twelve >> 4 : twelve >> 8);
        }
    }
    return made;
}

std::vector<uint8_t> packed_422(const LiteFrame& f, uint32_t line, const Line422& pixels) {
    constexpr uint8_t kOrders[][4] = {
        {0, 1, 2, 3}, {0, 3, 2, 1}, {1, 0, 3, 2}, {1, 2, 3, 0}};  // y0, cb, y1, cr
    const uint8_t(&place)[4] = kOrders[f.order_out];
    Row row;
    from_422(pixels, f.left, f.window.width, row, f.order_in);
    test_pattern(f.bars ? 1 : 0, line, row);
    std::vector<uint8_t> made(size_t{f.window.width} * 2);
    for (uint32_t x = 0; x + 1 < f.window.width; x += 2) {
        uint8_t* pair = &made[size_t{x} * 2];
        pair[place[0]] = row.c[0][x], pair[place[2]] = row.c[0][x + 1];
        pair[place[1]] = row.c[1][x], pair[place[3]] = row.c[2][x];
    }
    return made;
}

}  // namespace

uint32_t twice_pixel_bytes(const LiteFrame& frame) {
    if (frame.format == kYuv422) return 4;
    if (sample_bits(frame.format) == 8) return 2;
    return frame.packed ? 3 : 4;
}

std::vector<uint8_t> lite_bytes(const LiteFrame& frame, uint32_t line, const Line422& pixels) {
    if (frame.format == kYuv422) return packed_422(frame, line, pixels);
    return raw_line(frame, pixels);
}

FimcLiteCore::FimcLiteCore() {
    regs.on_write(kCigctrl, [this](uint32_t written) { control(written); });
    regs.on_write(kCiimgcpt, [this](uint32_t) {
        const bool enabled = regs.get(kCapture) != 0;
        if (enabled && !was_enabled_) frames_enabled_ = 0;
        was_enabled_ = enabled;
    });
    regs.on_write(kCiwdofst, [this](uint32_t written) {
        if (written & kClearOvfY.mask()) regs.set(kOverflowY, 0);
        if (written & kClearOvfCb.mask()) regs.set(kOverflowCb, 0);
        if (written & kClearOvfCr.mask()) regs.set(kOverflowCr, 0);
    });
    // Linux clears by IRQ_CAM alone and expects the sources to be gone at the next interrupt.
    regs.on_write(kCistatus, [this](uint32_t written) {
        if (!(written & kIrqCam.mask())) {
            pending_ = false;
            regs.set(kIrqSource, 0);
        }
        regs.set(kIrqCam, pending_);
    });
}

/// SWRST_RDY follows SWRST_REQ at once: what the DMA engine has in hand is lost with the reset. [Assumed]
void FimcLiteCore::control(uint32_t written) {
    regs.set(kResetReady, regs.get(kResetAsked));
    if (written & kReset.mask()) power_off();
}

void FimcLiteCore::power_off() {
    regs.reset();
    pending_ = capturing_ = was_enabled_ = false;
    last_slot_ = kSlots - 1;
    ++resets_;
}

/// A source that is masked leaves no trace. [Assumed]
void FimcLiteCore::raise(Source source) {
    const uint32_t masks = regs.get(kIrqMask);  // last, end, start, overflow from the top
    const uint32_t mask = source == kLast ? 8 : source == kEnd ? 4 : source == kStart ? 2 : 1;
    if (masks & mask) return;
    pending_ = true;
    regs.set(kIrqCam, 1);
    regs.set(kIrqSource, regs.get(kIrqSource) | source);
}

CameraPort FimcLiteCore::selected() const {
    const bool b = regs.get(kPortB) != 0;
    if (regs.get(kMipi)) return b ? CameraPort::mipi_1 : CameraPort::mipi_0;
    return b ? CameraPort::itu_b : CameraPort::itu_a;
}

/// As FIMC's.
bool FimcLiteCore::wanted_by_sequence() {
    const uint32_t number = frames_enabled_++;
    if (regs.get(kFrameControl) == 0) return true;
    if (regs.get(kCountMode)) return number < regs.get(kFrameCount);
    return (regs.get(kSequence) >> (number % 32) & 1) != 0;
}

std::optional<uint32_t> FimcLiteCore::next_slot() const {
    for (uint32_t step = 1; step <= kSlots; ++step) {
        const uint32_t slot = (last_slot_ + step) % kSlots;
        if (regs.get(kRing) >> slot & 1) return slot;
    }
    return {};
}

FimcLiteCore::Decision FimcLiteCore::planned(const SentFormat& sent) const {
    const auto refused = [](std::string_view why) { return Decision{{}, "unusable setting", why}; };
    LiteFrame f;
    f.source = {regs.get(kWidth), regs.get(kHeight)};
    f.format = static_cast<uint8_t>(regs.get(kFormat));
    if (f.source != sent.size) return refused("the source size is not what the camera sends");
    if (!known(f.format)) return refused("a reserved format");
    if (f.format != sent.data_type) return refused("FMT is not the data type that the camera sends");
    f.window = f.source;
    if (regs.get(kWindowOn)) {
        f.left = regs.get(kWindowLeft) & ~1U;  // whole pairs: Linux aligns it to two
        f.top = regs.get(kWindowTop);
        const uint32_t across = f.left + regs.get(kWindowRight), down = f.top + regs.get(kWindowBottom);
        if (across >= f.source.width || down >= f.source.height)
            return refused("the window offsets leave nothing of the source");
        f.window = {f.source.width - across, f.source.height - down};
    }
    f.order_in = regs.get(kMipi) ? 0 : regs.get(kOrderIn);  // a MIPI receiver sorts the bytes by their type
    f.order_out = regs.get(kOrderOut);
    f.packed = regs.get(kPack12) != 0;
    f.bars = regs.get(kBars) != 0;
    f.canvas_width = regs.get(kCanvasWidth);
    f.offset_left = regs.get(kOffsetLeft);
    f.offset_top = regs.get(kOffsetTop);
    Decision made{f, {}, {}};
    if (f.bars && f.format != kYuv422) made.mistake = "the test pattern of raw formats is not modelled";
    if (f.offset_left + f.window.width > f.canvas_width ||
        f.offset_top + f.window.height > regs.get(kCanvasHeight))
        made.mistake = "the picture reaches past its canvas";  // and is written there all the same
    return made;
}

FimcLiteCore::Decision FimcLiteCore::begin_frame(const SentFormat& sent) {
    if (regs.get(kMipi)) {
        regs.set(kMipiValid, 4);
    } else {
        regs.set(kItuVsync, 1);
    }
    if (!regs.get(kCapture)) return {.drop_reason = "no buffer"};
    if (!wanted_by_sequence()) return {.drop_reason = "not in the capture sequence"};
    const Decision made = planned(sent);
    if (!made.frame) return made;
    capturing_ = true;
    regs.set(kFrameEnd, 0);
    raise(kStart);
    return made;
}

std::optional<Iova> FimcLiteCore::begin_lines() {
    regs.set(kItuVsync, 0);
    const auto slot = next_slot();
    if (!capturing_ || !slot || regs.get(kDmaOff)) return {};
    last_slot_ = *slot;
    return Iova{*slot == 0 ? regs.get(kAddress) : regs.get(kAddresses, *slot - 1)};
}

void FimcLiteCore::end_frame() {
    regs.set(kMipiValid, 0);
    if (!capturing_) return;
    capturing_ = false;
    regs.set(kFrameEnd, 1);
    raise(kEnd);
    if (regs.get(kCapture)) return;
    regs.set(kLastCapture, 1);
    raise(kLast);
}

void FimcLiteCore::overflow() {
    for (const Field& flag : {kOverflowY, kOverflowCb, kOverflowCr}) regs.set(flag, 1);
    raise(kOverflow);
}

}  // namespace exysim::camera
