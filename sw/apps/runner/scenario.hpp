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
    std::string exporter;  ///< "v4l2:fimc0", or "process": memory of the program's own
    uint32_t count = 0;
    std::string format;  ///< fourcc name, "NV12"
    Size size;
    bool cached = false;  ///< programs and the driver see to the caches

    bool of_process() const { return exporter == "process"; }
};

/// The descriptors of a picture's memory. Formats whose planes lie apart (NM12) have one for each. Memory of
/// the program's own has none, but an address.
struct PlaneFds {
    int first = -1;
    int second = -1;       ///< -1: both planes are in the first
    void* user = nullptr;  ///< the program's own
    uint32_t length = 0;   ///< ... so many bytes
};

struct Source {
    std::string device;  ///< alias, "fimc0"
    uint32_t rate = 0;   ///< frames per second
    Buffers output;
    Size input;                 ///< what the sensor sends; empty: as the buffers
    bool show_damaged = false;  ///< what comes of a frame that the driver calls damaged: else an error
    uint32_t camera = 0;        ///< number of the capture device's input: 0 on camera port A, 1 on port B
};

/// Where a picture lies in another one, pixels.
struct Place {
    uint32_t left = 0, top = 0;
    Size size;
};

struct Stage {
    std::string device;  ///< alias, "fimc1", "g2d", or "cpu"
    std::string op;      ///< "scale", "rotate", "flip", "inset", "invert", "histogram"
    Buffers input, output;
    uint32_t angle = 0;  ///< of rotate, degrees clockwise
    std::string axis;    ///< of flip: "horizontal", "vertical"
    Source second;       ///< of inset: the other camera
    Place place;         ///< of inset: where its picture goes
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
    std::vector<Stage> stages;
    Sink sink;

    /// What the sink shows.
    const Buffers& shown() const { return stages.empty() ? source.output : stages.back().output; }
};

struct Scenario {
    uint32_t frames = 0;  ///< frames to deliver
    std::vector<Pipeline> pipelines;
};

/// Reads /chosen/exysim. Throws Error naming the property that is missing.
Scenario read_scenario();

}  // namespace apps::runner
