#include "models/display/fimd_core.hpp"

#include <algorithm>

namespace exysim::display {

namespace {

constexpr uint32_t bits(uint32_t word, unsigned high, unsigned low) {
    return static_cast<uint32_t>(word >> low & ((uint64_t{1} << (high - low + 1)) - 1));
}

// WINCON
constexpr uint32_t kOn = 1, kAlphaSel = 1 << 1, kPerPixel = 1 << 6, kAlphaMul = 1 << 7, kYcbcr = 1 << 13,
                   kAutoBuffer = 1 << 19, kBufSel = 1 << 20, kEnLocal = 1 << 22;
constexpr uint32_t kMapOn = 1 << 24;
constexpr uint32_t kReverse = 1 << 11;
constexpr uint32_t kKeyEnable = 1 << 25, kKeyDirection = 1 << 24, kKeyBlend = 1 << 26;

/// The bits of each 12-bit coordinate that VIDOSD and VIDTCON2 keep apart.
uint32_t coordinate(uint32_t low, uint32_t extension) { return low | extension << 11; }

}  // namespace

FimdCore::FimdCore() {
    regs.on_write(kTrigcon, [this](uint32_t written) {
        if (!(written & kTrigger.mask())) return;
        if (!command_mode() || !(written & kTrgMode.mask()))
            return complain("a trigger without an I80 interface in trigger mode", kTrigcon, written);
        if (sending_) return complain("triggered while a frame is on its way; it is lost", kTrigcon, written);
        triggered_ = true;
    });
}

Timing FimdCore::timing(uint64_t clock_hz) const {
    Timing t;
    t.width = coordinate(regs.get(kHozval), regs.get(kHozvalE)) + 1;
    t.height = coordinate(regs.get(kLineval), regs.get(kLinevalE)) + 1;
    // CLKDIR 0 takes the clock undivided.
    t.pixel_clock_hz = clock_hz / (regs.get(kClkDir) ? regs.get(kClkVal) + 1 : 1);
    if (command_mode()) {
        t.h_total = t.width;
        t.first_active_line = 2;
        t.v_total = t.first_active_line + t.height;
        t.pixel_clock_hz = std::max<uint64_t>(t.pixel_clock_hz / clocks_per_pixel(), 1);
        return t;
    }
    const uint32_t before = regs.get(kVspw) + 1 + regs.get(kVbpd) + 1;
    t.h_total = regs.get(kHspw) + 1 + regs.get(kHbpd) + 1 + t.width + regs.get(kHfpd) + 1;
    t.v_total = before + t.height + regs.get(kVfpd) + 1;
    t.first_active_line = before;
    return t;
}

bool FimdCore::frame_wanted() const { return interface_on() && (triggered_ || !regs.get(kTrgMode)); }

void FimdCore::begin_command_frame() {
    triggered_ = false;
    sending_ = true;
}

void FimdCore::frame_sent() {
    sending_ = false;
    regs.raise(kI80);
}

void FimdCore::stopped() { sending_ = triggered_ = false; }

bool FimdCore::i80_irq() const {
    const Field& panel = ldi() ? kI80Sub : kI80Main;
    return regs.get(kIntEnable) && regs.get(kI80Done) && regs.get(panel) && regs.get(kI80);
}

/// L0_DATA or L1_DATA; DSI_EN has a bus of 24 bits whatever they say.
uint32_t FimdCore::bus_format() const {
    if (regs.get(kDsiEn)) return 3;
    return regs.get(ldi() ? kL1Data : kL0Data);
}

/// Each word is set up, active and held for the clocks that I80IFCONA says [Assumed: as numbers of clocks,
/// one at least; Linux reckons with one clock a pixel for its default of 0, 0, 1, 0].
uint32_t FimdCore::clocks_per_pixel() const {
    constexpr uint8_t kWords[] = {1, 2, 2, 1, 1, 2, 1, 1};  // 16, 16 + 2, 9 + 9, 24, 18 and 8 + 8 bits
    const uint32_t con = regs.get(kI80a, ldi());
    const uint32_t clocks = bits(con, 19, 16) + bits(con, 15, 12) + bits(con, 11, 8) + bits(con, 7, 4);
    return std::max(clocks, 1U) * kWords[bus_format()];
}

ColourDepth FimdCore::depth() const {
    constexpr ColourDepth k16{5, 6, 5}, k18{6, 6, 6}, k24{8, 8, 8};
    constexpr ColourDepth kDepths[] = {k16, k18, k18, k24, k18, k16, k24, k24};
    return command_mode() ? kDepths[bus_format()] : k24;
}

void FimdCore::power_off() {
    regs.reset();
    stopped();
    windows_ = {};
    mistake_ = {};
}

void FimdCore::enter(Part part) {
    const auto code = static_cast<uint32_t>(part);
    regs.set(kVstatus, part == Part::vsync ? 0 : part == Part::back_porch ? 1 : code);
    // FRAMESEL1: 0 none, 1 back porch, 2 vsync, 3 front porch.
    constexpr uint32_t kSecond[] = {1, 2, 0, 3};
    const bool first = regs.get(kFrameSel0) == code;
    const bool second = kSecond[code] && regs.get(kFrameSel1) == kSecond[code];
    if (first || second) regs.raise(kFrame);
}

/// Keeps the first one.
void FimdCore::note_mistakes() {
    struct Row {
        bool set;
        const Field& field;
        std::string_view what;
    };
    const Row rows[] = {
        {(regs.get(kVidout) & 3) == 1, kVidout, "TV output is not modelled; the RGB panel is driven"},
        {command_mode() && bus_format() > 5, kVidout, "a reserved width of the I80 bus; 24 bits are taken"},
        {regs.get(kInterlace) != 0, kInterlace, "interlaced panels are not modelled; whole frames are shown"},
        {(regs.get(kDither) & 1) != 0, kDither, "dithering is not modelled; eight bits a colour are shown"},
    };
    mistake_ = {};
    for (const Row& row : rows) {
        if (row.set && mistake_.empty()) mistake_ = row.what, mistake_offset_ = row.field.offset;
    }
    for (uint32_t n = 0; n < kWindows && mistake_.empty(); ++n) {
        mistake_ = oddity(n);
        mistake_offset_ = kWin.at(n);
    }
}

void FimdCore::vsync() {
    note_mistakes();
    for (uint32_t n = 0; n < kWindows; ++n) {
        if (regs.get(kProtect) >> n & 1) continue;
        windows_[n] = described(n);
        for (uint32_t buffer = 0; buffer < 2; ++buffer) {
            regs.set(kStartS, regs.get(kStart, 2 * n + buffer), 2 * n + buffer);
            regs.set(kEndS, regs.get(kEnd, 2 * n + buffer), 2 * n + buffer);
        }
        regs.set(kSizeS, regs.get(kSize, n), n);
    }
}

std::optional<FimdWindow> FimdCore::described(uint32_t n) const {
    const uint32_t con = regs.get(kWin, n);
    if (!(con & kOn) || !(regs.get(kChannel) >> n & 1) || (con & kEnLocal)) return {};
    const uint32_t format = bits(con, 5, 2);
    if (format > static_cast<uint32_t>(FimdFormat::a888)) return {};
    const uint32_t a = regs.get(kOsd, 4 * n), b = regs.get(kOsd, 4 * n + 1), size = regs.get(kSize, n);
    FimdWindow w;
    w.left = coordinate(bits(a, 21, 11), bits(a, 23, 23));
    w.top = coordinate(bits(a, 10, 0), bits(a, 22, 22));
    const uint32_t right = coordinate(bits(b, 21, 11), bits(b, 23, 23)),
                   bottom = coordinate(bits(b, 10, 0), bits(b, 22, 22));
    if (right < w.left || bottom < w.top) return {};
    w.width = right - w.left + 1;
    w.height = bottom - w.top + 1;
    w.base = Iova{regs.get(kStart, 2 * n + (con & kBufSel ? 1 : 0))};
    w.line_bytes = bits(size, 12, 0) | bits(size, 26, 26) << 13;
    w.pitch = w.line_bytes + (bits(size, 25, 13) | bits(size, 27, 27) << 13);
    w.format = static_cast<FimdFormat>(format);
    w.swaps = bits(con, 18, 15);
    w.reversed = (regs.get(kOrder, n) & kReverse) != 0;
    const uint32_t map = regs.get(kMapReg, n);
    if (map & kMapOn) w.map_colour = 0xFF00'0000 | (map & 0xFF'FFFF);
    if (w.format <= FimdFormat::palette8) describe_palette(n, w);
    if (n) describe_blend(n, w);
    return w;
}

