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
            {number32(size, "width"), number32(size, "height")}};
}

Source read_source(const Node& node) {
    return {node.string("device"), number32(node, "rate"), read_buffers(node.string("output"))};
}

Sink read_sink(const Node& node) {
    return {node.string("device"), node.string("layer"), node.string("mode"), node.string("api"),
            node.string("overlay")};
}

void refuse_stages(const Node& pipeline) {
    for (const Node& stage : pipeline.child("stages").items()) {
        throw Error{pipeline.string("name") + ": stage " + stage.string("device") + " " + stage.string("op") +
                    " is not supported yet"};
    }
}

Pipeline read_pipeline(const Node& node) {
    refuse_stages(node);
    return {node.string("name"), read_source(node.child("source")), read_sink(node.child("sink"))};
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
