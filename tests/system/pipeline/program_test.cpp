// Scenarios that run a program on the built-in kernel: the shipped ones, and what a program can do wrong.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;

namespace {

ScenarioRun run_shipped(const std::string& name) {
    ScenarioRun run;
    run.directory = test_folder(name) / "out";
    run.status = run_command(fmt::format("'{}' run '{}/configs/scenarios/{}.yaml' --out '{}'", EXYSIM_PROGRAM,
                                         EXYSIM_SOURCE_DIR, name, run.directory.string()),
                             run.output);
    return run;
}

void require_success(const ScenarioRun& run) {
    INFO(run.output);
    INFO(run.text("program.log"));
    REQUIRE(run.status == 0);
}

std::string with_costs(const std::string& expectation) {
    return fmt::format(
        "scenario: costs\nplatform: {}/configs/platforms/exynos4210.yaml\n"
        "program: {{name: tests/vmalloc_window, boot: dma_test}}\nexpect: {{measured: {{{}}}}}\n",
        EXYSIM_SOURCE_DIR, expectation);
}

/// So many lines of 32 bytes stored into a V4L2 buffer by a process, in mode timing.
ScenarioRun stored_lines(int lines) {
    ScenarioRun run =
        run_text(test_folder(fmt::format("write_combine_{}", lines)),
                 fmt::format("scenario: write_combine\nplatform: {}/configs/platforms/exynos4210.yaml\n"
                             "program: {{name: tests/write_combine, arguments: ['{}']}}\n"
                             "expect: {{guest_errors: 0}}\n",
                             EXYSIM_SOURCE_DIR, lines),
                 "--set mode=timing");
    require_success(run);
    return run;
}

}  // namespace

TEST_CASE("memory_kinds: what each kind of memory costs, in mode timing", "[system][program][slow]") {
    const ScenarioRun run = run_shipped("memory_kinds");
    require_success(run);
    CHECK(run.statistic("program.coherent.write") > run.statistic("program.writecombine.write"));
    CHECK(run.output.find("cached.allocate") != std::string::npos);
}

TEST_CASE("write combine: user stores into a V4L2 buffer leave as one burst a line", "[system][program]") {
    constexpr int kLines = 2000;
    const ScenarioRun once = stored_lines(kLines), twice = stored_lines(2 * kLines);
    const auto grown = [&](const char* name) { return twice.statistic(name) - once.statistic(name); };
    CHECK(grown("l2.full_slots") == kLines);
    CHECK(grown("l2.slot_bursts") == kLines);
    CHECK(grown("l2.slot_bytes") == 32 * kLines);
}

TEST_CASE("cma_pressure: pages move out of the way with their contents", "[system][program][slow]") {
    const ScenarioRun run = run_shipped("cma_pressure");
    require_success(run);
    CHECK(run.statistic("program.migration_time") < run.statistic("program.allocation_time"));
}

TEST_CASE("vmalloc_window: the old window fails at 2 MiB, areas do not", "[system][program]") {
    require_success(run_shipped("vmalloc_window"));
    require_success(run_shipped("vmalloc_areas"));
}

TEST_CASE("producer_consumer: a process shows what another one captures", "[system][program]") {
    const ScenarioRun run = run_shipped("producer_consumer");
    require_success(run);
    CHECK(run.statistic("bus.fimc0.write_bytes") >= 30 * 1280 * 720 * 1.5);
}

TEST_CASE("heap_choice: one program finds the right memory with and without a SysMMU",
          "[system][program][slow]") {
    const ScenarioRun mapped = run_shipped("heap_choice"), direct = run_shipped("heap_choice_direct");
    require_success(mapped);
    require_success(direct);
    CHECK(direct.statistic("program.late.attach") > mapped.statistic("program.late.attach"));
}

TEST_CASE("userptr: each kind of memory has its errno and its pixels", "[system][program]") {
    require_success(run_shipped("userptr"));
    require_success(run_shipped("userptr_direct"));
}

TEST_CASE("a program's measurement that misses its bound fails the run", "[system][program]") {
    const fs::path folder = test_folder("program_bound");
    const ScenarioRun missed = run_text(folder, with_costs("largest_allocation: < 1 MiB"));
    CHECK(missed.status == 1);
    CHECK(missed.output.find("FAILED  measured.largest_allocation") != std::string::npos);
    CHECK(run_text(folder, with_costs("largest_alocation: 16 MiB")).output.find("not measured") !=
          std::string::npos);
}

