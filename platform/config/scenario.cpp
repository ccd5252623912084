#include "platform/config/scenario.hpp"

#include <algorithm>

namespace exysim::config {

namespace {

// clang-format off
constexpr Parameter<Run> kRun[] = {
    {.key = "frames", .member = &Run::frames, .meaning = "stop after this many delivered frames", .range = {1, 1'000'000}},
    {.key = "until", .member = &Run::until_ns, .meaning = "bound on simulated time; 0 = 3 x frames / rate + 10 s, or 60 s for a program", .unit = Unit::nanoseconds, .range = {0, 3'600'000'000'000}},
    {.key = "save_every", .member = &Run::save_every, .meaning = "also save every Nth frame as PNG; 0 = first and last only", .range = {0, 1'000'000}},
    {.key = "save_video", .member = &Run::save_video, .meaning = "also save all frames as one Y4M file"},
};
constexpr Parameter<Input> kInput[] = {
    {.key = "pattern", .member = &Input::pattern, .meaning = "built-in picture"},
    {.key = "file", .member = &Input::file, .meaning = "Y4M clip, PNG picture, or PNGs as shot/%04d.png or shot/*.png; from the scenario's folder"},
    {.key = "sensor", .member = &Input::sensor, .meaning = "which sensor sees it: the Y'CbCr ones on camera ports A and B, or the raw one on CSIS0", .choices = "yuv yuv_b raw"},
    {.key = "at_end", .member = &Input::at_end, .meaning = "what follows the last frame of a clip or of times", .choices = "loop hold stop"},
    {.key = "times", .member = &Input::times, .meaning = "file of frame starts after stream-on, one a line: 33.4 ms"},
};
constexpr Parameter<BufferSet> kBuffers[] = {
    {.key = "exporter", .member = &BufferSet::exporter, .meaning = "who allocates the buffers: a driver, or the process, which then passes pointers instead of dma-bufs", .required = true},
    {.key = "count", .member = &BufferSet::count, .meaning = "buffers", .range = {2, 32}},
    {.key = "format", .member = &BufferSet::format, .meaning = "pixel format, a V4L2 fourcc", .required = true},
    {.key = "bytes", .member = &BufferSet::bytes, .meaning = "size of each buffer; default: what the format needs", .unit = Unit::bytes, .range = {1, 1ULL << 30}},
    {.key = "mapping", .member = &BufferSet::mapping, .meaning = "memory type of user mappings of a driver's buffers; caches are cleaned and invalidated whenever cached ones change hands", .choices = "writecombine cached"},
};
constexpr Parameter<Source> kSource[] = {
    {.key = "device", .member = &Source::device, .meaning = "capture device", .required = true},
    {.key = "input", .member = &Source::input, .meaning = "what the sensor sees, a name under `inputs`", .required = true},
    {.key = "rate", .member = &Source::rate, .meaning = "frames a second", .range = {1, 120}},
    {.key = "output", .member = &Source::output, .meaning = "where frames go, a name under `buffers`", .required = true},
    {.key = "damaged", .member = &Source::damaged, .meaning = "what the program does with a frame of which the driver says that it is damaged: end with an error, or show what there is", .choices = "fail show"},
};
constexpr Parameter<Stage> kStage[] = {
    {.key = "device", .member = &Stage::device, .meaning = "who works: a fimc from memory to memory, g2d, or cpu", .required = true},
    {.key = "op", .member = &Stage::op, .meaning = "what is done to each picture", .choices = "scale rotate flip inset invert histogram", .required = true},
    {.key = "output", .member = &Stage::output, .meaning = "where pictures go, a name under `buffers`; the cpu and inset work in place"},
    {.key = "angle", .member = &Stage::angle, .meaning = "of rotate: degrees, clockwise", .range = {90, 270}},
    {.key = "axis", .member = &Stage::axis, .meaning = "of flip: horizontal exchanges left and right", .choices = "horizontal vertical"},
    {.key = "left", .member = &Stage::left, .meaning = "of inset: pixels left of the second camera's picture", .range = {0, 1904}},
    {.key = "top", .member = &Stage::top, .meaning = "of inset: lines above it", .range = {0, 1064}},
};
constexpr Parameter<Sink> kSink[] = {
    {.key = "device", .member = &Sink::device, .meaning = "display device", .required = true},
    {.key = "layer", .member = &Sink::layer, .meaning = "display layer"},
    {.key = "mode", .member = &Sink::mode, .meaning = "display mode", .required = true},
    {.key = "api", .member = &Sink::api, .meaning = "how the program shows pictures", .choices = "v4l2 drm"},
    {.key = "overlay", .member = &Sink::overlay, .meaning = "a translucent badge over the picture: none, on a display layer, or blended into it by the 2D engine", .choices = "none layer gpu"},
};
constexpr Parameter<Program> kProgram[] = {
    {.key = "name", .member = &Program::name, .meaning = "built-in program that runs instead of pipelines, below the guest folder"},
    {.key = "file", .member = &Program::file, .meaning = "or a Linux/ARM program, from the scenario's folder"},
    {.key = "boot", .member = &Program::boot, .meaning = "more boot options of the kernel"},
};
constexpr Parameter<Guest> kGuest[] = {
    {.key = "kernel", .member = &Guest::kernel, .meaning = "ELF, zImage or raw image instead of the built-in kernel"},
    {.key = "initrd", .member = &Guest::initrd, .meaning = "its initial file system"},
    {.key = "dtb", .member = &Guest::dtb, .meaning = "its device tree instead of the generated one"},
    {.key = "cmdline", .member = &Guest::cmdline, .meaning = "its boot arguments"},
};
constexpr ExpectedValue kExpected[] = {
    {"frames_delivered", Unit::count, "distinct frames scanned out"},
    {"frames_dropped", Unit::count, "sensor frames that were never scanned out"},
    {"frames_repeated", Unit::count, "scan-outs of a frame already shown"},
    {"guest_errors", Unit::count, "mistakes of the guest that models reported"},
    {"underflows", Unit::count, "layers of frames with a line that memory delivered late, all displays together"},
    {"overflows", Unit::count, "frames spoilt because memory did not take lines in time, all cameras together"},
    {"latency.min", Unit::nanoseconds, "shortest time from capture to scan-out"},
    {"latency.p50", Unit::nanoseconds, "median of it"},
    {"latency.p99", Unit::nanoseconds, "99th percentile of it"},
    {"latency.max", Unit::nanoseconds, "longest of it"},
};
// clang-format on

}  // namespace

std::span<const Parameter<Run>> run_parameters() { return kRun; }
std::span<const Parameter<Input>> input_parameters() { return kInput; }
std::span<const Parameter<BufferSet>> buffer_parameters() { return kBuffers; }
std::span<const Parameter<Source>> source_parameters() { return kSource; }
std::span<const Parameter<Stage>> stage_parameters() { return kStage; }
std::span<const Parameter<Sink>> sink_parameters() { return kSink; }
std::span<const Parameter<Program>> program_parameters() { return kProgram; }
std::span<const Parameter<Guest>> guest_parameters() { return kGuest; }
std::span<const ExpectedValue> expected_values() { return kExpected; }

bool Bound::holds(uint64_t measured) const {
    switch (op) {
        case Op::equal:
            return measured == value;
        case Op::less:
            return measured < value;
        case Op::less_equal:
            return measured <= value;
        case Op::greater:
            return measured > value;
        case Op::greater_equal:
            return measured >= value;
    }
    return false;
}

const Input* Scenario::input(std::string_view input_name) const {
    const auto found =
        std::find_if(inputs.begin(), inputs.end(), [&](const Input& i) { return i.name == input_name; });
    return found == inputs.end() ? nullptr : &*found;
}

const BufferSet* Scenario::buffer(std::string_view buffer_name) const {
    const auto found = std::find_if(buffers.begin(), buffers.end(),
                                    [&](const BufferSet& b) { return b.name == buffer_name; });
    return found == buffers.end() ? nullptr : &*found;
}

std::vector<const Source*> Scenario::sources() const {
    std::vector<const Source*> all;
    for (const Pipeline& pipeline : pipelines) {
        all.push_back(&pipeline.source);
        for (const Stage& stage : pipeline.stages) {
            if (stage.source) all.push_back(&*stage.source);
        }
    }
    return all;
}

uint64_t Scenario::bound_ns() const {
    constexpr uint64_t kSecond = 1'000'000'000;
    if (run.until_ns != 0) return run.until_ns;
    if (program.given()) return 60 * kSecond;
    const uint64_t rate = pipelines.empty() ? 30 : pipelines.front().source.rate;
    return 3 * run.frames * kSecond / rate + 10 * kSecond;
}

}  // namespace exysim::config
