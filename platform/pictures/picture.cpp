#include "platform/pictures/picture.hpp"

#include <fmt/format.h>
#include <png.h>
#include <xxhash.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace exysim::pictures {

namespace {

[[noreturn]] void fail(const std::string& file, const std::string& why) {
    throw std::runtime_error{fmt::format("{}: {}", file, why)};
}

png_image rgb_image(uint32_t width, uint32_t height) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_RGB;
    return image;
}

/// Weights of R, G, B in luma; Cb and Cr follow. Sources: ITU-R BT.601, BT.709.
struct Luma {
    double red, blue;
};
constexpr Luma kBt601{0.299, 0.114};
constexpr Luma kBt709{0.2126, 0.0722};

uint8_t nearest_level(double level) {
    return static_cast<uint8_t>(std::lround(std::min(255.0, std::max(0.0, level))));
}

}  // namespace

std::vector<uint8_t> encode_png(uint32_t width, uint32_t height, const uint8_t* rgb) {
    png_image image = rgb_image(width, height);
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);  // asking for the size would compress it once more
    std::vector<uint8_t> bytes(size);
    if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, rgb, 0, nullptr))
        fail("PNG", image.message);
    bytes.resize(size);
    return bytes;
}

Picture read_png(const std::string& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_file(&image, file.c_str())) fail(file, image.message);
    image.format = PNG_FORMAT_RGB;
    Picture picture{image.width, image.height, std::vector<uint8_t>(PNG_IMAGE_SIZE(image))};
    const png_color black{0, 0, 0};
    if (!png_image_finish_read(&image, &black, picture.rgb.data(), 0, nullptr)) fail(file, image.message);
    return picture;
}

std::string picture_hash(uint32_t width, uint32_t height, const uint8_t* rgb) {
    const uint64_t seed = uint64_t{width} << 32 | height;
    return fmt::format("{:016x}", XXH3_64bits_withSeed(rgb, size_t{width} * height * 3, seed));
}

VideoFile::VideoFile(const std::string& file, uint32_t width, uint32_t height, uint64_t rate)
    : width_{width},
      height_{height},
      file_{std::fopen(file.c_str(), "wb")},
      planes_(size_t{width} * height * 3) {
    if (!file_) fail(file, std::strerror(errno));
    fmt::print(file_.get(), "YUV4MPEG2 W{} H{} F{}:1 Ip A1:1 C444\n", width, height, rate);
}

ToYcbcr::ToYcbcr(uint32_t width) {
    const Luma weight = width >= 1280 ? kBt709 : kBt601;
    red_ = weight.red;
    blue_ = weight.blue;
}

Ycbcr ToYcbcr::operator()(const uint8_t* rgb) const {
    const double r = rgb[0] / 255.0, g = rgb[1] / 255.0, b = rgb[2] / 255.0;
    const double y = red_ * r + (1 - red_ - blue_) * g + blue_ * b;
    return {nearest_level(16 + 219 * y), nearest_level(128 + 112 * (b - y) / (1 - blue_)),
            nearest_level(128 + 112 * (r - y) / (1 - red_))};
}

void VideoFile::add(const uint8_t* rgb) {
    const ToYcbcr convert{width_};
    const size_t pixels = size_t{width_} * height_;
    for (size_t i = 0; i < pixels; ++i) {
        const Ycbcr pixel = convert(rgb + 3 * i);
        planes_[i] = pixel.y;
        planes_[pixels + i] = pixel.cb;
        planes_[2 * pixels + i] = pixel.cr;
    }
    std::fputs("FRAME\n", file_.get());
    std::fwrite(planes_.data(), 1, planes_.size(), file_.get());
}

}  // namespace exysim::pictures
