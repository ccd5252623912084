// Makes one allocation of a thread fail, to try every way out of every call: Linux's /proc/self/fail-nth.
#pragma once

#include <cstdint>

namespace kernel {

/// True when the allocation that asks is the one that shall fail. Counts down the running thread's number.
bool injected_failure();
/// The n-th allocation from now of the running thread fails, once; 0 = none. Reading gives what is left: 0
/// once the failure has been delivered.
void set_fail_nth(uint32_t n);
uint32_t fail_nth();

}  // namespace kernel
