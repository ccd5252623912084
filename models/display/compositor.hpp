// Layers put together line by line, and what a screen makes of the result. Plain functions; the arithmetic is
// stated in README.md.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "models/display/mixer_core.hpp"
#include "models/display/video_frame.hpp"

namespace exysim::display {

/// What has come of each layer that a Composition shows. A store that is null shows nothing.
struct Pictures {
    VideoFrame* video = nullptr;
    const LineStore* video_store = nullptr;
    std::array<GraphicFrame*, 2> graphic{};
    std::array<const LineStore*, 2> graphic_store{};
};

class Compositor {
public:
    /// Line `line` of the raster, as it leaves the mixer. Call with rising lines. Where a layer's pixels have
    /// not come in time, what is behind it shows.
    void compose(const Composition& what, const Pictures& from, uint32_t line, std::span<Pixel> out);

private:
    void add_video(const Composition& what, const Pictures& from, uint32_t line, std::span<Pixel> out);
    std::vector<Pixel> row_;
};

}  // namespace exysim::display
