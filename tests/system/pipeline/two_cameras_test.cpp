// Two cameras on two ports, the second one's picture inside the first one's: what must be on the screen is
// computed here from both clips; what the processor has to do with it is counted.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/expected_picture.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;

namespace {

constexpr uint32_t kLeft = 920, kTop = 500, kWidth = 320,
                   kHeight = 180;  // of the inset, as the scenario says

using Yuv = std::array<uint8_t, 3>;
constexpr Yuv kQuarters[2][2] = {{{180, 90, 60}, {100, 180, 140}}, {{60, 110, 200}, {210, 128, 128}}};

/// Four even quarters: whatever the filters, their insides stay what they are.
YcbcrFrame quarters(uint32_t width, uint32_t height) {
    YcbcrFrame f{width, height, true, {}, {}, {}};
    const auto fill = [](std::vector<uint8_t>& plane, uint32_t w, uint32_t h, size_t sample) {
        for (uint32_t y = 0; y < h; ++y) {
            for (uint32_t x = 0; x < w; ++x) plane.push_back(kQuarters[2 * y / h][2 * x / w][sample]);
        }
    };
    fill(f.y, width, height, 0);
    fill(f.cb, width / 2, height / 2, 1);
    fill(f.cr, width / 2, height / 2, 2);
    return f;
}

/// Every line another grey, every frame brighter.
YcbcrFrame stripes(int number) {
    YcbcrFrame f{1280, 720, true, {}, {}, {}};
    for (uint32_t y = 0; y < f.height; ++y)
        f.y.insert(f.y.end(), f.width,
                   static_cast<uint8_t>(16 + y % 180 + static_cast<uint32_t>(number) * 4));
    f.cb.assign(size_t{640} * 360, 100);
    f.cr.assign(size_t{640} * 360, 150);
    return f;
}

ScenarioRun run_pip(const std::string& test, int frames, const std::string& options = "") {
    const auto folder = test_folder(test);
    ScenarioRun run;
    run.directory = folder / "out";
    run.status = run_command(
        fmt::format(
            "'{}' run '{}/configs/scenarios/two_cameras_pip.yaml' --out '{}' --set run.frames={} --set "
            "run.save_every=1 --set expect.frames_delivered={} {}",
            EXYSIM_PROGRAM, EXYSIM_SOURCE_DIR, run.directory.string(), frames, frames, options),
        run.output);
    return run;
}

std::string clip_option(const char* input, const std::filesystem::path& file, const char* more) {
    return fmt::format("--set 'inputs.{}={{file: {}{}}}' ", input, file.string(), more);
}

int difference(const RgbImage& a, const RgbImage& b, uint32_t x, uint32_t y) {
    int most = 0;
    for (size_t c = 0; c < 3; ++c) {
        const size_t at = (size_t{y} * a.width + x) * 3 + c;
        most = std::max(most, std::abs(a.rgb[at] - b.rgb[at]));
    }
    return most;
}

}  // namespace

TEST_CASE("two cameras: the second one's picture lies in the first one's, in its own colours",
          "[system][pipeline]") {
    constexpr int kFrames = 4;
    const auto folder = test_folder("two_cameras_clips");
    std::vector<YcbcrFrame> road, driver{quarters(640, 360)};
    for (int n = 0; n < kFrames; ++n) road.push_back(stripes(n));
    write_y4m(folder / "road.y4m", road);
    write_y4m(folder / "driver.y4m", driver);
    const ScenarioRun run = run_pip("two_cameras_seen", kFrames,
                                    clip_option("road", folder / "road.y4m", "") +
                                        clip_option("driver", folder / "driver.y4m", ", sensor: yuv_b"));
    INFO(run.output);
    REQUIRE(run.status == 0);
    const RgbImage inset = expected_picture(quarters(kWidth, kHeight));
    constexpr uint32_t kEdge = 4;  // samples at a quarter's edge that filters may mix
    for (int n = 0; n < kFrames; ++n) {
        const RgbImage shown = read_png(run.directory / "frames" / fmt::format("{:03}.png", n));
        RgbImage wanted = expected_picture(road[static_cast<size_t>(n)]);
        REQUIRE(shown.rgb.size() == wanted.rgb.size());
        int outside = 0, inside = 0;
        for (uint32_t y = 0; y < shown.height; ++y) {
            for (uint32_t x = 0; x < shown.width; ++x) {
                const bool in = x >= kLeft && x < kLeft + kWidth && y >= kTop && y < kTop + kHeight;
                if (!in) {
                    outside = std::max(outside, difference(shown, wanted, x, y));
                    continue;
                }
                const uint32_t i = x - kLeft, j = y - kTop;
                const auto edge = [](uint32_t at, uint32_t middle) {
                    return at + kEdge >= middle && at < middle + kEdge;
                };
                if (edge(i, kWidth / 2) || edge(j, kHeight / 2)) continue;
                std::copy_n(&inset.rgb[(size_t{j} * kWidth + i) * 3], 3,
                            &wanted.rgb[(size_t{y} * wanted.width + x) * 3]);
                inside = std::max(inside, difference(shown, wanted, x, y));
            }
        }
        INFO("frame " << n);
        CHECK(outside <= 1);
        // The second camera's first frame is whole after two of the first one's. BT.601 to BT.709 on the way,
        // in 8 bits.
        if (n >= 2) CHECK(inside <= 4);
    }
}

/// By the tenth frame each of the eight buffers has been imported once: the second camera, at half the rate,
/// has gone round its four in eight frames. An import writes the buffer's entries into a page table, and only
/// that cleans lines of the cache: 11 for 85 pages of the small picture, 43 for 338 of the large one. After
/// that nothing does.
TEST_CASE("two cameras: eight frames more cost the processor no pixel and clean no line of the cache",
          "[system][pipeline]") {
    const ScenarioRun few = run_pip("two_cameras_few", 10), more = run_pip("two_cameras_more", 18);
    INFO(more.output);
    REQUIRE(few.status == 0);
    REQUIRE(more.status == 0);
    const auto grown = [&](const char* name) { return more.statistic(name) - few.statistic(name); };
    constexpr double kFrame = 1280 * 720 * 1.5, kSmall = 640 * 360 * 1.5;
    CHECK(grown("bus.fimc0.write_bytes") == 8 * kFrame);
    CHECK(grown("bus.fimc1.write_bytes") == 4 * kSmall);  // half the rate
    CHECK(grown("g2d.blits") == 8);
    CHECK(grown("sensor2.frames") == 4);
    CHECK(grown("bus.cpu.read_bytes") + grown("bus.cpu.write_bytes") < 8 * kFrame / 100);
    CHECK(grown("l1_0.maintenance") == 0);
    CHECK(grown("l2.maintenance") == 0);
}
