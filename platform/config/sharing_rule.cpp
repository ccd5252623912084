#include "platform/config/sharing_rule.hpp"

#include <algorithm>

namespace exysim::config {

std::span<const SharingRuleInfo> sharing_rules() {
    static constexpr SharingRuleInfo kRules[] = {
        {SharingRule::device_reads_stale, "device-reads-stale",
         "A device read bytes of which a cache or a store buffer had newer ones."},
        {SharingRule::cpu_reads_stale, "cpu-reads-stale",
         "The processor read a cached line from before a device wrote to it."},
        {SharingRule::lost_device_write, "lost-device-write",
         "What a device had written was written over by an older line, or thrown away by an invalidation."},
        {SharingRule::lost_cpu_write, "lost-cpu-write",
         "Bytes the processor wrote were thrown away by an invalidation, and then read."},
        {SharingRule::mixed_memory_types, "mixed-memory-types",
         "A line that a cache holds was accessed through another memory type."},
        {SharingRule::stale_iotlb, "stale-iotlb", "A translation was used that the tables no longer have."},
        {SharingRule::stale_page_table, "stale-page-table",
         "A SysMMU read a table entry of which a cache had a newer one."},
        {SharingRule::use_after_unmap, "use-after-unmap",
         "A device touched memory of a mapping that had been ended."},
        {SharingRule::dma_out_of_buffer, "dma-out-of-buffer",
         "A device touched memory that is in its reach and in no mapping of its own."},
        {SharingRule::cpu_access_while_device_owns, "cpu-access-while-device-owns",
         "The processor used bytes of a mapping in the device's turn."},
        {SharingRule::leaked_mapping, "leaked-mapping",
         "A mapping was there when the machine was switched off, its program long gone."},
        {SharingRule::stale_instruction, "stale-instruction",
         "A core executed code from an instruction cache of which memory or a data cache had newer."},
        {SharingRule::redundant_maintenance, "redundant-maintenance",
         "Lines were cleaned or invalidated by address of which no cache had anything.", true},
    };
    return kRules;
}

std::optional<SharingRule> sharing_rule_named(std::string_view name) {
    const auto all = sharing_rules();
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const SharingRuleInfo& r) { return r.name == name; });
    if (at == all.end()) return {};
    return at->rule;
}

}  // namespace exysim::config
