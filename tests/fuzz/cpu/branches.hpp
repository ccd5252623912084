// Jumps: each goes over a filler instruction that leaves a trace if it is executed, some change state and
// come back.
#pragma once

#include "tests/fuzz/cpu/program.hpp"
#include "tests/fuzz/cpu/rules.hpp"

namespace exysim::test::oracle {

/// Appends a jump by `instruction` (whose offset fields are overwritten) with everything it needs.
void add_branch(Program& program, Instruction instruction);

}  // namespace exysim::test::oracle
