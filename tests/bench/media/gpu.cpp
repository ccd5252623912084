// FIMG-2D in a whole machine whose core sleeps: a 1080p ARGB picture blended over another, sixty times a
// second.
#include <utility>

#include "tests/bench/media/media_bench.hpp"
#include "tests/bench/media/sleeping_machine.hpp"

namespace exysim::bench {

namespace {

constexpr uint32_t kG2d = 0x1280'0000, kSource = 0x4100'0000, kDestination = 0x4200'0000;
constexpr uint32_t kWidth = 1920, kHeight = 1080, kStride = kWidth * 4;

struct Bench : SleepingMachine {
    explicit Bench(const char* mode) : SleepingMachine{mode, {"g2d", true, "4.1"}} {}
    void blend() {
        const uint32_t size = kHeight << 16 | kWidth;
        constexpr uint32_t kSrcOver = 0 | 2U << 8 | 1U << 18;  // one, inverse of the source's alpha
        const std::pair<uint32_t, uint32_t> settings[] = {
            {0x304, kSource},      {0x308, kStride},  {0x30C, 1},        {0x310, 0},   {0x314, size},
            {0x404, kDestination}, {0x408, kStride},  {0x40C, 1},        {0x410, 0},   {0x414, size},
            {0x614, 0xCCCC},       {0x104, 1U << 20}, {0x108, kSrcOver}, {0x00C, 0xF}, {0x100, 1}};
        for (const auto& [offset, value] : settings) master.write(kG2d + offset, value);
    }
};

/// Every sixtieth of a second a blend begins; one that is not done by then delays the next.
Measured blend_1080p(double seconds, const char* mode) {
    Bench bench{mode};
    const double start = cpu_seconds();
    const sc_core::sc_time period(1.0 / 60, sc_core::SC_SEC), end(seconds, sc_core::SC_SEC);
    while (sc_core::sc_time_stamp() < end) {
        bench.blend();
        do sc_core::sc_start(period);
        while (bench.machine.gpu->g2d.core().busy());
    }
    const double frames = bench.machine.statistics.all().at("g2d.blits").value();
    return {frames / 60, cpu_seconds() - start};
}

constexpr Case kCases[] = {{"gpu", "blend 1080p ARGB over ARGB, 60 a second", 5, 5, blend_1080p}};

}  // namespace

std::span<const Case> gpu_cases() { return kCases; }

}  // namespace exysim::bench