/// ALPHA0 or ALPHA1: the upper four bits from VIDOSDnC, the lower ones from VIDWnALPHA if BLENDCON says so.
uint32_t FimdCore::alpha_value(uint32_t n, uint32_t which) const {
    const uint32_t upper = bits(regs.get(kOsd, 4 * n + 2), which ? 11 : 23, which ? 8 : 20);  // red's
    return regs.get(kNewAlpha) ? upper << 4 | (regs.get(kAlphas, 2 * n + which) >> 16 & 15) : upper * 17;
}

void FimdCore::describe_blend(uint32_t n, FimdWindow& w) const {
    const uint32_t con = regs.get(kWin, n), equation = regs.get(kBlend, n - 1),
                   key = regs.get(kKeycon, 2 * (n - 1));
    w.blends = true;
    w.per_pixel = (con & kPerPixel) != 0;
    w.alpha_select = (con & kAlphaSel) != 0;
    w.multiply = (con & kAlphaMul) != 0;
    for (uint32_t i = 0; i < 2; ++i) w.alpha[i] = static_cast<uint8_t>(alpha_value(n, i));
    w.above = static_cast<Factor>(bits(equation, 3, 0));
    w.below = static_cast<Factor>(bits(equation, 9, 6));
    w.key = {(key & kKeyEnable) != 0, (key & kKeyDirection) != 0, key & 0xFF'FFFF,
             regs.get(kKeycon, 2 * (n - 1) + 1)};
}

