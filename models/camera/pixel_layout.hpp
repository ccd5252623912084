// How pictures lie in memory: samples of a line in bytes, planes, and tiles. Plain functions of lines.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/base/address.hpp"
#include "models/camera/row.hpp"

namespace exysim::camera {

/// Planes and sample order of a picture in memory. Source: linux/videodev2.h's descriptions.
struct PixelLayout {
    enum class Kind : uint8_t {
        planar_420,
        semiplanar_420,
        planar_422,
        semiplanar_422,
        packed_422,
        rgb565,    ///< 16 bits, R in the top five
        argb1555,  ///< alpha's top bit above R
        argb4444,  ///< alpha's top four bits above R
        rgb666,    ///< 32 bits, R in 17..12, G in 11..6, B in 5..0; the rest zero
        rgb888,    ///< bytes B, G, R, alpha
        raw,       ///< bytes as the sensor sent them
    };
    Kind kind = Kind::semiplanar_420;
    /// Semiplanar: 1 = Cr first. Packed: index of ORDER422_OUT, 0 Y Cb Y Cr, 1 Y Cr Y Cb, 2 Cb Y Cr Y, 3 Cr Y
    /// Cb Y.
    uint8_t order = 0;
    uint8_t alpha = 0;  ///< written where the format has one

    bool subsampled_lines() const { return kind == Kind::planar_420 || kind == Kind::semiplanar_420; }
    bool subsampled_columns() const { return kind <= Kind::packed_422; }
    bool packed() const { return kind == Kind::packed_422; }
    bool semiplanar() const { return kind == Kind::semiplanar_420 || kind == Kind::semiplanar_422; }
    bool rgb() const { return kind >= Kind::rgb565 && kind <= Kind::rgb888; }
    uint32_t planes() const {
        if (semiplanar()) return 2;
        return kind == Kind::planar_420 || kind == Kind::planar_422 ? 3 : 1;
    }
    /// Bytes that `pixels` pixels take in a line of `plane`.
    uint32_t bytes(uint32_t plane, uint32_t pixels) const;
    /// Lines that `lines` picture lines take in `plane`.
    uint32_t lines(uint32_t plane, uint32_t lines) const {
        return plane > 0 && subsampled_lines() ? lines / 2 : lines;
    }
};

/// One line of luma, or of all samples of a one-plane format. Chroma of a pair is (a + b + 1) >> 1.
void pack_line(const PixelLayout& layout, const Row& row, uint8_t* to);
/// One chroma line of `plane` (1, 2). `lower` is the second line of a pair in 4:2:0, else equal to `upper`:
/// the lines' values, each taken across first, are averaged the same way.
void pack_chroma(const PixelLayout& layout, uint32_t plane, const Row& upper, const Row& lower, uint8_t* to);
/// The opposite: bytes of the planes' lines to samples; chroma is repeated. RGB gives R, G, B, the lower bits
/// of short ones repeating the upper.
void unpack(const PixelLayout& layout, const uint8_t* const planes[3], Row& to);

/// How the bytes of a plane are spread in memory (CIDMAPARAM).
struct Tiling {
    enum class Mode : uint8_t {
        linear,
        raster,    ///< tiles one after the other, row by row; Assumed for all but 64x32
        z_flip_z,  ///< 64x32 as V4L2's NV12MT: pairs of tile rows, four tiles at a time
    };
    Mode mode = Mode::linear;
    uint32_t width = 64, height = 32;  ///< of a tile, bytes and lines
};

/// One plane of a canvas.
struct Plane {
    Iova base;
    uint32_t pitch = 0;  ///< bytes a line
    uint32_t lines = 0;  ///< of the canvas
    Tiling tiling = {};

    /// Calls use(address, first, count) for the pieces of bytes [from, from + size) of a line that lie
    /// together; `first` counts from the first byte asked for.
    template <class Use>
    void pieces(uint32_t line, uint32_t from, uint32_t size, Use use) const {
        if (tiling.mode == Tiling::Mode::linear) return use(base + (line * pitch + from), 0U, size);
        for (uint32_t done = 0; done < size;) {
            const uint32_t inside = (from + done) % tiling.width;
            const uint32_t count = std::min(size - done, tiling.width - inside);
            use(base + (tile_offset((from + done) / tiling.width, line / tiling.height) +
                        line % tiling.height * tiling.width + inside),
                done, count);
            done += count;
        }
    }
    /// Bytes from the base to the end of what the canvas can take.
    uint32_t bytes() const;

private:
    uint32_t tiles_across() const;
    uint32_t tile_rows() const { return (lines + tiling.height - 1) / tiling.height; }
    uint32_t tile_offset(uint32_t x, uint32_t y) const;
};

}  // namespace exysim::camera
