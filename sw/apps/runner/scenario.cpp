#include "apps/runner/scenario.hpp"

#include "apps/support/device_tree.hpp"
#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

uint32_t number32(const Node& node, const std::string& name) {
    return static_cast<uint32_t>(node.number(name));
}

Buffers read_buffers(const std::string& name) {
    const Node node = Node::scenario().child("buffers").child(name);
    const Node size = node.child("size");
    return {name,
            node.string("exporter"),
            number32(node, "count"),
            node.string("format"),
            {number32(size, "width"), number32(size, "height")},
            node.string("mapping") == "cached"};
}

/// The size that the node has, or an empty one.
Size read_size(const Node& node) {
    const Node size = node.child("size");
    if (!size.exists()) return {};
    return {number32(size, "width"), number32(size, "height")};
}

Source read_source(const Node& node) {
    const Node input = Node::scenario().child("inputs").child(node.string("input"));
    return {
        node.string("device"), number32(node, "rate"),           read_buffers(node.string("output")),
        read_size(input),      node.string("damaged") == "show", input.string("sensor") == "yuv_b" ? 1U : 0U};
}

Sink read_sink(const Node& node) {
    return {node.string("device"), node.string("layer"), node.string("mode"), node.string("api"),
            node.string("overlay")};
}

/// A stage without an output works in place.
std::vector<Stage> read_stages(const Node& pipeline, const Buffers& from) {
    std::vector<Stage> stages;
    for (const Node& node : pipeline.child("stages").items()) {
        const Buffers& input = stages.empty() ? from : stages.back().output;
        const auto output = node.maybe_string("output");
        const Node second = node.child("source");
        stages.push_back({node.string("device"),
                          node.string("op"),
                          input,
                          output ? read_buffers(*output) : input,
                          number32(node, "angle"),
                          node.string("axis"),
                          second.exists() ? read_source(second) : Source{},
                          {number32(node, "left"), number32(node, "top"), read_size(node)}});
    }
    return stages;
}

Pipeline read_pipeline(const Node& node) {
    const Source source = read_source(node.child("source"));
    return {node.string("name"), source, read_stages(node, source.output), read_sink(node.child("sink"))};
}

}  // namespace

Scenario read_scenario() {
    Scenario scenario;
    scenario.frames = number32(Node::scenario().child("run"), "frames");
    for (const Node& node : Node::scenario().child("pipelines").items()) {
        scenario.pipelines.push_back(read_pipeline(node));
    }
    if (scenario.pipelines.empty()) throw Error{"the scenario has no pipelines"};
    return scenario;
}

}  // namespace apps::runner
