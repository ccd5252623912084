// What FIMC must do with a picture, written a second time from the formulas of hardware/fimc.md and of
// models/camera/README.md: whole pictures, pixel by pixel, without any of the model's code.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace exysim::test {

/// Formats by what drivers call them.
enum class Pix { yuv420p, nv12, yuv422p, nv16, yuyv, rgb565, rgb555, rgb444, rgb666, rgb888 };
inline bool is_rgb(Pix p) { return p >= Pix::rgb565; }

/// One side's picture in memory.
struct Surface {
    Pix pix = Pix::nv12;
    uint32_t order = 0;      ///< nv12, nv16: 1 = Cr first; yuyv: YCbYCr YCrYCb CbYCrY CrYCbY
    uint32_t tile_mode = 0;  ///< 0 lines, 1 rows of tiles, 3 the Z order of NV12MT
    uint32_t tile_width = 64, tile_height = 32;
    uint32_t canvas_w = 0, canvas_h = 0;       ///< pixels
    uint32_t left = 0, top = 0, w = 0, h = 0;  ///< the picture in it
    std::array<uint32_t, 3> base{};            ///< byte addresses of the planes
    uint32_t alpha = 0;

    uint32_t planes() const;
    uint32_t plane_bytes(uint32_t plane) const;
    /// Address of byte `at` of line `line` of a plane.
    uint32_t address(uint32_t plane, uint32_t at, uint32_t line) const;
};

/// Three samples a pixel.
struct Picture3 {
    uint32_t w = 0, h = 0;
    std::vector<std::array<int, 3>> pixels;
    Picture3(uint32_t width, uint32_t height) : w{width}, h{height}, pixels(size_t{width} * height) {}
    std::array<int, 3>& at(uint32_t x, uint32_t y) { return pixels[size_t{y} * w + x]; }
    const std::array<int, 3>& at(uint32_t x, uint32_t y) const { return pixels[size_t{y} * w + x]; }
};

struct Conversion {
    bool in_rgb = false, out_rgb = false, copy = false, bypass = false;
    bool bt709 = false, wide_in = true, wide_out = true;
    bool in_mirror_tb = false, in_mirror_lr = false, in_turn = false;
    bool out_mirror_tb = false, out_mirror_lr = false, out_turn = false;
    uint32_t effect = 0, effect_cb = 128, effect_cr = 128;
    bool effect_after = true;
    uint32_t target_w = 0, target_h = 0;  ///< before out_turn
};

/// Ratios as Linux's driver works them out (section 4).
struct Ratios {
    uint32_t factor_h = 0, factor_v = 0, main_h = 0, main_v = 0;
    static Ratios of(uint32_t src_w, uint32_t src_h, uint32_t dst_w, uint32_t dst_h);
};

Picture3 read_surface(const Surface& s, const std::vector<uint8_t>& memory);
Picture3 convert(const Conversion& c, const Picture3& source);
void write_surface(const Surface& s, const Picture3& picture, std::vector<uint8_t>& memory);

}  // namespace exysim::test
