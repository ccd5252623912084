// From memory to the screen, in simulated time. Expectations: hardware/mixer.md, sections 4, 6, 8 and 9.
#include <catch2/catch.hpp>

#include "models/display/hdmi.hpp"
#include "models/display/mixer.hpp"
#include "models/display/sdo.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::display;
using sc_core::sc_time;

namespace {

constexpr uint32_t kWidth = 720, kHeight = 480, kHTotal = 858, kVTotal = 525;
constexpr uint32_t kGraphics = 0x5000'0000;
constexpr uint32_t kMemory = 0x4000'0000, kChroma = kMemory + kWidth * kHeight;
constexpr Picoseconds kFrame = 16'683'333'334;

/// Copies of what a frame event carried.
struct Shown {
    uint64_t number;
    Picoseconds time, finished;
    std::vector<uint8_t> rgb;
    bool video;
};

struct Bench : test::InstrumentsBench {
    sc_core::sc_signal<bool> vsync{"vsync"}, sdo_vsync{"sdo_vsync"};
    test::BusBench mixer_bus{"mixer_bus"}, vp_bus{"vp_bus"}, hdmi_bus{"hdmi_bus"}, sdo_bus{"sdo_bus"};
    Hdmi hdmi{"hdmi", {}, instruments};
    Sdo sdo{"sdo", instruments};
    VideoProcessor vp{"vp", {}, instruments};
    Mixer mixer{"mixer", {}, vp, hdmi, sdo, instruments};
    test::FakeMemory memory{"memory", kMemory, kWidth* kHeight * 3 / 2};
    test::FakeMemory graphics_memory[2]{{"graphics_memory0", kGraphics, kWidth* kHeight * 4},
                                        {"graphics_memory1", kGraphics, kWidth* kHeight * 4}};
    std::vector<Shown> shown;
    std::vector<ScanoutStart> scanouts;
    std::vector<Picoseconds> vsyncs;

