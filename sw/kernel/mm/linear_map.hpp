// The kernel's mapping of all RAM: sections, and small pages where single pages must be able to change their
// memory type or to leave.
#pragma once

#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

/// Splits the sections of a range, a multiple of 4 MiB, into small pages of the same kind; at boot, before
/// anything there is in use. Errors: kNoMem.
Result<> linear_map_use_small_pages(PhysAddr base, uint32_t bytes);
/// Whether every page of the range is mapped by itself.
bool linear_map_is_small(Pfn first, uint32_t count);
/// Gives pages another memory type, or their cached one back. The old translations are gone on return; the
/// caller cleans and invalidates the caches afterwards, when nothing can fetch the lines again.
void linear_map_set(Pfn first, uint32_t count, MemoryType type);
/// Takes pages out of the map.
void linear_map_remove(Pfn first, uint32_t count);

}  // namespace kernel
