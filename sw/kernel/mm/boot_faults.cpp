#include "mm/boot_faults.hpp"

#include "core/boot_options.hpp"
#include "core/log.hpp"

namespace kernel {

namespace {

constexpr uint32_t kMost = 512;
const void* sites[kMost];
BootFaults counts;
uint32_t failing_allocation, failing_site;
bool counting;

/// True when nobody has asked for memory from there before.
bool is_new(const void* site) {
    for (uint32_t i = 0; i < counts.sites; ++i) {
        if (sites[i] == site) return false;
    }
    if (counts.sites == kMost) return false;
    sites[counts.sites++] = site;
    return true;
}

}  // namespace

void start_boot_faults() {
    counting = boot_option("fail_nth") || boot_option("fail_site");
    failing_allocation = boot_option_size("fail_nth", 0);
    failing_site = boot_option_size("fail_site", 0);
}

void end_boot_faults() { counting = false; }
bool counting_boot_faults() { return counting; }

bool boot_failure(const void* site) {
    ++counts.allocations;
    const bool fresh = is_new(site);
    const bool refused = counts.allocations == failing_allocation || (fresh && counts.sites == failing_site);
    if (!refused) return false;
    ++counts.refused;
    log_warn("fault injection: allocation %u, from %p, is refused", counts.allocations, site);
    return true;
}

const BootFaults& boot_faults() { return counts; }

}  // namespace kernel
