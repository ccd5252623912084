#include "tests/support/kernel_host/memory.hpp"

#include <sys/mman.h>

#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

#include "arch/cache.hpp"
#include "mm/fault_injection.hpp"
#include "mm/page.hpp"

namespace kernel_test {

namespace {

using namespace kernel;

constexpr uint32_t kLine = 32;
constexpr uint32_t kTables = 1U << 20;     // room for the kernel's own table (page_table.cpp), at the start
constexpr uint32_t kPageArray = 3U << 20;  // and for the descriptions of the pages, behind it
uint32_t allocations_left = 0;

std::vector<uint8_t>& seen_by_devices() {
    static std::vector<uint8_t> bytes(kLinearSize);
    return bytes;
}

void set_up() {
    void* const wanted = pointer<void>(VirtAddr{kLinearBase});
    void* const got = ::mmap(wanted, kLinearSize, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (got != wanted) throw std::runtime_error{"the host uses the addresses of the kernel's linear map"};
    page_init(PhysAddr{kPhysBase}, kLinearSize, PhysAddr{kPhysBase + kTables});
    page_release(PhysAddr{kPhysBase + kTables + kPageArray}, PhysAddr{kPhysBase + kLinearSize});
}

}  // namespace

void use_host_memory() {
    static const bool done = (set_up(), true);
    (void)done;
}

void fail_allocation(uint32_t n) { allocations_left = n; }
bool failure_left() { return std::exchange(allocations_left, 0U) > 0; }

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
void sync_instructions(VirtAddr, uint32_t) {}

bool injected_failure(const void*) {
    uint32_t& left = kernel_test::allocations_left;
    return left > 0 && --left == 0;
}

}  // namespace kernel

// What kernel code allocates fails as it does in the kernel; the host's own code does not ask this way.
void* operator new(size_t bytes, const std::nothrow_t&) noexcept {
    return kernel::injected_failure(nullptr) ? nullptr : ::operator new(bytes);
}
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept {
    return kernel::injected_failure(nullptr) ? nullptr : ::operator new[](bytes);
}