void FimdCore::describe_palette(uint32_t n, FimdWindow& w) const {
    auto made = std::make_shared<std::array<Pixel, 256>>();
    for (uint32_t i = 0; i < 256; ++i) (*made)[i] = 0xFF00'0000 | (regs.get(kPal, 256 * n + i) & 0xFF'FFFF);
    w.palette = std::move(made);
}

std::string_view FimdCore::oddity(uint32_t n) const {
    const uint32_t con = regs.get(kWin, n);
    if (!(con & kOn)) return {};
    const auto weight_known = [](uint32_t code) {
        return code < 4 || code == 6 || (code >= 10 && code <= 13);
    };
    const uint32_t equation = n ? regs.get(kBlend, n - 1) : 0xC2;
    const uint32_t palette = n < 2 ? bits(regs.get(kPalcon), 3 * n + 2, 3 * n) : 0;
    struct Row {
        bool set;
        std::string_view what;
    };
    const auto window = described(n);
    const bool fetches = window && !window->map_colour;
    const Row rows[] = {
        {(con & kEnLocal) != 0, "a window's local path is not modelled; the window stays off"},
        {bits(con, 5, 2) > 13, "a window has a reserved format; it stays off"},
        {(con & kYcbcr) != 0, "YCbCr windows are not modelled; the bytes are taken for RGB"},
        {(con & kAutoBuffer) != 0, "automatic buffer change is not modelled; BUFSEL counts"},
        {!weight_known(bits(equation, 3, 0)) || !weight_known(bits(equation, 9, 6)),
         "a blending equation has a weight that is not modelled; it is zero"},
        {n && (regs.get(kKeycon, 2 * (n - 1)) & kKeyBlend) && (regs.get(kKeycon, 2 * (n - 1)) & kKeyEnable),
         "blending by colour key is not modelled; the key hides"},
        {palette > 1 && window && window->format <= FimdFormat::palette8,
         "palettes other than 24 bits are not modelled; 24 bits are assumed"},
        {fetches && window->line_bytes * 8 < window->width * bits_of(window->format),
         "a window is wider than its line in memory; the rest stays empty"},
    };
    for (const Row& row : rows) {
        if (row.set) return row.what;
    }
    return {};
}

}  // namespace exysim::display
