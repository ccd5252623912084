#include <fmt/format.h>

#include "platform/board/device_tree.hpp"

namespace exysim::board {

namespace {

using config::Parameter;

/// Every setting of `object` that has a row in `table`.
template <class S>
void settings(FdtNode& node, std::span<const Parameter<S>> table, const S& object) {
    for (const Parameter<S>& row : table) {
        if (const auto* number = std::get_if<uint64_t S::*>(&row.member)) {
            node.number(row.key, object.**number);
        } else if (const auto* flag = std::get_if<bool S::*>(&row.member)) {
            node.number(row.key, object.**flag);
        } else if (const std::string& text = object.*std::get<std::string S::*>(row.member); !text.empty()) {
            node.text(row.key, text);
        }
    }
}

template <class S>
FdtNode settings_node(std::string name, std::span<const Parameter<S>> table, const S& object) {
    FdtNode node{std::move(name)};
    settings(node, table, object);
    return node;
}

FdtNode size_node(const config::Size& size) {
    FdtNode node{"size"};
    node.number("width", size.width).number("height", size.height);
    return node;
}

/// The rate is the clip's own, in thousandths of a hertz; the pipeline's rate drives the sensor.
FdtNode input_node(const config::Input& input) {
    FdtNode node = settings_node(input.name, config::input_parameters(), input);
    if (input.facts && input.facts->rate_millihertz) node.number("rate_mhz", input.facts->rate_millihertz);
    if (input.size != config::Size{}) node.add(size_node(input.size));
    return node;
}

FdtNode buffer_node(const config::BufferSet& buffer) {
    return settings_node(buffer.name, config::buffer_parameters(), buffer).add(size_node(buffer.size));
}

FdtNode stage_node(const config::Stage& stage, size_t index) {
    FdtNode node = settings_node(std::to_string(index), config::stage_parameters(), stage);
    if (stage.size != config::Size{}) node.add(size_node(stage.size));
    if (stage.source) node.add(settings_node("source", config::source_parameters(), *stage.source));
    return node;
}

FdtNode pipeline_node(const config::Pipeline& pipeline, size_t index) {
    FdtNode node{std::to_string(index)};
    node.text("name", pipeline.name);
    node.add(settings_node("source", config::source_parameters(), pipeline.source));
    FdtNode stages{"stages"};
    for (size_t i = 0; i < pipeline.stages.size(); ++i) stages.add(stage_node(pipeline.stages[i], i));
    node.add(std::move(stages));
    node.add(settings_node("sink", config::sink_parameters(), pipeline.sink));
    return node;
}

FdtNode text_list(std::string name, const std::vector<std::string>& values) {
    FdtNode node{std::move(name)};
    for (size_t i = 0; i < values.size(); ++i) node.text(std::to_string(i), values[i]);
    return node;
}

void add_scenario(FdtNode& root, const config::Scenario& scenario) {
    root.text("scenario", scenario.name);
    root.add(settings_node("run", config::run_parameters(), scenario.run));
    FdtNode inputs{"inputs"}, buffers{"buffers"}, pipelines{"pipelines"};
    for (const auto& input : scenario.inputs) inputs.add(input_node(input));
    for (const auto& buffer : scenario.buffers) buffers.add(buffer_node(buffer));
    for (size_t i = 0; i < scenario.pipelines.size(); ++i)
        pipelines.add(pipeline_node(scenario.pipelines[i], i));
    root.add(std::move(inputs)).add(std::move(buffers)).add(std::move(pipelines));
}

}  // namespace

FdtNode scenario_node(const config::Scenario* scenario, const ExecCommand* exec) {
    FdtNode root{"exysim"};
    if (scenario) add_scenario(root, *scenario);
    if (exec) {
        FdtNode node{"exec"};
        node.text("path", exec->path).add(text_list("argv", exec->argv)).add(text_list("env", exec->env));
        if (exec->terminal) node.empty("terminal");
        if (exec->error_terminal) node.empty("error-terminal");
        root.add(std::move(node));
    }
    return root;
}

}  // namespace exysim::board
