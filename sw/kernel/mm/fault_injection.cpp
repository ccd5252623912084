#include "mm/fault_injection.hpp"

#include "core/thread.hpp"

namespace kernel {

bool injected_failure() {
    uint32_t& left = current()->fail_nth;
    return left != 0 && --left == 0;
}

void set_fail_nth(uint32_t n) { current()->fail_nth = n; }
uint32_t fail_nth() { return current()->fail_nth; }

}  // namespace kernel
