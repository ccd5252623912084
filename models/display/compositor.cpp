#include "models/display/compositor.hpp"

#include <algorithm>

namespace exysim::display {

namespace {

void add_graphic(GraphicFrame& frame, const LineStore& store, uint32_t line, std::span<Pixel> out) {
    const std::span<const Pixel> row = frame.row(store, line);
    if (!row.empty()) blend_row(row, frame.window().blend, out.subspan(frame.window().dst_x));
}

}  // namespace

void Compositor::add_video(const Composition& what, const Pictures& from, uint32_t line,
                           std::span<Pixel> out) {
    const VideoWindow& w = from.video->window();
    if (line < w.dst_y || line - w.dst_y >= w.dst_height || w.dst_x >= out.size()) return;
    const std::span<Pixel> place = out.subspan(w.dst_x, std::min<size_t>(w.dst_width, out.size() - w.dst_x));
    if (what.video_blend.alpha == 255) {
        from.video->row(*from.video_store, line - w.dst_y, what.matrix, place);
        return;
    }
    row_.resize(place.size());
    const uint32_t pixels = from.video->row(*from.video_store, line - w.dst_y, what.matrix, row_);
    blend_row(std::span{row_}.first(pixels), what.video_blend, place);
}

void Compositor::compose(const Composition& what, const Pictures& from, uint32_t line, std::span<Pixel> out) {
    const Rgb bg = what.background;
    std::fill(out.begin(), out.end(), make_pixel(255, bg.r, bg.g, bg.b));
    for (size_t i = 0; i < what.count; ++i) {
        const Layer layer = what.order[i];
        if (layer == Layer::video) {
            if (from.video_store) add_video(what, from, line, out);
            continue;
        }
        const size_t n = static_cast<size_t>(layer) - 1;
        if (from.graphic_store[n]) add_graphic(*from.graphic[n], *from.graphic_store[n], line, out);
    }
    if (what.yuv) {
        through_ycbcr(*what.yuv, what.screen_matrix, out);
    } else if (what.limited_range) {
        through_limited_range(out);
    }
}

}  // namespace exysim::display
