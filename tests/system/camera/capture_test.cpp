// From the sensor's pixels to memory, in simulated time. Expectations: hardware/fimc.md, sections 0, 8
// and 11.
#include <catch2/catch.hpp>

#include "models/base/clock.hpp"
#include "models/camera/fimc.hpp"
#include "models/camera/sensor.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::camera;
using sc_core::sc_time;

namespace {

constexpr FrameSize kSize{64, 48};
constexpr uint32_t kMemory = 0x4000'0000, kBufferBytes = 0x2000;
constexpr Picoseconds kSecond = kPicosecondsPerSecond;

/// Frame n: luma n everywhere, Cb n + 1, Cr n + 2; `frames` of them.
struct Numbered final : FrameSource {
    uint64_t frames = ~uint64_t{0}, next_number = 0;
    FrameSize size() const override { return kSize; }
    bool next(Frame422& frame) override {
        if (next_number == frames) return false;
        frame.resize(kSize);
        const auto n = static_cast<uint8_t>(next_number++);
        std::fill(frame.y.begin(), frame.y.end(), n);
        std::fill(frame.cb.begin(), frame.cb.end(), static_cast<uint8_t>(n + 1));
        std::fill(frame.cr.begin(), frame.cr.end(), static_cast<uint8_t>(n + 2));
        return true;
    }
};

struct Bench : test::InstrumentsBench {
    test::BusBench cpu{"cpu"};
    std::shared_ptr<Numbered> source = std::make_shared<Numbered>();
    Sensor sensor{"sensor", {source}, instruments};
    Fimc fimc{"fimc", {}, instruments};
    test::FakeMemory memory{"memory", kMemory, 4 * kBufferBytes};
    std::vector<FrameWritten> written;
    std::vector<FrameDropped> dropped;
    std::vector<SourceFrame> started;

    Bench() {
        sensor.connect(fimc.input(CameraPort::itu_a));
        cpu.connect(fimc.bus, fimc.irq);
        fimc.dma.socket.bind(memory.socket);
        fimc.frame_written.attach([this](const FrameWritten& f) { written.push_back(f); });
        fimc.frame_dropped.attach([this](const FrameDropped& f) { dropped.push_back(f); });
        sensor.started.attach([this](const SourceFrame& f) { started.push_back(f); });
        test::run(sc_core::SC_ZERO_TIME);
    }
    void set_up_capture() {
        cpu.write32(fimc::kCifcntseq, 0xF);
        cpu.write32(fimc::kCisrcfmt, 1U << 31 | kSize.width << 16 | kSize.height);
        cpu.write32(fimc::kCitrgfmt, kSize.width << 16 | kSize.height);
        cpu.write32(fimc::kOrgosize, kSize.height << 16 | kSize.width);
        cpu.write32(fimc::kCioctrl, 1U << 3);
        cpu.write32(fimc::kCiscctrl, 1U << 31);  // the scaler is bypassed
        for (uint32_t slot = 0; slot < 4; ++slot) {
            cpu.write32(fimc::kCioysa + 4 * slot, buffer(slot));
            cpu.write32(fimc::kCiocbsa + 4 * slot, buffer(slot) + kSize.width * kSize.height);
        }
        cpu.write32(fimc::kCiimgcpt, 3U << 30);
    }
    static uint32_t buffer(uint32_t slot) { return kMemory + slot * kBufferBytes; }
    const uint8_t* bytes(uint32_t address) const { return &memory.bytes[address - kMemory]; }
    void sensor_on(bool on) { sensor.core().stream_changed(on); }
    void run(Picoseconds time) { test::run(sc_ps(time)); }
};

}  // namespace

TEST_CASE("a frame's pixels reach its buffer within the frame's time", "[camera]") {
    Bench b;
    b.set_up_capture();
    b.sensor_on(true);
    b.run(kSecond / 30);
    REQUIRE(b.written.size() == 1);
    CHECK(b.written[0].number == 0);
    // the lines take 48 of 56 line times: blanking is eight lines
    const Picoseconds lines_end = kSecond / 30 * 48 / 56;
    CHECK(b.written[0].time >= lines_end);
    CHECK(b.written[0].time < lines_end + 1'000'000);
    CHECK(b.written[0].planes[0].base == Iova{Bench::buffer(0)});
    CHECK(b.written[0].planes[0].size == 64 * 48);
    CHECK(b.written[0].planes[1].size == 64 * 24);
    for (uint32_t i = 0; i < 64 * 48; ++i) REQUIRE(b.bytes(Bench::buffer(0))[i] == 0);
    for (uint32_t i = 0; i < 64 * 24; ++i) REQUIRE(b.bytes(Bench::buffer(0) + 64 * 48)[i] == 1 + i % 2);
}

