#include "models/display/video_frame.hpp"

#include <algorithm>

namespace exysim::display {

std::vector<IovaRange> VideoWindow::planes() const {
    return {{luma + src_y * pitch, height * pitch},
            {chroma + chroma_line(0) * chroma_pitch, chroma_lines() * chroma_pitch}};
}

void VideoFrame::begin(const VideoWindow& window) {
    window_ = window;
    const size_t bytes = window.line_bytes();
    luma_.resize(bytes * window.height);
    chroma_.resize(bytes * window.chroma_lines());
    arrived_.assign(window.height, false);
    cb_.resize(window.width);
    cr_.resize(window.width);
}

std::span<uint8_t> VideoFrame::luma(uint32_t line) {
    const size_t bytes = window_.line_bytes();
    return std::span{luma_}.subspan(line * bytes, bytes);
}

std::span<uint8_t> VideoFrame::chroma(uint32_t line) {
    const size_t bytes = window_.line_bytes();
    return std::span{chroma_}.subspan((window_.chroma_line(line) - window_.chroma_line(0)) * bytes, bytes);
}

bool VideoFrame::complete() const {
    return std::all_of(arrived_.begin(), arrived_.end(), [](bool here) { return here; });
}

YcbcrLine VideoFrame::expanded(uint32_t line) {
    const uint32_t odd = window_.src_x & 1U;  // the window may start at a pair's second pixel
    const std::span<const uint8_t> pairs = chroma(line);
    const size_t cb = window_.swapped_chroma ? 1 : 0, cr = cb ^ 1;
    for (uint32_t x = 0; x < window_.width; ++x) {
        const size_t pair = (x + odd) & ~1U;
        cb_[x] = pairs[pair + cb];
        cr_[x] = pairs[pair + cr];
    }
    return {std::span<const uint8_t>{luma(line)}.subspan(odd, window_.width), cb_, cr_};
}

}  // namespace exysim::display
