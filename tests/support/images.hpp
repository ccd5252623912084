// Pictures as tests see them: read back from the files a run wrote, or made by another program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace exysim::test {

/// `width * height` pixels, three bytes each in the order R, G, B, no padding.
struct RgbImage {
    uint32_t width = 0;
    uint32_t height = 0;
    std::vector<uint8_t> rgb;
};

/// Reads a PNG of any colour type as RGB. Throws std::runtime_error with the file's name.
RgbImage read_png(const std::filesystem::path& file);

/// Largest difference of any channel of any pixel. Throws when the sizes differ.
int largest_difference(const RgbImage& a, const RgbImage& b);

/// Runs a shell command, returns its exit status; `output` gets stdout and stderr.
int run_command(const std::string& command, std::string& output);

}  // namespace exysim::test
