#include "platform/config/sharing_rule.hpp"

#include <algorithm>

namespace exysim::config {

std::span<const SharingRuleInfo> sharing_rules() {
    static constexpr SharingRuleInfo kRules[] = {
        {"device-reads-stale", "A device read bytes of which a cache or a store buffer had newer ones."},
        {"cpu-reads-stale", "The processor read a cached line from before a device wrote to it."},
        {"lost-device-write", "A dirty line was written back over what a device had written since."},
        {"lost-cpu-write", "Bytes the processor wrote were thrown away by an invalidation, and then read."},
        {"mixed-memory-types", "A line that a cache holds was accessed through another memory type."},
        {"stale-iotlb", "A translation was used that the tables no longer have."},
        {"stale-page-table", "A SysMMU read a table entry of which a cache had a newer one."},
    };
    return kRules;
}

std::optional<SharingRule> sharing_rule_named(std::string_view name) {
    const auto all = sharing_rules();
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const SharingRuleInfo& r) { return r.name == name; });
    if (at == all.end()) return {};
    return static_cast<SharingRule>(at - all.begin());
}

}  // namespace exysim::config
