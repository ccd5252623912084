// Puts 4:2:2 lines into the layout of a capture buffer: which bytes go where. Plain functions of lines; the
// arithmetic is stated in models/display/README.md.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/address.hpp"
#include "models/camera/frame_source.hpp"

namespace exysim::camera {

/// Planes and sample order of a picture in memory.
struct PixelLayout {
    enum class Kind : uint8_t { planar_420, semiplanar_420, planar_422, semiplanar_422, packed_422 };
    Kind kind = Kind::semiplanar_420;
    /// Semiplanar: Cr first. Packed: index of ORDER422_OUT, 0 Y Cb Y Cr, 1 Y Cr Y Cb, 2 Cb Y Cr Y, 3 Cr Y Cb
    /// Y.
    uint8_t order = 0;

    bool subsampled_lines() const { return kind == Kind::planar_420 || kind == Kind::semiplanar_420; }
    bool packed() const { return kind == Kind::packed_422; }
    bool semiplanar() const { return kind == Kind::semiplanar_420 || kind == Kind::semiplanar_422; }
};

/// A rectangle of pixels in memory. Addresses are those of the canvas, whose pitch is its width.
struct OutputArea {
    PixelLayout layout;
    Iova y, cb, cr;
    uint32_t canvas_width = 0;   ///< pixels a line of the buffer
    uint32_t left = 0, top = 0;  ///< of the rectangle in the canvas, pixels and lines
    FrameSize size;
};

/// Bytes to write at one place.
struct Burst {
    Iova at;
    std::vector<uint8_t> bytes;
};

/// Packs the lines of one frame in order.
class LinePacker {
public:
    explicit LinePacker(const OutputArea& area) : area_{area} {}

    /// Appends what line `index` adds to memory; the spans hold the rectangle's pixels.
    void pack(uint32_t index, const Line422& pixels, std::vector<Burst>& out);
    const OutputArea& area() const { return area_; }

private:
    Iova line_start(Iova plane, uint32_t line, uint32_t samples_before, uint32_t pitch) const;
    void pack_chroma(uint32_t line, std::span<const uint8_t> cb, std::span<const uint8_t> cr,
                     std::vector<Burst>& out) const;

    OutputArea area_;
    std::vector<uint8_t> upper_cb_, upper_cr_;  // chroma of the upper line of a pair
};

/// (a + b + 1) >> 1 of each pair of samples: how two lines of chroma become one.
void average(std::span<const uint8_t> a, std::span<const uint8_t> b, std::span<uint8_t> to);

}  // namespace exysim::camera
