#include "platform/config/sweep.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "platform/config/section.hpp"

namespace exysim::config {

namespace {

constexpr uint64_t kDay = 86'400'000'000'000;  // ns

bool is_list(const YamlNode& node, const std::string& path, Diagnostics& diagnostics) {
    if (node.kind == YamlNode::Kind::list && !node.items.empty()) return true;
    diagnostics.error(node.place, path,
                      fmt::format("is {}, expected a list of one value or more",
                                  node.items.empty() ? "empty" : node.kind_name()));
    return false;
}

/// Every combination of the old points with the values of one more path.
std::vector<SweepPoint> multiplied(const std::vector<SweepPoint>& points, const YamlNode::Entry& axis,
                                   Diagnostics& diagnostics) {
    std::vector<SweepPoint> more;
    for (const SweepPoint& point : points) {
        for (const YamlNode& value : axis.value.items) {
            const auto text = read_text(value, "grid." + axis.key, diagnostics);
            if (!text || more.size() > kMostPoints) return more;
            more.push_back(point);
            more.back().settings.emplace_back(axis.key, *text);
        }
    }
    return more;
}

std::vector<SweepPoint> read_grid(const YamlNode& node, Diagnostics& diagnostics) {
    const Section whole{node, "grid", diagnostics};
    std::vector<SweepPoint> points{{}};
    for (const YamlNode::Entry& axis : node.entries) {
        if (is_list(axis.value, "grid." + axis.key, diagnostics))
            points = multiplied(points, axis, diagnostics);
    }
    return points;
}

SweepPoint read_point(const YamlNode& node, const std::string& path, Diagnostics& diagnostics) {
    const Section whole{node, path, diagnostics};
    SweepPoint point;
    for (const YamlNode::Entry& entry : node.entries) {
        if (const auto text = read_text(entry.value, path + "." + entry.key, diagnostics))
            point.settings.emplace_back(entry.key, *text);
    }
    return point;
}

void read_points(const YamlNode& node, SweepPlan& plan, Diagnostics& diagnostics) {
    if (!is_list(node, "points", diagnostics)) return;
    for (size_t i = 0; i < node.items.size(); ++i)
        plan.points.push_back(read_point(node.items[i], fmt::format("points.{}", i), diagnostics));
}

void read_sets(const YamlNode& node, SweepPlan& plan, Diagnostics& diagnostics) {
    if (!is_list(node, "set", diagnostics)) return;
    for (const YamlNode& item : node.items) {
        if (auto text = read_text(item, "set", diagnostics)) plan.sets.push_back(std::move(*text));
    }
}

SweepPlan read_plan(const YamlNode& root, const std::filesystem::path& folder, Diagnostics& diagnostics) {
    SweepPlan plan;
    Section file{root, "", diagnostics};
    if (const YamlNode* node = file.require("scenario"))
        plan.scenario = (folder / read_text(*node, "scenario", diagnostics).value_or("")).lexically_normal();
    if (const YamlNode* node = file.find("set")) read_sets(*node, plan, diagnostics);
    if (const YamlNode* node = file.find("grid")) plan.points = read_grid(*node, diagnostics);
    if (const YamlNode* node = file.find("points")) read_points(*node, plan, diagnostics);
    if (const YamlNode* node = file.find("timeout"))
        plan.timeout_ns =
            read_number(*node, "timeout", Unit::nanoseconds, {0, kDay}, diagnostics).value_or(0);
    file.finish();
    if (plan.points.empty()) diagnostics.error(root.place, "", "expected 'grid' or 'points'");
    if (plan.points.size() > kMostPoints)
        diagnostics.error(root.place, "", fmt::format("more than {} points", kMostPoints));
    return plan;
}

}  // namespace

SweepPlan load_sweep(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) throw ConfigError{fmt::format("cannot read '{}'", file)};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    Diagnostics diagnostics;
    SweepPlan plan;
    const auto root =
        parse_yaml(std::make_shared<const SourceText>(SourceText{file, std::move(text)}), diagnostics);
    if (root) plan = read_plan(*root, std::filesystem::path{file}.parent_path(), diagnostics);
    diagnostics.throw_if_any();
    return plan;
}

}  // namespace exysim::config
