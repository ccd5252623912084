// Mistakes that the kernel makes when it is asked to: the boot option mistake=NAME,NAME leaves out steps that
// memory shared with devices needs. For trying out tools that find such mistakes.
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
    kCount
};

inline uint32_t mistakes_made = 0;  // a bit each
inline bool makes(Mistake m) { return (mistakes_made >> static_cast<unsigned>(m) & 1) != 0; }

/// Reads the boot option; unknown names are reported.
void read_mistakes();

}  // namespace kernel
