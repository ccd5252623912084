#include "platform/config/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "platform/config/nearest.hpp"

namespace exysim::config {

namespace {

// clang-format off
constexpr Parameter<Run> kRun[] = {
    {.key = "frames", .member = &Run::frames, .meaning = "stop after this many delivered frames", .range = {1, 1'000'000}},
    {.key = "until", .member = &Run::until_ns, .meaning = "bound on simulated time; 0 = 3 x frames / rate + 10 s", .unit = Unit::nanoseconds, .range = {0, 3'600'000'000'000}},
    {.key = "save_every", .member = &Run::save_every, .meaning = "also save every Nth frame as PNG; 0 = first and last only", .range = {0, 1'000'000}},
    {.key = "save_video", .member = &Run::save_video, .meaning = "also save all frames as one Y4M file"},
};
constexpr Parameter<Input> kInput[] = {
    {.key = "pattern", .member = &Input::pattern, .meaning = "built-in picture"},
    {.key = "file", .member = &Input::file, .meaning = "Y4M clip or PNG picture, from the scenario's folder"},
    {.key = "at_end", .member = &Input::at_end, .meaning = "what follows a clip's last frame", .choices = "loop hold stop"},
};
constexpr Parameter<BufferSet> kBuffers[] = {
    {.key = "exporter", .member = &BufferSet::exporter, .meaning = "who allocates the buffers", .required = true},
    {.key = "count", .member = &BufferSet::count, .meaning = "buffers", .range = {2, 32}},
    {.key = "format", .member = &BufferSet::format, .meaning = "pixel format, a V4L2 fourcc", .required = true},
    {.key = "bytes", .member = &BufferSet::bytes, .meaning = "size of each buffer; default: what the format needs", .unit = Unit::bytes, .range = {1, 1ULL << 30}},
    {.key = "mapping", .member = &BufferSet::mapping, .meaning = "memory type of user mappings", .choices = "writecombine"},
};
constexpr Parameter<Source> kSource[] = {
    {.key = "device", .member = &Source::device, .meaning = "capture device", .required = true},
    {.key = "input", .member = &Source::input, .meaning = "what the sensor sees, a name under `inputs`", .required = true},
    {.key = "rate", .member = &Source::rate, .meaning = "frames a second", .range = {1, 120}},
    {.key = "output", .member = &Source::output, .meaning = "where frames go, a name under `buffers`", .required = true},
};
constexpr Parameter<Sink> kSink[] = {
    {.key = "device", .member = &Sink::device, .meaning = "display device", .required = true},
    {.key = "layer", .member = &Sink::layer, .meaning = "display layer"},
    {.key = "mode", .member = &Sink::mode, .meaning = "display mode", .required = true},
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
    {"latency.min", Unit::nanoseconds, "shortest time from capture to scan-out"},
    {"latency.p50", Unit::nanoseconds, "median of it"},
    {"latency.p99", Unit::nanoseconds, "99th percentile of it"},
    {"latency.max", Unit::nanoseconds, "longest of it"},
};
constexpr struct { std::string_view text; Bound::Op op; } kOperators[] = {  // longer ones first
    {"<=", Bound::Op::less_equal}, {">=", Bound::Op::greater_equal},
    {"<", Bound::Op::less}, {">", Bound::Op::greater}, {"=", Bound::Op::equal},
};
// clang-format on

std::string found_from(const std::string& folder, const std::string& file) {
    return (std::filesystem::path{folder} / file).lexically_normal().string();
}

template <class T>
std::vector<std::string> names(const std::vector<T>& things) {
    std::vector<std::string> all;
    all.reserve(things.size());
    for (const T& thing : things) all.push_back(thing.name);
    return all;
}

/// A file that must exist; `what` names it in the message.
bool expect_file(const YamlNode& node, const std::string& path, const std::string& file,
                 std::string_view what, Diagnostics& diagnostics) {
    std::error_code error;
    if (std::filesystem::is_regular_file(file, error)) return true;
    diagnostics.error(node.place, path, fmt::format("no such {} '{}'", what, file));
    return false;
}

std::optional<Size> parse_size(std::string_view text) {
    const size_t x = text.find('x');
    if (x == std::string_view::npos) return {};
    const Quantity width = parse_quantity(text.substr(0, x), Unit::count);
    const Quantity height = parse_quantity(text.substr(x + 1), Unit::count);
    if (!width.value || !height.value || text.find(' ') != std::string_view::npos) return {};
    return Size{*width.value, *height.value};
}

Size read_size(Section& section, bool required) {
    const YamlNode* node = required ? section.require("size") : section.find("size");
    if (!node) return {};
    const auto text = read_text(*node, section.path_of("size"), section.diagnostics());
    const auto size = text ? parse_size(*text) : std::nullopt;
    if (text && !size) {
        section.diagnostics().error(node->place, section.path_of("size"),
                                    fmt::format("'{}' is not a size such as 1280x720", *text));
    }
    return size.value_or(Size{});
}

void inspect_file(Section& section, const std::string& folder, Input& input) {
    const YamlNode& node = *section.node().find("file");
    const std::string path = section.path_of("file");
    input.file = found_from(folder, input.file);
    if (!expect_file(node, path, input.file, "file", section.diagnostics())) return;
    try {
        input.facts = inspect_clip(input.file);
        input.size = input.facts->size;
    } catch (const ClipProblem& problem) {
        section.diagnostics().error(node.place, path, fmt::format("{}: {}", input.file, problem.what));
    }
}

void check_pattern(Section& section, const Input& input) {
    const std::vector<std::string> known{patterns().begin(), patterns().end()};
    read_word(*section.node().find("pattern"), section.path_of("pattern"), "pattern", known,
              section.diagnostics());
    if (input.size == Size{}) return;
    const bool fits = input.size.width >= 16 && input.size.width <= 1920 && input.size.height >= 16 &&
                      input.size.height <= 1080 && input.size.width % 2 == 0;
    if (fits) return;
    section.diagnostics().error(section.place_of("size"), section.path_of("size"),
                                "expected 16x16 to 1920x1080 with an even width");
}

Input read_input(const YamlNode::Entry& entry, const std::string& folder, Diagnostics& diagnostics) {
    Input input;
    input.name = entry.key;
    Section section{entry.value, "inputs." + entry.key, diagnostics};
    section.read(input_parameters(), input);
    input.size = read_size(section, false);
    section.finish();
    if (section.node().kind != YamlNode::Kind::map) return input;
    const bool from_file = section.node().find("file") != nullptr;
    const bool from_pattern = section.node().find("pattern") != nullptr;
    if (from_file == from_pattern) {
        diagnostics.error(entry.place, "inputs." + entry.key, "expected one of 'pattern' and 'file'");
    } else if (from_pattern) {
        check_pattern(section, input);
    } else if (!input.file.empty()) {
        inspect_file(section, folder, input);
    }
    return input;
}

/// Whether the picture can exist in this format; complains if not.
void check_buffer(Section& section, BufferSet& buffer) {
    Diagnostics& diagnostics = section.diagnostics();
    const PixelFormat* format = find_format(buffer.format);
    if (!format) {
        if (!buffer.format.empty()) {
            diagnostics.error(section.place_of("format"), section.path_of("format"),
                              fmt::format("unknown format '{}', known are {}", buffer.format,
                                          list_of(names_of(pixel_formats()))),
                              suggestion(buffer.format, names_of(pixel_formats())));
        }
        return;
    }
    if (buffer.size == Size{}) return;  // reported already
    const Place size_place = section.place_of("size");
    const std::string size_path = section.path_of("size");
    const Size& size = buffer.size;
    if (size.width < 16 || size.height < 16 || size.width > 1920 || size.height > 1080) {
        diagnostics.error(
            size_place, size_path,
            fmt::format("{}x{} is not possible, expected 16x16 to 1920x1080", size.width, size.height));
    } else if (size.width % format->width_step != 0 || size.height % format->height_step != 0) {
        diagnostics.error(
            size_place, size_path,
            fmt::format("{}x{} is not possible: {} needs a width in steps of {} and a height in steps of {}",
                        size.width, size.height, format->name, format->width_step, format->height_step));
    }
    const uint64_t needed = format->bytes(size);
    if (buffer.bytes == 0) buffer.bytes = needed;
    if (buffer.bytes < needed) {
        diagnostics.error(section.place_of("bytes"), section.path_of("bytes"),
                          fmt::format("{} bytes are too few: {} of {}x{} needs {}", buffer.bytes,
                                      buffer.format, size.width, size.height, needed));
    }
}

BufferSet read_buffer(const YamlNode::Entry& entry, Diagnostics& diagnostics) {
    BufferSet buffer;
    buffer.name = entry.key;
    Section section{entry.value, "buffers." + entry.key, diagnostics};
    section.read(buffer_parameters(), buffer);
    buffer.size = read_size(section, true);
    section.finish();
    check_buffer(section, buffer);
    return buffer;
}

void refuse_stages(Section& pipeline) {
    const YamlNode* stages = pipeline.find("stages");
    if (!stages) return;
    const std::string path = pipeline.path_of("stages");
    if (stages->kind != YamlNode::Kind::list) {
        pipeline.diagnostics().error(stages->place, path,
                                     fmt::format("is {}, expected a list", stages->kind_name()));
    } else if (!stages->items.empty()) {
        pipeline.diagnostics().error(stages->items.front().place, path + ".0",
                                     "stages are not available yet");
    }
}

template <class T>
void read_part(Section& pipeline, std::string_view key, std::span<const Parameter<T>> table, T& part) {
    const YamlNode* node = pipeline.require(key);
    if (!node) return;
    Section section{*node, pipeline.path_of(key), pipeline.diagnostics()};
    section.read(table, part);
    section.finish();
}

Pipeline read_pipeline(const YamlNode& node, size_t index, Diagnostics& diagnostics) {
    Pipeline pipeline;
    Section section{node, fmt::format("pipelines.{}", index), diagnostics};
    pipeline.name = fmt::format("pipeline{}", index);
    if (const YamlNode* name = section.find("name")) {
        pipeline.name = read_text(*name, section.path_of("name"), diagnostics).value_or("");
    }
    read_part(section, "source", source_parameters(), pipeline.source);
    refuse_stages(section);
    read_part(section, "sink", sink_parameters(), pipeline.sink);
    section.finish();
    return pipeline;
}

void read_pipelines(Section& file, Scenario& scenario) {
    const YamlNode* list = file.find("pipelines");
    if (!list) return;
    if (list->kind != YamlNode::Kind::list) {
        file.diagnostics().error(list->place, "pipelines",
                                 fmt::format("is {}, expected a list", list->kind_name()));
        return;
    }
    for (const YamlNode& item : list->items) {
        scenario.pipelines.push_back(read_pipeline(item, scenario.pipelines.size(), file.diagnostics()));
    }
    if (scenario.pipelines.size() > 1) {
        file.diagnostics().error(list->items[1].place, "pipelines.1",
                                 "more than one pipeline is not available yet");
    }
}

std::optional<Bound> read_bound(const YamlNode& node, const std::string& path, Unit unit,
                                Diagnostics& diagnostics) {
    const auto text = read_text(node, path, diagnostics);
    if (!text) return {};
    Bound bound{Bound::Op::equal, 0, *text};
    std::string_view rest = *text;
    for (const auto& [name, op] : kOperators) {
        if (!rest.starts_with(name)) continue;
        rest.remove_prefix(name.size());
        bound.op = op;
        break;
    }
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const Quantity quantity = parse_quantity(rest, unit);
    if (!quantity.value) {
        diagnostics.error(node.place, path, quantity.problem, quantity.hint);
        return {};
    }
    bound.value = *quantity.value;
    return bound;
}

void expect_value(Section& section, std::string_view key, const ExpectedValue& expected, Expect& expect) {
    const YamlNode* node = section.find(key);
    if (!node) return;
    if (auto bound = read_bound(*node, section.path_of(key), expected.unit, section.diagnostics())) {
        expect.values.push_back({std::string{expected.name}, *bound});
    }
}

/// Rows called `prefix` + key are read from `section`.
void expect_values(Section& section, std::string_view prefix, Expect& expect) {
    for (const ExpectedValue& row : kExpected) {
        if (!row.name.starts_with(prefix)) continue;
        const std::string_view key = row.name.substr(prefix.size());
        if (key.find('.') == std::string_view::npos) expect_value(section, key, row, expect);
    }
}

void expect_images(Section& section, const std::string& folder, Expect& expect) {
    const YamlNode* node = section.find("images");
    if (!node) return;
    Section images{*node, "expect.images", section.diagnostics()};
    for (const YamlNode::Entry& entry : node->entries) {
        images.find(entry.key);
        const std::string path = images.path_of(entry.key);
        const Quantity number = parse_quantity(entry.key, Unit::count);
        if (!number.value)
            section.diagnostics().error(entry.place, path, "expected a frame number, counted from 0");
        const auto file = read_text(entry.value, path, section.diagnostics());
        if (!file || !number.value) continue;
        const std::string found = found_from(folder, *file);
        if (expect_file(entry.value, path, found, "picture", section.diagnostics()))
            expect.images[*number.value] = found;
    }
    images.finish();
}

void read_expect(Section& file, const std::string& folder, Expect& expect) {
    const YamlNode* node = file.find("expect");
    if (!node) return;
    Section section{*node, "expect", file.diagnostics()};
    expect_values(section, "", expect);
    if (const YamlNode* latency = section.find("latency")) {
        Section values{*latency, "expect.latency", file.diagnostics()};
        expect_values(values, "latency.", expect);
        values.finish();
    }
    expect_images(section, folder, expect);
    if (section.find("sanitizer")) {
        file.diagnostics().error(section.place_of("sanitizer"), "expect.sanitizer",
                                 "the sanitizer is not available in mode 'fast': it has no caches to watch");
    }
    section.finish();
}

void read_guest(Section& file, const std::string& folder, Guest& guest) {
    const YamlNode* node = file.find("guest");
    if (!node) return;
    Section section{*node, "guest", file.diagnostics()};
    section.read(guest_parameters(), guest);
    section.finish();
    for (auto& [key, name] :
         {std::pair{"kernel", &guest.kernel}, {"initrd", &guest.initrd}, {"dtb", &guest.dtb}}) {
        if (name->empty()) continue;
        *name = found_from(folder, *name);
        expect_file(*node->find(key), section.path_of(key), *name, "file", file.diagnostics());
    }
}

template <class Read, class T>
void read_named(Section& file, std::string_view key, std::vector<T>& all, Read read) {
    const YamlNode* node = file.find(key);
    if (!node) return;
    Section section{*node, std::string{key}, file.diagnostics()};
    for (const YamlNode::Entry& entry : node->entries) {
        section.find(entry.key);
        all.push_back(read(entry));
    }
    section.finish();
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

void check_sink(const Section& section, const Sink& sink, const BufferSet* buffer) {
    const Device* device = find_device(sink.device);
    if (device && !device->layers.empty())
        expect_word(section, "layer", sink.layer, device->layers, sink.device, "layer");
    expect_name(section, "mode", sink.mode, names_of(display_modes()), "display mode");
    const DisplayMode* mode = find_mode(sink.mode);
    if (!mode || !buffer || buffer->size == Size{} || buffer->size == Size{mode->width, mode->height}) return;
    section.diagnostics().error(
        section.place_of("mode"), section.path_of("mode"),
        fmt::format("{} shows {}x{}, but buffers.{} holds {}x{}; the video layer does not scale yet",
                    sink.mode, mode->width, mode->height, buffer->name, buffer->size.width,
                    buffer->size.height));
}

/// The camera passes pixels on one by one.
void check_source(const Section& section, const Input* input, const BufferSet* buffer) {
    if (!input || !buffer || input->size == Size{} || buffer->size == Size{} || input->size == buffer->size)
        return;
    section.diagnostics().error(
        section.place_of("input"), section.path_of("input"),
        fmt::format("inputs.{} is {}x{}, but buffers.{} holds {}x{}; the camera interface does not scale yet",
                    input->name, input->size.width, input->size.height, buffer->name, buffer->size.width,
                    buffer->size.height));
}

void check_pipeline(const Scenario& scenario, const Pipeline& pipeline, const YamlNode& node, size_t index,
                    const Platform& platform, Diagnostics& diagnostics) {
    const YamlNode* source_node = node.find("source");
    const YamlNode* sink_node = node.find("sink");
    if (!source_node || !sink_node) return;  // reported already
    const Section source{*source_node, fmt::format("pipelines.{}.source", index), diagnostics};
    const Section sink{*sink_node, fmt::format("pipelines.{}.sink", index), diagnostics};
    expect_name(source, "input", pipeline.source.input, names(scenario.inputs), "input");
    expect_name(source, "output", pipeline.source.output, names(scenario.buffers), "buffer set");
    const BufferSet* buffer = scenario.buffer(pipeline.source.output);
    check_end(source, pipeline.source.device, buffer, &Device::writes, "write", platform);
    check_end(sink, pipeline.sink.device, buffer, &Device::reads, "read", platform);
    check_source(source, scenario.input(pipeline.source.input), buffer);
    check_sink(sink, pipeline.sink, buffer);
}

std::vector<std::string> exporters(const Platform& platform) {
    std::vector<std::string> all;
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
    }
}

}  // namespace

std::span<const Parameter<Run>> run_parameters() { return kRun; }
std::span<const Parameter<Input>> input_parameters() { return kInput; }
std::span<const Parameter<BufferSet>> buffer_parameters() { return kBuffers; }
std::span<const Parameter<Source>> source_parameters() { return kSource; }
std::span<const Parameter<Sink>> sink_parameters() { return kSink; }
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

uint64_t Scenario::bound_ns() const {
    constexpr uint64_t kSecond = 1'000'000'000;
    if (run.until_ns != 0) return run.until_ns;
    const uint64_t rate = pipelines.empty() ? 30 : pipelines.front().source.rate;
    return 3 * run.frames * kSecond / rate + 10 * kSecond;
}

Scenario read_scenario(const YamlNode& root, const std::string& folder, Diagnostics& diagnostics) {
    Scenario scenario;
    Section file{root, "", diagnostics};
    if (const YamlNode* name = file.require("scenario")) {
        scenario.name = read_text(*name, "scenario", diagnostics).value_or("");
    }
    if (const YamlNode* platform = file.require("platform")) {
        scenario.platform_file =
            found_from(folder, read_text(*platform, "platform", diagnostics).value_or(""));
    }
    if (const YamlNode* run = file.find("run")) {
        Section section{*run, "run", diagnostics};
        section.read(run_parameters(), scenario.run);
        section.finish();
    }
    read_named(file, "inputs", scenario.inputs,
               [&](const YamlNode::Entry& e) { return read_input(e, folder, diagnostics); });
    read_named(file, "buffers", scenario.buffers,
               [&](const YamlNode::Entry& e) { return read_buffer(e, diagnostics); });
    read_pipelines(file, scenario);
    read_expect(file, folder, scenario.expect);
    read_guest(file, folder, scenario.guest);
    file.finish();
    return scenario;
}

void check_against_platform(const Scenario& scenario, const YamlNode& root, const Platform& platform,
                            Diagnostics& diagnostics) {
    check_exporters(scenario, root, platform, diagnostics);
    const YamlNode* pipelines = root.find("pipelines");
    for (size_t i = 0; i < scenario.pipelines.size(); ++i) {
        check_pipeline(scenario, scenario.pipelines[i], pipelines->items[i], i, platform, diagnostics);
    }
}

}  // namespace exysim::config
