#include "platform/config/dump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "platform/config/default_text.hpp"

namespace exysim::config {

namespace {

constexpr int kCommentColumn = 56;

YamlNode scalar(std::string text) {
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.text = std::move(text);
    return node;
}

/// The mapping called `key`, made if it is not there.
YamlNode& section(YamlNode& parent, std::string_view key) {
    if (YamlNode* found = parent.find(key)) return *found;
    YamlNode made;
    made.kind = YamlNode::Kind::map;
    parent.entries.push_back({std::string{key}, {}, std::move(made)});
    return parent.entries.back().value;
}

/// Adds the settings that are not there, with their defaults; empty texts and sizes of zero mean "not given".
template <class S>
void complete(YamlNode& node, std::span<const Parameter<S>> table, const S& defaults = S{}) {
    if (node.kind == YamlNode::Kind::null) node.kind = YamlNode::Kind::map;
    if (node.kind != YamlNode::Kind::map) return;
    for (const Parameter<S>& p : table) {
        const std::string text = text_of(defaults, p);
        const bool given = !text.empty() && !(p.range.least > 0 && text.starts_with("0"));
        if (!p.required && given && !node.find(p.key))
            node.entries.push_back({std::string{p.key}, {}, scalar(text)});
    }
}

void complete_bus(YamlNode& bus) {
    complete(bus, bus_parameters());
    complete(section(bus, "memory"), bus_memory_parameters(), Bus{}.memory);
    YamlNode& masters = section(bus, "masters");
    for (const auto& [name, master] : bus_masters())
        complete(section(masters, name), bus_master_parameters(), master);
}

void complete_platform(YamlNode& root) {
    complete(root, platform_parameters());
    complete(section(root, "timing"), timing_parameters());
    complete(section(root, "cpu"), cpu_parameters());
    complete(section(root, "l1"), l1_parameters());
    complete(section(root, "l2"), l2_parameters());
    complete(section(root, "store_buffer"), store_buffer_parameters());
    complete(section(root, "ram"), ram_parameters());
    complete_bus(section(root, "bus"));
    complete(section(root, "power"), power_parameters());
    for (YamlNode::Entry& device : section(root, "devices").entries) {
        complete(device.value, platform_device_parameters());
        complete(device.value, platform_device_parameters(device.key));
    }
}

void complete_scenario(YamlNode& root) {
    complete(section(root, "run"), run_parameters());
    for (YamlNode::Entry& input : section(root, "inputs").entries) complete(input.value, input_parameters());
    for (YamlNode::Entry& buffers : section(root, "buffers").entries)
        complete(buffers.value, buffer_parameters());
    YamlNode* pipelines = root.find("pipelines");
    if (!pipelines) return;
    for (YamlNode& pipeline : pipelines->items) {
        complete(section(pipeline, "source"), source_parameters());
        if (YamlNode* stages = pipeline.find("stages")) {
            for (YamlNode& stage : stages->items) {
                complete(stage, stage_parameters());
                if (YamlNode* source = stage.find("source")) complete(*source, source_parameters());
            }
        }
        complete(section(pipeline, "sink"), sink_parameters());
    }
}

/// Makes the file named by `key` findable from any folder.
void make_absolute(YamlNode* parent, std::string_view key, const std::filesystem::path& folder) {
    YamlNode* node = parent ? parent->find(key) : nullptr;
    if (!node || node->kind != YamlNode::Kind::scalar) return;
    node->text = std::filesystem::absolute(folder / node->text).lexically_normal().string();
}

void make_files_absolute(YamlNode& root, const std::filesystem::path& folder) {
    for (YamlNode::Entry& input : section(root, "inputs").entries) {
        make_absolute(&input.value, "file", folder);
        make_absolute(&input.value, "times", folder);
    }
    for (const char* key : {"kernel", "initrd", "dtb"}) make_absolute(root.find("guest"), key, folder);
    YamlNode* expect = root.find("expect");
    for (const char* key : {"images", "panel_images"}) {
        YamlNode* images = expect ? expect->find(key) : nullptr;
        if (!images) continue;
        for (const YamlNode::Entry& image : std::vector<YamlNode::Entry>(images->entries))
            make_absolute(images, image.key, folder);
    }
}

std::string origin(const Place& place) {
    if (!place.source) return "default";
    return place.source->is_option ? place.source->name
                                   : fmt::format("{}:{}", place.source->name, place.line);
}

/// Quotes stay where they were, and come where plain text would mean something else.
std::string yaml_text(const YamlNode& node) {
    constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`";
    const std::string& t = node.text;
    const bool special = t.empty() || (kIndicators.find(t[0]) != std::string_view::npos && t[0] != '>') ||
                         t.find(": ") != std::string::npos || t.find(" #") != std::string::npos ||
                         t.find('\n') != std::string::npos;
    if (!node.quoted && !special) return t;
    std::string out = "\"";
    for (const char c : t) {
        if (c == '"' || c == '\\') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out + '"';
}

void print(const YamlNode& node, int depth, const std::string& lead, std::string& out);

void print_entries(const YamlNode& node, int depth, const std::string& first_lead, std::string& out) {
    std::string lead = first_lead;
    for (const YamlNode::Entry& entry : node.entries) {
        print(entry.value, depth, fmt::format("{}{}:", lead, entry.key), out);
        lead = std::string(static_cast<size_t>(2 * depth), ' ');
    }
}

/// `lead` is what stands on the value's line before it.
void print(const YamlNode& node, int depth, const std::string& lead, std::string& out) {
    const std::string indent(static_cast<size_t>(2 * (depth + 1)), ' ');
    switch (node.kind) {
        case YamlNode::Kind::null:
            out += lead + "\n";
            return;
        case YamlNode::Kind::scalar:
            out += fmt::format("{:<{}} # {}\n", fmt::format("{} {}", lead, yaml_text(node)), kCommentColumn,
                               origin(node.place));
            return;
        case YamlNode::Kind::list:
            out += lead + (node.items.empty() ? " []\n" : "\n");
            for (const YamlNode& item : node.items) {
                if (item.kind == YamlNode::Kind::map) {
                    print_entries(item, depth + 2, indent + "- ", out);
                } else {
                    print(item, depth + 1, indent + "-", out);
                }
            }
            return;
        case YamlNode::Kind::map:
            out += lead + (node.entries.empty() ? " {}\n" : "\n");
            print_entries(node, depth + 1, indent, out);
            return;
    }
}

std::string whole_text(const YamlNode& root) {
    std::string out;
    print_entries(root, 0, "", out);
    return out;
}

}  // namespace

std::string dump_platform(const Loaded& loaded) {
    YamlNode root = loaded.platform_tree;
    complete_platform(root);
    return whole_text(root);
}

std::string dump_scenario(const Loaded& loaded, const std::string& platform_file) {
    YamlNode root = loaded.scenario_tree;
    make_files_absolute(root, std::filesystem::path{loaded.scenario->file}.parent_path());
    complete_scenario(root);
    if (YamlNode* platform = root.find("platform")) platform->text = platform_file;
    return whole_text(root);
}

}  // namespace exysim::config
