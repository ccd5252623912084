// FIMD and its panel in simulated time: the raster, its interrupts, and windows that memory starves.
#include <catch2/catch.hpp>

#include "models/display/fimd.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::display;

namespace {

constexpr uint32_t kWidth = 64, kHeight = 32, kMemory = 0x4000'0000;
constexpr uint64_t kClock = 10'000'000;
// 4 + 16 + 64 + 16 pixels and 2 + 6 + 32 + 10 lines at 1 MHz: a line of 100 us, a frame of 5 ms.
constexpr Picoseconds kLine = 100'000'000, kFrame = 50 * kLine;

struct Bench : test::InstrumentsBench {
    sc_core::sc_signal<bool> fifo{"fifo"}, sys{"sys"};
    test::BusBench bus{"bus"};
    Fimd fimd{"fimd", {}, fixed_clock(kClock), instruments};
    test::FakeMemory memory[5]{{"memory0", kMemory, kWidth* kHeight * 4},
                               {"memory1", kMemory, kWidth* kHeight * 4},
                               {"memory2", kMemory, kWidth* kHeight * 4},
                               {"memory3", kMemory, kWidth* kHeight * 4},
                               {"memory4", kMemory, kWidth* kHeight * 4}};
    std::vector<std::vector<uint8_t>> shown;
    std::vector<Picoseconds> times;
    std::vector<ScanoutStart> scanouts;

    Bench() {
        bus.connect(fimd.bus, fimd.irq_vsync);
        fimd.irq_fifo.bind(fifo);
        fimd.irq_sys.bind(sys);
        for (size_t n = 0; n < 5; ++n) fimd.windows[n].dma.socket.bind(memory[n].socket);
        fimd.frame.attach([this](const DisplayFrame& f) {
            shown.emplace_back(f.rgb, f.rgb + size_t{f.width} * f.height * 3);
            times.push_back(f.time);
        });
        fimd.scanout.attach([this](const ScanoutStart& s) { scanouts.push_back(s); });
        test::run(sc_core::SC_ZERO_TIME);
        bus.write32(FimdCore::kVidtcon0, 5U << 16 | 9 << 8 | 1);
        bus.write32(FimdCore::kVidtcon1, 15U << 16 | 15 << 8 | 3);
        bus.write32(FimdCore::kVidtcon2, (kHeight - 1) << 11 | (kWidth - 1));
        bus.write32(FimdCore::kVidintcon0, 3U << 15 | 1U << 12 | 3);  // at the front porch, as Linux has it
    }
    void show(uint32_t n, uint32_t colour) {
        for (size_t i = 0; i < memory[n].bytes.size(); ++i)
            memory[n].bytes[i] = static_cast<uint8_t>(colour >> i % 4 * 8);
        bus.write32(FimdCore::kWincon + 4 * n, 11U << 2 | 1U << 15 | 1);
        bus.write32(FimdCore::kVidosd + 16 * n + 4, (kWidth - 1) << 11 | (kHeight - 1));
        bus.write32(FimdCore::kVidosd + 16 * n + 8, 0xFFF000);  // ALPHA0 opaque
        bus.write32(FimdCore::kBufStart + 8 * n, kMemory);
        bus.write32(FimdCore::kBufSize + 4 * n, kWidth * 4);
        bus.write32(FimdCore::kShadowcon, bus.read32(FimdCore::kShadowcon) | 1U << n);
    }
    void start() { bus.write32(FimdCore::kVidcon0, 9U << 6 | 1U << 4 | 3); }
    uint32_t pixel(size_t x, size_t y) const {
        const uint8_t* at = shown.back().data() + (y * kWidth + x) * 3;
        return uint32_t{at[0]} << 16 | uint32_t{at[1]} << 8 | at[2];
    }
    void run(Picoseconds time) { test::run(sc_ps(time)); }
};

}  // namespace

