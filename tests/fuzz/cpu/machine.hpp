// Runs cases on our core: the same runner program as on QEMU, in flat memory, with results taken from
// semihosting.
#pragma once

#include <vector>

#include "models/cpu/core.hpp"
#include "tests/support/cpu_oracle/case.hpp"

namespace exysim::test::oracle {

/// Result::vector of a case that never ends.
inline constexpr uint32_t kDoesNotEnd = 0xFFFF'FFFF;

/// A batch that does not end is halved until the cases that hang are found.
std::vector<Result> run_on_core(const std::vector<Case>& cases, const cpu::CoreConfig& config = {});

/// For perturbed cores: runs the batch as it is; nothing if it does not end.
std::vector<Result> run_mutant(const std::vector<Case>& cases, const cpu::CoreConfig& config);

/// A case that ends at once: keeps the place of another one.
Case trivial_case();

}  // namespace exysim::test::oracle
