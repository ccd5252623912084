// What the readers of a scenario's parts share. For the files of this folder only.
#pragma once

#include <string>

#include "platform/config/scenario.hpp"

namespace exysim::config {

/// `file` as found from `folder`.
std::string found_from(const std::string& folder, const std::string& file);
/// A file that must exist; `what` names it in the message.
bool expect_file(const YamlNode& node, const std::string& path, const std::string& file,
                 std::string_view what, Diagnostics& diagnostics);
/// The program that runs instead of pipelines, with what forbids it.
void read_program(Section& file, const std::string& folder, Scenario& scenario);
/// The part of a scenario that says what must come out.
void read_expect(Section& file, const std::string& folder, Expect& expect);

}  // namespace exysim::config
