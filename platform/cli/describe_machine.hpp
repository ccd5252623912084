// What `exysim describe` says of a machine: its statistics, devices and registers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "platform/config/platform.hpp"

namespace exysim::cli {

/// Builds the machine to ask it. One a process: SystemC elaborates once.
///   statistics  [{name, unit, sentence}]
///   devices     [{name, base, size, interrupt, what}]
///   registers   [{name: "block.REGISTER", block, offset, register, count, stride, reset, sentence, fields}],
///   a
///               field being {name, bits, access, reset}
struct MachineFacts {
    nlohmann::ordered_json statistics, devices, registers;
};
MachineFacts facts_of_machine(const config::Platform& platform);

}  // namespace exysim::cli
