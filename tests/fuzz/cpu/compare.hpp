// Differences between two results, and the step of a case that first causes one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/fuzz/cpu/generator.hpp"
#include "tests/support/cpu_oracle/case.hpp"

namespace exysim::test::oracle {

/// One line a difference, "r3: QEMU 00000001, exysim 00000002"; empty if equal.
std::string difference(const Result& qemu, const Result& exysim);

/// Runs every prefix of a differing case on both sides, at its place in the batch (code addresses matter),
/// and describes the first step that makes a difference: its instructions, the state before it and what came
/// out.
std::string bisect(const GeneratedCase& generated, size_t index);

}  // namespace exysim::test::oracle
