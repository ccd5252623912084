// From memory to the screen, in simulated time. Expectations: hardware/mixer.md, sections 4, 6, 8 and 9.
#include <catch2/catch.hpp>

#include "models/display/mixer.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::display;
using sc_core::sc_time;

namespace {

constexpr uint32_t kWidth = 720, kHeight = 480, kHTotal = 858, kVTotal = 525;
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
    sc_core::sc_signal<bool> hdmi_irq{"hdmi_irq"}, vsync{"vsync"};
    test::BusBench mixer_bus{"mixer_bus"}, vp_bus{"vp_bus"}, hdmi_bus{"hdmi_bus"};
    Hdmi hdmi{"hdmi", instruments};
    VideoProcessor vp{"vp", {}, instruments};
    Mixer mixer{"mixer", vp, hdmi, instruments};
    test::FakeMemory memory{"memory", kMemory, kWidth* kHeight * 3 / 2};
    std::vector<Shown> shown;
    std::vector<ScanoutStart> scanouts;
    std::vector<Picoseconds> vsyncs;

    Bench() {
        mixer_bus.connect(mixer.bus, mixer.irq);
        vp_bus.bus.bind(vp.bus);
        hdmi_bus.connect(hdmi.bus, hdmi.irq);
        hdmi.vsync.bind(vsync);
        mixer.vsync.bind(vsync);
        vp.dma.socket.bind(memory.socket);
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
    void run(Picoseconds time) { test::run(sc_ps(time)); }
};

}  // namespace

TEST_CASE("vsyncs come at the mode's rate while HDMI runs, and stop with it", "[display]") {
    Bench b;
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
