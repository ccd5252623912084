#include "models/display/graphic_frame.hpp"

#include <algorithm>

namespace exysim::display {

std::vector<IovaRange> GraphicWindow::planes() const {
    const uint32_t pitch = span * bytes_per_pixel(decode.format);
    return {{base + src_y * pitch, height * pitch}};
}

void GraphicFrame::begin(const GraphicWindow& window, const Scan& scan, uint32_t screen_width,
                         uint32_t screen_lines) {
    window_ = window;
    plan_.clear();
    numbers_.assign(screen_lines, kAbsent);
    width_ = window.dst_x < screen_width ? std::min(window.shown_width(), screen_width - window.dst_x) : 0;
    if (width_ == 0) return;
    const uint32_t size = bytes_per_pixel(window.decode.format),
                   pixels = window.double_h ? (width_ + 1) / 2 : width_;
    uint32_t last = kAbsent;  // source line added last
    for (uint32_t line = 0; line < screen_lines; ++line) {
        const uint32_t y = scan.picture_line(line);
        if (y < window.dst_y || y - window.dst_y >= window.shown_height()) continue;
        const uint32_t source = (y - window.dst_y) >> (window.double_v ? 1 : 0);
        if (source == last) {
            plan_.lines.back().last_needed = line;
        } else {
            const uint32_t at = (window.src_y + source) * window.span + window.src_x;
            plan_.add(window.base + at * size, pixels * size, line, line);
        }
        last = source;
        numbers_[line] = static_cast<uint32_t>(plan_.lines.size() - 1);
    }
}

std::span<const Pixel> GraphicFrame::row(const LineStore& store, uint32_t line) {
    if (line >= numbers_.size() || numbers_[line] == kAbsent) return {};
    const uint32_t number = numbers_[line], size = bytes_per_pixel(window_.decode.format);
    const uint32_t arrived = store.valid[number] / size;
    if (arrived == 0) return {};
    pixels_.resize(arrived);
    const uint32_t from = plan_.pieces[plan_.lines[number].first_piece].into;
    decode_row(window_.decode, std::span{store.bytes}.subspan(from, arrived * size), pixels_);
    if (!window_.double_h) return pixels_;
    doubled_.resize(std::min(2 * arrived, width_));
    double_row(pixels_, doubled_);
    return doubled_;
}

}  // namespace exysim::display
