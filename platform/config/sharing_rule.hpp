// The rules of sharing memory between a processor and devices, by the names that reports and scenarios use.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace exysim::config {

enum class SharingRule : uint8_t {
    device_reads_stale,
    cpu_reads_stale,
    lost_device_write,
    lost_cpu_write,
    mixed_memory_types,
    stale_iotlb,
    stale_page_table,
    use_after_unmap,
    dma_out_of_buffer,
    cpu_access_while_device_owns,
    leaked_mapping,
    stale_instruction,
    redundant_maintenance,
};

struct SharingRuleInfo {
    SharingRule rule;
    std::string_view name;
    std::string_view meaning;  ///< one sentence: what has happened
    bool advisory = false;     ///< costs time and nothing else: a run with it is clean
};

/// In the order of SharingRule.
std::span<const SharingRuleInfo> sharing_rules();
inline const SharingRuleInfo& info(SharingRule rule) { return sharing_rules()[static_cast<size_t>(rule)]; }
std::optional<SharingRule> sharing_rule_named(std::string_view name);

}  // namespace exysim::config
