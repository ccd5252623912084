// Address types. An address is never a bare integer, so that a physical address cannot reach a place that
// wants an I/O virtual one without somebody writing the conversion down.
#pragma once

#include <compare>
#include <cstdint>

namespace exysim {

/// A 32-bit address in the space named by `Space`. Exynos4 has no large physical addresses.
template <class Space>
struct Address {
    uint32_t value = 0;

    constexpr Address() = default;
    constexpr explicit Address(uint32_t v) : value{v} {}
    friend constexpr auto operator<=>(Address, Address) = default;
    friend constexpr Address operator+(Address a, uint32_t bytes) { return Address{a.value + bytes}; }
    friend constexpr uint32_t operator-(Address a, Address b) { return a.value - b.value; }
};

using PhysAddr = Address<struct PhysicalSpace>;  ///< what the bus decodes
using VirtAddr = Address<struct VirtualSpace>;   ///< what a CPU instruction names
using Iova = Address<struct IoVirtualSpace>;     ///< what a device names, before its SysMMU

/// `size` bytes from `base`. A range may end at 4 GiB, hence the 64-bit size and end.
struct PhysRange {
    PhysAddr base;
    uint64_t size = 0;

    constexpr uint64_t end() const { return base.value + size; }
    constexpr bool contains(PhysAddr a) const { return a >= base && a.value < end(); }
    constexpr bool overlaps(const PhysRange& o) const { return base.value < o.end() && o.base.value < end(); }
    friend constexpr bool operator==(const PhysRange&, const PhysRange&) = default;
};

inline constexpr uint32_t kPageSize = 4096;  // small page, bytes; the granule of every translation here

/// Simulated time outside SystemC: picoseconds since the start of the run.
using Picoseconds = uint64_t;

}  // namespace exysim
