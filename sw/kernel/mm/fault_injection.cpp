#include "mm/fault_injection.hpp"

#include "core/lock.hpp"
#include "core/thread.hpp"
#include "mm/boot_faults.hpp"

namespace kernel {

namespace {

AllocationSite sites[kMostSites];
uint32_t lost = 0;
IrqLock lock;

AllocationSite* site_at(const void* address) {
    for (AllocationSite& s : sites) {
        if (s.address == address || !s.address) {
            s.address = address;
            return &s;
        }
    }
    ++lost;
    return nullptr;
}

void note(const void* address, bool fails) {
    const IrqGuard guard{lock};
    AllocationSite* site = site_at(address);
    if (!site) return;
    ++site->seen;
    site->failed += fails;
}

}  // namespace

bool injected_failure(const void* site) {
    if (counting_boot_faults()) return boot_failure(site);
    uint32_t& left = current()->fail_nth;
    if (left == 0) return false;
    const bool fails = --left == 0;
    note(site, fails);
    return fails;
}

void set_fail_nth(uint32_t n) { current()->fail_nth = n; }
uint32_t fail_nth() { return current()->fail_nth; }

const AllocationSite* allocation_site(uint32_t index) {
    return index < kMostSites && sites[index].address ? &sites[index] : nullptr;
}
uint32_t lost_sites() { return lost; }

}  // namespace kernel
