// The Exynos4412's raw camera: sensor, MIPI receiver and FIMC-LITE on the whole board, into memory behind no
// SysMMU. Facts: hardware/fimc.md sections 10 to 12, hardware/memory-map.md; Linux 6.1's imx219 by use.
#include <catch2/catch.hpp>

#include "models/camera/csis_core.hpp"
#include "models/camera/fimc_lite_core.hpp"
#include "tests/system/board/device_bench.hpp"

using namespace exysim;
using namespace exysim::board;
using Csis = exysim::camera::CsisCore;
using Lite = exysim::camera::FimcLiteCore;

namespace {

constexpr uint32_t kWidth = 64, kHeight = 48, kBuffer = 0x4030'0000, kRaw10 = 0x2B;

config::Platform platform() {
    config::Platform made = test::device_platform("exynos4412", {"csis0", "fimc_lite0"});
    made.power.gated_access = "ignore";
    return made;
}

struct Bench : test::DeviceBench {
    Bench() : DeviceBench{platform()} {}
    void sensor(uint16_t address, std::initializer_list<uint8_t> values) {
        I2cSlave& wire = machine.sensor1->i2c();
        wire.start(false);
        wire.write(static_cast<uint8_t>(address >> 8));
        wire.write(static_cast<uint8_t>(address));
        for (const uint8_t value : values) wire.write(value);
        wire.stop();
    }
    /// Two lanes of RAW10; a solid picture of R 0x101, Gr 0x202, B 0x303, Gb 0x0AA.
    void set_up_sensor() {
        sensor(0x0114, {1});
        sensor(0x016C, {0, kWidth, 0, kHeight});
        sensor(0x018C, {10, 10});
        sensor(0x0600, {0, 1, 1, 0x01, 2, 0x02, 3, 0x03, 0, 0xAA});
    }
    void set_up_receiver() {
        write("pmu", 0x710, 3);
        write("csis0", Csis::kDphyctrl, 7);
        write("csis0", Csis::kConfig, kRaw10 << 2 | 1);
        write("csis0", Csis::kResol, kWidth << 16 | kHeight);
        write("csis0", Csis::kCtrl, 1U << 16 | 1);
    }
    void set_up_lite() {
        write("fimc_lite0", Lite::kCisrcsize, kWidth << 16 | kHeight);
        write("fimc_lite0", Lite::kCigctrl, kRaw10 << 24 | 1U << 3);
        write("fimc_lite0", Lite::kCiwdofst, 1U << 31);
        write("fimc_lite0", Lite::kCiocan, kHeight << 16 | kWidth);
        write("fimc_lite0", Lite::kCiosa, kBuffer);
        write("fimc_lite0", Lite::kCifcntseq, 1);
        write("fimc_lite0", Lite::kCiimgcpt, 1U << 31);
    }
    /// GIC: pending without being enabled, as the line is a level.
    bool pending(uint32_t spi) {
        return (read("gic_dist", 0x200 + (32 + spi) / 32 * 4) >> spi % 32 & 1) != 0;
    }
    static void run_ms(double ms) { test::run(sc_core::sc_time(ms, sc_core::SC_MS)); }
};

}  // namespace

TEST_CASE("fimc-lite: raw Bayer of the Exynos4412's camera reaches memory as words", "[board]") {
    Bench b;
    b.set_up_sensor();
    b.set_up_receiver();
    b.set_up_lite();
    CHECK_FALSE(b.pending(105));
    b.sensor(0x0100, {1});
    b.run_ms(40);  // a frame and more
    CHECK(b.pending(105));
    CHECK((b.read("fimc_lite0", Lite::kCistatus) >> 4 & 3) == 3);
    const auto bytes = b.machine.memory({PhysAddr{kBuffer}, kWidth * kHeight * 2});
    constexpr uint32_t kColours[2][2] = {{0x101, 0x202}, {0x0AA, 0x303}};  // R Gr over Gb B
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < kWidth * kHeight; ++i) {
        const uint32_t word = bytes[2 * i] | uint32_t{bytes[2 * i + 1]} << 8;
        wrong += word != kColours[i / kWidth % 2][i % 2];
    }
    CHECK(wrong == 0);
    CHECK(b.machine.guest_errors.total() == 0);
}

TEST_CASE("fimc-lite: without its gate or its domain a frame is lost, and the block is out of reach",
          "[board]") {
    Bench b;
    b.set_up_sensor();
    b.set_up_receiver();
    b.set_up_lite();
    b.write("pmu", 0x3CA0, 0);  // the ISP's domain
    b.sensor(0x0100, {1});
    b.run_ms(40);
    CHECK(b.machine.statistics.all().at("fimc_lite0.frames").value() == 0);
    const uint64_t before = b.machine.guest_errors.total();
    b.read("fimc_lite0", Lite::kCisrcsize);
    CHECK(b.machine.guest_errors.total() == before + 1);
    b.write("pmu", 0x3CA0, 7);
    CHECK(b.read("fimc_lite0", Lite::kCisrcsize) == 0);
    b.set_up_lite();
    b.run_ms(80);
    CHECK(b.machine.statistics.all().at("fimc_lite0.frames").value() >= 1);
}
