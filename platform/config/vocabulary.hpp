// The words a scenario may use: devices, pixel formats, display modes, patterns. One table each; the checks,
// the device tree and `exysim describe` read them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exysim::config {

/// Pixels; both zero means "not given".
struct Size {
    uint64_t width = 0;
    uint64_t height = 0;
    friend bool operator==(const Size&, const Size&) = default;
};

/// A pixel format in memory, named by its V4L2 fourcc.
/// Source: linux/videodev2.h's descriptions of V4L2_PIX_FMT_*.
struct PixelFormat {
    std::string_view name;
    unsigned bits_per_pixel;  ///< over all planes
    unsigned width_step;      ///< width must be a multiple of this
    unsigned height_step;
    std::string_view meaning;

    uint64_t bytes(Size size) const { return size.width * size.height * bits_per_pixel / 8; }
};

/// A progressive display mode.
struct DisplayMode {
    std::string_view name;
    uint32_t width, height;  ///< active pixels and lines
    uint32_t hertz;          ///< frames a second, nominal
};

/// What a device of the machine can do in a pipeline. Lists are parted by blanks.
struct Device {
    std::string_view name;
    std::string_view what;     ///< one sentence
    bool optional;             ///< a platform may leave it out
    std::string_view exports;  ///< exporter names of `buffers`, "v4l2:fimc0"
    std::string_view writes;   ///< formats it can produce as a source
    std::string_view reads;    ///< formats it can take as a sink
    std::string_view layers;   ///< of a display
    std::string_view stages;   ///< what it does to a picture between source and sink
    Size largest{};            ///< picture it can write or read
};

std::span<const PixelFormat> pixel_formats();
std::span<const DisplayMode> display_modes();
std::span<const Device> devices();
std::span<const std::string_view> patterns();

const PixelFormat* find_format(std::string_view name);
const DisplayMode* find_mode(std::string_view name);
const Device* find_device(std::string_view name);

/// The names of a table's rows that satisfy `wanted`.
template <class Row, class Wanted>
std::vector<std::string> names_of(std::span<const Row> table, Wanted wanted) {
    std::vector<std::string> names;
    for (const Row& row : table) {
        if (wanted(row)) names.emplace_back(row.name);
    }
    return names;
}
template <class Row>
std::vector<std::string> names_of(std::span<const Row> table) {
    return names_of(table, [](const Row&) { return true; });
}

}  // namespace exysim::config
