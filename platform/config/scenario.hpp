// A scenario as its file states it, checked against the platform it names.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/config/clip.hpp"
#include "platform/config/platform.hpp"
#include "platform/config/sharing_rule.hpp"
#include "platform/config/vocabulary.hpp"

namespace exysim::config {

struct Run {
    uint64_t frames = 60;     ///< frames to deliver
    uint64_t until_ns = 0;    ///< bound on simulated time; 0 = 3 x frames / rate + 10 s
    uint64_t save_every = 0;  ///< PNG of every Nth frame besides first and last; 0 = those two only
    bool save_video = false;  ///< all delivered frames as frames.y4m
};

/// What the sensor sees.
struct Input {
    std::string name;
    std::string pattern;          ///< or empty
    std::string file;             ///< as found from the scenario's folder, or empty
    std::string sensor = "yuv";   ///< that sees it: yuv, on camera port A, yuv_b, on port B, or raw, on CSIS0
    std::string at_end = "loop";  ///< of a clip and of frame times: loop, hold, stop
    std::string times;            ///< file of frame times as found, or empty
    std::vector<uint64_t> times_ns;  ///< what it holds
    Size size;                       ///< of a pattern, if given; of a file, its own
    std::optional<ClipFacts> facts;  ///< of a file
};

struct BufferSet {
    std::string name;
    std::string exporter;
    uint64_t count = 4;
    std::string format;
    Size size;
    uint64_t bytes = 0;  ///< of each buffer; at least what the format needs, which is the default
    std::string mapping = "writecombine";
};

struct Source {
    std::string device;
    std::string input;
    uint64_t rate = 30;            ///< frames a second
    std::string output;            ///< a BufferSet's name
    std::string damaged = "fail";  ///< what the program does with a frame that came only in part: fail, show
};

struct Sink {
    std::string device;
    std::string layer = "video";
    std::string mode;
    std::string api = "v4l2";
    std::string overlay = "none";
};

/// Work on each picture between source and sink.
struct Stage {
    std::string device;  ///< "fimc1", "g2d", or "cpu"
    std::string op;
    std::string output;               ///< a BufferSet's name; empty: in place
    uint64_t angle = 90;              ///< of rotate: degrees, clockwise
    std::string axis = "horizontal";  ///< of flip: what is exchanged
    std::optional<Source> source;     ///< of inset: the second camera
    uint64_t left = 0, top = 0;       ///< of inset: where its picture lies in the first one's
    Size size;                        ///< of inset: and how large it is there
};

struct Pipeline {
    std::string name;
    Source source;
    std::vector<Stage> stages;
    Sink sink;
};

/// What a measured value must be.
struct Bound {
    enum class Op { equal, less, less_equal, greater, greater_equal };
    Op op = Op::equal;
    uint64_t value = 0;
    std::string text;  ///< as written

    bool holds(uint64_t measured) const;
};

/// A count or time that is expected: "frames_delivered", "latency.p99".
struct Expectation {
    std::string name;
    Bound bound;
    Unit unit = Unit::count;  ///< of the bound's value
};

struct Expect {
    std::vector<Expectation> values;
    std::vector<Expectation> measured;             ///< of what the program measures, by the names it gives
    std::map<uint64_t, std::string> images;        ///< delivered frame number -> PNG file as found
    std::map<uint64_t, std::string> panel_images;  ///< the same of pictures on the panel
    /// What the sanitizer must find, each at least once and nothing else; empty: a clean run. Absent: not
    /// watched.
    std::optional<std::vector<SharingRule>> sanitizer;
};

/// A program that runs on the built-in kernel instead of the pipelines.
struct Program {
    std::string name;  ///< of a built-in one, below the guest folder: "tests/memory_kinds"; or empty
    std::string file;  ///< of the host, as found; or empty
    std::vector<std::string> arguments;    ///< without the program's name
    std::vector<std::string> environment;  ///< NAME=VALUE
    std::string boot;                      ///< more boot options of the kernel

    bool given() const { return !name.empty() || !file.empty(); }
};

/// Any ARM image instead of the built-in stack; empty = built in.
struct Guest {
    std::string kernel, initrd, dtb, cmdline;
};

struct Scenario {
    std::string file;
    std::string name;
    std::string platform_file;  ///< as found
    Run run;
    std::vector<Input> inputs;
    std::vector<BufferSet> buffers;
    std::vector<Pipeline> pipelines;
    Program program;
    Expect expect;
    Guest guest;

    const Input* input(std::string_view input_name) const;
    const BufferSet* buffer(std::string_view buffer_name) const;
    /// All captures: each pipeline's own, then those of its stages.
    std::vector<const Source*> sources() const;
    /// `until`, or its default.
    uint64_t bound_ns() const;
};

std::span<const Parameter<Run>> run_parameters();
std::span<const Parameter<Input>> input_parameters();
std::span<const Parameter<BufferSet>> buffer_parameters();
std::span<const Parameter<Source>> source_parameters();
std::span<const Parameter<Stage>> stage_parameters();
std::span<const Parameter<Sink>> sink_parameters();
std::span<const Parameter<Program>> program_parameters();
std::span<const Parameter<Guest>> guest_parameters();
/// Names and units of what `expect` may bound.
struct ExpectedValue {
    std::string_view name;
    Unit unit;
    std::string_view meaning;
};
std::span<const ExpectedValue> expected_values();

/// Reads a whole scenario file; files it names are looked up from `folder`. Mistakes go to `diagnostics`.
Scenario read_scenario(const YamlNode& root, const std::string& folder, Diagnostics& diagnostics);

/// What can only be seen with the platform: absent devices, formats and sizes they cannot do.
void check_against_platform(const Scenario& scenario, const YamlNode& root, const Platform& platform,
                            Diagnostics& diagnostics);

}  // namespace exysim::config
