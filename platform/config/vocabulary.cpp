#include "platform/config/vocabulary.hpp"

#include <algorithm>

namespace exysim::config {

namespace {

// clang-format off
constexpr PixelFormat kFormats[] = {
    // name   bits  w   h  meaning
    {"NV12",   12,  16, 2, "4:2:0, a plane of Y, then a plane of CbCr pairs"},
    {"NV21",   12,  16, 2, "4:2:0, a plane of Y, then a plane of CrCb pairs"},
    {"NM12",   12,  16, 2, "4:2:0, NV12 whose planes are buffers of their own"},
    {"YUYV",   16,  16, 1, "4:2:2 in one plane: Y Cb Y Cr"},
};

constexpr DisplayMode kModes[] = {  // CEA-861
    {"480p60",   720,  480, 60},
    {"576p50",   720,  576, 50},
    {"720p60",  1280,  720, 60},
    {"720p50",  1280,  720, 50},
    {"1080p60", 1920, 1080, 60},
    {"1080p50", 1920, 1080, 50},
};

constexpr Device kDevices[] = {
    // name      what                                        optional exports       writes            reads        layers   stages                     largest
    {"fimc0",    "camera interface with scaler",             true,    "v4l2:fimc0", "NV12 NV21 NM12 YUYV", "",          "",      "scale rotate flip",       {1920, 1080}},
    {"fimc1",    "camera interface with scaler",             true,    "v4l2:fimc1", "NV12 NV21 NM12 YUYV", "",          "",      "scale rotate flip",       {1920, 1080}},
    {"fimc2",    "camera interface with scaler",             true,    "v4l2:fimc2", "NV12 NV21 NM12 YUYV", "",          "",      "scale rotate flip",       {1920, 1080}},
    {"fimc3",    "camera interface with scaler",             true,    "v4l2:fimc3", "NV12 NV21 NM12 YUYV", "",          "",      "scale flip",              {1920, 1080}},
    {"fimc_lite0", "camera interface without scaler, of an exynos4412", true, "",  "",             "",          "",      "",                        {}},
    {"fimc_lite1", "camera interface without scaler, of an exynos4412", true, "",  "",             "",          "",      "",                        {}},
    {"sensor_b", "a second Y'CbCr sensor, on camera port B", true,    "",           "",               "",          "",      "",                        {}},
    {"csis0",    "MIPI receiver with a raw Bayer sensor",    true,    "",           "",               "",          "",      "",                        {}},
    {"csis1",    "MIPI receiver, nothing plugged in",        true,    "",           "",               "",          "",      "",                        {}},
    {"mixer0",   "video processor, mixer and HDMI output",   true,    "",           "",               "NV12 NV21 NM12", "video", "",                        {1920, 1080}},
    {"fimd0",    "five windows for an RGB panel",            true,    "",           "",               "",          "",      "",                        {}},
    {"g2d",      "2D engine, versions 3 and 4.1",            true,    "drm:g2d",    "",               "",          "",      "scale rotate flip inset", {}},
    {"simctl",   "simulation channel: exit status, names",   true,    "",           "",               "",          "",      "",                        {}},
};

constexpr std::string_view kPatterns[] = {"bars", "zoneplate"};
// clang-format on

template <class Row>
const Row* find(std::span<const Row> table, std::string_view name) {
    const auto row = std::find_if(table.begin(), table.end(), [&](const Row& r) { return r.name == name; });
    return row == table.end() ? nullptr : &*row;
}

}  // namespace

std::span<const PixelFormat> pixel_formats() { return kFormats; }
std::span<const DisplayMode> display_modes() { return kModes; }
std::span<const Device> devices() { return kDevices; }
std::span<const std::string_view> patterns() { return kPatterns; }

const PixelFormat* find_format(std::string_view name) { return find(pixel_formats(), name); }
const DisplayMode* find_mode(std::string_view name) { return find(display_modes(), name); }
const Device* find_device(std::string_view name) { return find(devices(), name); }

}  // namespace exysim::config