TEST_CASE("frames start at exact multiples of the frame period, in one buffer after the other", "[camera]") {
    Bench b;
    b.set_up_capture();
    b.sensor_on(true);
    b.run(kSecond / 2);
    REQUIRE(b.started.size() == 16);
    for (uint64_t n = 0; n < 15; ++n) {
        CHECK(b.started[n].time == time_of_tick(n, 30));
        CHECK(b.written[n].number == n);
        CHECK(b.written[n].planes[0].base == Iova{Bench::buffer(n % 4)});
    }
    CHECK(b.bytes(Bench::buffer(0))[100] == 12);
    CHECK(b.guest_errors.total() == 0);
}

TEST_CASE("the interrupt is a level from the start of a frame until it is cleared", "[camera]") {
    Bench b;
    b.set_up_capture();
    CHECK_FALSE(b.cpu.irq.read());
    b.sensor_on(true);
    b.run(1'000'000);  // 1 us into the first frame
    CHECK(b.cpu.irq.read());
    b.cpu.write32(fimc::kCigctrl, b.cpu.read32(fimc::kCigctrl) | 1U << 19);
    test::settle();
    CHECK_FALSE(b.cpu.irq.read());
    b.run(kSecond / 30);
    CHECK(b.cpu.irq.read());
    CHECK((b.cpu.read32(fimc::kCistatus2) & 0x3F) == 2);
}

TEST_CASE("frames that nobody captures are dropped for want of a buffer", "[camera]") {
    Bench b;
    b.sensor_on(true);
    b.run(kSecond / 10);
    REQUIRE(b.dropped.size() == 4);
    CHECK(b.dropped[2].number == 2);
    CHECK(b.dropped[2].reason == "no buffer");
    CHECK(b.written.empty());
}

TEST_CASE("memory that is too slow overflows the FIFO and spoils the frame", "[camera]") {
    Bench b;
    b.set_up_capture();
    b.memory.latency = sc_time(2, sc_core::SC_MS);  // a line lasts 0.6 ms
    b.sensor_on(true);
    b.run(kSecond / 10);
    REQUIRE_FALSE(b.dropped.empty());
    CHECK(b.dropped[0].reason == "overflow");
    CHECK(b.cpu.read32(fimc::kCistatus) >> 29 == 7);
    CHECK(b.statistics.all().at("fimc.overflows").value() >= 1);
}

TEST_CASE("a bus error spoils the frame and capture goes on", "[camera]") {
    Bench b;
    b.set_up_capture();
    b.cpu.write32(fimc::kCioysa, 0x1000);  // nothing is there
    b.sensor_on(true);
    b.run(kSecond / 15);
    REQUIRE(b.dropped.size() == 1);
    CHECK(b.dropped[0].reason == "bus error");
    REQUIRE(b.written.size() == 1);
    CHECK(b.written[0].number == 1);
}

TEST_CASE("a reset in the middle of a frame loses that frame only", "[camera]") {
    Bench b;
    b.set_up_capture();
    b.sensor_on(true);
    b.run(kSecond / 60);
    b.cpu.write32(fimc::kCigctrl, 1U << 31);
    b.cpu.write32(fimc::kCigctrl, 1U << 29 | 1U << 16);
    b.set_up_capture();
    b.run(kSecond / 20);
    REQUIRE(b.dropped.size() == 1);
    CHECK(b.dropped[0].reason == "reset");
    REQUIRE_FALSE(b.written.empty());
    CHECK(b.written[0].number == 1);
}

TEST_CASE("switching the sensor off lets the frame end, on again counts from zero", "[camera]") {
    Bench b;
    b.set_up_capture();
    b.sensor_on(true);
    b.run(kSecond / 60);
    b.sensor_on(false);
    b.run(kSecond / 5);
    CHECK(b.written.size() == 1);
    b.sensor_on(true);
    b.run(kSecond / 25);
    REQUIRE(b.started.size() == 3);
    CHECK(b.started[1].number == 0);
}

