#include <fmt/format.h>

#include <algorithm>

#include "platform/config/nearest.hpp"
#include "platform/config/scenario.hpp"

namespace exysim::config {

namespace {

constexpr std::string_view kCpu = "cpu", kCpuOps = "invert histogram";
constexpr std::string_view kInset = "inset";
constexpr std::string_view kProcess = "process";  // an exporter that is no device
constexpr uint64_t kMostDown = 64;                // of a FIMC's scaler
constexpr uint64_t kMostVideoScale = 16;          // of the video layer, either way, as Linux's driver has it
/// Buffers that are not to be had: the camera interface's driver captures only while it has two, as Linux's
/// does (fimc-capture.c, buffer_queue()); a display keeps the one it shows until it gets another.
constexpr uint64_t kKeptByCamera = 2, kKeptByDisplay = 1;

template <class T>
std::vector<std::string> names(const std::vector<T>& things) {
    std::vector<std::string> all;
    all.reserve(things.size());
    for (const T& thing : things) all.push_back(thing.name);
    return all;
}

/// Complains unless `name` is one of `known`.
void expect_name(const Section& section, std::string_view key, const std::string& name,
                 const std::vector<std::string>& known, std::string_view what) {
    if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) return;
    section.diagnostics().error(
        section.place_of(key), section.path_of(key),
        fmt::format("no {} called '{}'{}", what, name,
                    known.empty() ? "" : fmt::format(", there are {}", list_of(known))),
        suggestion(name, known));
}

std::vector<std::string> devices_that(const Platform& platform, std::string_view Device::*can) {
    return names_of(devices(), [&](const Device& d) { return platform.device(d.name) && !(d.*can).empty(); });
}

void expect_word(const Section& section, std::string_view key, const std::string& word, std::string_view list,
                 const std::string& device, std::string_view what) {
    const std::vector<std::string> known = words(list);
    if (word.empty() || std::find(known.begin(), known.end(), word) != known.end()) return;
    section.diagnostics().error(
        section.place_of(key), section.path_of(key),
        fmt::format("{} has no {} '{}', expected {}", device, what, word, list_of(known)),
        suggestion(word, known));
}

/// Checks one side of a pipeline: the device is there, and does the format of the buffers.
void check_end(const Section& section, const std::string& name, const BufferSet* buffer,
               std::string_view Device::*formats, std::string_view verb, const Platform& platform) {
    expect_name(section, "device", name, devices_that(platform, formats), "device");
    const Device* device = find_device(name);
    if (!device || !buffer || !find_format(buffer->format) || !platform.device(name)) return;
    const std::vector<std::string> known = words(device->*formats);
    if (known.empty() || std::find(known.begin(), known.end(), buffer->format) != known.end()) return;
    section.diagnostics().error(section.place_of("device"), section.path_of("device"),
                                fmt::format("{} does not {} {} (buffers.{}), only {}", name, verb,
                                            buffer->format, buffer->name, list_of(known)));
}

/// V4L2's video layer scales to the whole screen; DRM's planes show a picture in its own size.
void check_shown_size(const Section& section, const Sink& sink, const BufferSet* buffer) {
    const DisplayMode* mode = find_mode(sink.mode);
    if (!mode || !buffer || buffer->size == Size{}) return;
    const auto scales = [](uint64_t from, uint64_t to) {
        return from <= to * kMostVideoScale && to <= from * kMostVideoScale;
    };
    const Size &from = buffer->size, to{mode->width, mode->height};
    const bool fits =
        sink.api == "drm" ? from == to : scales(from.width, to.width) && scales(from.height, to.height);
    if (fits) return;
    section.diagnostics().error(
        section.place_of("mode"), section.path_of("mode"),
        fmt::format("{} shows {}x{}, but buffers.{} holds {}x{}; {}", sink.mode, to.width, to.height,
                    buffer->name, from.width, from.height,
                    sink.api == "drm" ? "api: drm does not scale" : "the video layer scales by 16 at most"));
}

void check_sink(const Section& section, const Sink& sink, const BufferSet* buffer) {
    const Device* device = find_device(sink.device);
    if (device && !device->layers.empty())
        expect_word(section, "layer", sink.layer, device->layers, sink.device, "layer");
    expect_name(section, "mode", sink.mode, names_of(display_modes()), "display mode");
    if (sink.overlay != "none" && sink.api != "drm")
        section.diagnostics().error(section.place_of("overlay"), section.path_of("overlay"),
                                    "an overlay needs api: drm");
    check_shown_size(section, sink, buffer);
}

/// A capture begins at a Y'CbCr sensor; its picture is scaled to the buffers' size.
void check_scaling(const Section& section, const Input* input, const BufferSet* buffer) {
    if (input && input->sensor == "raw") {
        section.diagnostics().error(
            section.place_of("input"), section.path_of("input"),
            fmt::format("inputs.{} is for the raw sensor; a pipeline begins at the yuv one", input->name));
    }
    if (!input || !buffer || input->size == Size{} || buffer->size == Size{}) return;
    const Size &from = input->size, &to = buffer->size;
    if (from.width < to.width * kMostDown && from.height < to.height * kMostDown) return;
    section.diagnostics().error(
        section.place_of("input"), section.path_of("input"),
        fmt::format(
            "inputs.{} is {}x{}, but buffers.{} holds {}x{}; the camera interface makes pictures less than "
            "{} times smaller",
            input->name, from.width, from.height, buffer->name, to.width, to.height, kMostDown));
}

/// A camera's capture: a pipeline's, or the second one of an inset. Returns where its pictures go.
const BufferSet* check_source(const Section& section, const Scenario& scenario, const Source& source,
                              const Platform& platform) {
    expect_name(section, "input", source.input, names(scenario.inputs), "input");
    expect_name(section, "output", source.output, names(scenario.buffers), "buffer set");
    const BufferSet* buffer = scenario.buffer(source.output);
    check_end(section, source.device, buffer, &Device::writes, "write", platform);
    check_scaling(section, scenario.input(source.input), buffer);
    return buffer;
}

/// The second camera's picture lies inside the first one's, at even places as 4:2:0 needs.
void check_inset_place(const Section& section, const Stage& stage, const BufferSet* in) {
    const auto even = [](uint64_t n) { return n % 2 == 0; };
    const Size& size = stage.size;
    const auto inside = [](uint64_t first, uint64_t length, uint64_t whole) {
        return length <= whole && first <= whole - length;
    };
    const bool fits = !in || (inside(stage.left, size.width, in->size.width) &&
                              inside(stage.top, size.height, in->size.height));
    const bool placed = even(stage.left) && even(stage.top) && even(size.width) && even(size.height);
    if (size.width && size.height && fits && placed) return;
    section.diagnostics().error(
        section.place(), section.path_of("size"),
        in ? fmt::format("{}x{} at {},{} is not possible, expected even numbers inside {}x{} (buffers.{})",
                         size.width, size.height, stage.left, stage.top, in->size.width, in->size.height,
                         in->name)
           : "expected even numbers");
}

/// `source` and `size` belong to inset alone.
void check_inset(const Section& section, const Scenario& scenario, const Stage& stage, const BufferSet* in,
                 const Platform& platform) {
    const bool inset = stage.op == kInset;
    if (!inset && (stage.source || stage.size != Size{})) {
        section.diagnostics().error(section.place(), section.path_of(stage.source ? "source" : "size"),
                                    "only inset has one");
    }
    if (!inset) return;
    check_inset_place(section, stage, in);
    if (!stage.source) {
        section.diagnostics().error(section.place(), section.path_of("source"),
                                    "inset needs a second camera, as a pipeline's source");
        return;
    }
    const Section source{*section.node().find("source"), section.path_of("source"), section.diagnostics()};
    const BufferSet* second = check_source(source, scenario, *stage.source, platform);
    if (second && second->exporter == kProcess)
        section.diagnostics().error(source.place_of("output"), source.path_of("output"),
                                    "inset takes dma-bufs, not the process's own memory");
}

/// What a stage makes of `in`; where it leaves pictures.
const BufferSet* check_stage(const Section& section, const Scenario& scenario, const Stage& stage,
                             const BufferSet* in, const Platform& platform) {
    const bool cpu = stage.device == kCpu, in_place = cpu || stage.op == kInset;
    std::vector<std::string> workers = devices_that(platform, &Device::stages);
    workers.emplace_back(kCpu);
    expect_name(section, "device", stage.device, workers, "device for a stage");
    const Device* device = find_device(stage.device);
    if (!cpu && !device) return in;
    expect_word(section, "op", stage.op, cpu ? kCpuOps : device->stages, stage.device, "operation");
    expect_name(section, "output", stage.output, names(scenario.buffers), "buffer set");
    const BufferSet* out = scenario.buffer(stage.output);
    if (in_place == stage.output.empty()) {
        if (in_place || !out) return in_place ? in : out;
        if (out->exporter != device->exports) {
            section.diagnostics().error(section.place_of("output"), section.path_of("output"),
                                        fmt::format("buffers.{} are of {}, but {} needs its own, {}",
                                                    out->name, out->exporter, stage.device, device->exports));
        }
        return out;
    }
    section.diagnostics().error(section.place(), section.path_of("output"),
                                cpu ? "the cpu works in place, without an output"
                                : in_place
                                    ? "inset works in place, without an output"
                                    : fmt::format("{} needs an output, a name under buffers", stage.device));
    return in;
}

/// Version 3 of the 2D engine knows no YCbCr, and cameras send nothing else.
void check_engine(const Section& section, const Stage& stage, const Platform& platform) {
    const PlatformDevice* device = platform.device(stage.device);
    if (!device || device->name != "g2d" || platform.g2d_version(*device) == "4.1") return;
    section.diagnostics().error(
        section.place_of("device"), section.path_of("device"),
        fmt::format("{} of version {} knows no YCbCr, expected a platform with version 4.1", stage.device,
                    platform.g2d_version(*device)));
}

/// Turned by 90 or 270 degrees, width and height change places; no other angle is possible.
void check_turn(const Section& section, const Stage& stage) {
    if (stage.op != "rotate" || stage.angle % 90 == 0) return;
    section.diagnostics().error(
        section.place_of("angle"), section.path_of("angle"),
        fmt::format("{} degrees are not possible, expected 90, 180 or 270", stage.angle));
}

/// A pointer means something to V4L2 and to this process alone, and names one piece of memory.
void check_process_memory(const Section& section, const BufferSet& buffer, const Pipeline& pipeline) {
    if (buffer.exporter != kProcess) return;
    const auto refuse = [&](std::string_view why) {
        section.diagnostics().error(section.place_of("output"), section.path_of("output"),
                                    fmt::format("buffers.{} are the process's own: {}", buffer.name, why));
    };
    if (!pipeline.stages.empty()) refuse("stages take dma-bufs");
    if (pipeline.sink.api != "v4l2") refuse("they need api: v4l2 at the sink");
    if (buffer.format == "NM12") refuse("NM12 has two pieces of memory a picture");
}

void check_pipeline(const Scenario& scenario, const Pipeline& pipeline, const YamlNode& node, size_t index,
                    const Platform& platform, Diagnostics& diagnostics) {
    const YamlNode* source_node = node.find("source");
    const YamlNode* sink_node = node.find("sink");
    if (!source_node || !sink_node) return;  // reported already
    const Section source{*source_node, fmt::format("pipelines.{}.source", index), diagnostics};
    const Section sink{*sink_node, fmt::format("pipelines.{}.sink", index), diagnostics};
    const BufferSet* buffer = check_source(source, scenario, pipeline.source, platform);
    if (buffer) check_process_memory(source, *buffer, pipeline);
    for (size_t i = 0; i < pipeline.stages.size(); ++i) {
        const Section stage{node.find("stages")->items[i], fmt::format("pipelines.{}.stages.{}", index, i),
                            diagnostics};
        check_inset(stage, scenario, pipeline.stages[i], buffer, platform);
        buffer = check_stage(stage, scenario, pipeline.stages[i], buffer, platform);
        check_turn(stage, pipeline.stages[i]);
        check_engine(stage, pipeline.stages[i], platform);
    }
    check_end(sink, pipeline.sink.device, buffer, &Device::reads, "read", platform);
    check_sink(sink, pipeline.sink, buffer);
}

/// Where the camera's buffers go to the display themselves, both ends have to have enough.
void check_enough_buffers(const Scenario& scenario, const Pipeline& pipeline, const YamlNode& root,
                          Diagnostics& diagnostics) {
    const BufferSet* buffer = scenario.buffer(pipeline.source.output);
    const bool handed_on = std::all_of(pipeline.stages.begin(), pipeline.stages.end(),
                                       [](const Stage& stage) { return stage.output.empty(); });
    if (!buffer || !handed_on || buffer->count >= kKeptByCamera + kKeptByDisplay) return;
    const Section section{*root.find("buffers")->find(buffer->name), "buffers." + buffer->name, diagnostics};
    diagnostics.error(
        section.place_of("count"), section.path_of("count"),
        fmt::format("{} are too few, expected at least {}: {} captures only while it has {}, and "
                    "{} keeps the one it shows",
                    buffer->count, kKeptByCamera + kKeptByDisplay, pipeline.source.device, kKeptByCamera,
                    pipeline.sink.device));
}

std::vector<std::string> exporters(const Platform& platform) {
    std::vector<std::string> all{std::string{kProcess}};
    for (const Device& device : devices()) {
        if (!platform.device(device.name)) continue;
        for (std::string& name : words(device.exports)) all.push_back(std::move(name));
    }
    return all;
}

void check_exporters(const Scenario& scenario, const YamlNode& root, const Platform& platform,
                     Diagnostics& diagnostics) {
    const YamlNode* buffers = root.find("buffers");
    for (const BufferSet& buffer : scenario.buffers) {
        const Section section{*buffers->find(buffer.name), "buffers." + buffer.name, diagnostics};
        expect_name(section, "exporter", buffer.exporter, exporters(platform), "exporter");
        if (buffer.mapping == "cached" && !buffer.exporter.starts_with("v4l2:"))
            diagnostics.error(
                section.place_of("mapping"), section.path_of("mapping"),
                fmt::format("{} knows no cached buffers, V4L2's exporters do", buffer.exporter));
    }
}

/// Sensors beside the first one that a platform may lack.
constexpr struct {
    std::string_view sensor, device, what;
} kMoreSensors[] = {{"raw", "csis0", "the raw sensor"}, {"yuv_b", "sensor_b", "the sensor on camera port B"}};

void check_sensors(const Scenario& scenario, const YamlNode& root, const Platform& platform,
                   Diagnostics& diagnostics) {
    for (const Input& input : scenario.inputs) {
        for (const auto& more : kMoreSensors) {
            if (input.sensor != more.sensor || platform.device(more.device)) continue;
            const Section section{*root.find("inputs")->find(input.name), "inputs." + input.name,
                                  diagnostics};
            diagnostics.error(
                section.place_of("sensor"), section.path_of("sensor"),
                fmt::format("{} is {}, which the platform does not have", more.what, more.device));
        }
    }
}

/// A camera interface captures for one, and a sensor sees one input.
void check_captures(const Scenario& scenario, const YamlNode& root, Diagnostics& diagnostics) {
    const std::vector<const Source*> all = scenario.sources();
    const Place place = root.find("pipelines") ? root.find("pipelines")->place : root.place;
    for (size_t i = 0; i < all.size(); ++i) {
        for (size_t j = 0; j < i; ++j) {
            const Source &a = *all[j], &b = *all[i];
            if (a.device == b.device)
                diagnostics.error(place, "pipelines", fmt::format("{} captures twice", a.device));
            const Input *first = scenario.input(a.input), *second = scenario.input(b.input);
            if (!first || !second || first == second || first->sensor != second->sensor) continue;
            diagnostics.error(place, "pipelines",
                              fmt::format("inputs.{} and inputs.{} are both for the sensor {}", a.input,
                                          b.input, first->sensor));
        }
    }
}

}  // namespace

void check_against_platform(const Scenario& scenario, const YamlNode& root, const Platform& platform,
                            Diagnostics& diagnostics) {
    if (scenario.expect.sanitizer && platform.mode == "fast") {
        diagnostics.error(root.find("expect")->find("sanitizer")->place, "expect.sanitizer",
                          "the sanitizer is not available in mode 'fast': it has no caches to watch");
    }
    check_exporters(scenario, root, platform, diagnostics);
    check_sensors(scenario, root, platform, diagnostics);
    check_captures(scenario, root, diagnostics);
    const YamlNode* pipelines = root.find("pipelines");
    for (size_t i = 0; i < scenario.pipelines.size(); ++i) {
        check_pipeline(scenario, scenario.pipelines[i], pipelines->items[i], i, platform, diagnostics);
        check_enough_buffers(scenario, scenario.pipelines[i], root, diagnostics);
    }
}

}  // namespace exysim::config
