// Pipelines with stages: what FIMC does from memory to memory and what the processor does to a mapped buffer,
// seen on the screen. What each picture must be is computed here from the clip.
#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/expected_picture.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;

namespace {

constexpr int kFrames = 4;

struct Size {
    int width, height;
};

std::vector<YcbcrFrame> make_clip(const fs::path& file, Size size) {
    std::string output;
    const int status = run_command(
        fmt::format("ffmpeg -y -loglevel error -f lavfi -i testsrc2=size={}x{}:rate=30 -frames:v {} "
                    "-pix_fmt yuv420p -strict -1 '{}'",
                    size.width, size.height, kFrames, file.string()),
        output);
    INFO(output);
    REQUIRE(status == 0);
    return read_y4m(file);
}

/// A clip captured at `captured` and, after `stages`, shown at 480p60.
std::string scenario(Size captured, const std::string& stages) {
    return fmt::format(
        "scenario: stages\n"
        "platform: {}/configs/platforms/exynos4210_media.yaml\n"
        "run: {{frames: {}, save_every: 1}}\n"
        "inputs:\n  scene: {{file: clip.y4m}}\n"
        "buffers:\n"
        "  cam: {{exporter: v4l2:fimc0, count: 4, format: NV12, size: {}x{}}}\n"
        "pipelines:\n"
        "  - source: {{device: fimc0, input: scene, rate: 30, output: cam}}\n"
        "    stages: [{}]\n"
        "    sink: {{device: mixer0, layer: video, mode: 480p60}}\n"
        "expect:\n  frames_delivered: {}\n  guest_errors: 0\n",
        EXYSIM_SOURCE_DIR, kFrames, captured.width, captured.height, stages, kFrames);
}

/// One plane of bytes; `at(x, y)` says where the byte of the new plane comes from.
template <class At>
std::vector<uint8_t> plane(uint32_t width, uint32_t height, At at) {
    std::vector<uint8_t> made(size_t{width} * height);
    for (uint32_t y = 0; y < height; ++y) {
        for (uint32_t x = 0; x < width; ++x) made[size_t{y} * width + x] = at(x, y);
    }
    return made;
}

template <class Change>
YcbcrFrame changed(const YcbcrFrame& f, uint32_t width, uint32_t height, Change change) {
    YcbcrFrame g = f;
    g.width = width;
    g.height = height;
    g.y = change(f.y, f.width, f.height);
    g.cb = change(f.cb, f.width / 2, f.height / 2);
    g.cr = change(f.cr, f.width / 2, f.height / 2);
    return g;
}

using Bytes = std::vector<uint8_t>;

YcbcrFrame negative(const YcbcrFrame& f) {
    return changed(f, f.width, f.height, [](const Bytes& p, uint32_t w, uint32_t h) {
        return plane(
            w, h, [&](uint32_t x, uint32_t y) { return static_cast<uint8_t>(255 - p[size_t{y} * w + x]); });
    });
}
/// The mean of two by two samples.
YcbcrFrame halved(const YcbcrFrame& f) {
    return changed(f, f.width / 2, f.height / 2, [](const Bytes& p, uint32_t w, uint32_t h) {
        return plane(w / 2, h / 2, [&](uint32_t x, uint32_t y) {
            const uint8_t* at = &p[size_t{2 * y} * w + 2 * x];
            return static_cast<uint8_t>((at[0] + at[1] + at[w] + at[w + 1] + 2) / 4);
        });
    });
}

/// Three times as large each way, linear between samples; sample i comes to 3 i.
YcbcrFrame tripled(const YcbcrFrame& f) {
    return changed(f, f.width * 3, f.height * 3, [](const Bytes& p, uint32_t w, uint32_t h) {
        return plane(3 * w, 3 * h, [&](uint32_t x, uint32_t y) {
            const uint32_t left = x / 3, right = std::min(left + 1, w - 1);
            const Bytes::value_type *top = &p[size_t{y / 3} * w],
                                    *bottom = &p[size_t{std::min(y / 3 + 1, h - 1)} * w];
            const double fx = x % 3 / 3.0, fy = y % 3 / 3.0;
            const double upper = top[left] * (1 - fx) + top[right] * fx,
                         lower = bottom[left] * (1 - fx) + bottom[right] * fx;
            return static_cast<uint8_t>(std::lround(upper * (1 - fy) + lower * fy));
        });
    });
}

/// Turned clockwise: the left edge comes to the top.
YcbcrFrame turned(const YcbcrFrame& f) {
    return changed(f, f.height, f.width, [](const Bytes& p, uint32_t w, uint32_t h) {
        return plane(h, w, [&](uint32_t x, uint32_t y) { return p[size_t{h - 1 - x} * w + y]; });
    });
}

/// Left and right change places.
YcbcrFrame mirrored(const YcbcrFrame& f) {
    return changed(f, f.width, f.height, [](const Bytes& p, uint32_t w, uint32_t h) {
        return plane(w, h, [&](uint32_t x, uint32_t y) { return p[size_t{y} * w + w - 1 - x]; });
    });
}

/// Grey, brighter to the right and, half as fast, to the bottom.
std::vector<YcbcrFrame> make_ramps(const fs::path& file, uint32_t width, uint32_t height) {
    std::ofstream out{file, std::ios::binary};
    out << fmt::format("YUV4MPEG2 W{} H{} F30:1 C420\n", width, height);
    for (int i = 0; i < kFrames; ++i) {
        out << "FRAME\n";
        for (uint32_t y = 0; y < height; ++y) {
            for (uint32_t x = 0; x < width; ++x) out.put(static_cast<char>(16 + (2 * x + y) / 4 + 4U * i));
        }
        out << std::string(size_t{width} * height / 2, '\x80');
    }
    out.close();
    return read_y4m(file);
}

template <class Change>
void check(const ScenarioRun& run, const std::vector<YcbcrFrame>& clip, int tolerance, Change change) {
    INFO(run.output);
    REQUIRE(run.status == 0);
    for (size_t i = 0; i < clip.size(); ++i) {
        INFO("frame " << i);
        const RgbImage shown = read_png(run.directory / "frames" / fmt::format("{:03}.png", i));
        CHECK(largest_difference(shown, expected_picture(change(clip[i]))) <= tolerance);
    }
}

}  // namespace

