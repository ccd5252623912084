// FIMC's output DMA as a function of lines: which bytes go where, with flips and rotation.
#pragma once

#include <array>

#include "models/camera/pixel_layout.hpp"

namespace exysim::camera {

/// A rectangle of pixels in memory. Addresses are those of the canvas, whose pitch is its width.
struct OutputArea {
    PixelLayout layout;
    std::array<Iova, 3> base;  ///< Y or all, Cb or CbCr, Cr
    FrameSize canvas;          ///< pixels and lines of the buffer
    struct Offset {
        uint32_t left = 0, top = 0;  ///< pixels and lines; those of chroma are halved where it is subsampled
        friend bool operator==(const Offset&, const Offset&) = default;
    };
    std::array<Offset, 3> offset = {};  ///< of the rectangle in each plane
    FrameSize size;                     ///< as it leaves the scaler, before rotation
    bool flip_x = false;                ///< top and bottom change places (X-mirror), before rotation
    bool flip_y = false;                ///< left and right do (Y-mirror)
    bool rotate = false;                ///< then a quarter turn clockwise
    Tiling luma_tiling = {}, chroma_tiling = {};

    /// What lies in memory: the size after rotation, without the odd last column and line that subsampled
    /// chroma cannot hold.
    FrameSize written() const;
    Plane plane(uint32_t index) const;
};

/// Bytes to write, in the order of the writes.
class WriteList {
public:
    struct Write {
        Iova at;
        uint32_t first, size;  ///< bytes of data()
    };
    /// Room for `size` bytes at `at`; valid until the next call.
    uint8_t* add(Iova at, uint32_t size);
    const std::vector<Write>& writes() const { return writes_; }
    std::span<const uint8_t> data(const Write& w) const { return std::span{data_}.subspan(w.first, w.size); }
    bool empty() const { return writes_.empty(); }
    void clear() {
        writes_.clear();
        data_.clear();
    }

private:
    std::vector<Write> writes_;
    std::vector<uint8_t> data_;
};

/// Takes the lines of one frame in order. Lines are put together in strips: one or two (4:2:0), or, where the
/// picture is rotated and lines become columns, 32. Assumed: the rotator's own block size is not documented.
class FrameWriter {
public:
    explicit FrameWriter(const OutputArea& area);

    /// Appends what this line adds to memory; Y'CbCr or R'G'B', as the layout says.
    void push(const Row& row, WriteList& out);
    const OutputArea& area() const { return area_; }

private:
    void write_strip(WriteList& out);
    void write_rotated(WriteList& out);
    void write_line(uint32_t line, uint32_t left, const Row& row, WriteList& out);
    void write_chroma(uint32_t line, uint32_t left, const Row& upper, const Row& lower, WriteList& out);
    void write_piece(uint32_t plane, uint32_t line, uint32_t left, uint32_t pixels, WriteList& out);

    OutputArea area_;
    FrameSize used_;  // area_.size without what is not written
    std::array<Plane, 3> planes_;
    std::vector<Row> strip_;
    uint32_t strip_lines_;  // lines of a full strip
    uint32_t in_strip_ = 0, next_ = 0;
    std::vector<uint8_t> bytes_;
    Row turned_[2];
};

}  // namespace exysim::camera