TEST_CASE("a program that fails, or is not there, fails the run", "[system][program]") {
    const fs::path folder = test_folder("program_fails");
    const ScenarioRun failed =
        run_text(folder, with_costs(""), "--set program.boot=quiet");  // without dma_test there is no device
    CHECK(failed.status == 1);
    CHECK(failed.output.find("guest status") != std::string::npos);
    CHECK(run_text(folder, with_costs(""), "--set program.name=tests/nothing").status == 2);
}

TEST_CASE("mixer_layers: what two graphics layers show lies over the camera's pictures",
          "[system][program]") {
    const ScenarioRun run = run_shipped("mixer_layers");
    require_success(run);
    const RgbImage screen = read_png(run.directory / "frames" / "003.png");
    const auto at = [&](uint32_t x, uint32_t y, uint32_t channel) {
        return static_cast<int>(screen.rgb[(size_t{y} * screen.width + x) * 3 + channel]);
    };
    constexpr int kBlue[] = {0, 0, 255}, kGreen[] = {0, 255, 0}, kAlpha = 0x80;
    const auto over = [](int front, int back) { return (front * kAlpha + back * (255 - kAlpha)) / 255; };
    for (uint32_t channel = 0; channel < 3; ++channel) {
        INFO("channel " << channel);
        CHECK(at(150, 150, channel) == kBlue[channel]);
        CHECK(std::abs(at(340, 340, channel) - over(kGreen[channel], kBlue[channel])) <= 2);
        // Within one of the camera's bars: on the square, and below it
        CHECK(std::abs(at(450, 450, channel) - over(kGreen[channel], at(450, 600, channel))) <= 3);
        CHECK(std::abs(at(450, 555, channel) - over(kGreen[channel], at(450, 600, channel))) <=
              3);  // 2 x 128 high
        CHECK(std::abs(at(450, 557, channel) - at(450, 600, channel)) <= 1);
    }
}

namespace {

/// The mixer's arithmetic of one channel (hardware facts: blending over the background by priority, alpha of
/// pixel and layer multiplied), for a place of the scenario mixer_controls.
struct MixerLooks {
    struct Layer {
        int priority, alpha;
    };
    Layer video{1, 255}, low{2, 255}, high{3, 255};
    bool keyed = false;

    int seen(const int* low_colour, bool key_colour, const int* high_colour, int camera) const {
        constexpr int kHighPixels = 0x80;
        struct Shown {
            int priority, alpha, colour;
        };
        std::vector<Shown> layers{{video.priority, video.alpha, camera}};
        if (low_colour && !(key_colour && keyed)) layers.push_back({low.priority, low.alpha, *low_colour});
        if (high_colour) layers.push_back({high.priority, kHighPixels * high.alpha / 255, *high_colour});
        std::sort(layers.begin(), layers.end(),
                  [](const Shown& a, const Shown& b) { return a.priority < b.priority; });
        int result = 0;
        for (const Shown& l : layers) {
            if (l.priority > 0) result = (l.colour * l.alpha + result * (255 - l.alpha)) / 255;
        }
        return result;
    }
};

}  // namespace

