#include "tests/support/images.hpp"

#include <png.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace exysim::test {

RgbImage read_png(const std::filesystem::path& file) {
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_file(&png, file.c_str())) {
        throw std::runtime_error{file.string() + ": " + png.message};
    }
    png.format = PNG_FORMAT_RGB;
    RgbImage image{png.width, png.height, std::vector<uint8_t>(PNG_IMAGE_SIZE(png))};
    if (!png_image_finish_read(&png, nullptr, image.rgb.data(), 0, nullptr)) {
        throw std::runtime_error{file.string() + ": " + png.message};
    }
    return image;
}

int largest_difference(const RgbImage& a, const RgbImage& b) {
    if (a.width != b.width || a.height != b.height) throw std::runtime_error{"pictures differ in size"};
    int largest = 0;
    for (size_t i = 0; i < a.rgb.size(); ++i) largest = std::max(largest, std::abs(a.rgb[i] - b.rgb[i]));
    return largest;
}

int run_command(const std::string& command, std::string& output) {
    FILE* pipe = popen(("( " + command + " ) 2>&1 </dev/null").c_str(), "r");
    if (!pipe) throw std::runtime_error{"cannot start: " + command};
    std::array<char, 4096> piece{};
    while (const size_t n = fread(piece.data(), 1, piece.size(), pipe)) output.append(piece.data(), n);
    const int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace exysim::test
