#include <fmt/format.h>

#include "platform/config/scenario_reading.hpp"

namespace exysim::config {

namespace {

std::vector<std::string> read_texts(Section& section, std::string_view key) {
    std::vector<std::string> texts;
    const YamlNode* list = section.find(key);
    if (!list) return texts;
    const std::string path = section.path_of(key);
    if (list->kind != YamlNode::Kind::list) {
        section.diagnostics().error(list->place, path,
                                    fmt::format("is {}, expected a list", list->kind_name()));
        return texts;
    }
    for (const YamlNode& item : list->items) {
        const auto text = read_text(item, fmt::format("{}.{}", path, texts.size()), section.diagnostics());
        texts.push_back(text.value_or(""));
    }
    return texts;
}

void check_environment(Section& section, const Program& program) {
    for (const std::string& entry : program.environment) {
        if (entry.find('=') != std::string::npos && entry.front() != '=') continue;
        section.diagnostics().error(section.place_of("environment"), section.path_of("environment"),
                                    fmt::format("'{}' is not NAME=VALUE", entry));
    }
}

/// The guest folder holds what is built with the machine; anything else is a file.
void check_name(Section& section, const Program& program) {
    if (program.name.find("..") == std::string::npos && !program.name.starts_with('/')) return;
    section.diagnostics().error(section.place_of("name"), section.path_of("name"),
                                "names a program below the guest folder; use 'file' for others");
}

void check_which(Section& section, const std::string& folder, Program& program) {
    const bool named = section.node().find("name") != nullptr;
    const bool from_file = section.node().find("file") != nullptr;
    if (named == from_file) {
        section.diagnostics().error(section.place(), "program", "expected one of 'name' and 'file'");
    } else if (named) {
        check_name(section, program);
    } else if (!program.file.empty()) {
        program.file = found_from(folder, program.file);
        expect_file(*section.node().find("file"), section.path_of("file"), program.file, "program",
                    section.diagnostics());
    }
}

/// A program has the machine for itself, on the built-in kernel.
void refuse_beside(Section& file, const Scenario& scenario) {
    if (!scenario.pipelines.empty())
        file.diagnostics().error(file.place_of("pipelines"), "pipelines",
                                 "a scenario has either pipelines or a program");
    if (!scenario.guest.kernel.empty())
        file.diagnostics().error(file.place_of("guest"), "guest.kernel",
                                 "a program runs on the built-in kernel");
}

}  // namespace

void read_program(Section& file, const std::string& folder, Scenario& scenario) {
    const YamlNode* node = file.find("program");
    if (!node) {
        if (scenario.expect.measured.empty()) return;
        file.diagnostics().error(file.place_of("expect"), "expect.measured",
                                 "only a program measures; there is none");
        return;
    }
    Program& program = scenario.program;
    Section section{*node, "program", file.diagnostics()};
    section.read(program_parameters(), program);
    program.arguments = read_texts(section, "arguments");
    program.environment = read_texts(section, "environment");
    section.finish();
    if (node->kind != YamlNode::Kind::map) return;
    check_environment(section, program);
    check_which(section, folder, program);
    refuse_beside(file, scenario);
}

}  // namespace exysim::config
