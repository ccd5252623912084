// The video processor and the mixer against the reference, for random settings. EXYSIM_CONFIGURATIONS sets
// how many (default 150); the long tier tries 10,000.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>

#include "models/display/compositor.hpp"
#include "models/display/vp_core.hpp"
#include "tests/unit/display/reference.hpp"

using namespace exysim;
using namespace exysim::display;

namespace {

constexpr uint32_t kBase = 0x4000'0000, kBytes = 1 << 18;
constexpr uint32_t kWidth = 96, kLines = 40;

unsigned configurations() {
    const char* set = std::getenv("EXYSIM_CONFIGURATIONS");
    return set ? static_cast<unsigned>(std::strtoul(set, nullptr, 10)) : 150;
}

/// One screen: what is written to the registers, to both sides alike.
class RandomScreen {
public:
    explicit RandomScreen(uint64_t seed) : random_{seed} {
        memory_.base = kBase;
        memory_.bytes.resize(kBytes);
        for (uint8_t& b : memory_.bytes) b = static_cast<uint8_t>(random_());
        interlaced_ = below(4) == 0;
        parity_ = interlaced_ ? below(2) : 0;
        set_mixer();
        set_graphic(0);
        set_graphic(1);
        set_video();
        set_filters();
        set_post();
    }

