#include "tests/support/kernel_host/memory.hpp"

#include <sys/mman.h>

#include <cstring>
#include <stdexcept>
#include <vector>

#include "arch/cache.hpp"
#include "mm/fault_injection.hpp"
#include "mm/page.hpp"

namespace kernel_test {

namespace {

using namespace kernel;

constexpr uint32_t kLine = 32;
constexpr uint32_t kPageArray = 4U << 20;  // room for the descriptions of the pages, at the start

std::vector<uint8_t>& seen_by_devices() {
    static std::vector<uint8_t> bytes(kLinearSize);
    return bytes;
}

void set_up() {
    void* const wanted = pointer<void>(VirtAddr{kLinearBase});
    void* const got = ::mmap(wanted, kLinearSize, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (got != wanted) throw std::runtime_error{"the host uses the addresses of the kernel's linear map"};
    page_init(PhysAddr{kPhysBase}, kLinearSize, PhysAddr{kPhysBase});
    page_release(PhysAddr{kPhysBase + kPageArray}, PhysAddr{kPhysBase + kLinearSize});
}

}  // namespace

void use_host_memory() {
    static const bool done = (set_up(), true);
    (void)done;
}

uint32_t device_word(PhysAddr at) {
    uint32_t word = 0;
    std::memcpy(&word, seen_by_devices().data() + (at.value - kPhysBase), sizeof word);
    return word;
}

}  // namespace kernel_test

namespace kernel {

void cache_clean(VirtAddr va, PhysAddr, uint32_t bytes) {
    const uint32_t first = align_down(va.value, kernel_test::kLine);
    const uint32_t last = align_up(va.value + bytes, kernel_test::kLine);
    std::memcpy(kernel_test::seen_by_devices().data() + (first - kLinearBase),
                pointer<uint8_t>(VirtAddr{first}), last - first);
}
void wmb() {}
bool injected_failure(const void*) { return false; }

}  // namespace kernel
