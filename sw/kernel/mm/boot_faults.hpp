// Refuses one allocation while the kernel comes up, to try every way out of booting. Boot options:
// `fail_nth=N` (the N-th allocation of all), `fail_site=N` (the first one of the N-th place that asks for
// memory); with 0 nothing is refused, and places are only counted.
#pragma once

#include <cstdint>

namespace kernel {

/// Reads the boot options; from here on all allocations of all threads count, if one of the options is there.
void start_boot_faults();
/// Called when the first program is about to run. What programs cause to fail: fault_injection.hpp.
void end_boot_faults();
/// Whether allocations count now.
bool counting_boot_faults();
/// True for the allocation that shall be refused; says so in the log.
bool boot_failure(const void* site);

/// What was counted, for `/proc/boot-faults`.
struct BootFaults {
    uint32_t allocations = 0, sites = 0, refused = 0;
};
const BootFaults& boot_faults();

}  // namespace kernel
