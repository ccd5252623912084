#include "models/iommu/page_table.hpp"

namespace exysim::iommu {

namespace {

/// Where a kind of entry keeps its target and its protection bits.
struct EntryShape {
    uint32_t size;
    uint32_t present_bit;    // AP: any access at all
    uint32_t read_only_bit;  // APX
};

constexpr EntryShape kSection{1U << 20, 10, 15};
constexpr EntryShape kLargePage{64U << 10, 4, 9};
constexpr EntryShape kSmallPage{4U << 10, 4, 9};

Mapping decode(const EntryShape& shape, Iova at, uint32_t entry) {
    const uint32_t inside = shape.size - 1;
    const bool present = (entry >> shape.present_bit & 1) != 0;
    const bool read_only = (entry >> shape.read_only_bit & 1) != 0;
    return {Iova{at.value & ~inside}, PhysAddr{entry & ~inside}, shape.size, present, present && !read_only};
}

WalkResult walk_second_level(PhysAddr second, Iova at, const WordReader& read) {
    const PhysAddr slot{second.value + (at.value >> 12 & 0xFF) * 4};
    const std::optional<uint32_t> entry = read(slot);
    if (!entry) return WalkFailure{WalkFault::bus_error, slot};
    if (const auto mapping = decode_second_level(*entry, at)) return *mapping;
    return WalkFailure{WalkFault::translation, slot};
}

}  // namespace

PhysAddr first_level_slot(PhysAddr table, Iova at) {
    return PhysAddr{(table.value & ~0x3FFFU) + (at.value >> 20) * 4};
}

std::optional<PhysAddr> second_level_table(uint32_t first_level) {
    if ((first_level & 3) != 1) return {};
    return PhysAddr{first_level & 0xFFFF'FC00};
}

std::optional<Mapping> decode_second_level(uint32_t entry, Iova at) {
    if ((entry & 3) == 0) return {};
    return decode((entry & 3) == 1 ? kLargePage : kSmallPage, at, entry);
}

WalkResult walk_from(uint32_t first_level, PhysAddr slot, Iova at, const WordReader& read) {
    if (const auto second = second_level_table(first_level)) return walk_second_level(*second, at, read);
    if ((first_level & 3) == 2) return decode(kSection, at, first_level);
    return WalkFailure{WalkFault::translation, slot};
}

WalkResult walk(PhysAddr table, Iova at, const WordReader& read) {
    const PhysAddr slot = first_level_slot(table, at);
    const std::optional<uint32_t> entry = read(slot);
    if (!entry) return WalkFailure{WalkFault::bus_error, slot};
    return walk_from(*entry, slot, at, read);
}

}  // namespace exysim::iommu
