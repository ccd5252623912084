// What `exysim describe` says of a machine: its statistics and its devices.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "platform/config/platform.hpp"

namespace exysim::cli {

/// Builds the machine to ask it. One a process: SystemC elaborates once.
///   [{name, unit, sentence}] and [{name, base, size, interrupt, what}], in their order
struct MachineFacts {
    nlohmann::ordered_json statistics, devices;
};
MachineFacts facts_of_machine(const config::Platform& platform);

}  // namespace exysim::cli
