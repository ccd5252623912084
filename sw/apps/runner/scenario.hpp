// The scenario as the runner needs it, read once from the device tree.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace apps::runner {

struct Size {
    uint32_t width = 0;   // pixels
    uint32_t height = 0;  // lines
};

/// A buffer set: who allocates it and what it holds.
struct Buffers {
    std::string name;
    std::string exporter;  ///< "v4l2:fimc0"
    uint32_t count = 0;
    std::string format;  ///< fourcc name, "NV12"
    Size size;
};

struct Source {
    std::string device;  ///< alias, "fimc0"
    uint32_t rate = 0;   ///< frames per second
    Buffers output;
};

struct Sink {
    std::string device;   ///< alias, "mixer0"
    std::string layer;    ///< "video"
    std::string mode;     ///< "720p60"
    std::string api;      ///< "v4l2" or "drm"
    std::string overlay;  ///< "none", "layer" or "gpu"
};

struct Pipeline {
    std::string name;
    Source source;
    Sink sink;
};

struct Scenario {
    uint32_t frames = 0;  ///< frames to deliver
    std::vector<Pipeline> pipelines;
};

/// Reads /chosen/exysim. Throws Error naming the property that is missing, or the stage nobody can run yet.
Scenario read_scenario();

}  // namespace apps::runner
