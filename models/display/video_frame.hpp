// One picture of the video layer on its way from memory to the mixer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/frame_events.hpp"
#include "models/display/pixel_math.hpp"

namespace exysim::display {

/// A 4:2:0 picture with interleaved chroma in memory and the place it takes on the screen, pixel by pixel.
struct VideoWindow {
    Iova luma, chroma;                     // of the image's first pixel
    uint32_t pitch = 0, chroma_pitch = 0;  // bytes a line
    uint32_t src_x = 0, src_y = 0;         // of the window in the image, pixels
    uint32_t width = 0, height = 0;        // of the window
    uint32_t dst_x = 0, dst_y = 0;         // on the screen
    bool swapped_chroma = false;           // Cr before Cb

    uint32_t chroma_line(uint32_t line) const { return (src_y + line) / 2; }
    uint32_t chroma_lines() const { return height ? chroma_line(height - 1) - chroma_line(0) + 1 : 0; }
    Iova luma_at(uint32_t line) const { return luma + (src_y + line) * pitch + (src_x & ~1U); }
    Iova chroma_at(uint32_t line) const { return chroma + chroma_line(line) * chroma_pitch + (src_x & ~1U); }
    /// Bytes fetched of each luma and each chroma line: whole pixel pairs.
    uint32_t line_bytes() const { return ((src_x & 1U) + width + 1) & ~1U; }
    /// The memory under the window, as whole lines of the image.
    std::vector<IovaRange> planes() const;
};

/// The lines that have been fetched so far. Lines are stored as they come from memory.
class VideoFrame {
public:
    void begin(const VideoWindow& window);
    const VideoWindow& window() const { return window_; }

    std::span<uint8_t> luma(uint32_t line);
    /// Of the chroma line that `line` needs.
    std::span<uint8_t> chroma(uint32_t line);
    /// Takes back what has arrived; the storage stays where it is.
    void forget() { arrived_.assign(arrived_.size(), false); }
    void set_arrived(uint32_t line) { arrived_[line] = true; }
    bool arrived(uint32_t line) const { return arrived_[line]; }
    bool complete() const;

    /// The pixels of `line` with chroma replicated; valid until the next call.
    YcbcrLine expanded(uint32_t line);

private:
    VideoWindow window_;
    std::vector<uint8_t> luma_, chroma_;
    std::vector<bool> arrived_;
    std::vector<uint8_t> cb_, cr_;  // of the line expanded last
};

}  // namespace exysim::display
