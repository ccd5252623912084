// FIMC-LITE in simulated time: a camera's lines through its FIFO into memory.
#include <catch2/catch.hpp>

#include "models/camera/fimc_lite.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::camera;

namespace {

using Core = FimcLiteCore;
constexpr FrameSize kSize{32, 16};
constexpr uint32_t kMemory = 0x4000'0000, kPitch = 40 * 2;

struct Bench : test::InstrumentsBench {
    test::BusBench bus{"bus"};
    FimcLite lite{"lite", {}, instruments};
    test::FakeMemory memory{"memory", kMemory, 0x4000};
    std::vector<FrameWritten> written;
    std::vector<FrameDropped> dropped;
    uint64_t number = 0;

    Bench() {
        bus.connect(lite.bus, lite.irq);
        lite.dma.socket.bind(memory.socket);
        lite.frame_written.attach([this](const FrameWritten& f) { written.push_back(f); });
        lite.frame_dropped.attach([this](const FrameDropped& f) { dropped.push_back(f); });
        test::run(sc_core::SC_ZERO_TIME);
    }
    /// Raw samples of 8 bits from the first MIPI receiver, onto a canvas of 40 by 20, at (4, 2).
    void set_up() {
        bus.write32(Core::kCisrcsize, kSize.width << 16 | kSize.height);
        bus.write32(Core::kCigctrl, uint32_t{kRaw10} << 24 | 1U << 3);
        bus.write32(Core::kCiwdofst, 1U << 31 | 2U << 16 | 1);  // two pixels and a line cut off
        bus.write32(Core::kCiwdofst2, 0);
        bus.write32(Core::kCiocan, 20U << 16 | 40);
        bus.write32(Core::kCiooff, 2U << 16 | 4);
        bus.write32(Core::kCiosa, kMemory);
        bus.write32(Core::kCifcntseq, 1);
        bus.write32(Core::kCiimgcpt, 1U << 31);
    }
    VideoSink& port() { return lite.input(CameraPort::mipi_0); }
    /// RAW10 whose sample at (x, y) is 16 y + x.
    void line(uint32_t y) {
        std::vector<uint8_t> bytes;
        for (uint32_t x = 0; x < kSize.width; x += 4) {
            uint8_t low = 0;
            for (uint32_t i = 0; i < 4; ++i) {
                const uint32_t sample = 16 * y + x + i;
                bytes.push_back(static_cast<uint8_t>(sample >> 2));
                low |= static_cast<uint8_t>((sample & 3) << 2 * i);
            }
            bytes.push_back(low);
        }
        port().line(y, {{}, {}, {}, bytes});
    }
    void frame(sc_core::sc_time per_line = {10, sc_core::SC_US}) {
        port().frame_start(number++, {kSize, kRaw10, 2});
        for (uint32_t y = 0; y < kSize.height; ++y) {
            test::run(per_line);
            line(y);
        }
        port().frame_end();
        test::run({10, sc_core::SC_US});
    }
    uint32_t word(uint32_t x, uint32_t y) const {
        const size_t at = size_t{y} * kPitch + x * 2;
        return memory.bytes[at] | uint32_t{memory.bytes[at + 1]} << 8;
    }
};

}  // namespace

TEST_CASE("fimc-lite: a raw frame lies on its canvas as 16-bit words", "[camera]") {
    Bench b;
    b.set_up();
    b.frame();
    REQUIRE(b.written.size() == 1);
    CHECK(b.bus.irq.read());
    CHECK((b.bus.read32(Core::kCistatus) >> 4 & 15) == 3);  // start and end
    for (uint32_t y = 0; y < 15; ++y) {
        for (uint32_t x = 0; x < 30; ++x) REQUIRE(b.word(4 + x, 2 + y) == 16 * (y + 1) + x + 2);
    }
    CHECK(b.word(3, 2) == 0);
    CHECK(b.word(34, 2) == 0);
    CHECK(b.word(4, 1) == 0);
    CHECK(b.word(4, 17) == 0);
    CHECK(b.written[0].planes[0].base == Iova{kMemory + 2 * kPitch});
    CHECK(b.written[0].planes[0].size == 15 * kPitch);
    b.bus.write32(Core::kCistatus, 0);
    test::settle();
    CHECK_FALSE(b.bus.irq.read());
    CHECK(b.guest_errors.total() == 0);
}

TEST_CASE("fimc-lite: reset in the middle of a frame loses it, and the next one is taken", "[camera]") {
    Bench b;
    b.set_up();
    b.port().frame_start(0, {kSize, kRaw10, 2});
    for (uint32_t y = 0; y < 8; ++y) b.line(y);
    b.bus.write32(Core::kCigctrl, b.bus.read32(Core::kCigctrl) | 1U << 19);
    b.bus.write32(Core::kCigctrl, b.bus.read32(Core::kCigctrl) | 1U << 17);
    for (uint32_t y = 8; y < kSize.height; ++y) b.line(y);
    b.port().frame_end();
    test::run({100, sc_core::SC_US});
    CHECK_FALSE(b.bus.irq.read());
    CHECK(b.written.empty());
    b.set_up();
    b.frame();
    CHECK(b.written.size() == 1);
    CHECK(b.bus.irq.read());
}

TEST_CASE("fimc-lite: memory that takes no lines is an overflow", "[camera]") {
    Bench b;
    b.set_up();
    b.port().frame_start(0, {kSize, kRaw10, 2});
    for (uint32_t y = 0; y < kSize.height; ++y) b.line(y);  // all at one moment
    b.port().frame_end();
    test::run({100, sc_core::SC_US});
    REQUIRE(b.dropped.size() == 1);
    CHECK(b.dropped[0].reason == "overflow");
    CHECK((b.bus.read32(Core::kCistatus) >> 7 & 15) == 15);  // the interrupt and three flags
    b.bus.write32(Core::kCiwdofst, 1U << 31 | 2U << 16 | 1 | 1U << 30 | 1U << 15 | 1U << 14);
    b.frame();
    CHECK(b.written.size() == 1);
}

TEST_CASE("fimc-lite: without its clock frames are lost, without power all is", "[camera]") {
    Bench b;
    b.set_up();
    b.lite.set_supply(Supply::gated);
    b.frame();
    REQUIRE(b.dropped.size() == 1);
    CHECK(b.dropped[0].reason == "no clock");
    b.lite.set_supply(Supply::on);
    b.frame();
    CHECK(b.written.size() == 1);
    b.lite.set_supply(Supply::off);
    b.lite.set_supply(Supply::on);
    test::settle();
    CHECK(b.bus.read32(Core::kCisrcsize) == 0);
    CHECK_FALSE(b.bus.irq.read());
}

TEST_CASE("fimc-lite: a frame without a buffer goes nowhere and ends all the same", "[camera]") {
    Bench b;
    b.set_up();
    b.bus.write32(Core::kCifcntseq, 0);
    b.frame();
    REQUIRE(b.dropped.size() == 1);
    CHECK(b.dropped[0].reason == "no buffer");
    CHECK((b.bus.read32(Core::kCistatus) >> 4 & 15) == 3);
    CHECK(std::all_of(b.memory.bytes.begin(), b.memory.bytes.end(), [](uint8_t v) { return v == 0; }));
}