    Bench() {
        mixer_bus.connect(mixer.bus, mixer.irq);
        vp_bus.bus.bind(vp.bus);
        hdmi_bus.connect(hdmi.bus, hdmi.irq);
        hdmi.vsync.bind(vsync);
        mixer.vsync.bind(vsync);
        vp.fetcher.dma.socket.bind(memory.socket);
        mixer.graphics0.dma.socket.bind(graphics_memory[0].socket);
        mixer.graphics1.dma.socket.bind(graphics_memory[1].socket);
        sdo_bus.connect(sdo.bus, sdo.irq);
        sdo.vsync.bind(sdo_vsync);
        mixer.sdo_vsync.bind(sdo_vsync);
        mixer.frame.attach([this](const DisplayFrame& f) {
            shown.push_back({f.number,
                             f.time,
                             picoseconds(sc_core::sc_time_stamp()),
                             {f.rgb, f.rgb + size_t{f.width} * f.height * 3},
                             f.video_layer});
        });
        mixer.scanout.attach([this](const ScanoutStart& s) { scanouts.push_back(s); });
        test::run(sc_core::SC_ZERO_TIME);
    }
    void slots(uint32_t reg, uint32_t value) {
        hdmi_bus.write32(reg, value & 0xFF);
        hdmi_bus.write32(reg + 4, value >> 8);
    }
    void start_hdmi() {
        slots(HdmiCore::kTgHFsz, kHTotal);
        slots(HdmiCore::kTgVFsz, kVTotal);
        slots(HdmiCore::kTgHactSz, kWidth);
        slots(HdmiCore::kTgVactSz, kHeight);
        slots(HdmiCore::kTgVactSt, kVTotal - kHeight);
        hdmi_bus.write32(HdmiCore::kCon0, 1);
        hdmi_bus.write32(HdmiCore::kTgCmd, 1);
    }
    void set_up_picture() {
        vp_bus.write32(VpCore::kImgSizeY, kWidth << 16 | kHeight);
        vp_bus.write32(VpCore::kImgSizeC, kWidth << 16 | kHeight / 2);
        vp_bus.write32(VpCore::kTopYPtr, kMemory);
        vp_bus.write32(VpCore::kTopCPtr, kChroma);
        for (const uint32_t reg : {VpCore::kSrcWidthReg, VpCore::kDstWidthReg}) vp_bus.write32(reg, kWidth);
        for (const uint32_t reg : {VpCore::kSrcHeightReg, VpCore::kDstHeightReg})
            vp_bus.write32(reg, kHeight);
        vp_bus.write32(VpCore::kHRatioReg, 1U << 16);
        vp_bus.write32(VpCore::kVRatioReg, 1U << 16);
        vp_bus.write32(0x3CC, 1);
        vp_bus.write32(VpCore::kEnable, 1);
        vp_bus.write32(VpCore::kShadowUpdate, 1);
    }
    void start_mixer() {
        mixer_bus.write32(MixerCore::kCfg, 1U << 8 | 1U << 7 | 1U << 3);
        mixer_bus.write32(MixerCore::kLayerCfg, 1);
        mixer_bus.write32(MixerCore::kIntEn, 1U << 11);
        mixer_bus.write32(MixerCore::kStatus, 1U << 2 | 1);
    }
    void start_all() {
        set_up_picture();
        start_mixer();
        start_hdmi();
    }
    /// An opaque ARGB8888 layer over the whole screen, every pixel of `colour`.
    void set_up_graphic(uint32_t n, uint32_t colour) {
        test::FakeMemory& m = graphics_memory[n];
        for (size_t i = 0; i < m.bytes.size(); ++i) m.bytes[i] = static_cast<uint8_t>(colour >> i % 4 * 8);
        const uint32_t at = 0x020 + 0x20 * n;
        mixer_bus.write32(at, 1U << 21 | 7U << 8);
        mixer_bus.write32(at + 0x04, kGraphics);
        mixer_bus.write32(at + 0x08, kWidth);
        mixer_bus.write32(at + 0x10, kWidth << 16 | kHeight);
    }
    /// Red, green and blue of pixel (x, y) of the newest picture.
    uint32_t pixel(size_t x, size_t y) const {
        const uint8_t* at = shown.back().rgb.data() + (y * kWidth + x) * 3;
        return uint32_t{at[0]} << 16 | uint32_t{at[1]} << 8 | at[2];
    }
    void run(Picoseconds time) { test::run(sc_ps(time)); }
};

}  // namespace

