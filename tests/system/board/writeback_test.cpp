// What FIMD shows, captured by a FIMC: VIDOUT's write-back, SYSREG's route, CIGCTRL's write-back input.
// Facts: samsung_fimd.h, regs-fimc.h of Linux 6.1; colours by BT.601.
#include <catch2/catch.hpp>

#include "models/camera/fimc_registers.hpp"
#include "tests/system/board/device_bench.hpp"

using namespace exysim;
using namespace exysim::board;
namespace fimc = exysim::camera::fimc;

namespace {

constexpr uint32_t kWidth = 64, kHeight = 32, kBuffer = 0x4030'0000, kCamBlk = 0x218;

struct Bench : test::DeviceBench {
    Bench() : DeviceBench{test::device_platform("exynos4210", {"fimc2", "fimc3", "fimd0"})} {}
    /// A panel of one colour. A line of 100 pixels at 16 MHz takes 6.25 us, a frame of 50 lines 312.5 us.
    void panel(uint32_t vidout) {
        using display::FimdCore;
        const auto fimd = [&](uint32_t reg, uint32_t value) { write("fimd0", reg, value); };
        fimd(FimdCore::kVidtcon0, 5U << 16 | 9 << 8 | 1);
        fimd(FimdCore::kVidtcon1, 15U << 16 | 15 << 8 | 3);
        fimd(FimdCore::kVidtcon2, (kHeight - 1) << 11 | (kWidth - 1));
        fimd(FimdCore::kWincon, 11U << 2 | 1U << 15 | 1);
        fimd(FimdCore::kVidosd + 4, (kWidth - 1) << 11 | (kHeight - 1));
        fimd(FimdCore::kWinmap, 1U << 24 | 200 << 16 | 100 << 8 | 60);
        fimd(FimdCore::kShadowcon, 1);
        fimd(FimdCore::kVidcon0, vidout << 26 | 9U << 6 | 1U << 4 | 3);
    }
    /// Packed 4:2:2, Y Cb Y Cr, of the size that comes.
    void capture(const char* name, uint32_t control = 1U << 16 | 1U << 6) {
        write(name, fimc::kCigctrl, control);
        write(name, fimc::kCisrcfmt, 1U << 31 | kWidth << 16 | kHeight);
        write(name, fimc::kCitrgfmt, 2U << 29 | kWidth << 16 | kHeight);
        write(name, fimc::kOrgosize, kHeight << 16 | kWidth);
        write(name, fimc::kCiscctrl, 1U << 31);
        for (uint32_t slot = 0; slot < 4; ++slot) write(name, fimc::kCioysa + 4 * slot, kBuffer);
        write(name, fimc::kCifcntseq, 0xF);
        write(name, fimc::kCiimgcpt, 3U << 30);
    }
    double frames(const std::string& name) { return machine.statistics.all().at(name + ".frames").value(); }
    static void run_us(double us) { test::run(sc_core::sc_time(us, sc_core::SC_US)); }
};

}  // namespace

TEST_CASE("write-back: a FIMC captures what FIMD shows, at the panel's pace", "[board]") {
    Bench b;
    b.write("sysreg", kCamBlk, 2U << 23);
    b.capture("fimc2");
    b.panel(4);
    b.run_us(10 * 312.5);
    CHECK(b.frames("fimc2") >= 7);
    CHECK(b.frames("fimc2") <= 9);
    const auto bytes = b.machine.memory({PhysAddr{kBuffer}, kWidth * kHeight * 2});
    uint32_t wrong = 0;
    for (size_t i = 0; i < kWidth * kHeight * 2; i += 4)
        wrong += bytes[i] != 124 || bytes[i + 1] != 96 || bytes[i + 2] != 124 || bytes[i + 3] != 175;
    CHECK(wrong == 0);
    CHECK(b.machine.guest_errors.total() == 0);
}

TEST_CASE("write-back: SYSREG chooses the FIMC, VIDOUT whether, and CIGCTRL the input", "[board]") {
    Bench b;
    b.capture("fimc2");
    b.capture("fimc3");
    b.write("sysreg", kCamBlk, 3U << 23);
    b.panel(4);
    b.run_us(5 * 312.5);
    CHECK(b.frames("fimc2") == 0);
    CHECK(b.frames("fimc3") >= 3);
    b.write("sysreg", kCamBlk, 0);  // FIMC0 has no such input
    b.run_us(2 * 312.5);
    const double before = b.frames("fimc3");
    b.run_us(5 * 312.5);
    CHECK(b.frames("fimc3") == before);
    b.write("sysreg", kCamBlk, 2U << 23);
    b.panel(0);  // the panel alone
    b.run_us(2 * 312.5);
    const double seen = b.frames("fimc2");
    b.run_us(5 * 312.5);
    CHECK(b.frames("fimc2") == seen);
    CHECK(b.machine.guest_errors.total() == 0);
    b.capture("fimc2", 1U << 16 | 1U << 10 | 1U << 6);  // SELWB_A as Samsung's driver had it
    b.panel(4);
    b.run_us(5 * 312.5);
    CHECK(b.frames("fimc2") > seen);
    b.capture("fimc2", 1U << 16 | 1U << 10);  // not the write-back input
    b.run_us(2 * 312.5);
    const double last = b.frames("fimc2");
    b.run_us(5 * 312.5);
    CHECK(b.frames("fimc2") == last);
    CHECK(b.machine.guest_errors.total() == 0);
}
