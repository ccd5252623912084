// The pictures that shipped scenarios expect (configs/scenarios/expected) are computed here, from what goes
// in and from the formulas of the standards; no model takes part. With EXYSIM_WRITE_PICTURES set they are
// written.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <string>

#include "platform/pictures/picture.hpp"

using exysim::pictures::Picture;

namespace {

using Colour = std::array<uint8_t, 3>;

uint8_t level(double v) { return static_cast<uint8_t>(std::lround(std::clamp(v, 0.0, 255.0))); }

/// ITU-R BT.601, limited range, to full-range RGB of 8 bits.
Colour to_rgb(const Colour& ycbcr) {
    const double luma = (ycbcr[0] - 16) / 219.0, pb = (ycbcr[1] - 128) / 224.0, pr = (ycbcr[2] - 128) / 224.0;
    const double red = luma + 2 * (1 - 0.299) * pr, blue = luma + 2 * (1 - 0.114) * pb;
    const double green = (luma - 0.299 * red - 0.114 * blue) / 0.587;
    return {level(255 * red), level(255 * green), level(255 * blue)};
}
Colour to_ycbcr(const Colour& rgb) {
    const double r = rgb[0] / 255.0, g = rgb[1] / 255.0, b = rgb[2] / 255.0;
    const double luma = 0.299 * r + 0.587 * g + 0.114 * b;
    return {level(16 + 219 * luma), level(128 + 224 * (b - luma) / (2 * (1 - 0.114))),
            level(128 + 224 * (r - luma) / (2 * (1 - 0.299)))};
}

/// A picture from the colour of each pixel.
template <class At>
Picture picture(uint32_t width, uint32_t height, At at) {
    Picture made{width, height, {}};
    for (uint32_t y = 0; y < height; ++y) {
        for (uint32_t x = 0; x < width; ++x) {
            const Colour c = at(x, y);
            made.rgb.insert(made.rgb.end(), c.begin(), c.end());
        }
    }
    return made;
}

/// The pattern `bars`, frame `number`: BT.601's colours of three quarters of full amplitude from white to
/// black, a white bar of four lines that moves down by its height each frame.
Colour bars(uint32_t x, uint32_t y, uint32_t width, uint32_t number) {
    if (y / 4 == number) return {235, 128, 128};
    const uint32_t bar = 7 - x * 8 / width;  // green red blue, from the top bit
    const double g = bar >> 2 & 1, r = bar >> 1 & 1, b = bar & 1;
    const double luma = 0.75 * (0.299 * r + 0.587 * g + 0.114 * b);
    return {level(16 + 219 * luma), level(128 + 224 * (0.75 * b - luma) / (2 * (1 - 0.114))),
            level(128 + 224 * (0.75 * r - luma) / (2 * (1 - 0.299)))};
}

/// A camera's 480x720, turned clockwise by the 2D engine, which works in RGB of 8 bits between Y'CbCr and
/// Y'CbCr. All edges lie between pairs of pixels and lines, so that no chroma sample mixes two colours.
Picture gpu_rotation(uint32_t number) {
    return picture(720, 480, [&](uint32_t x, uint32_t y) {
        return to_rgb(to_ycbcr(to_rgb(bars(y, 719 - x, 480, number))));
    });
}

/// What the program draws on the panel: four bars, or all white.
constexpr Colour kPanelBars[] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 0}};
Picture panel_bars() {
    return picture(800, 480, [](uint32_t x, uint32_t) { return kPanelBars[x / 200]; });
}
Picture panel_white() {
    return picture(800, 480, [](uint32_t, uint32_t) { return Colour{255, 255, 255}; });
}
/// White, premultiplied by an alpha of 128 / 255, over the bars.
Picture panel_overlay() {
    return picture(800, 480, [](uint32_t x, uint32_t y) {
        Colour c = kPanelBars[x / 200];
        if (x < 100 || x >= 356 || y < 60 || y >= 316) return c;
        for (uint8_t& v : c) v = level(128 + v * (255 - 128) / 255.0);
        return c;
    });
}

void check(const std::string& name, const Picture& computed) {
    const std::string file = EXPECTED_DIR "/" + name + ".png";
    INFO(file);
    if (std::getenv("EXYSIM_WRITE_PICTURES"))
        exysim::pictures::write_png(file, computed.width, computed.height, computed.rgb.data());
    CHECK(exysim::pictures::read_png(file) == computed);
}

}  // namespace

TEST_CASE("expected pictures: gpu_rotation's frames are bars that lie, with a standing line", "[scenarios]") {
    for (const uint32_t number : {0U, 4U, 8U, 11U})
        check("gpu_rotation_" + std::to_string(number), gpu_rotation(number));
}

TEST_CASE("expected pictures: fimd_panel shows bars, white, and a square over the bars", "[scenarios]") {
    check("panel_bars", panel_bars());
    check("panel_white", panel_white());
    check("panel_overlay", panel_overlay());
}
