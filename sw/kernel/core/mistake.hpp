// Mistakes that the kernel makes when it is asked to: the boot option mistake=NAME,NAME leaves out steps that
// memory shared with devices needs. For trying out tools that find such mistakes. Names that begin with
// `program_` are left to programs.
#pragma once

#include <cstdint>

namespace kernel {

enum class Mistake : uint8_t {
    skip_prepare,      ///< a video buffer goes to its device without its caches being cleaned
    skip_finish,       ///< and comes back without stale lines being dropped
    skip_give,         ///< streaming memory goes to its device as it is
    skip_take,         ///< and comes back as it is
    skip_alias_clean,  ///< memory that changes type leaves its lines in the caches
    skip_table_clean,  ///< entries of a SysMMU's tables stay in the caches
    skip_iotlb_flush,  ///< a SysMMU keeps translations that are gone
    keep_reference,    ///< a dma-buf's descriptor is closed, its reference is not given back
    leave_mapped,      ///< a device that lets go of a dma-buf keeps it in its tables
    skip_code_sync,    ///< cacheflush() does nothing: new code may be executed old
    maintain_twice,    ///< pages that change hands are maintained twice
    map_cached,        ///< memory of another type is mapped into processes as cached
    map_uncached,      ///< cached memory is mapped into processes as write-combined
    skip_outer,        ///< what a device reads is cleaned out of the level-1 cache alone
    skip_wmb,          ///< a device is started while stores wait
    clean_small,       ///< pieces below 64 KiB are cleaned, never invalidated
    wrong_direction,   ///< what a device writes is maintained as if it read
    skip_last_line,    ///< the line that a piece ends in is not cleaned
    sync_mapped_only,  ///< a list is maintained as if it had as many pieces as the device has
    skip_cpu_access,   ///< SYNC of a dma-buf does nothing
    swap_cpu_access,   ///< and begins with what should end it
    one_flush,         ///< a SysMMU forgets one entry of a page, whatever its size
    flush_first_only,  ///< and of many pages the first one
    skip_map_flush,    ///< and keeps what it knew of addresses next to others, which are mapped now
    skip_link_clean,   ///< a SysMMU's first-level entries alone stay in the caches
    no_override,       ///< the PL310 looks up what is shareable and not cacheable
    drop_error,        ///< SYNC of a dma-buf succeeds whatever the exporter says
    not_coherent,      ///< the nodes of coherent devices do not say dma-coherent
    kCount
};
static_assert(static_cast<unsigned>(Mistake::kCount) <= 32);

inline uint32_t mistakes_made = 0;  // a bit each
inline bool makes(Mistake m) { return (mistakes_made >> static_cast<unsigned>(m) & 1) != 0; }

/// Reads the boot option; unknown names are reported.
void read_mistakes();

}  // namespace kernel
