// The raw sensor through the MIPI receiver into memory, in simulated time. Expectations: hardware/fimc.md
// section 10; Linux 6.1's imx219 driver by use; arithmetic as models/camera/mosaic.hpp states it.
#include <catch2/catch.hpp>

#include "models/base/clock.hpp"
#include "models/camera/bayer_sensor.hpp"
#include "models/camera/csis.hpp"
#include "models/camera/fimc.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::camera;

namespace {

constexpr FrameSize kSize{64, 48};
constexpr uint32_t kMemory = 0x4000'0000;

/// A white scene.
struct White final : FrameSource {
    FrameSize size() const override { return kSize; }
    bool next(Frame422& frame) override {
        frame.resize(kSize);
        std::fill(frame.y.begin(), frame.y.end(), uint8_t{235});
        std::fill(frame.cb.begin(), frame.cb.end(), uint8_t{128});
        std::fill(frame.cr.begin(), frame.cr.end(), uint8_t{128});
        return true;
    }
};

struct Bench : test::InstrumentsBench {
    test::BusBench fimc_bus{"fimc_bus"}, csis_bus{"csis_bus"};
    BayerSensor sensor{"sensor", std::make_shared<White>(), instruments};
    bool power = true;
    Csis csis{"csis", {4, [this] { return power; }}, instruments};
    Fimc fimc{"fimc", {}, instruments};
    test::FakeMemory memory{"memory", kMemory, 0x1'0000};
    std::vector<FrameWritten> written;
    std::vector<FrameDropped> dropped;

    Bench() {
        sensor.connect(csis);
        csis.connect(fimc.input(CameraPort::mipi_0));
        fimc_bus.connect(fimc.bus, fimc.irq);
        csis_bus.connect(csis.bus, csis.irq);
        fimc.dma.socket.bind(memory.socket);
        fimc.frame_written.attach([this](const FrameWritten& f) { written.push_back(f); });
        fimc.frame_dropped.attach([this](const FrameDropped& f) { dropped.push_back(f); });
        test::run(sc_core::SC_ZERO_TIME);
    }
    void sensor_write(uint16_t address, std::initializer_list<uint8_t> values) {
        I2cSlave& wire = sensor.i2c();
        wire.start(false);
        wire.write(static_cast<uint8_t>(address >> 8));
        wire.write(static_cast<uint8_t>(address));
        for (const uint8_t value : values) wire.write(value);
        wire.stop();
    }
    void set_up_receiver(uint8_t data_type) {
        csis_bus.write32(CsisCore::kDphyctrl, 7);
        csis_bus.write32(CsisCore::kConfig, uint32_t{data_type} << 2 | 1);
        csis_bus.write32(CsisCore::kResol, kSize.width << 16 | kSize.height);
        csis_bus.write32(CsisCore::kIntmsk, 0xF000'103F);
        csis_bus.write32(CsisCore::kCtrl, 1U << 16 | 1);
    }
    void set_up(uint8_t data_type) {
        const uint8_t bits = data_type == kRaw8 ? 8 : 10;
        sensor_write(0x0114, {1});
        sensor_write(0x0160, {0x06, 0xE3});
        sensor_write(0x0162, {0x0D, 0x78});
        sensor_write(0x016C, {0, kSize.width, 0, kSize.height});
        sensor_write(0x018C, {bits, bits});
        set_up_receiver(data_type);
        const uint32_t line = data_type == kRaw8 ? kSize.width : kSize.width * 5 / 4;
        fimc_bus.write32(fimc::kCigctrl, 1U << 16 | 1U << 8 | 1U << 7 | 1U << 3);
        fimc_bus.write32(fimc::kCsiimgfmt, data_type);
        fimc_bus.write32(fimc::kCisrcfmt, 1U << 31 | kSize.width << 16 | kSize.height);
        fimc_bus.write32(fimc::kOrgosize, kSize.height << 16 | line);
        fimc_bus.write32(fimc::kCiscctrl, 1U << 31);
        fimc_bus.write32(fimc::kCioysa, kMemory);
        fimc_bus.write32(fimc::kCifcntseq, 1);
        fimc_bus.write32(fimc::kCiimgcpt, 1U << 31);
    }
    void run(Picoseconds time) { test::run(sc_ps(time)); }
};

constexpr Picoseconds kFrame = 33'400'000'000;  // a little more than 1763 lines of 3448 pixels

}  // namespace

TEST_CASE("raw pixels reach memory as the sensor sends them", "[camera]") {
    Bench b;
    b.set_up(kRaw8);
    b.sensor_write(0x0100, {1});
    b.run(kFrame);
    REQUIRE(b.written.size() == 1);
    CHECK(b.written[0].planes[0].size == kSize.width * kSize.height);
    for (uint32_t i = 0; i < kSize.width * kSize.height; ++i) REQUIRE(b.memory.bytes[i] == 255);
    CHECK(b.memory.bytes[kSize.width * kSize.height] == 0);
    // the last line has passed after 48 line times of 3448 pixels
    CHECK(b.written[0].time >= time_of_tick(48ULL * 3448, BayerCore::kPixelRate));
    CHECK(b.written[0].time < time_of_tick(49ULL * 3448, BayerCore::kPixelRate));
    CHECK(b.guest_errors.total() == 0);
}

TEST_CASE("ten bits a pixel take five bytes for four", "[camera]") {
    Bench b;
    b.set_up(kRaw10);
    b.sensor_write(0x0602, {0x01, 0x11, 0x02, 0x22, 0, 0, 0, 0});
    b.sensor_write(0x0600, {0, 1});  // solid colour
    b.sensor_write(0x0100, {1});
    b.run(kFrame);
    REQUIRE(b.written.size() == 1);
    // R 0x111 and Gr 0x222 in turn; the low bits are 01 and 10
    for (uint32_t at = 0; at < 80; at += 5) {
        CHECK(b.memory.bytes[at] == 0x44);
        CHECK(b.memory.bytes[at + 1] == 0x88);
        CHECK(b.memory.bytes[at + 4] == 0b10'01'10'01);
    }
}

TEST_CASE("frames of the raw sensor follow one another at its frame length", "[camera]") {
    Bench b;
    b.set_up(kRaw8);
    std::vector<Picoseconds> starts;
    b.sensor.started.attach([&](const SourceFrame& f) { starts.push_back(f.time); });
    b.sensor_write(0x0100, {1});
    b.run(kFrame * 4);
    REQUIRE(starts.size() >= 4);
    for (size_t n = 1; n < starts.size(); ++n) {
        const Picoseconds period = starts[n] - starts[n - 1];
        CHECK(period == time_of_tick(uint64_t{1763} * 3448, BayerCore::kPixelRate));
    }
}

TEST_CASE("embedded data interrupt at the start of each frame, until cleared", "[camera]") {
    Bench b;
    b.set_up(kRaw8);
    b.sensor_write(0x0100, {1});
    b.run(1'000'000);
    CHECK(b.csis_bus.irq.read());
    CHECK(b.csis_bus.read32(CsisCore::kIntsrc) == 1U << 29);
    CHECK(b.csis_bus.read32(CsisCore::kPacketOdd) == 0);  // frame 0
    b.csis_bus.write32(CsisCore::kIntsrc, 1U << 29);
    test::settle();
    CHECK_FALSE(b.csis_bus.irq.read());
    b.run(kFrame);
    CHECK(b.csis_bus.read32(CsisCore::kIntsrc) == 1U << 31);
    CHECK(b.csis_bus.read32(CsisCore::kPacketEven) == 1);
}

TEST_CASE("a receiver without power or with the wrong format passes nothing on", "[camera]") {
    Bench b;
    b.set_up(kRaw8);
    b.power = false;
    b.sensor_write(0x0100, {1});
    b.run(kFrame);
    CHECK(b.written.empty());
    CHECK(b.statistics.all().at("csis.lost").value() >= 1);
    b.power = true;
    b.csis_bus.write32(CsisCore::kConfig, uint32_t{kRaw10} << 2 | 1);
    b.csis_bus.write32(CsisCore::kCtrl, 1U << 16 | 1);
    b.run(kFrame * 2);
    CHECK(b.written.empty());
    CHECK((b.csis_bus.read32(CsisCore::kIntsrc) & 1) == 1);
    CHECK(b.guest_errors.total() >= 1);
}

TEST_CASE("a receiver that is reset in the middle of a frame loses that frame only", "[camera]") {
    Bench b;
    b.set_up(kRaw8);
    b.sensor_write(0x0100, {1});
    b.run(time_of_tick(20ULL * 3448, BayerCore::kPixelRate));  // 20 of 48 lines
    b.csis_bus.write32(CsisCore::kCtrl, 1U << 4);
    test::settle();
    CHECK(b.csis_bus.read32(CsisCore::kIntsrc) == 0);
    CHECK(b.csis_bus.read32(CsisCore::kConfig) == 0);
    CHECK_FALSE(b.csis_bus.irq.read());
    b.set_up_receiver(kRaw8);
    b.run(time_of_tick(2ULL * 3448, BayerCore::kPixelRate));
    CHECK(b.csis_bus.read32(CsisCore::kIntsrc) == 1U << 5);  // lines whose frame start it has not seen
    b.run(kFrame + time_of_tick(40ULL * 3448, BayerCore::kPixelRate));  // to the end of the next picture
    REQUIRE(b.written.size() == 1);
    CHECK(b.written[0].number == 1);
    REQUIRE(b.dropped.size() == 1);
    CHECK(b.dropped[0].number == 0);
    CHECK(b.dropped[0].reason == "cut short");
}

TEST_CASE("raw pixels cannot go through the scaler", "[camera]") {
    Bench b;
    b.set_up(kRaw8);
    b.fimc_bus.write32(fimc::kCigctrl, 1U << 16 | 1U << 7 | 1U << 3);  // without CAM_JPEG
    b.sensor_write(0x0100, {1});
    b.run(kFrame);
    CHECK(b.written.empty());
    REQUIRE_FALSE(b.dropped.empty());
    CHECK(b.dropped[0].reason == "unusable setting");
}
