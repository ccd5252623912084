// Makes one allocation of a thread fail, to try every way out of every call: Linux's /proc/self/fail-nth.
// Keeps a list of the places that asked for memory meanwhile, to see that each of them has failed.
#pragma once

#include <cstdint>

namespace kernel {

/// True when the allocation that asks is the one that shall fail. Counts down the running thread's number.
/// `site` is where the allocation is called from.
bool injected_failure(const void* site);
/// The n-th allocation from now of the running thread fails, once; 0 = none. Reading gives what is left: 0
/// once the failure has been delivered.
void set_fail_nth(uint32_t n);
uint32_t fail_nth();

/// A place that allocated while a thread counted.
struct AllocationSite {
    const void* address = nullptr;
    uint32_t seen = 0, failed = 0;
};
inline constexpr uint32_t kMostSites = 256;
/// Site number `index` in the order they turned up; null after the last.
const AllocationSite* allocation_site(uint32_t index);
/// Sites that found no room in the list.
uint32_t lost_sites();

}  // namespace kernel
