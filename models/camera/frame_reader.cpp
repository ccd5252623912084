#include "models/camera/frame_reader.hpp"

namespace exysim::camera {

Plane InputArea::plane(uint32_t index) const {
    return {base[index], layout.bytes(index, canvas.width), layout.lines(index, canvas.height),
            index == 0 ? luma_tiling : chroma_tiling};
}

FrameReader::FrameReader(const InputArea& area, Read read) : area_{area}, read_{std::move(read)} {
    for (uint32_t i = 0; i < 3; ++i) {
        planes_[i] = area.plane(i);
        bytes_[i].resize(area.layout.bytes(i, area.size.width + 1) + 2);  // a last odd pixel has chroma too
    }
}

void FrameReader::line(uint32_t index, Row& to) {
    if (!area_.rotate) return read_line(index, to);
    if (all_.empty()) read_all();
    to.resize(area_.size.height);
    for (uint32_t x = 0; x < to.width(); ++x) {
        const Row& from = all_[area_.size.height - 1 - x];
        for (int c = 0; c < 3; ++c) to.c[c][x] = from.c[c][index];
    }
}

void FrameReader::read_all() {
    all_.resize(area_.size.height);
    for (uint32_t y = 0; y < area_.size.height; ++y) read_line(y, all_[y]);
}

/// A line after flipping.
void FrameReader::read_line(uint32_t line, Row& to) {
    if (area_.flip_x) line = area_.size.height - 1 - line;
    read_piece(0, line);
    const uint32_t chroma = area_.layout.subsampled_lines() ? line / 2 : line;
    if (area_.layout.planes() > 1 && chroma != chroma_line_) {
        for (uint32_t plane = 1; plane < area_.layout.planes(); ++plane) read_piece(plane, chroma);
        chroma_line_ = chroma;
    }
    to.resize(area_.size.width);
    const uint8_t* const planes[3] = {bytes_[0].data(), bytes_[1].data(), bytes_[2].data()};
    unpack(area_.layout, planes, to);
    if (!area_.flip_y) return;
    for (auto& samples : to.c) std::reverse(samples.begin(), samples.end());
}

void FrameReader::read_piece(uint32_t plane, uint32_t line) {
    const OutputArea::Offset& offset = area_.offset[plane];
    const uint32_t top = area_.layout.lines(plane, offset.top);
    const uint32_t at = top + line * (area_.line_skip[plane] + 1);
    const uint32_t pixels =
        area_.layout.subsampled_columns() ? (area_.size.width + 1) & ~1U : area_.size.width;
    planes_[plane].pieces(at, area_.layout.bytes(plane, offset.left), area_.layout.bytes(plane, pixels),
                          [&](Iova from, uint32_t first, uint32_t size) {
                              read_(from, std::span{bytes_[plane]}.subspan(first, size));
                          });
}

}  // namespace exysim::camera
