// Violations for people and for programs.
#pragma once

#include <functional>
#include <string>

#include "platform/sanitizer/violation_log.hpp"

namespace exysim::sanitizer {

/// A code address in words: "dma::map(...)+0x1c (sw/kernel/dma/map.cpp:41)".
using Describe = std::function<std::string(uint32_t address)>;

/// A paragraph an entry; empty for a clean run. Advisories are left to the JSON.
std::string violations_text(const ViolationLog& log, const Describe& describe);
/// "clean", or each rule that was broken with its count: "device-reads-stale 96, stale-iotlb 1"; behind that
/// "; advised: " and the advisories.
std::string verdict_text(const ViolationLog& log);
/// `{schema, violations: [...], advisories: [...]}`, of each `{rule, meaning, oracle, count, bytes, cycles,
/// address, iova, virtual, buffer, by, calls, before, last_ps}`.
std::string violations_json(const ViolationLog& log, const Describe& describe);

}  // namespace exysim::sanitizer