    /// Pixels that differ from the reference: a little, or by more than one rounding explains. Behind limited
    /// range one level can become two. Behind a conversion to YUV and back, one level of red, green and blue
    /// each can become ten: CM_COEFF's rows sum to 3 at most, and the way back weighs luma with 1.2 and
    /// chroma with 2.2.
    struct Difference {
        uint32_t little = 0, more = 0;
    };
    Difference compare() {
        const Scan scan{interlaced_, parity_};
        mixer_.vsync();
        vp_.vsync(scan);
        Composition what = mixer_.composition();
        Pictures pictures;
        LineStore stores[3];
        if (what.video && vp_.window()) {
            video_.begin(*vp_.window(), vp_.filters(), vp_.post(), kLines, vp_.image_lines());
            fill(video_.plan(), stores[0]);
            pictures.video = &video_;
            pictures.video_store = &stores[0];
        }
        for (size_t n = 0; n < 2; ++n) {
            if (!what.graphic[n]) continue;
            graphic_[n].begin(*what.graphic[n], scan, kWidth, kLines);
            fill(graphic_[n].plan(), stores[n + 1]);
            pictures.graphic[n] = &graphic_[n];
            pictures.graphic_store[n] = &stores[n + 1];
        }
        test::ScreenReference reference{memory_, mixer_regs_, vp_regs_, interlaced_, parity_, kWidth};
        Difference d;
        Compositor compositor;
        std::vector<Pixel> line(kWidth);
        for (uint32_t y = 0; y < kLines; ++y) {
            compositor.compose(what, pictures, y, line);
            for (uint32_t x = 0; x < kWidth; ++x) {
                const auto want = reference.pixel(x, y);
                const Pixel p = line[x];
                const int worst =
                    std::max({std::abs(int(p >> 16 & 255) - want[0]), std::abs(int(p >> 8 & 255) - want[1]),
                              std::abs(int(p & 255) - want[2])});
                const int explained = what.yuv ? 10 : what.limited_range ? 2 : 1;
                d.little += worst > 0 && worst <= explained;
                d.more += worst > explained;
            }
        }
        return d;
    }

private:
    uint32_t below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
    void mixer(uint32_t reg, uint32_t value) {
        mixer_.regs.write(reg, value);
        mixer_regs_[reg] = value;
    }
    void vp(uint32_t reg, uint32_t value) {
        vp_.regs.write(reg, value);
        vp_regs_[reg] = value;
    }
    void fill(const FetchPlan& plan, LineStore& store) const {
        store.begin(plan);
        for (size_t i = 0; i < plan.lines.size(); ++i) {
            const FetchLine& l = plan.lines[i];
            for (uint32_t k = 0; k < l.pieces; ++k) {
                const FetchPiece& p = plan.pieces[l.first_piece + k];
                for (uint32_t b = 0; b < p.bytes; ++b) store.bytes[p.into + b] = memory_.at(p.from.value + b);
                store.valid[i] += p.bytes;
            }
        }
    }
    void set_mixer() {
        mixer(0x000, 4);
        // Any output, range, matrix; most layers on.
        const uint32_t layers = below(4) ? 7 : below(8);
        const uint32_t output = below(4) ? 1 : 0;
        mixer(0x004, below(2) << 10 | below(2) << 9 | output << 8 | 1 << 7 | layers << 3 | below(8));
        uint32_t order[3] = {1 + below(5), 6 + below(5), 11 + below(5)};
        std::shuffle(order, order + 3, random_);
        mixer(0x010, order[0] << 8 | order[1] << 4 | order[2]);
        mixer(0x014, below(2) << 16 | below(256));
        mixer(0x064, below(1 << 24));
        for (const uint32_t reg : {0x080U, 0x084U, 0x088U})
            mixer(reg, static_cast<uint32_t>(random_()) & 0x3FFF'FFFF);
        if (below(2)) {  // what Linux writes for BT.709
            mixer(0x080, 1U << 30 | 94 << 20 | 314 << 10 | 32);
            mixer(0x084, 972U << 20 | 851 << 10 | 225);
            mixer(0x088, 225 << 20 | 820 << 10 | 1004);
        }
    }
    void set_graphic(unsigned n) {
        const uint32_t at = 0x020 + 0x20 * n;
        mixer(at, below(2) << 21 | below(2) << 20 | below(2) << 17 | below(2) << 16 | (4 + below(4)) << 8 |
                      below(256));
        mixer(at + 0x04, kBase + below(1000));
        mixer(at + 0x08, 100 + below(100));
        mixer(at + 0x0C, below(40) << 16 | below(40));
        mixer(at + 0x10, below(2) << 28 | below(100) << 16 | below(2) << 12 | below(100));
        mixer(at + 0x14, below(110) << 16 | below(60));
        // Often a pixel that is there.
        mixer(at + 0x18, memory_.word(kBase + 4 * below(4000), below(2) ? 2 : 4));
    }
    void set_video() {
        const bool tiled = below(3) == 0;
        const uint32_t pitch = 8 * (20 + below(20)), height = 120 + below(30);
        vp(0x000, 1);
        vp(0x00C, below(2));
        const uint32_t ipc = below(4) == 0 ? 1 : 0;
        vp(0x010,
           below(2) << 6 | (interlaced_ ? 1U : below(4) == 0) << 5 | (tiled ? 1U : 0U) << 4 | ipc << 1);
        vp(0x014, pitch << 16 | height);
        vp(0x018, pitch << 16 | height / 2);
        const uint32_t luma = kBase + 8 * below(100), chroma = kBase + 0x1'8000 + 8 * below(100);
        vp(0x028, luma), vp(0x02C, luma + (tiled ? 64 : pitch));
        vp(0x030, chroma), vp(0x034, chroma + (tiled ? 64 : pitch));
        const uint32_t width = 2 + below(90), lines = 1 + below(40);
        vp(0x044, below(60) << 4 | (below(3) ? 0 : below(16)));
        vp(0x048, below(20));
        vp(0x04C, width), vp(0x050, lines);
        vp(0x054, below(kWidth)), vp(0x058, below(kLines));
        const bool same_x = below(3) == 0, same_y = below(3) == 0;
        const uint32_t shown_x = same_x ? width : 1 + below(140),
                       shown_y = same_y ? lines << ipc : 1 + below(60);
        vp(0x05C, shown_x), vp(0x060, shown_y);
        vp(0x064, std::min((width << 16) / shown_x, 0x7FFFFU)),
            vp(0x068, std::min((lines << (16 + ipc)) / shown_y, 0x7FFFFU));
        vp(0x3CC, 1);
        vp(0x008, 1);
    }
    /// A smooth set whose phases sum to 128, or anything.
    void set_filters() {
        for (uint32_t reg = 0x06C; reg <= 0x168; reg += 4) vp(reg, static_cast<uint32_t>(random_()));
        if (below(3) == 0) return;
        const auto put = [&](uint32_t reg, unsigned tap, unsigned phase, int value) {
            const uint32_t at = reg + 16 * tap + phase / 4 * 4, shift = 8 * (3 - phase % 4);
            vp(at, (vp_regs_[at] & ~(255U << shift)) | (static_cast<uint32_t>(std::min(value, 127)) & 255)
                                                           << shift);
        };
        for (unsigned phase = 0; phase < 16; ++phase) {
            const int right = static_cast<int>(phase) * 8, left = 128 - right;
            for (unsigned tap = 0; tap < 4; ++tap) {
                put(0x06C, tap, phase, tap == 3 ? left : 0);
                put(0x0EC, tap, phase, tap == 1 ? left : tap == 2 ? right : 0);
            }
            put(0x12C, 0, phase, 0);
            put(0x12C, 1, phase, left);
        }
    }
    void set_post() {
        vp(0x200, below(2));
        vp(0x20C, below(256));
        vp(0x210, below(64) << 8 | below(4));
        for (uint32_t reg = 0x218; reg <= 0x234; reg += 4)
            vp(reg, (below(80) - 40 & 0xFFFF) << 8 | (64 + below(150)));
        vp(0x238, below(512));
        vp(0x23C, below(4));
        for (uint32_t reg = 0x1D4; reg <= 0x1F4; reg += 4) vp(reg, below(4096));
        vp(0x008, 1);
    }

    std::mt19937_64 random_;
    test::Memory memory_;
    test::Registers mixer_regs_, vp_regs_;
    bool interlaced_ = false;
    uint32_t parity_ = 0;
    MixerCore mixer_;
    VpCore vp_;
    VideoFrame video_;
    GraphicFrame graphic_[2];
};

}  // namespace

TEST_CASE("random screens: every pixel within the stated rounding of the reference", "[display]") {
    uint64_t pixels = 0, little = 0;
    for (unsigned i = 0; i < configurations(); ++i) {
        INFO("seed " << i);
        const RandomScreen::Difference d = RandomScreen{i}.compare();
        REQUIRE(d.more == 0);
        little += d.little;
        pixels += uint64_t{kWidth} * kLines;
    }
    // Only a conversion that falls within 0.001 of a half may differ, and what blending makes of it.
    INFO(little << " of " << pixels << " pixels differ by a rounding");
    CHECK(little <= pixels / 500);
}
