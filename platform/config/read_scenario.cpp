#include "platform/config/scenario_reading.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "platform/config/nearest.hpp"
#include "platform/config/sequence.hpp"

namespace exysim::config {

std::string found_from(const std::string& folder, const std::string& file) {
    return (std::filesystem::path{folder} / file).lexically_normal().string();
}

bool expect_file(const YamlNode& node, const std::string& path, const std::string& file,
                 std::string_view what, Diagnostics& diagnostics) {
    std::error_code error;
    if (std::filesystem::is_regular_file(file, error)) return true;
    diagnostics.error(node.place, path, fmt::format("no such {} '{}'", what, file));
    return false;
}

namespace {

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
    if (!is_sequence(input.file) && !expect_file(node, path, input.file, "file", section.diagnostics()))
        return;
    try {
        input.facts = inspect_clip(input.file);
        input.size = input.facts->size;
    } catch (const ClipProblem& problem) {
        section.diagnostics().error(node.place, path, fmt::format("{}: {}", input.file, problem.what));
    }
}

void inspect_times(Section& section, const std::string& folder, Input& input) {
    if (input.times.empty()) return;
    const YamlNode& node = *section.node().find("times");
    const std::string path = section.path_of("times");
    input.times = found_from(folder, input.times);
    if (!expect_file(node, path, input.times, "file", section.diagnostics())) return;
    try {
        input.times_ns = read_frame_times(input.times);
    } catch (const ClipProblem& problem) {
        section.diagnostics().error(node.place, path, fmt::format("{}: {}", input.times, problem.what));
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
    inspect_times(section, folder, input);
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

template <class T>
void read_part(Section& pipeline, std::string_view key, std::span<const Parameter<T>> table, T& part) {
    const YamlNode* node = pipeline.require(key);
    if (!node) return;
    Section section{*node, pipeline.path_of(key), pipeline.diagnostics()};
    section.read(table, part);
    section.finish();
}

Stage read_stage(const YamlNode& node, const std::string& path, Diagnostics& diagnostics) {
    Stage stage;
    Section section{node, path, diagnostics};
    section.read(stage_parameters(), stage);
    stage.size = read_size(section, false);
    if (section.find("source")) read_part(section, "source", source_parameters(), stage.source.emplace());
    section.finish();
    return stage;
}

void read_stages(Section& pipeline, std::vector<Stage>& stages) {
    const YamlNode* list = pipeline.find("stages");
    if (!list) return;
    const std::string path = pipeline.path_of("stages");
    if (list->kind != YamlNode::Kind::list) {
        pipeline.diagnostics().error(list->place, path,
                                     fmt::format("is {}, expected a list", list->kind_name()));
        return;
    }
    for (const YamlNode& item : list->items) {
        stages.push_back(read_stage(item, fmt::format("{}.{}", path, stages.size()), pipeline.diagnostics()));
    }
}

Pipeline read_pipeline(const YamlNode& node, size_t index, Diagnostics& diagnostics) {
    Pipeline pipeline;
    Section section{node, fmt::format("pipelines.{}", index), diagnostics};
    pipeline.name = fmt::format("pipeline{}", index);
    if (const YamlNode* name = section.find("name")) {
        pipeline.name = read_text(*name, section.path_of("name"), diagnostics).value_or("");
    }
    read_part(section, "source", source_parameters(), pipeline.source);
    read_stages(section, pipeline.stages);
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

}  // namespace

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
    read_program(file, folder, scenario);
    file.finish();
    return scenario;
}

}  // namespace exysim::config
