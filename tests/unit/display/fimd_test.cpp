// FIMD's registers as Linux 6.1 uses them (samsung_fimd.h, exynos_drm_fimd.c), and its windows against a
// reference that works bit by bit.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <random>

#include "models/display/fimd_core.hpp"

using namespace exysim;
using namespace exysim::display;

namespace {

constexpr uint32_t kWidth = 40, kLines = 12;

void panel(FimdCore& fimd) {
    fimd.regs.write(FimdCore::kVidtcon0, 5U << 16 | 3 << 8 | 1);   // VBPD 6, VFPD 4, VSPW 2
    fimd.regs.write(FimdCore::kVidtcon1, 15U << 16 | 7 << 8 | 3);  // HBPD 16, HFPD 8, HSPW 4
    fimd.regs.write(FimdCore::kVidtcon2, (480 - 1) << 11 | (800 - 1));
}

}  // namespace

TEST_CASE("fimd: the raster is the sum of its parts, the clock is divided", "[display]") {
    FimdCore fimd;
    panel(fimd);
    fimd.regs.write(FimdCore::kVidcon0, 4U << 6 | 1 << 4 | 3);
    const Timing t = fimd.timing(160'000'000);
    CHECK(t.width == 800);
    CHECK(t.height == 480);
    CHECK(t.h_total == 4 + 16 + 800 + 8);
    CHECK(t.v_total == 2 + 6 + 480 + 4);
    CHECK(t.first_active_line == 8);
    CHECK(t.pixel_clock_hz == 32'000'000);
    CHECK(fimd.running());
    fimd.regs.write(FimdCore::kVidcon0, 2);
    CHECK_FALSE(fimd.running());
    CHECK_FALSE(fimd.stops_at_once());
    fimd.regs.write(FimdCore::kVidcon0, 0);
    CHECK(fimd.stops_at_once());
}

