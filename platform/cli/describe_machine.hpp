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
///               a field being {name, bits, access, reset}; of several registers, the first one's `reset`
///   signals     [{name, bits, usual, sentence}], what `exysim run --vcd` can write; `usual`: without being
///               asked for
struct MachineFacts {
    nlohmann::ordered_json statistics, devices, registers, signals;
};
MachineFacts facts_of_machine(const config::Platform& platform);

}  // namespace exysim::cli
