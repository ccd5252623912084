// One picture of the video layer on its way from memory to the mixer.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/frame_events.hpp"
#include "models/display/fetch_plan.hpp"
#include "models/display/pixel_math.hpp"
#include "models/display/post_process.hpp"
#include "models/display/scaler.hpp"

namespace exysim::display {

/// A 4:2:0 picture with interleaved chroma in memory, the window of it that is shown, and the place that
/// takes on the screen. In a field of an interlaced picture all lines are the field's, unless 2D-IPC makes a
/// whole picture of it first: then places and the vertical ratio count that picture's lines.
struct VideoWindow {
    Iova luma, chroma;                     // of the image's first pixel, or of the field's first line
    uint32_t pitch = 0, chroma_pitch = 0;  // bytes a line
    uint32_t src_x = 0, src_y = 0;         // of the window in the image, pixels
    uint32_t src_fraction = 0;             // of src_x, in 1 / 16
    uint32_t width = 0, height = 0;        // of the window
    uint32_t dst_x = 0, dst_y = 0;         // on the screen
    uint32_t dst_width = 0, dst_height = 0;
    uint32_t h_ratio = kUnity, v_ratio = kUnity;  // source pixels a screen pixel, 16.16
    bool swapped_chroma = false;                  // Cr before Cb
    bool tiled = false;                           // 64x32 tiles
    bool line_skip = false;                       // every other line of the image: a field
    bool whole_picture = false;                   // 2D-IPC: the field's missing lines are interpolated
    bool bottom_field = false;                    // it has the odd lines of that picture

    bool scaled_h() const { return h_ratio != kUnity || src_fraction != 0; }
    bool scaled_v() const { return v_ratio != kUnity; }
    uint32_t chroma_lines() const { return height ? (src_y + height - 1) / 2 - src_y / 2 + 1 : 0; }
    /// Bytes fetched of each luma and each chroma line: whole pixel pairs.
    uint32_t line_bytes() const { return ((src_x & 1U) + width + 1) & ~1U; }
    /// Where line `line` of a plane starts, linear.
    Iova luma_at(uint32_t line) const { return luma + line * (line_skip ? 2 : 1) * pitch; }
    Iova chroma_at(uint32_t line) const { return chroma + line * (line_skip ? 2 : 1) * chroma_pitch; }
    /// The memory under the window, as whole lines of the image.
    std::vector<IovaRange> planes() const;
};

/// Byte (x, y) of a plane of 64x32 tiles, `width` bytes wide and `height` lines high, from its start: tiles
/// zigzag in pairs of rows (hardware/fimc.md, section 6).
uint32_t tile_offset(uint32_t x, uint32_t y, uint32_t width, uint32_t height);

/// The lines that have been fetched so far, and the pixels they make.
class VideoFrame {
public:
    /// `screen_lines`: active lines of the raster; nothing below is fetched. `image_lines`: height of the
    /// image in memory, which places its tiles.
    void begin(const VideoWindow& window, const VideoFilters& filters, const PostProcess& post,
               uint32_t screen_lines, uint32_t image_lines);
    const VideoWindow& window() const { return window_; }
    const FetchPlan& plan() const { return plan_; }

    /// Line `line` of the window on the screen; returns how many pixels from the left have come in time. Call
    /// with rising lines. `out` is at most dst_width long.
    uint32_t row(const LineStore& store, uint32_t line, Matrix matrix, std::span<Pixel> out);

private:
    /// Of one plane: which lines of the source each line on the screen takes. "Lines" are those of the
    /// picture that the scaler sees, "rows" those in memory: two lines a row behind 2D-IPC.
    struct Plane {
        /// The rows whose mean a line is; twice the same for a line that is in memory.
        struct Rows {
            uint32_t above, below;
        };
        uint32_t first = 0, rows = 0;   // in memory
        uint32_t lines_a_row = 1;       // 2 behind 2D-IPC
        uint32_t parity = 0;            // of the lines that are in memory, if two a row
        Steps steps;                    // from line 0 of the picture
        std::vector<uint32_t> numbers;  // in the plan, by row from `first`; kAbsent = not fetched
        uint32_t clamped(int64_t line) const;
        Rows rows_of(uint32_t line) const;
        /// The rows that screen line `line` is made of.
        Rows rows_shown(uint32_t line) const;
    };
    static constexpr uint32_t kAbsent = ~0U;
    /// A line scaled horizontally, kept until another takes its place.
    struct Scaled {
        uint32_t line = kAbsent;
        std::vector<uint8_t> a, b;  // luma alone, or Cb and Cr
    };

    void plan_plane(Plane& plane, bool chroma, uint32_t shown, uint32_t image_lines);
    void sort_plan();
    void add_line(uint32_t row, bool chroma, uint32_t needed, uint32_t image_lines);
    std::span<const uint8_t> row_bytes(const LineStore& store, const Plane& plane, uint32_t row) const;
    /// Of a line of the picture; valid until the next call for a line that is not in memory.
    std::span<const uint8_t> line_bytes(const LineStore& store, const Plane& plane, uint32_t line);
    uint32_t valid(const LineStore& store, const Plane& plane, uint32_t line) const;
    bool complete(const LineStore& store, const Plane& plane, uint32_t screen_line) const;
    uint32_t plain_row(const LineStore& store, uint32_t line, size_t width);
    bool scaled_row(const LineStore& store, uint32_t line, size_t width);
    Scaled& scaled_luma(const LineStore& store, uint32_t line, size_t width);
    Scaled& scaled_chroma(const LineStore& store, uint32_t line, size_t width);
    void split_chroma(std::span<const uint8_t> pairs, std::vector<uint8_t>& cb,
                      std::vector<uint8_t>& cr) const;

    VideoWindow window_;
    VideoFilters filters_;
    PostProcess post_;
    FetchPlan plan_;
    Plane luma_, chroma_;
    std::array<Scaled, 4> luma_cache_, chroma_cache_;  // by source line modulo 4
    std::vector<uint8_t> y_, cb_, cr_, cb_line_, cr_line_, mean_;
};

}  // namespace exysim::display