TEST_CASE("a source that ends stops the stream", "[camera]") {
    Bench b;
    b.source->frames = 3;
    b.set_up_capture();
    b.sensor_on(true);
    b.run(kSecond);
    CHECK(b.started.size() == 3);
    CHECK(b.written.size() == 3);
}

TEST_CASE("capture scales down on the way", "[camera]") {
    Bench b;
    b.set_up_capture();
    b.cpu.write32(fimc::kCiscpreratio, 8U << 28 | 2U << 16 | 2);
    b.cpu.write32(fimc::kCiscpredst, (kSize.width / 2) << 16 | kSize.height / 2);
    b.cpu.write32(fimc::kCiscctrl, 256U << 16 | 1U << 15 | 256);
    b.cpu.write32(fimc::kCitrgfmt, (kSize.width / 2) << 16 | kSize.height / 2);
    b.sensor_on(true);
    b.run(kSecond / 15);
    REQUIRE(b.written.size() == 2);
    for (uint32_t x = 0; x < kSize.width / 2; ++x) CHECK(b.bytes(Bench::buffer(1))[x] == 1);
    CHECK(b.bytes(Bench::buffer(1))[kSize.width / 2] == 0);  // the canvas is wider than the picture
    CHECK(b.guest_errors.total() == 0);
}

TEST_CASE("FIMC's own test pattern takes the place of the camera's pixels", "[camera]") {
    Bench b;
    b.set_up_capture();
    b.cpu.write32(fimc::kCigctrl, 1U << 29 | 1U << 16 | 2U << 27);  // luma rises along a line
    b.sensor_on(true);
    b.run(kSecond / 30);
    REQUIRE(b.written.size() == 1);
    for (uint32_t x = 0; x < kSize.width; ++x) CHECK(b.bytes(Bench::buffer(0))[x] == x);
}

namespace {
struct JitterBench : test::InstrumentsBench {
    Sensor sensor{"sensor",
                  {std::make_shared<Numbered>(), {{0, kSecond / 20, kSecond / 20 + kSecond / 1000}}},
                  instruments};
};
}  // namespace

TEST_CASE("recorded frame times are kept, but a frame waits for the one before", "[camera]") {
    JitterBench b;
    std::vector<Picoseconds> starts;
    b.sensor.started.attach([&](const SourceFrame& f) { starts.push_back(f.time); });
    test::run(sc_core::SC_ZERO_TIME);
    b.sensor.core().stream_changed(true);
    test::run(sc_ps(kSecond / 5));
    REQUIRE(starts.size() >= 3);
    CHECK(starts[1] == kSecond / 20);
    // its 48 lines take 48 of 56 line times of a thirtieth of a second
    CHECK(starts[2] == kSecond / 20 + kSecond / 30 * 48 / 56);
}

TEST_CASE("frames that come while the clock is gated are lost, the one it cuts too", "[camera]") {
    Bench b;
    b.set_up_capture();
    b.sensor_on(true);
    b.run(kSecond / 60);  // the first frame is half here
    b.fimc.set_supply(Supply::gated);
    b.run(kSecond / 30);
    CHECK(b.written.empty());
    b.fimc.set_supply(Supply::on);
    b.run(kSecond / 20);  // through the rest of the second frame and the third
    REQUIRE(b.written.size() == 1);
    CHECK(b.written[0].number == 2);
    REQUIRE(b.dropped.size() == 2);
    for (const FrameDropped& lost : b.dropped) CHECK(lost.reason == "no clock");
    CHECK(b.guest_errors.total() == 0);
}

TEST_CASE("power that goes and comes in a frame leaves an engine that captures again", "[camera]") {
    Bench b;
    b.set_up_capture();
    b.sensor_on(true);
    b.run(kSecond / 60);
    b.fimc.set_supply(Supply::off);
    b.run(kSecond / 30);
    b.fimc.set_supply(Supply::on);
    b.cpu.write32(fimc::kCigctrl, 1U << 29 | 1U << 16);
    b.set_up_capture();
    b.run(kSecond / 20);
    REQUIRE(b.written.size() == 1);
    CHECK(b.written[0].number == 2);
    CHECK(b.bytes(Bench::buffer(0))[100] == 2);
}
