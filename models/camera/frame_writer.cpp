#include "models/camera/frame_writer.hpp"

namespace exysim::camera {

namespace {
constexpr uint32_t kRotatorLines = 32;
}

FrameSize OutputArea::written() const {
    FrameSize s = rotate ? FrameSize{size.height, size.width} : size;
    if (layout.subsampled_columns()) s.width &= ~1U;
    if (layout.subsampled_lines()) s.height &= ~1U;
    return s;
}

Plane OutputArea::plane(uint32_t index) const {
    return {base[index], layout.bytes(index, canvas.width), layout.lines(index, canvas.height),
            index == 0 ? luma_tiling : chroma_tiling};
}

uint8_t* WriteList::add(Iova at, uint32_t size) {
    const auto first = static_cast<uint32_t>(data_.size());
    writes_.push_back({at, first, size});
    data_.resize(data_.size() + size);
    return data_.data() + first;
}

FrameWriter::FrameWriter(const OutputArea& area)
    : area_{area}, planes_{area.plane(0), area.plane(1), area.plane(2)} {
    const FrameSize written = area.written();
    used_ = area.rotate ? FrameSize{written.height, written.width} : written;
    strip_lines_ = area.rotate ? kRotatorLines : area.layout.subsampled_lines() ? 2 : 1;
    strip_.resize(strip_lines_);
}

void FrameWriter::push(const Row& row, WriteList& out) {
    if (next_ + in_strip_ >= used_.height) return;
    Row& to = strip_[in_strip_++];
    to.resize(used_.width);
    const auto width = static_cast<ptrdiff_t>(used_.width);
    for (int plane = 0; plane < 3; ++plane) {
        const auto from = row.c[plane].begin();
        if (area_.flip_y) {
            std::reverse_copy(from, from + width, to.c[plane].begin());
        } else {
            std::copy(from, from + width, to.c[plane].begin());
        }
    }
    if (in_strip_ < strip_lines_ && next_ + in_strip_ < used_.height) return;
    if (area_.rotate) {
        write_rotated(out);
    } else {
        write_strip(out);
    }
    next_ += in_strip_;
    in_strip_ = 0;
}

void FrameWriter::write_strip(WriteList& out) {
    const auto place = [&](uint32_t line) { return area_.flip_x ? used_.height - 1 - line : line; };
    for (uint32_t i = 0; i < in_strip_; ++i) write_line(place(next_ + i), 0, strip_[i], out);
    if (area_.layout.planes() == 1) return;
    if (area_.layout.subsampled_lines()) {
        write_chroma(place(next_) / 2, 0, strip_[0], strip_[1], out);
    } else {
        write_chroma(place(next_), 0, strip_[0], strip_[0], out);
    }
}

/// Line y of the picture becomes column H - 1 - y; the strip's lines become neighbouring columns.
void FrameWriter::write_rotated(WriteList& out) {
    const uint32_t count = in_strip_, height = used_.height;
    const uint32_t left = area_.flip_x ? next_ : height - next_ - count;
    const auto turn = [&](uint32_t x, Row& to) {
        to.resize(count);
        for (uint32_t i = 0; i < count; ++i) {
            const Row& from = strip_[area_.flip_x ? i : count - 1 - i];
            for (int c = 0; c < 3; ++c) to.c[c][i] = from.c[c][x];
        }
    };
    const bool pairs = area_.layout.subsampled_lines(), chroma = area_.layout.planes() > 1;
    for (uint32_t line = 0; line < used_.width; ++line) {
        Row& row = turned_[line % 2];
        turn(line, row);
        write_line(line, left, row, out);
        if (!chroma || (pairs && line % 2 == 0)) continue;
        write_chroma(pairs ? line / 2 : line, left, pairs ? turned_[0] : row, row, out);
    }
}

void FrameWriter::write_line(uint32_t line, uint32_t left, const Row& row, WriteList& out) {
    bytes_.resize(area_.layout.bytes(0, row.width()));
    pack_line(area_.layout, row, bytes_.data());
    write_piece(0, line, left, row.width(), out);
}

void FrameWriter::write_chroma(uint32_t line, uint32_t left, const Row& upper, const Row& lower,
                               WriteList& out) {
    for (uint32_t plane = 1; plane < area_.layout.planes(); ++plane) {
        bytes_.resize(area_.layout.bytes(plane, upper.width()));
        pack_chroma(area_.layout, plane, upper, lower, bytes_.data());
        write_piece(plane, line, left, upper.width(), out);
    }
}

/// `line` and `left` count within the rectangle; `line` in lines of the plane, `left` in pixels.
void FrameWriter::write_piece(uint32_t plane, uint32_t line, uint32_t left, uint32_t pixels, WriteList& out) {
    if (bytes_.empty()) return;  // a picture one pixel wide has no chroma
    const OutputArea::Offset& offset = area_.offset[plane];
    const uint32_t top = area_.layout.lines(plane, offset.top);
    const uint32_t from = area_.layout.bytes(plane, offset.left + left);
    planes_[plane].pieces(top + line, from, area_.layout.bytes(plane, pixels),
                          [&](Iova at, uint32_t first, uint32_t size) {
                              std::copy_n(bytes_.data() + first, size, out.add(at, size));
                          });
}

}  // namespace exysim::camera