TEST_CASE("a FIMC halves each picture on the way from the camera", "[system][pipeline]") {
    const fs::path folder = test_folder("capture_scale");
    const auto clip = make_clip(folder / "clip.y4m", {1440, 960});
    check(run_text(folder, scenario({720, 480}, "")), clip, 3, halved);
}

TEST_CASE("the processor makes each picture its negative in place", "[system][pipeline]") {
    const fs::path folder = test_folder("stage_cpu");
    const auto clip = make_clip(folder / "clip.y4m", {720, 480});
    const std::string stages = "{device: cpu, op: histogram}, {device: cpu, op: invert}";
    const ScenarioRun run = run_text(folder, scenario({720, 480}, stages));
    check(run, clip, 1, negative);
    CHECK(run.text("program.log").find("histogram: 4 pictures") != std::string::npos);
    const ScenarioRun cached = run_text(folder, scenario({720, 480}, stages), "--set mode=timing");
    check(cached, clip, 1, negative);
}

TEST_CASE("the 2D engine turns each picture clockwise, then mirrors it", "[system][pipeline]") {
    const fs::path folder = test_folder("stage_g2d");
    const auto clip = make_ramps(folder / "clip.y4m", 160, 240);
    std::string text = scenario({160, 240},
                                "{device: g2d, op: rotate, angle: 90, output: lying}, "
                                "{device: g2d, op: flip, axis: horizontal, output: back}");
    const auto replace = [&](const std::string& from, const std::string& to) {
        text.replace(text.find(from), from.size(), to);
    };
    replace("exynos4210_media", "exynos4210_g2d41");
    replace("pipelines:",
            "  lying: {exporter: drm:g2d, count: 3, format: NV12, size: 240x160}\n"
            "  back: {exporter: drm:g2d, count: 3, format: NV12, size: 240x160}\n"
            "pipelines:");
    check(run_text(folder, text), clip, 3, [](const YcbcrFrame& f) { return tripled(mirrored(turned(f))); });
}

TEST_CASE("the video layer fills the screen with a smaller picture", "[system][pipeline]") {
    for (const char* mode : {"fast", "timing"}) {
        const fs::path folder = test_folder(std::string{"video_scale_"} + mode);
        const auto clip = make_ramps(folder / "clip.y4m", 240, 160);
        const ScenarioRun run = run_text(folder, scenario({240, 160}, ""), std::string{"--set mode="} + mode);
        check(run, clip, 3, tripled);
        CHECK(run.statistic("mixer0.underflows") == 0);
    }
}
