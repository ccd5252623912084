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

WalkResult walk_second_level(uint32_t link, Iova at, const WordReader& read) {
    const PhysAddr slot{(link & 0xFFFF'FC00) + (at.value >> 12 & 0xFF) * 4};
    const std::optional<uint32_t> entry = read(slot);
    if (!entry) return WalkFailure{WalkFault::bus_error, slot};
    switch (*entry & 3) {
        case 0:
            return WalkFailure{WalkFault::translation, slot};
        case 1:
            return decode(kLargePage, at, *entry);
        default:
            return decode(kSmallPage, at, *entry);
    }
}

}  // namespace

WalkResult walk(PhysAddr table, Iova at, const WordReader& read) {
    const PhysAddr slot{(table.value & ~0x3FFFU) + (at.value >> 20) * 4};
    const std::optional<uint32_t> entry = read(slot);
    if (!entry) return WalkFailure{WalkFault::bus_error, slot};
    switch (*entry & 3) {
        case 1:
            return walk_second_level(*entry, at, read);
        case 2:
            return decode(kSection, at, *entry);
        default:
            return WalkFailure{WalkFault::translation, slot};
    }
}

}  // namespace exysim::iommu
