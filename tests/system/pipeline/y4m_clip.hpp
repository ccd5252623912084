// Y4M files as tests read them: written from the format's public description, not from the product's reader.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace exysim::test {

/// One frame: planar 8-bit Y, Cb, Cr. Chroma has half the width; its height is the picture's (4:2:2) or half
/// (4:2:0).
struct YcbcrFrame {
    uint32_t width = 0;
    uint32_t height = 0;
    bool chroma_420 = true;
    std::vector<uint8_t> y, cb, cr;
};

/// All frames of a "YUV4MPEG2" file with C420*, C422 or no C tag (which means 4:2:0). Throws
/// std::runtime_error.
std::vector<YcbcrFrame> read_y4m(const std::filesystem::path& file);

/// Writes frames of one size and kind at 30 frames a second.
void write_y4m(const std::filesystem::path& file, const std::vector<YcbcrFrame>& frames);

}  // namespace exysim::test
