// Reading pictures: rows from memory, and source and mask as the destination's pixels see them (scaled,
// mirrored, rotated, repeated).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/base/frame_events.hpp"
#include "models/gpu/blit.hpp"

namespace exysim::gpu {

/// What the engine works on. Every call may take time and may fail; a failure ends the blit.
class BlitMemory {
public:
    virtual ~BlitMemory() = default;
    virtual bool read(Iova at, std::span<uint8_t> into) = 0;
    virtual bool write(Iova at, std::span<const uint8_t> from) = 0;
    /// `pixels` of the destination are done: time may pass. False asks the blit to stop (reset).
    virtual bool row_done(uint32_t pixels) = 0;
};

/// Bytes of a row that hold pixels from `x` on, in the picture's first plane and among chroma.
/// [Assumed] chroma rows of 4:2:0 and 4:2:2 are as long as luma's, of 4:4:4 twice as long.
Iova plane1_at(const Image& image, int32_t x, int32_t y);
Iova chroma_at(const Image& image, int32_t x, int32_t y);
/// The bytes from the first to the last pixel of `rect`, by plane.
std::vector<IovaRange> ranges_of(const Image& image, const Rect& rect);
/// Bytes of chroma for `pixels` pixels from an even one on.
uint32_t chroma_bytes(const PixelFormat& format, uint32_t pixels);

/// Reads pixels of one row.
class RowReader {
public:
    bool read(BlitMemory& memory, const Image& image, int32_t x, int32_t y, std::span<Argb> into);

private:
    std::vector<uint8_t> plane1_, chroma_;
    std::vector<Argb> pairs_;
};

/// A picture, source or mask, as seen from the destination. Upright pictures keep two rows; rotated ones are
/// read in bands of kBand columns, every row of the band. [Assumed: the band]
class Sampler {
public:
    static constexpr int32_t kBand = 32;

    /// The picture is part of the blit; both, and the memory, outlast the rows.
    void begin(const Blit& blit, const Image& picture, const Sampling& how, BlitMemory& memory);
    /// The picture's pixels of destination row `y`, clip.left to clip.right. Rows come in ascending order.
    bool row(int32_t y, std::span<Argb> into);

private:
    /// Two neighbours and the weight of the second in 256ths. Indices count from the rectangle's corner.
    struct Sample {
        int32_t first = 0, second = 0;
        uint32_t weight = 0;
    };
    struct Span {
        int32_t least = INT32_MAX, most = INT32_MIN;
        void add(int32_t index);
        int32_t size() const { return most < least ? 0 : most - least + 1; }
    };
    static constexpr int32_t kPad = INT32_MIN, kNothing = INT32_MIN + 1;  // in place of an index

    std::vector<Sample> samples(int32_t count, uint32_t step, int32_t size, bool negative) const;
    int32_t repeated(int64_t index, int32_t size) const;
    static Span span_of(const std::vector<Sample>& samples, int32_t from, int32_t to);
    void shape(Span columns, int32_t slots);
    bool fetch(int32_t source_row, int32_t keep);
    bool fetch(const Sample& rows);
    bool fetch_band(int32_t y);
    bool upright_row(int32_t y, std::span<Argb> into);
    bool rotated_row(int32_t y, std::span<Argb> into);
    void gather(const Argb* from, int32_t px, int32_t step, std::span<Argb> into) const;
    Argb at(const Sample& x, const Sample& y) const;
    Argb texel(int32_t x, int32_t y) const;
    int32_t walk_x(int32_t x) const;  // steps from where the destination's walk begins
    int32_t walk_y(int32_t y) const;

    const Blit* blit_ = nullptr;
    const Image* picture_ = nullptr;
    const Sampling* how_ = nullptr;
    BlitMemory* memory_ = nullptr;
    RowReader reader_;
    std::vector<Sample> x_, y_;  // by pixel of the scaled, not yet rotated picture
    bool plain_ = true;          // every sample is one pixel of the picture
    Span columns_, rows_;        // of the picture: fetched columns, rows the blit uses
    std::vector<Argb> texels_;
    std::vector<int32_t> slot_of_row_, row_of_slot_;
    int32_t next_slot_ = 0, band_end_ = 0;
};

}  // namespace exysim::gpu
