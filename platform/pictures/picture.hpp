// Pictures as files: PNG for single frames, Y4M for all of them, a hash a frame.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace exysim::pictures {

/// width * height * 3 bytes R G B, lines from the top.
struct Picture {
    uint32_t width = 0, height = 0;
    std::vector<uint8_t> rgb;
    friend bool operator==(const Picture&, const Picture&) = default;
};

/// Throws std::runtime_error naming the file.
void write_png(const std::string& file, uint32_t width, uint32_t height, const uint8_t* rgb);
/// The same as bytes in memory.
std::vector<uint8_t> encode_png(uint32_t width, uint32_t height, const uint8_t* rgb);
/// Any PNG, converted to 8-bit RGB; transparency is dropped.
Picture read_png(const std::string& file);

/// XXH3, 64 bits, of size and pixels, as 16 hexadecimal digits.
std::string picture_hash(uint32_t width, uint32_t height, const uint8_t* rgb);

struct Ycbcr {
    uint8_t y, cb, cr;
};
/// R'G'B' pixels to limited-range Y'CbCr, rounded to nearest. The matrix is the one of pictures that wide:
/// BT.709 from 1280 pixels, else BT.601.
class ToYcbcr {
public:
    explicit ToYcbcr(uint32_t width);
    /// `rgb`: three bytes R G B.
    Ycbcr operator()(const uint8_t* rgb) const;

private:
    double red_, blue_;  // their weights in luma
};

/// A Y4M file of 4:4:4 frames in limited range.
class VideoFile {
public:
    VideoFile(const std::string& file, uint32_t width, uint32_t height, uint64_t rate);
    void add(const uint8_t* rgb);

private:
    struct Close {
        void operator()(std::FILE* f) const { std::fclose(f); }
    };
    uint32_t width_, height_;
    std::unique_ptr<std::FILE, Close> file_;
    std::vector<uint8_t> planes_;
};

}  // namespace exysim::pictures
