// The device tree of a machine, with the bindings and node shapes of Linux 6.1's exynos4210.
#pragma once

#include <optional>
#include <string>

#include "models/base/address.hpp"
#include "platform/board/fdt.hpp"
#include "platform/config/platform.hpp"
#include "platform/config/scenario.hpp"

namespace exysim::board {

/// One program for process 1 instead of the pipeline runner.
struct ExecCommand {
    std::string path;  ///< in the guest
    std::vector<std::string> argv;
    std::vector<std::string> env;
    bool terminal = false;        ///< its input and output are one terminal, else streams of bytes
    bool error_terminal = false;  ///< so is its error output
};

/// What the loader tells the guest in /chosen.
struct BootFacts {
    std::string arguments;  ///< bootargs
    std::optional<PhysRange> initrd;
    unsigned console = 0;  ///< UART of stdout-path
    const config::Scenario* scenario = nullptr;
    const ExecCommand* exec = nullptr;
};

/// /chosen: bootargs, stdout-path, linux,initrd-start and -end, exysim/.
FdtNode chosen_node(const BootFacts& facts);

/// /chosen/exysim: the resolved scenario with the YAML's structure. A node per mapping, list items as nodes
/// "0", "1"..., strings as strings, numbers and booleans as 64-bit numbers in base units.
FdtNode scenario_node(const config::Scenario* scenario, const ExecCommand* exec);

/// The whole tree.
FdtNode device_tree(const config::Platform& platform, const BootFacts& facts);

}  // namespace exysim::board
