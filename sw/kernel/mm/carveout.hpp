// A range of RAM set aside at boot that never serves anything else: always there in one piece, and lost to
// everybody when nobody needs it. The contiguous areas (cma.hpp) lend theirs out meanwhile.
#pragma once

#include "core/lock.hpp"
#include "core/result.hpp"
#include "core/types.hpp"
#include "mm/cma.hpp"

namespace kernel {

class Carveout {
public:
    /// Once, with reserved pages. Errors: kNoMem.
    Result<> init(PhysAddr base, uint32_t bytes);
    /// `count` contiguous pages at or below `highest`, their number a multiple of `align` (a power of two).
    /// Contents are whatever was there. May be called with interrupts masked. Errors: kNoMem.
    Result<Page*> alloc(uint32_t count, uint32_t align, uint32_t highest = ~0U);
    /// Gives back what alloc() gave. A page that a process or a driver still has pinned is passed over by
    /// alloc() until it is let go.
    void free(Page* first, uint32_t count);
    uint32_t pages() const { return bitmap_.pages(); }
    uint32_t used() const { return bitmap_.used(); }

private:
    CmaBitmap bitmap_;
    Pfn first_;
    IrqLock lock_;
};

/// ION's (boot option `ion_carveout=SIZE`, in steps of 4 MiB). Has no pages when nobody asked for it.
Carveout& ion_carveout();

}  // namespace kernel
