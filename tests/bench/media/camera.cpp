// FIMC in a whole machine whose core sleeps: registers are written over the bus, frames go through it.
#include <cstdio>
#include <cstdlib>

#include "tests/bench/media/media_bench.hpp"
#include "tests/bench/media/sleeping_machine.hpp"

namespace exysim::bench {

namespace {

namespace fimc = camera::fimc;

constexpr uint32_t kFimc0 = 0x1180'0000, kInput = 0x4080'0000, kOutput = 0x4100'0000, kSlotBytes = 0x40'0000;

struct Bench : SleepingMachine {
    explicit Bench(const char* mode) : SleepingMachine{mode, {"fimc0", true}} {}
    void write(uint32_t reg, uint32_t value) { master.write(kFimc0 + reg, value); }
    uint32_t read(uint32_t reg) { return master.read(kFimc0 + reg); }

    /// Ratios as Linux's driver works them out.
    void scale(uint32_t source_w, uint32_t source_h, uint32_t target_w, uint32_t target_h) {
        const auto factor = [](uint32_t source, uint32_t target) {
            uint32_t k = 5;
            while (k > 0 && source < target << k) --k;
            return k;
        };
        const uint32_t h = factor(source_w, target_w), v = factor(source_h, target_h);
        const uint32_t main_h = (source_w << 14) / (target_w << h),
                       main_v = (source_h << 14) / (target_h << v);
        write(fimc::kCiscpreratio, (10 - h - v) << 28 | 1U << h << 16 | 1U << v);
        write(fimc::kCiscpredst, source_w >> h << 16 | source_h >> v);
        write(fimc::kCiscctrl, main_h >> 6 << 16 | 1U << 15 | main_v >> 6);
        write(fimc::kCiexten, (main_h & 0x3F) << 10 | (main_v & 0x3F));
    }
    /// NV12, rotated if so wanted; sizes as they leave the scaler.
    void output(uint32_t w, uint32_t h, bool rotate) {
        write(fimc::kCitrgfmt, w << 16 | h | uint32_t{rotate} << 13);
        write(fimc::kOrgosize, rotate ? w << 16 | h : h << 16 | w);
        write(fimc::kCioctrl, 1U << 3);
        for (uint32_t slot = 0; slot < 4; ++slot) {
            write(fimc::kCioysa + 4 * slot, kOutput + slot * kSlotBytes);
            write(fimc::kCiocbsa + 4 * slot, kOutput + slot * kSlotBytes + w * h);
        }
        write(fimc::kCifcntseq, 0xF);
    }
};

[[noreturn]] void fail(const char* why) {
    std::fprintf(stderr, "camera: %s\n", why);
    std::_Exit(3);
}

Measured let_pass(double seconds) {
    const double before = cpu_seconds();
    sc_core::sc_start(sc_core::sc_time(seconds, sc_core::SC_SEC));
    return {seconds, cpu_seconds() - before};
}

template <uint32_t W, uint32_t H, bool kRotate>
Measured capture(double seconds, const char* mode) {
    Bench b{mode};
    b.write(fimc::kCisrcfmt, 1U << 31 | 1280U << 16 | 720);
    b.scale(1280, 720, W, H);
    b.output(W, H, kRotate);
    b.write(fimc::kCiimgcpt, 3U << 30);
    b.machine.sensor0->core().stream_changed(true);
    const Measured m = let_pass(seconds);
    const double frames = b.machine.statistics.all().at("fimc0.frames").value();
    if (frames + 2 < seconds * 30) fail("frames are missing");
    return m;
}

/// Jobs one after the other; the time that passes is theirs.
Measured jobs(double seconds, const char* mode) {
    Bench b{mode};
    b.write(fimc::kOrgisize, 1080U << 16 | 1920);
    b.write(fimc::kCirealIsize, 1080U << 16 | 1920);
    b.write(fimc::kCiiysa0, kInput);
    b.write(fimc::kCiiysa0 + 4, kInput + 1920 * 1080);
    b.scale(1920, 1080, 1280, 720);
    b.output(1280, 720, false);
    b.write(fimc::kCiimgcpt, 3U << 30);
    Measured m;
    while (m.simulated < seconds) {
        b.write(fimc::kMsctrl, 4U << 24 | 1U << 15 | 1U << 3 | 1);
        const Measured one = let_pass(0.02);
        m.simulated += one.simulated;
        m.host += one.host;
        if (b.read(fimc::kMsctrl) & 1) fail("a job takes longer than 20 ms");
    }
    return m;
}

constexpr Case kCases[] = {
    {"camera", "capture 1280x720 at 30 Hz to 640x360 NV12", 1, 1, capture<640, 360, false>},
    {"camera", "capture 1280x720 at 30 Hz to 1920x1080 NV12", 1, 1, capture<1920, 1080, false>},
    {"camera", "capture 1280x720 at 30 Hz, turned by 90 degrees", 2, 2, capture<1280, 720, true>},
    {"camera", "memory 1920x1080 to 1280x720 at 50 Hz", 3, 3, jobs},
};

}  // namespace

std::span<const Case> camera_cases() { return kCases; }

}  // namespace exysim::bench
