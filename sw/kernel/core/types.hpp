// Addresses and page arithmetic. Addresses are 32-bit types of their own, never pointers in disguise, so that
// guest logic builds and runs on a 64-bit host too.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace kernel {

template <class Space>
struct Address {
    uint32_t value = 0;

    constexpr Address() = default;
    constexpr explicit Address(uint32_t v) : value{v} {}
    friend constexpr auto operator<=>(Address, Address) = default;
    friend constexpr Address operator+(Address a, uint32_t bytes) { return Address{a.value + bytes}; }
    friend constexpr uint32_t operator-(Address a, Address b) { return a.value - b.value; }
};

using PhysAddr = Address<struct PhysicalSpace>;
using VirtAddr = Address<struct VirtualSpace>;  ///< kernel or user virtual
using UserAddr = Address<struct UserSpaceTag>;  ///< user virtual, not yet checked

inline constexpr uint32_t kPageShift = 12;
inline constexpr uint32_t kPageSize = 1U << kPageShift;
inline constexpr uint32_t kSectionSize = 1U << 20;

/// Page frame number: physical address / 4 KiB.
struct Pfn {
    uint32_t value = 0;
    friend constexpr auto operator<=>(Pfn, Pfn) = default;
};
constexpr Pfn pfn_of(PhysAddr a) { return {a.value >> kPageShift}; }
constexpr PhysAddr phys_of(Pfn p) { return PhysAddr{p.value << kPageShift}; }

constexpr uint32_t align_down(uint32_t v, uint32_t to) { return v & ~(to - 1); }
constexpr uint32_t align_up(uint32_t v, uint32_t to) { return (v + to - 1) & ~(to - 1); }
constexpr uint32_t pages_for(uint32_t bytes) {
    return static_cast<uint32_t>((uint64_t{bytes} + kPageSize - 1) >> kPageShift);
}

template <class T>
T* pointer(VirtAddr a) {
    return reinterpret_cast<T*>(static_cast<uintptr_t>(a.value));
}
inline VirtAddr address_of(const void* p) {
    return VirtAddr{static_cast<uint32_t>(reinterpret_cast<uintptr_t>(p))};
}

/// How a page is mapped; the architecture's names, with Linux's TEX-remap encoding behind them
/// (arch/page_table).
enum class MemoryType : uint8_t { strongly_ordered, device, write_combine, cached };

}  // namespace kernel