TEST_CASE("fimd: a protected window keeps its settings", "[display]") {
    FimdCore fimd;
    const auto set = [&](uint32_t address) {
        fimd.regs.write(FimdCore::kWincon, 11U << 2 | 1U << 15 | 1);
        fimd.regs.write(FimdCore::kBufStart, address);
        fimd.regs.write(FimdCore::kBufSize, 16 << 13 | 64);
        fimd.regs.write(FimdCore::kVidosd, 3 << 11 | 2);
        fimd.regs.write(FimdCore::kVidosd + 4, 18 << 11 | 9);
    };
    set(0x4000'0000);
    fimd.regs.write(FimdCore::kShadowcon, 1);
    fimd.vsync();
    REQUIRE(fimd.window(0));
    CHECK(fimd.window(0)->base == Iova{0x4000'0000});
    CHECK(fimd.window(0)->left == 3);
    CHECK(fimd.window(0)->top == 2);
    CHECK(fimd.window(0)->width == 16);
    CHECK(fimd.window(0)->height == 8);
    CHECK(fimd.window(0)->line_bytes == 64);
    CHECK(fimd.window(0)->pitch == 80);
    fimd.regs.write(FimdCore::kShadowcon, 1U << 10 | 1);
    set(0x5000'0000);
    fimd.vsync();
    CHECK(fimd.window(0)->base == Iova{0x4000'0000});
    CHECK(fimd.regs.read(0x40A0) == 0x4000'0000);
    fimd.regs.write(FimdCore::kShadowcon, 1);
    fimd.vsync();
    CHECK(fimd.window(0)->base == Iova{0x5000'0000});
    CHECK(fimd.regs.read(0x40A0) == 0x5000'0000);
    fimd.regs.write(FimdCore::kShadowcon, 0);  // its channel
    fimd.vsync();
    CHECK_FALSE(fimd.window(0));
}

TEST_CASE("fimd: the frame interrupt comes where FRAMESEL says, masked and cleared", "[display]") {
    using Part = FimdCore::Part;
    constexpr Part kParts[] = {Part::back_porch, Part::vsync, Part::active, Part::front_porch};
    for (uint32_t chosen = 0; chosen < 4; ++chosen) {
        for (const Part part : kParts) {
            FimdCore fimd;
            fimd.regs.write(FimdCore::kVidintcon0, chosen << 15 | 1U << 12 | 1);
            fimd.enter(part);
            CHECK(fimd.frame_irq() == (static_cast<uint32_t>(part) == chosen));
        }
    }
    FimdCore fimd;
    fimd.regs.write(FimdCore::kVidintcon0, 3U << 15 | 1U << 12);
    fimd.enter(Part::front_porch);
    CHECK(fimd.regs.read(FimdCore::kVidintcon1) == 2);
    CHECK_FALSE(fimd.frame_irq());
    fimd.regs.write(FimdCore::kVidintcon0, 3U << 15 | 1);
    CHECK_FALSE(fimd.frame_irq());
    fimd.regs.write(FimdCore::kVidintcon0, 3U << 15 | 1U << 12 | 1);
    CHECK(fimd.frame_irq());
    fimd.regs.write(FimdCore::kVidintcon1, 1);
    CHECK(fimd.frame_irq());
    fimd.regs.write(FimdCore::kVidintcon1, 2);
    CHECK_FALSE(fimd.frame_irq());
    fimd.underflow();
    CHECK_FALSE(fimd.fifo_irq());
    fimd.regs.write(FimdCore::kVidintcon0, 3);
    CHECK(fimd.fifo_irq());
    fimd.regs.write(FimdCore::kVidintcon1, 1);
    CHECK_FALSE(fimd.fifo_irq());
}

TEST_CASE("fimd: an I80 frame's interrupt is raised, masked by panel and cleared", "[display]") {
    constexpr uint32_t kEnable = 1, kDone = 1U << 17, kSub = 1U << 18, kMain = 1U << 19;
    for (const uint32_t sub : {0U, 1U}) {
        FimdCore fimd;
        const uint32_t own = sub ? kSub : kMain, other = sub ? kMain : kSub;
        fimd.regs.write(FimdCore::kVidcon0, (2 + sub) << 26 | 3);
        CHECK(fimd.command_mode());
        fimd.frame_sent();
        CHECK(fimd.regs.read(FimdCore::kVidintcon1) == 4);
        for (const uint32_t enable : {kEnable | kDone, kEnable | own, kDone | own, kEnable | kDone | other}) {
            fimd.regs.write(FimdCore::kVidintcon0, enable);
            CHECK_FALSE(fimd.i80_irq());
        }
        fimd.regs.write(FimdCore::kVidintcon0, kEnable | kDone | own);
        CHECK(fimd.i80_irq());
        CHECK_FALSE(fimd.frame_irq());
        fimd.regs.write(FimdCore::kVidintcon1, 3);
        CHECK(fimd.i80_irq());
        fimd.regs.write(FimdCore::kVidintcon1, 4);
        CHECK_FALSE(fimd.i80_irq());
    }
}

TEST_CASE("fimd: a trigger sends one frame, and reads as zero", "[display]") {
    FimdCore fimd;
    std::string said;
    fimd.complain = [&](std::string_view what, uint32_t, uint32_t) { said = what; };
    fimd.regs.write(FimdCore::kTrigcon, 3);  // no I80 interface yet
    CHECK(said == "a trigger without an I80 interface in trigger mode");
    fimd.regs.write(FimdCore::kI80ifcona, 1 << 8 | 1);
    CHECK_FALSE(fimd.frame_wanted());
    said.clear();
    fimd.regs.write(FimdCore::kVidcon0, 1U << 30 | 2U << 26 | 3);
    fimd.regs.write(FimdCore::kTrigcon, 3);
    CHECK(fimd.regs.read(FimdCore::kTrigcon) == 1);
    CHECK(fimd.frame_wanted());
    fimd.begin_command_frame();
    CHECK_FALSE(fimd.frame_wanted());
    fimd.regs.write(FimdCore::kTrigcon, 3);
    CHECK(said == "triggered while a frame is on its way; it is lost");
    CHECK_FALSE(fimd.frame_wanted());
    fimd.frame_sent();
    fimd.regs.write(FimdCore::kTrigcon, 3);
    CHECK(fimd.frame_wanted());
    fimd.regs.write(FimdCore::kI80ifcona, 1 << 8);  // the interface is off
    CHECK_FALSE(fimd.frame_wanted());
    fimd.regs.write(FimdCore::kI80ifcona, 1 << 8 | 1);
    fimd.power_off();
    CHECK_FALSE(fimd.frame_wanted());
    fimd.regs.write(FimdCore::kI80ifcona, 1 << 8 | 1);
    fimd.regs.write(FimdCore::kVidcon0, 2U << 26 | 3);
    CHECK(fimd.frame_wanted());  // without trigger mode frames follow each other
}

TEST_CASE("fimd: the I80 bus gives a pixel its time and its bits", "[display]") {
    struct Row {
        uint32_t vidcon0, con;
        uint64_t clocks;
        ColourDepth depth;
    };
    constexpr uint32_t kLdi0 = 2U << 26;
    const Row rows[] = {
        {kLdi0 | 1U << 30, 1 << 8 | 1, 1, {8, 8, 8}},  // Linux's
        {kLdi0 | 1U << 30, 1 << 16 | 2 << 12 | 3 << 8 | 4 << 4, 10, {8, 8, 8}},
        {kLdi0, 1 << 8, 1, {5, 6, 5}},
        {kLdi0 | 2U << 20, 2 << 8, 4, {6, 6, 6}},
        {kLdi0 | 5U << 20, 1 << 8, 2, {5, 6, 5}},
        {kLdi0 | 3U << 20, 0, 1, {8, 8, 8}},
        {0, 1 << 8, 1, {8, 8, 8}},
    };
    for (const Row& row : rows) {
        FimdCore fimd;
        fimd.regs.write(FimdCore::kVidtcon2, (480 - 1) << 11 | (800 - 1));
        fimd.regs.write(FimdCore::kVidcon0, row.vidcon0);
        fimd.regs.write(FimdCore::kI80ifcona, row.con);
        CHECK(fimd.depth() == row.depth);
        CHECK(fimd.timing(80'000'000).pixel_clock_hz == 80'000'000 / row.clocks);
        if (row.vidcon0) CHECK(fimd.timing(80'000'000).frame_pixels() == 800 * 482);
    }
}

namespace {

/// One random window over a random picture, and what it must look like.
class RandomWindow {
public:
    explicit RandomWindow(uint64_t seed) : random_{seed} {
        for (uint8_t& b : memory_) b = static_cast<uint8_t>(random_());
        window_ = 1 + below(4);
        constexpr uint32_t kFormats[] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
        format_ = kFormats[below(std::size(kFormats))];
        swaps_ = below(16);
        con_ = format_ << 2 | swaps_ << 15 | below(2) << 1 | below(2) << 6 | below(2) << 7 | 1;
        equation_ = factor() | factor() << 6;
        reversed_ = below(2) != 0;
        left_ = below(kWidth), top_ = below(kLines), width_ = 1 + below(kWidth), height_ = 1 + below(kLines);
        line_bytes_ = (width_ * bits() + 63) / 64 * 8;
        for (uint32_t& p : palette_) p = below(1 << 24);
        key_on_ = below(3) == 0;
        key_below_ = below(2) != 0;
        for (uint32_t& p : behind_) p = 0xFF00'0000 | below(1 << 24);
        if (key_on_) {
            ignored_ = 0x3F'3F3F;  // the two upper bits of each colour count
            colour_ = below(1 << 24);
        }
    }

    uint32_t mismatches() {
        FimdCore fimd;
        RegisterBank& r = fimd.regs;
        const uint32_t n = window_;
        r.write(FimdCore::kWincon + 4 * n, con_);
        r.write(FimdCore::kShadowcon, 1U << n);
        r.write(FimdCore::kVidosd + 16 * n, left_ << 11 | top_);
        r.write(FimdCore::kVidosd + 16 * n + 4, (left_ + width_ - 1) << 11 | (top_ + height_ - 1));
        r.write(FimdCore::kVidosd + 16 * n + 8, (alpha_[0] >> 4) * 0x11'1000 | (alpha_[1] >> 4) * 0x111);
        r.write(FimdCore::kAlpha + 8 * n, (alpha_[0] & 15) * 0x1'0101);
        r.write(FimdCore::kAlpha + 8 * n + 4, (alpha_[1] & 15) * 0x1'0101);
        r.write(FimdCore::kBlendcon, 1);
        r.write(FimdCore::kBlendeq + 4 * (n - 1), equation_);
        r.write(FimdCore::kRgbOrder + 4 * n, reversed_ ? 1U << 11 : 0);
        r.write(FimdCore::kBufStart + 8 * n, 0x4000'0000);
        r.write(FimdCore::kBufSize + 4 * n, line_bytes_);
        r.write(FimdCore::kWkeycon + 8 * (n - 1),
                (key_on_ ? 1U << 25 : 0) | (key_below_ ? 1U << 24 : 0) | ignored_);
        r.write(FimdCore::kWkeycon + 8 * (n - 1) + 4, colour_);
        for (uint32_t i = 0; i < 256; ++i) r.write(FimdCore::kPalette + 0x400 * n + 4 * i, palette_[i]);
        fimd.vsync();
        FimdFrame frame;
        frame.begin(*fimd.window(n), kWidth, kLines);
        LineStore store;
        store.begin(frame.plan());
        for (size_t i = 0; i < frame.plan().lines.size(); ++i) {
            const FetchPiece& p = frame.plan().pieces[i];
            std::copy_n(memory_.begin() + (p.from.value - 0x4000'0000), p.bytes,
                        store.bytes.begin() + p.into);
            store.valid[i] = p.bytes;
        }
        uint32_t wrong = 0;
        for (uint32_t y = 0; y < kLines; ++y) {
            std::vector<Pixel> line(behind_.begin(), behind_.end());
            frame.blend(store, y, line);
            for (uint32_t x = 0; x < kWidth; ++x) wrong += line[x] != (0xFF00'0000 | expected(x, y));
        }
        return wrong;
    }

private:
    uint32_t below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
    uint32_t factor() {
        constexpr uint32_t kKnown[] = {0, 1, 2, 3, 6, 10, 11, 12, 13};
        return kKnown[below(std::size(kKnown))];
    }
    uint32_t bits() const { return format_ <= 4 ? 8 : format_ <= 7 ? 16 : 32; }

    /// Bit `bit` of the stream of pixels, the first pixel's top bit first, as the swaps deliver it.
    uint32_t stream_bit(uint32_t line, uint32_t bit) const {
        // Undo the swaps from the last to the first: where a bit of the 64 came from.
        uint32_t at = 63 - bit % 64;  // weight in the swapped word
        if (swaps_ & 8) at ^= 7;
        if (swaps_ & 4) at ^= 56;
        if (swaps_ & 2) at ^= 48;
        if (swaps_ & 1) at ^= 32;
        const uint32_t byte = line * line_bytes_ + bit / 64 * 8 + at / 8;
        return memory_[byte] >> at % 8 & 1;
    }
    /// The pixel's raw bits [high:low].
    uint32_t field(uint32_t line, uint32_t column, uint32_t high, uint32_t low) const {
        uint32_t v = 0;
        for (uint32_t b = high + 1; b-- > low;)
            v = v << 1 | stream_bit(line, column * bits() + bits() - 1 - b);
        return v;
    }
    static int wide(uint32_t value, uint32_t n) {  // bits repeated
        if (n == 2) return static_cast<int>(value * 85);
        if (n == 3) return static_cast<int>(value * 255 / 7);
        return static_cast<int>((value << (8 - n) | value >> (2 * n - 8)) & 255);
    }
    struct Argb {
        int a, c[3];
    };
    Argb decoded(uint32_t line, uint32_t x) const {
        const auto get = [&](uint32_t high, uint32_t low) {
            return wide(field(line, x, high, low), high - low + 1);
        };
        const auto flag = [&](uint32_t bit) { return field(line, x, bit, bit) ? 255 : 0; };
        switch (format_) {
            case 3: {
                const uint32_t p = palette_[field(line, x, 7, 0)];
                return {255, {int(p >> 16 & 255), int(p >> 8 & 255), int(p & 255)}};
            }
            case 4:
                return {flag(7), {get(6, 5), get(4, 2), get(1, 0)}};
            case 5:
                return {255, {get(15, 11), get(10, 5), get(4, 0)}};
            case 6:
                return {flag(15), {get(14, 10), get(9, 5), get(4, 0)}};
            case 7: {
                const uint32_t i = field(line, x, 15, 15);
                const auto six = [&](uint32_t low) { return wide(field(line, x, low + 4, low) * 2 + i, 6); };
                return {255, {six(10), six(5), six(0)}};
            }
            case 8:
                return {255, {get(17, 12), get(11, 6), get(5, 0)}};
            case 9:
                return {flag(17), {get(16, 11), get(10, 5), get(4, 0)}};
            case 10:
                return {flag(18), {get(17, 12), get(11, 6), get(5, 0)}};
            case 11:
                return {255, {get(23, 16), get(15, 8), get(7, 0)}};
            case 12:
                return {flag(23), {get(22, 15), get(14, 7), get(6, 0)}};
            default:
                return {get(31, 24), {get(23, 16), get(15, 8), get(7, 0)}};
        }
    }
    uint32_t expected(uint32_t x, uint32_t y) const {
        const uint32_t behind = behind_[x] & 0xFF'FFFF;
        if (x < left_ || x >= left_ + width_ || y < top_ || y >= top_ + height_) return behind;
        Argb p = decoded(y - top_, x - left_);
        if (reversed_) std::swap(p.c[0], p.c[2]);
        const int b[3] = {int(behind >> 16), int(behind >> 8 & 255), int(behind & 255)};
        if (key_on_) {
            bool match = true;
            for (unsigned i = 0; i < 3; ++i) {
                const int seen = key_below_ ? b[i] : p.c[i];
                match &= seen / 64 == int(colour_ >> (16 - 8 * i) & 255) / 64;
            }
            if (match != key_below_) return behind;
        }
        const bool select = con_ >> 1 & 1, per_pixel = con_ >> 6 & 1, multiply = con_ >> 7 & 1;
        int alpha = select ? alpha_[1] : alpha_[0];
        if (per_pixel) {
            alpha = select ? p.a : p.a >= 128 ? alpha_[1] : alpha_[0];
            if (multiply) alpha = static_cast<int>(std::floor(alpha * alpha_[0] / 255.0 + 0.5));
        }
        uint32_t out = 0;
        for (unsigned i = 0; i < 3; ++i) {
            const auto weigh = [&](uint32_t code) -> double {
                switch (code) {
                    case 1:
                        return 255;
                    case 2:
                        return alpha;
                    case 3:
                        return 255 - alpha;
                    case 6:
                        return alpha_[0];
                    case 10:
                        return p.c[i];
                    case 11:
                        return 255 - p.c[i];
                    case 12:
                        return b[i];
                    case 13:
                        return 255 - b[i];
                    default:
                        return 0;
                }
            };
            const double sum = (p.c[i] * weigh(equation_ & 15) + b[i] * weigh(equation_ >> 6)) / 255;
            out = out << 8 | static_cast<uint32_t>(std::min(255.0, std::floor(sum + 0.5)));
        }
        return out;
    }

    std::mt19937_64 random_;
    std::array<uint8_t, kWidth * 4 * kLines + 64> memory_{};
    std::array<uint32_t, kWidth> behind_{};
    std::array<uint32_t, 256> palette_{};
    uint32_t window_ = 1, format_ = 11, swaps_ = 0, con_ = 0, equation_ = 0;
    uint32_t left_ = 0, top_ = 0, width_ = 0, height_ = 0, line_bytes_ = 0;
    bool reversed_ = false, key_on_ = false, key_below_ = false;
    uint32_t ignored_ = 0, colour_ = 0;
    int alpha_[2] = {0x5A, 0xC3};
};

unsigned configurations() {
    const char* set = std::getenv("EXYSIM_CONFIGURATIONS");
    return set ? static_cast<unsigned>(std::strtoul(set, nullptr, 10)) : 150;
}

}  // namespace

TEST_CASE("random FIMD windows: every pixel exact", "[display]") {
    for (unsigned i = 0; i < configurations(); ++i) {
        INFO("seed " << i);
        REQUIRE(RandomWindow{i}.mismatches() == 0);
    }
}