TEST_CASE("mixer_controls: alpha, priority and colour key of each layer are seen on the screen",
          "[system][program]") {
    const ScenarioRun run = run_shipped("mixer_controls");
    require_success(run);
    std::vector<MixerLooks> steps(8);
    const auto from = [&](size_t step, const auto& change) {
        for (size_t i = step; i < steps.size(); ++i) change(steps[i]);
    };
    from(1, [](MixerLooks& m) { m.low.alpha = 64; });
    from(2, [](MixerLooks& m) { m.high.alpha = 128; });
    from(3, [](MixerLooks& m) { m.low.priority = 5; });
    from(4, [](MixerLooks& m) { m.keyed = true; });
    from(5, [](MixerLooks& m) { m.low.priority = 0; });
    from(6, [](MixerLooks& m) { m.video.alpha = 128; });
    from(7, [](MixerLooks& m) { m.video.priority = 10; });
    static constexpr int kBlue[] = {0, 0, 255}, kRed[] = {255, 0, 0}, kGreen[] = {0, 255, 0};
    struct Place {
        uint32_t x, y;
        const int *low, *high;
    };
    constexpr Place kPlaces[] = {{150, 150, kBlue, nullptr},
                                 {300, 150, kRed, nullptr},
                                 {300, 300, kRed, kGreen},
                                 {450, 450, nullptr, kGreen},
                                 {600, 500, nullptr, nullptr}};
    const RgbImage first = read_png(run.directory / "frames" / "000.png");
    const auto at = [](const RgbImage& image, uint32_t x, uint32_t y, uint32_t channel) {
        return static_cast<int>(image.rgb[(size_t{y} * image.width + x) * 3 + channel]);
    };
    for (size_t step = 0; step < steps.size(); ++step) {
        const RgbImage screen = read_png(run.directory / "frames" / fmt::format("{:03}.png", step));
        for (const Place& p : kPlaces) {
            for (uint32_t channel = 0; channel < 3; ++channel) {
                INFO("step " << step << ", " << p.x << ", " << p.y << ", channel " << channel);
                const int camera = at(first, p.x, 600, channel);  // one of its upright bars
                const int expected = steps[step].seen(p.low ? p.low + channel : nullptr, p.low == kBlue,
                                                      p.high ? p.high + channel : nullptr, camera);
                CHECK(std::abs(at(screen, p.x, p.y, channel) - expected) <= 3);
            }
        }
    }
}

TEST_CASE("raw_to_tv: a raw sensor's mosaic becomes the scene's colours", "[system][program]") {
    const ScenarioRun run = run_shipped("raw_to_tv");
    require_success(run);
    // Four pictures of 338 pages leave the SysMMU's table at the end, 32 pages a flush; not each time they
    // are shown
    CHECK(run.statistic("sysmmu_tv.tlb.flushes") <= 4 * (338 / 32 + 2));
    // 75 % colour bars (ITU-R BT.471, in BT.601's numbers), through 8-bit R'G'B', which limits what BT.709
    // cannot show
    struct Ycbcr {
        double y, cb, cr;
    };
    constexpr Ycbcr kBars[] = {{180, 128, 128}, {162, 44, 142}, {131, 156, 44}, {112, 72, 58},
                               {84, 184, 198},  {65, 100, 212}, {35, 212, 114}, {16, 128, 128}};
    const auto limited = [](double level) { return std::clamp(level, 0.0, 255.0); };
    for (uint32_t bar = 0; bar < 8; ++bar) {
        const Ycbcr& seen = kBars[bar];
        const double y = (seen.y - 16) * 255.0 / 219, cb = (seen.cb - 128) * 255.0 / 224,
                     cr = (seen.cr - 128) * 255.0 / 224;
        const double r = limited(y + 1.5748 * cr), g = limited(y - 0.1873 * cb - 0.4681 * cr),
                     b = limited(y + 1.8556 * cb);
        const double luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        INFO("bar " << bar);
        const auto place = [&](const char* what) {
            return run.statistic(
                fmt::format("program.place{}.{}", 7 - bar, what));  // mirrored: green comes first
        };
        CHECK(std::abs(place("y") - (16 + luma * 219 / 255)) <= 2);
        CHECK(std::abs(place("cb") - (128 + (b - luma) / 1.8556 * 224 / 255)) <= 2);
        CHECK(std::abs(place("cr") - (128 + (r - luma) / 1.5748 * 224 / 255)) <= 2);
    }
}

TEST_CASE("videobuf: memory types that it does not know put nothing into the kernel's log",
          "[system][program]") {
    const fs::path log = test_folder("videobuf") / "kernel.log";
    std::string output;
    const int status = run_command(fmt::format("'{}' exec --append videobuf --log '{}' '{}/tests/videobuf'",
                                               EXYSIM_PROGRAM, log.string(), EXYSIM_GUEST_DIR),
                                   output);
    INFO(output);
    REQUIRE(status == 0);
    std::ifstream in{log};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    CHECK(text.find("vivi-000") != std::string::npos);
    CHECK(text.find("warning") == std::string::npos);
}
