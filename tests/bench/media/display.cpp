// The display in a whole machine whose core sleeps: 1920x1080 at 60 Hz, every frame composed for a watcher.
#include <cstdio>
#include <cstdlib>

#include "tests/bench/media/media_bench.hpp"
#include "tests/bench/media/sleeping_machine.hpp"

namespace exysim::bench {

namespace {

constexpr uint32_t kVp = 0x12C0'0000, kMixer = 0x12C1'0000, kHdmi = 0x12D0'0000;
constexpr uint32_t kVideo = 0x4080'0000, kGraphics = 0x4100'0000;
constexpr uint32_t kWidth = 1920, kHeight = 1080;

struct Bench : SleepingMachine {
    uint64_t frames = 0;

    explicit Bench(const char* mode) : SleepingMachine{mode, {"mixer0", true}} {
        machine.display->mixer.frame.attach([this](const DisplayFrame&) { ++frames; });
    }
    void slots(uint32_t reg, uint32_t value) {
        master.write(kHdmi + reg, value & 0xFF);
        master.write(kHdmi + reg + 4, value >> 8);
    }
    /// NV12, 1:1.
    void show_video() {
        const auto picture = machine.memory({PhysAddr{kVideo}, kWidth * kHeight * 3 / 2});
        for (size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<uint8_t>(16 + i % 200);
        const uint32_t settings[][2] = {
            {0x014, kWidth << 16 | kHeight},
            {0x018, kWidth << 16 | kHeight / 2},
            {0x028, kVideo},
            {0x030, kVideo + kWidth * kHeight},
            {0x04C, kWidth},
            {0x050, kHeight},
            {0x05C, kWidth},
            {0x060, kHeight},
            {0x064, 0x1'0000},
            {0x068, 0x1'0000},
            {0x3CC, 1},
            {0x000, 1},
            {0x008, 1},
        };
        for (const auto& [reg, value] : settings) master.write(kVp + reg, value);
    }
    /// ARGB8888 with an alpha of its own in each pixel.
    void show_graphics() {
        const auto picture = machine.memory({PhysAddr{kGraphics}, kWidth * kHeight * 4});
        for (size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<uint8_t>(i * 13 >> 4);
        const uint32_t settings[][2] = {
            {0x020, 1U << 21 | 1U << 16 | 7U << 8},
            {0x024, kGraphics},
            {0x028, kWidth},
            {0x030, kWidth << 16 | kHeight},
        };
        for (const auto& [reg, value] : settings) master.write(kMixer + reg, value);
    }
    void start(uint32_t layers) {
        master.write(kMixer + 0x010, 2U << 4 | 1);
        master.write(kMixer + 0x004, 1U << 10 | 1U << 8 | 1U << 7 | layers << 3 | 5);
        master.write(kMixer + 0x000, 1U << 7 | 1U << 2 | 1);
        slots(0x5'0018, 2200);
        slots(0x5'0028, kWidth);
        slots(0x5'0030, 1125);
        slots(0x5'0048, 45);
        slots(0x5'0050, kHeight);
        master.write(kHdmi + 0x1'0000, 1);
        master.write(kHdmi + 0x5'0000, 1);
    }
};

template <uint32_t kLayerBits>
Measured scan_out(double seconds, const char* mode) {
    Bench b{mode};
    if (kLayerBits & 1) b.show_video();
    if (kLayerBits & 2) b.show_graphics();
    b.start(kLayerBits);
    const double before = cpu_seconds();
    sc_core::sc_start(sc_core::sc_time(seconds, sc_core::SC_SEC));
    const Measured m{seconds, cpu_seconds() - before};
    const double underflows = b.machine.statistics.all().at("mixer0.underflows").value();
    if (static_cast<double>(b.frames) + 1 < seconds * 60 || underflows > 0) {
        std::fprintf(stderr, "display: frames are missing or cut off\n");
        std::_Exit(3);
    }
    return m;
}

constexpr Case kCases[] = {
    {"display", "1920x1080 at 60 Hz, NV12", 1, 3, scan_out<1>},
    {"display", "1920x1080 at 60 Hz, NV12 under ARGB8888", 1, 3, scan_out<3>},
};

}  // namespace

std::span<const Case> display_cases() { return kCases; }

}  // namespace exysim::bench
