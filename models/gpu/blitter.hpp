// The engine's data path: carries out one blit, row by row, on memory that its owner reads and writes.
#pragma once

#include <span>
#include <vector>

#include "models/gpu/row_ops.hpp"
#include "models/gpu/sampler.hpp"

namespace exysim::gpu {

/// Order of operations on a pixel: source (scaled, rotated) -> colour keys and transparency ->
/// premultiplication -> alpha mask -> ROP4 with the third operand -> alpha -> clip -> write. [Assumed]
class Blitter {
public:
    /// False if memory failed or asked to stop.
    bool run(const Blit& blit, BlitMemory& memory);
    /// Whether the result depends on what lies at the destination.
    static bool reads_destination(const Blit& blit);

private:
    bool row(int32_t y);
    bool fill_rows();
    bool load_source(int32_t y);
    bool load_destination(int32_t y);
    bool load_pattern(int32_t y);
    bool fetch_pattern(int32_t line);
    bool load_mask(int32_t y);
    void test_keys();
    void compute();
    void rop_row(uint8_t rop, Third third, std::span<Argb> row);
    void masked_rop();
    bool store(int32_t y);
    bool store_run(int32_t x, int32_t y, std::span<const Argb> pixels);

    bool uses_pattern() const;
    bool selects_pixels() const;

    const Blit* blit_ = nullptr;
    BlitMemory* memory_ = nullptr;
    RowReader reader_;
    Sampler sampler_, mask_sampler_;
    Blender blender_;
    std::vector<Argb> pixels_, destination_, third_, pattern_, other_, mask_;
    int32_t pattern_row_ = -1;  // the row of the pattern in pattern_
    std::vector<uint8_t> drawn_, bytes_, chroma_;
};

}  // namespace exysim::gpu
