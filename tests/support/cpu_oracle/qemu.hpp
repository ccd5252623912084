// Runs cases on QEMU's Cortex-A9 (qemu-system-arm -M smdkc210): the outside opinion on what instructions do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/cpu_oracle/case.hpp"

namespace exysim::test::oracle {

/// Memory image for kBatchAddress.
std::vector<uint8_t> batch_image(const std::vector<Case>& cases);

/// One process per 10,000 cases. Throws std::runtime_error if QEMU fails or does not end within a minute.
std::vector<Result> run_on_qemu(const std::vector<Case>& cases);

/// Path of the case runner's ELF file.
std::string runner_elf();

}  // namespace exysim::test::oracle
