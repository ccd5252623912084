// A scenario on its machine, with everything that watches it and the results it leaves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/cli/code_watch.hpp"
#include "platform/cli/options.hpp"
#include "platform/config/load.hpp"
#include "platform/observe/manifest.hpp"

namespace exysim::cli {

/// What the command line says of a run.
struct RunSettings {
    std::string file, out, guest_dir;
    Arguments sets, command;
    std::optional<observe::Manifest> repeated;  ///< of the run that this one repeats
    bool timeline = true;
    bool vcd = false;
    std::string vcd_signals;  ///< see observe::choose_signals()
    bool sanitize = false;
    std::optional<uint16_t> gdb;
    CodeRequest code;
    bool window = false;
};

/// Whatever the run reads beside scenario and platform.
std::vector<std::string> input_files(const config::Scenario& scenario, const RunSettings& settings);

/// Runs to the end, writes the results and prints their summary; returns the exit status.
int run_scenario(const config::Loaded& loaded, const RunSettings& settings);

}  // namespace exysim::cli