TEST_CASE("panel: frames come at the clock's rate, the interrupt at each front porch", "[display]") {
    Bench b;
    b.show(0, 0x12'3456);
    b.start();
    b.run(39 * kLine);
    CHECK_FALSE(b.bus.irq.read());
    CHECK((b.bus.read32(FimdCore::kVidcon1) >> 13 & 3) == 2);  // active
    b.run(2 * kLine);
    CHECK(b.bus.irq.read());
    REQUIRE(b.shown.size() == 1);
    CHECK(b.times[0] == 8 * kLine);
    CHECK(b.pixel(0, 0) == 0x12'3456);
    CHECK(b.pixel(kWidth - 1, kHeight - 1) == 0x12'3456);
    b.bus.write32(FimdCore::kVidintcon1, 2);
    test::settle();
    CHECK_FALSE(b.bus.irq.read());
    b.run(kFrame);
    CHECK(b.bus.irq.read());
    REQUIRE(b.times.size() == 2);
    CHECK(b.times[1] == kFrame + 8 * kLine);
    CHECK(b.scanouts.size() == 2);
    CHECK(b.scanouts[0].layer == "window0");
    CHECK(b.guest_errors.total() == 0);
}

TEST_CASE("panel: windows lie over each other by number, changes wait for vsync", "[display]") {
    Bench b;
    b.show(0, 0x11'1111);
    b.show(3, 0x33'3333);
    b.bus.write32(FimdCore::kVidosd + 48, 10U << 11 | 5);
    b.start();
    b.run(45 * kLine);
    CHECK(b.pixel(9, 5) == 0x11'1111);
    CHECK(b.pixel(10, 5) == 0x33'3333);
    b.bus.write32(FimdCore::kWincon + 12, 0);
    CHECK(b.pixel(10, 5) == 0x33'3333);
    b.run(kFrame);
    CHECK(b.pixel(10, 5) == 0x11'1111);
}

TEST_CASE("panel: ENVID_F ends at the frame's end, ENVID at once", "[display]") {
    Bench b;
    b.show(0, 0);
    b.start();
    b.run(kFrame / 2);
    b.bus.write32(FimdCore::kVidcon0, 9U << 6 | 1U << 4 | 2);
    b.run(2 * kFrame);
    CHECK(b.shown.size() == 1);
    b.start();
    b.run(kFrame / 2);
    b.bus.write32(FimdCore::kVidcon0, 0);
    b.run(2 * kFrame);
    CHECK(b.shown.size() == 1);
}

TEST_CASE("panel: a starved window is cut off, counted and interrupts", "[display]") {
    Bench b;
    b.show(0, 0xAB'CDEF);
    b.memory[0].latency = sc_core::sc_time(70, sc_core::SC_US);  // two bursts of 128 bytes a line of 100 us
    b.start();
    b.run(45 * kLine);
    CHECK(b.fifo.read());
    CHECK(b.statistics.all().at("fimd.window0.late_lines").value() > 5);
    CHECK(b.statistics.all().at("fimd.underflows").value() == 1);
    CHECK(b.pixel(0, 0) == 0xAB'CDEF);
    CHECK(b.pixel(kWidth - 1, kHeight - 1) == 0);
    b.bus.write32(FimdCore::kVidintcon1, 1);
    test::settle();
    CHECK_FALSE(b.fifo.read());
}

TEST_CASE("panel: without its clock nothing is shown, without power nothing is set", "[display]") {
    Bench b;
    b.show(0, 0x12'3456);
    b.start();
    b.run(kFrame + 20 * kLine);
    REQUIRE(b.shown.size() == 1);
    b.fimd.set_supply(Supply::gated);
    b.run(3 * kFrame);
    CHECK(b.shown.size() == 1);
    b.fimd.set_supply(Supply::on);
    b.run(kFrame);
    CHECK(b.shown.size() == 2);
    CHECK(b.pixel(0, 0) == 0x12'3456);
    b.fimd.set_supply(Supply::off);
    test::settle();
    CHECK_FALSE(b.bus.irq.read());
    CHECK_FALSE(b.bus.answers_read(FimdCore::kVidcon0));
    b.fimd.set_supply(Supply::on);
    b.run(3 * kFrame);
    CHECK(b.shown.size() == 2);
    CHECK(b.bus.read32(FimdCore::kVidtcon2) == 0);
    CHECK(b.statistics.all().at("fimd.underflows").value() == 0);
}

namespace {

constexpr uint32_t kI80 = 2U << 26, kDsi = 1U << 30;
// Two lines' time and 32 lines of 64 pixels at 1 MHz.
constexpr Picoseconds kCommandFrame = 34 * 64'000'000ULL;

/// As Linux's exynos_drm_fimd sets up a panel with an I80 interface.
void command_panel(Bench& b) {
    b.bus.write32(FimdCore::kVidintcon0, 1U << 19 | 1U << 17 | 1);
    b.bus.write32(FimdCore::kI80ifcona, 1 << 8 | 1);
    b.bus.write32(0x1B8, 0);
    b.bus.write32(FimdCore::kTrigcon, 1);
    b.bus.write32(FimdCore::kVidcon0, kDsi | kI80 | 9U << 6 | 1U << 4 | 3);
}

}  // namespace

TEST_CASE("panel: a command-mode panel gets a frame for each trigger and keeps it", "[display]") {
    Bench b;
    b.show(0, 0x12'3456);
    command_panel(b);
    b.run(kFrame);
    CHECK(b.shown.empty());
    b.bus.write32(FimdCore::kTrigcon, 3);
    b.run(kCommandFrame - 1'000'000);
    CHECK_FALSE(b.sys.read());
    b.run(2'000'000);
    CHECK(b.sys.read());
    CHECK_FALSE(b.bus.irq.read());
    REQUIRE(b.shown.size() == 1);
    CHECK(b.pixel(0, 0) == 0x12'3456);
    CHECK(b.pixel(kWidth - 1, kHeight - 1) == 0x12'3456);
    CHECK(b.times[0] == kFrame + 2 * 64'000'000);
    b.bus.write32(FimdCore::kVidintcon1, 4);
    test::settle();
    CHECK_FALSE(b.sys.read());
    b.run(3 * kFrame);
    CHECK(b.shown.size() == 1);
    b.show(0, 0x65'4321);
    b.bus.write32(FimdCore::kTrigcon, 3);
    b.run(kFrame);
    REQUIRE(b.shown.size() == 2);
    CHECK(b.pixel(5, 5) == 0x65'4321);
    CHECK(b.guest_errors.total() == 0);
}

TEST_CASE("panel: sixteen lines to the panel carry five and six bits a colour", "[display]") {
    Bench b;
    b.show(0, 0x12'3456);
    command_panel(b);
    b.bus.write32(FimdCore::kVidcon0, kI80 | 9U << 6 | 1U << 4 | 3);  // without DSI_EN, L0_DATA 0
    b.bus.write32(FimdCore::kTrigcon, 3);
    b.run(kFrame);
    REQUIRE(b.shown.size() == 1);
    CHECK(b.pixel(0, 0) == 0x10'3452);  // 00010, 001101, 01010 with their upper bits again
}

TEST_CASE("panel: SYSREG and VIDOUT have to choose the same interface", "[display]") {
    Bench b;
    uint32_t control = 0;
    b.fimd.display_control = [&] { return control; };
    b.show(0, 0x12'3456);
    command_panel(b);
    b.bus.write32(FimdCore::kTrigcon, 3);
    b.run(kFrame);
    CHECK(b.shown.empty());
    CHECK(b.sys.read());
    CHECK(b.guest_errors.total() == 1);
    control = 1U << 10 | 1U << 1;
    b.bus.write32(FimdCore::kTrigcon, 3);
    b.run(kFrame);
    CHECK(b.shown.size() == 1);
    CHECK(b.guest_errors.total() == 1);
}

TEST_CASE("panel: output switched off in the middle of a triggered frame loses it", "[display]") {
    Bench b;
    b.show(0, 0x12'3456);
    command_panel(b);
    b.bus.write32(FimdCore::kTrigcon, 3);
    b.run(kCommandFrame / 2);
    b.bus.write32(FimdCore::kVidcon0, 0);
    b.run(kFrame);
    CHECK(b.shown.empty());
    CHECK_FALSE(b.sys.read());
    b.bus.write32(FimdCore::kVidcon0, kDsi | kI80 | 9U << 6 | 1U << 4 | 3);
    b.bus.write32(FimdCore::kTrigcon, 3);
    b.run(kFrame);
    CHECK(b.shown.size() == 1);
    CHECK(b.sys.read());
    CHECK(b.guest_errors.total() == 0);
}
