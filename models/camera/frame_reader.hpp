// FIMC's input DMA as a function of lines: where the bytes of a picture line are, with flips and rotation.
#pragma once

#include <functional>

#include "models/camera/frame_writer.hpp"

namespace exysim::camera {

/// The rectangle that memory-to-memory operation reads.
struct InputArea {
    PixelLayout layout;
    std::array<Iova, 3> base;
    FrameSize canvas;
    std::array<OutputArea::Offset, 3> offset = {};
    FrameSize size;  ///< as it lies in memory
    std::array<uint32_t, 3> line_skip =
        {};                               ///< lines left out after each one, by plane (CIILINESKIP). Assumed
    bool flip_x = false, flip_y = false;  ///< as it is read
    bool rotate = false;                  ///< then a quarter turn clockwise
    Tiling luma_tiling = {}, chroma_tiling = {};

    /// What comes out.
    FrameSize picture() const { return rotate ? FrameSize{size.height, size.width} : size; }
    Plane plane(uint32_t index) const;
};

class FrameReader {
public:
    /// Reads bytes from memory; what cannot be read is left as it is.
    using Read = std::function<void(Iova, std::span<uint8_t>)>;

    FrameReader(const InputArea& area, Read read);

    /// Line `index` of the picture; lines are asked for in order. A rotated picture is read as a whole first.
    void line(uint32_t index, Row& to);

private:
    void read_line(uint32_t line, Row& to);
    void read_piece(uint32_t plane, uint32_t line);
    void read_all();

    InputArea area_;
    Read read_;
    std::array<Plane, 3> planes_;
    std::vector<uint8_t> bytes_[3];
    uint32_t chroma_line_ = ~0U;  // that bytes_ holds
    std::vector<Row> all_;
};

}  // namespace exysim::camera