TEST_CASE("vsyncs come at the mode's rate while HDMI runs, and stop with it", "[display]") {
    Bench b;
    b.mixer_bus.write32(MixerCore::kCfg, 1U << 7);
    b.mixer_bus.write32(MixerCore::kIntEn, 1U << 11);
    b.start_hdmi();
    for (int i = 0; i < 3; ++i) {
        b.run(i == 0 ? 1'000 : kFrame);
        CHECK(b.mixer_bus.irq.read());
        b.mixer_bus.write32(MixerCore::kIntStatus, 1U << 11);
        test::settle();
        CHECK_FALSE(b.mixer_bus.irq.read());
    }
    b.run(kFrame - 10'000);  // just before the next one
    CHECK_FALSE(b.mixer_bus.irq.read());
    b.hdmi_bus.write32(HdmiCore::kTgCmd, 0);
    b.run(2 * kFrame);
    CHECK_FALSE(b.mixer_bus.irq.read());
}

TEST_CASE("a picture is scanned out from its first active line to its last", "[display]") {
    Bench b;
    b.start_all();
    b.run(kFrame - 1'000'000);
    REQUIRE(b.shown.size() == 0);  // the last active line ends with the frame
    b.run(2'000'000);
    REQUIRE(b.shown.size() == 1);
    REQUIRE(b.scanouts.size() == 1);
    CHECK(b.scanouts[0].layer == "video");
    CHECK(b.scanouts[0].planes[0].base == Iova{kMemory});
    CHECK(b.scanouts[0].planes[0].size == kWidth * kHeight);
    CHECK(b.scanouts[0].planes[1].base == Iova{kChroma});
    // 45 blank lines of 858 pixels at 27 MHz
    CHECK(b.scanouts[0].time == 1'430'000'000);
    CHECK(b.shown[0].time == 1'430'000'000);
    CHECK(b.shown[0].finished == kFrame);
    CHECK(b.guest_errors.total() == 0);
}

TEST_CASE("the screen shows what memory held, by the formula", "[display]") {
    Bench b;
    for (size_t i = 0; i < b.memory.bytes.size(); ++i)
        b.memory.bytes[i] = static_cast<uint8_t>(i * 7 + i / 255);
    b.start_all();
    b.run(kFrame + 1'000'000);
    REQUIRE(b.shown.size() == 1);
    CHECK(b.shown[0].video);
    const std::vector<uint8_t>& m = b.memory.bytes;
    for (size_t y = 0; y < kHeight; ++y) {
        for (size_t x = 0; x < kWidth; ++x) {
            const size_t chroma = kWidth * kHeight + y / 2 * kWidth + (x & ~size_t{1});
            const double luma = (m[y * kWidth + x] - 16) / 219.0;
            const double red = 255 * (luma + 2 * 0.701 * (m[chroma + 1] - 128) / 224.0);
            const uint8_t got = b.shown[0].rgb[(y * kWidth + x) * 3];
            REQUIRE(std::abs(got - std::clamp(red, 0.0, 255.0)) <= 0.51);
        }
    }
}

TEST_CASE("the vertical scaler has its lines in time, larger and smaller", "[display]") {
    constexpr uint32_t kVerticalTap1 = 0x0EC + 16;
    Bench b;
    b.memory.latency = sc_time{200, sc_core::SC_NS};
    std::fill(b.memory.bytes.begin(), b.memory.bytes.end(), uint8_t{128});
    std::fill_n(b.memory.bytes.begin(), kWidth * kHeight, uint8_t{235});
    for (uint32_t word = 0; word < 4; ++word)
        b.vp_bus.write32(kVerticalTap1 + 4 * word, 0x7F7F'7F7F);  // the nearest line
    b.start_all();
    for (const uint32_t shown : {480U, 160U, 479U}) {
        for (const uint32_t source : {120U, 160U, 240U, 400U, 480U}) {
            b.vp_bus.write32(VpCore::kSrcHeightReg, source);
            b.vp_bus.write32(VpCore::kDstHeightReg, shown);
            b.vp_bus.write32(VpCore::kVRatioReg, (source << 16) / shown);
            b.vp_bus.write32(VpCore::kShadowUpdate, 1);
            b.run(3 * kFrame);
            uint32_t white = 0;
            for (uint32_t y = 0; y < shown; ++y) white += b.pixel(kWidth / 2, y) == 0xFF'FFFF ? 1 : 0;
            INFO(source << " lines on " << shown);
            CHECK(white == shown);
        }
    }
    CHECK(b.statistics.all().at("vp.late_lines").value() == 0);
    CHECK(b.guest_errors.total() == 0);
}

TEST_CASE("a new picture is shown from the next vsync on", "[display]") {
    Bench b;
    b.start_all();
    b.run(kFrame / 2);
    b.mixer_bus.write32(MixerCore::kStatus, 1);  // hold changes back
    b.vp_bus.write32(VpCore::kTopYPtr, kMemory + 8 * kWidth);
    b.vp_bus.write32(VpCore::kSrcHeightReg, kHeight - 8);
    b.vp_bus.write32(VpCore::kDstHeightReg, kHeight - 8);
    b.vp_bus.write32(VpCore::kShadowUpdate, 1);
    b.mixer_bus.write32(MixerCore::kStatus, 1U << 2 | 1);
    CHECK(b.vp_bus.read32(VpCore::kShadowUpdate) == 1);
    b.run(kFrame);
    CHECK(b.vp_bus.read32(VpCore::kShadowUpdate) == 0);
    REQUIRE(b.scanouts.size() == 2);
    CHECK(b.scanouts[0].planes[0].base == Iova{kMemory});
    CHECK(b.scanouts[1].planes[0].base == Iova{kMemory + 8 * kWidth});
}

TEST_CASE("stopping lets the present frame end, then the mixer is idle", "[display]") {
    Bench b;
    b.start_all();
    b.run(kFrame / 2);
    CHECK((b.mixer_bus.read32(MixerCore::kStatus) & 2) == 0);
    b.mixer_bus.write32(MixerCore::kStatus, 1U << 2);
    CHECK((b.mixer_bus.read32(MixerCore::kStatus) & 2) == 0);
    b.run(kFrame / 2 + 1'000'000);
    CHECK((b.mixer_bus.read32(MixerCore::kStatus) & 2) == 2);
    b.run(3 * kFrame);
    CHECK(b.shown.size() == 1);
}

TEST_CASE("without a layer the background is sent", "[display]") {
    Bench b;
    b.start_mixer();
    for (uint32_t reg = 0x064; reg <= 0x06C; reg += 4) b.mixer_bus.write32(reg, 235U << 16 | 0x8080);
    b.start_hdmi();
    b.run(kFrame + 1'000'000);
    REQUIRE(b.shown.size() == 1);
    CHECK_FALSE(b.shown[0].video);
    CHECK(b.scanouts.empty());
    CHECK(std::all_of(b.shown[0].rgb.begin(), b.shown[0].rgb.end(), [](uint8_t v) { return v == 255; }));
}

TEST_CASE("memory that is too slow is an underflow, the lines that miss are background", "[display]") {
    Bench b;
    std::fill(b.memory.bytes.begin(), b.memory.bytes.end(), uint8_t{200});
    b.memory.latency =
        sc_time(20, sc_core::SC_US);  // six bursts a line and three for chroma: 0.12 to 0.18 ms
    b.start_all();
    b.mixer_bus.write32(MixerCore::kIntEn, 1U << 10);
    b.run(kFrame + 1'000'000);
    CHECK((b.mixer_bus.read32(MixerCore::kIntStatus) & 1U << 10) != 0);
    CHECK(b.mixer_bus.irq.read());
    REQUIRE(b.shown.size() == 1);
    const auto black = static_cast<size_t>(std::count(b.shown[0].rgb.begin(), b.shown[0].rgb.end(), 0));
    CHECK(black > b.shown[0].rgb.size() / 2);
    CHECK(black < b.shown[0].rgb.size());  // the first lines were fetched during blanking
    CHECK(b.statistics.all().at("mixer.underflows").value() == 1);
}

TEST_CASE("an unmapped picture is a bus error and an underflow, not a hang", "[display]") {
    Bench b;
    b.start_all();
    b.vp_bus.write32(VpCore::kTopYPtr, 0x1000);
    b.vp_bus.write32(VpCore::kShadowUpdate, 1);
    b.run(2 * kFrame + 1'000'000);
    CHECK(b.shown.size() == 2);
    CHECK(b.statistics.all().at("vp.bus_errors").value() > 0);
    CHECK(b.statistics.all().at("mixer.underflows").value() >= 1);
}

TEST_CASE("odd rasters do not upset the host", "[display]") {
    Bench b;
    b.start_all();
    for (const uint32_t total : {0U, 1U, 7U, 0xFFFFU}) {
        b.hdmi_bus.write32(HdmiCore::kTgCmd, 0);
        b.slots(HdmiCore::kTgHFsz, total);
        b.slots(HdmiCore::kTgVFsz, total);
        b.slots(HdmiCore::kTgVactSz, 0xFFFF);
        b.hdmi_bus.write32(HdmiCore::kTgCmd, 1);
        b.run(kFrame * 3);
    }
    CHECK(b.guest_errors.total() > 0);
}

TEST_CASE("graphics layers lie over each other by priority, each says what it scans out", "[display]") {
    Bench b;
    b.set_up_graphic(0, 0xFF11'2233);
    b.set_up_graphic(1, 0xFF44'5566);
    b.mixer_bus.write32(0x054, 100U << 16 | 50);  // GRP1 starts at (100, 50)
    b.mixer_bus.write32(MixerCore::kCfg, 1U << 8 | 1U << 7 | 3U << 4);
    b.mixer_bus.write32(MixerCore::kLayerCfg, 2U << 8 | 1U << 4);
    b.mixer_bus.write32(MixerCore::kStatus, 1U << 2 | 1);
    b.start_hdmi();
    b.run(kFrame + 1'000'000);
    REQUIRE(b.shown.size() == 1);
    CHECK(b.pixel(99, 50) == 0x11'2233);
    CHECK(b.pixel(100, 49) == 0x11'2233);
    CHECK(b.pixel(100, 50) == 0x44'5566);
    CHECK(b.pixel(kWidth - 1, kHeight - 1) == 0x44'5566);
    REQUIRE(b.scanouts.size() == 2);
    CHECK(b.scanouts[0].layer == "graphics0");
    CHECK(b.scanouts[1].layer == "graphics1");
    CHECK(b.scanouts[1].planes[0].size == kWidth * kHeight * 4);
    CHECK(b.statistics.all().at("mixer.underflows").value() == 0);
}

TEST_CASE("a starved graphics layer loses the right ends of its lines, and says which layer it was",
          "[display]") {
    Bench b;
    b.set_up_graphic(0, 0xFFFF'FFFF);
    b.set_up_graphic(1, 0xFF00'00FF);
    // A line is 45 bursts of 64 bytes in 31.8 us: at 1 us a burst, seven in ten come in time.
    b.graphics_memory[1].latency = sc_time(1, sc_core::SC_US);
    b.mixer_bus.write32(MixerCore::kCfg, 1U << 8 | 1U << 7 | 3U << 4);
    b.mixer_bus.write32(MixerCore::kLayerCfg, 2U << 8 | 1U << 4);
    b.mixer_bus.write32(MixerCore::kIntEn, 7U << 8);
    b.mixer_bus.write32(MixerCore::kStatus, 1U << 2 | 1);
    b.start_hdmi();
    b.run(kFrame + 1'000'000);
    CHECK(b.mixer_bus.read32(MixerCore::kIntStatus) == (1U << 9 | 1));
    CHECK(b.mixer_bus.irq.read());
    REQUIRE(b.shown.size() == 1);
    CHECK(b.pixel(kWidth - 1, 0) == 0x00'00FF);  // fetched during blanking
    const size_t line = kHeight - 1;
    CHECK(b.pixel(0, line) == 0x00'00FF);
    CHECK(b.pixel(kWidth - 1, line) == 0xFF'FFFF);  // GRP0 behind it
    CHECK(b.statistics.all().at("mixer.graphics1.late_lines").value() > 300);
    CHECK(b.statistics.all().at("mixer.graphics0.late_lines").value() == 0);
}

TEST_CASE("fields are woven, each shows every other line of a graphics layer", "[display]") {
    Bench b;
    b.set_up_graphic(0, 0xFF00'0000);
    for (uint32_t y = 0; y < kHeight; ++y) {  // each line in a blue of its own
        for (uint32_t x = 0; x < kWidth; ++x)
            b.graphics_memory[0].bytes[(y * kWidth + x) * 4] = static_cast<uint8_t>(y);
    }
    b.mixer_bus.write32(MixerCore::kCfg, 1U << 8 | 1U << 7 | 1U << 4);
    b.mixer_bus.write32(MixerCore::kLayerCfg, 1U << 4);
    b.mixer_bus.write32(MixerCore::kStatus, 1U << 2 | 1);
    b.start_hdmi();
    b.hdmi_bus.write32(HdmiCore::kTgCmd, 0);
    b.slots(HdmiCore::kTgVactSz, kHeight / 2);
    b.slots(HdmiCore::kTgVactSt, 22);
    b.hdmi_bus.write32(HdmiCore::kTgCmd, 3);
    b.run(kFrame / 2);
    REQUIRE(b.shown.size() == 1);
    CHECK(b.pixel(0, 100) == 100);
    CHECK(b.pixel(0, 101) == 0);  // the other field has not come
    b.run(kFrame / 2);
    REQUIRE(b.shown.size() == 2);
    for (uint32_t y = 0; y < kHeight; ++y) CHECK(b.pixel(5, y) == y % 256);
}

TEST_CASE("2D-IPC shows each field of an interlaced picture as a whole one", "[display]") {
    Bench b;
    // A white bar that has moved between the fields: right of x = 200 in the top one, of 300 in the bottom
    // one.
    std::fill(b.memory.bytes.begin(), b.memory.bytes.end(), uint8_t{128});
    for (uint32_t y = 0; y < kHeight; ++y) {
        for (uint32_t x = 0; x < kWidth; ++x)
            b.memory.bytes[y * kWidth + x] = x >= (y % 2 ? 300 : 200) + y / 8 && x < 600 ? 235 : 16;
    }
    b.start_all();
    b.vp_bus.write32(VpCore::kModeReg, 1U << 5 | 1U << 2 | 1U << 1);  // skip lines, fields in turn, 2D-IPC
    b.vp_bus.write32(VpCore::kSrcHeightReg, kHeight / 2);
    b.vp_bus.write32(VpCore::kBotYPtr, kMemory + kWidth);
    b.vp_bus.write32(VpCore::kBotCPtr, kChroma + kWidth);
    b.vp_bus.write32(VpCore::kShadowUpdate, 1);
    b.run(2 * kFrame + 1'000'000);
    REQUIRE(b.shown.size() == 2);
    const auto level = [](const Shown& s, size_t x, size_t y) { return int{s.rgb[(y * kWidth + x) * 3]}; };
    for (uint32_t field = 0; field < 2; ++field) {
        for (uint32_t y = 0; y < kHeight; ++y) {
            const auto of_field = [&](uint32_t line, uint32_t x) {
                const uint32_t clamped = std::clamp(line, field, kHeight - 2 + field);
                return int{b.memory.bytes[clamped * kWidth + x]};
            };
            const bool there = y % 2 == field;
            for (uint32_t x = 190; x < 380; ++x) {
                const int above = of_field(there    ? y
                                           : y == 0 ? 0
                                                    : y - 1,
                                           x),
                          below = of_field(there ? y : y + 1, x);
                const double want = ((above + below + 1) / 2 - 16) * 255 / 219.0;
                REQUIRE(std::abs(level(b.shown[field], x, y) - want) <= 0.51);
            }
        }
    }
    CHECK(b.statistics.all().at("vp.late_lines").value() == 0);
    CHECK(b.guest_errors.total() == 0);
}

TEST_CASE("a mode change while HDMI runs counts from the next frame on", "[display]") {
    Bench b;
    b.start_all();
    b.run(kFrame / 2);
    b.slots(HdmiCore::kTgHFsz, 864);
    b.slots(HdmiCore::kTgVFsz, 625);
    b.slots(HdmiCore::kTgVactSz, 576);
    b.slots(HdmiCore::kTgVactSt, 49);
    b.run(kFrame / 2 + 1'000'000);
    CHECK(b.hdmi.raster().timing().h_total == 864);
    REQUIRE(b.shown.size() == 1);
    CHECK(b.shown[0].rgb.size() == kWidth * kHeight * 3);
    b.run(20'000'000'000);
    REQUIRE(b.shown.size() == 2);
    CHECK(b.shown[1].rgb.size() == 720 * 576 * 3);
}

TEST_CASE("SDO's fields drive the mixer while CFG names it", "[display]") {
    Bench b;
    b.set_up_graphic(0, 0xFF12'3456);
    b.mixer_bus.write32(MixerCore::kCfg, 1U << 8 | 1U << 4);
    b.mixer_bus.write32(MixerCore::kLayerCfg, 1U << 4);
    b.mixer_bus.write32(MixerCore::kStatus, 1U << 2 | 1);
    b.sdo_bus.write32(SdoCore::kDac, 1);
    b.sdo_bus.write32(SdoCore::kClkcon, 1);
    b.run(2 * kFrame + 1'000'000);  // a field of 13.5 MHz takes as long as a frame of 27
    REQUIRE(b.shown.size() == 2);
    CHECK(b.shown[1].rgb.size() == 720 * 480 * 3);
    CHECK(b.pixel(3, 3) == 0x12'3456);
    CHECK(b.sdo_bus.irq.read());
    b.sdo_bus.write32(SdoCore::kIrq, 1);
    test::settle();
    CHECK_FALSE(b.sdo_bus.irq.read());
}

TEST_CASE("resetting the video processor in mid-frame takes it off the screen", "[display]") {
    Bench b;
    b.start_all();
    b.run(kFrame / 2);
    b.vp_bus.write32(VpCore::kSreset, 1);
    b.run(2 * kFrame);
    REQUIRE(b.shown.size() == 2);
    CHECK(b.statistics.all().at("mixer.underflows").value() == 0);
    CHECK_FALSE(b.shown[1].video);
}

TEST_CASE("resetting the mixer in mid-frame takes the picture off the screen, and it can be set up anew",
          "[display]") {
    Bench b;
    b.start_all();
    b.run(kFrame / 2);
    CHECK(b.mixer_bus.irq.read());
    b.mixer_bus.write32(MixerCore::kStatus, 1U << 8);
    test::settle();
    CHECK((b.mixer_bus.read32(MixerCore::kStatus) & 2) == 2);  // idle
    CHECK(b.mixer_bus.read32(MixerCore::kCfg) == 0);
    CHECK_FALSE(b.mixer_bus.irq.read());
    b.run(2 * kFrame);
    CHECK(b.shown.empty());
    b.start_mixer();
    b.run(2 * kFrame);
    REQUIRE(!b.shown.empty());
    CHECK(b.shown.back().video);
    CHECK(b.statistics.all().at("mixer.underflows").value() == 0);
}

TEST_CASE("a mixer without clock shows nothing and comes back, and without power it is off", "[display]") {
    Bench b;
    b.start_all();
    b.run(kFrame * 3 / 2);
    REQUIRE(b.shown.size() == 1);
    b.mixer.set_supply(Supply::gated);
    b.run(3 * kFrame);
    CHECK(b.shown.size() == 1);
    CHECK_FALSE(b.mixer_bus.answers_read(MixerCore::kStatus));
    b.mixer.set_supply(Supply::on);
    b.run(2 * kFrame);
    CHECK(b.shown.size() == 2);  // the frame under way when it came back is not shown
    CHECK(b.mixer_bus.read32(MixerCore::kLayerCfg) == 1);
    b.mixer.set_supply(Supply::off);
    b.run(2 * kFrame);
    b.mixer.set_supply(Supply::on);
    b.run(2 * kFrame);
    CHECK(b.shown.size() == 2);
    CHECK(b.mixer_bus.read32(MixerCore::kLayerCfg) == 0);
    CHECK_FALSE(b.mixer_bus.irq.read());
    CHECK(b.statistics.all().at("mixer.underflows").value() == 0);
}

TEST_CASE("a video processor without clock takes its layer off the screen", "[display]") {
    Bench b;
    b.start_all();
    b.run(kFrame * 3 / 2);
    REQUIRE(b.shown.size() == 1);
    CHECK(b.shown[0].video);
    b.vp.set_supply(Supply::gated);
    b.run(2 * kFrame);
    REQUIRE(b.shown.size() == 3);
    CHECK_FALSE(b.shown[2].video);
    b.vp.set_supply(Supply::on);
    b.run(2 * kFrame);
    CHECK(b.shown.back().video);
}

TEST_CASE("without its clock the HDMI raster stops, and begins anew with it", "[display]") {
    Bench b;
    b.start_all();
    b.run(kFrame * 3 / 2);
    REQUIRE(b.shown.size() == 1);
    b.hdmi.set_supply(Supply::gated);
    b.run(3 * kFrame);
    CHECK(b.shown.size() <= 2);  // the frame that had begun is finished by the mixer
    const size_t before = b.shown.size();
    b.hdmi.set_supply(Supply::on);
    b.run(2 * kFrame + 2'000'000);
    CHECK(b.shown.size() == before + 2);
    b.hdmi.set_supply(Supply::off);
    test::settle();
    b.hdmi.set_supply(Supply::on);
    CHECK(b.hdmi_bus.read32(HdmiCore::kTgHFsz) == 0);
    CHECK(b.hdmi_bus.read32(HdmiCore::kHpdStatus) == 1);  // the screen is still there
}
