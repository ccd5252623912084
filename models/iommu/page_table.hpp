// The two-level page tables a SysMMU of versions 1 to 3 walks (hardware/sysmmu.md, section 4).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <variant>

#include "models/base/address.hpp"

namespace exysim::iommu {

/// One mapping as a table entry describes it: `size` bytes, both bases aligned to it.
struct Mapping {
    Iova base;
    PhysAddr target;
    uint32_t size = 0;
    bool readable = false;
    bool writable = false;

    bool covers(Iova at) const { return at - base < size; }
    PhysAddr translate(Iova at) const { return target + (at - base); }
};

enum class WalkFault : uint8_t {
    translation,  ///< an entry says there is no mapping
    bus_error,    ///< a table entry could not be read
};

struct WalkFailure {
    WalkFault fault;
    PhysAddr entry;  ///< address of the entry that ended the walk
};

using WalkResult = std::variant<Mapping, WalkFailure>;

/// Reads one little-endian word of physical memory; nothing when the bus refuses.
using WordReader = std::function<std::optional<uint32_t>(PhysAddr)>;

/// Looks `at` up in the tables whose first level lies at `table`.
WalkResult walk(PhysAddr table, Iova at, const WordReader& read);

/// Where the first-level entry for `at` lies.
PhysAddr first_level_slot(PhysAddr table, Iova at);
/// The rest of a walk whose first-level entry is known.
WalkResult walk_from(uint32_t first_level, PhysAddr slot, Iova at, const WordReader& read);
/// The second-level table a first-level entry links to; nothing if it links to none.
std::optional<PhysAddr> second_level_table(uint32_t first_level);
/// The mapping in a second-level entry; nothing if there is none.
std::optional<Mapping> decode_second_level(uint32_t entry, Iova at);

}  // namespace exysim::iommu
