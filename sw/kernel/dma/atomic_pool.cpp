#include "dma/atomic_pool.hpp"

#include "core/log.hpp"
#include "core/rollback.hpp"
#include "core/string.hpp"
#include "dma/allocate.hpp"
#include "mm/cma.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {

struct Pool {
    Ref<DmaPages> pages;
    VirtAddr start;
    CmaBitmap bitmap;
    uint32_t failures = 0;
    IrqLock lock;
};
Pool pool;

}  // namespace

Result<> dma_atomic_pool_init(uint32_t bytes) {
    if (bytes == 0) return Ok{};
    auto pages = TRY(DmaPages::allocate({.bytes = bytes,
                                         .placement = Placement::contiguous,
                                         .type = MemoryType::strongly_ordered,
                                         .area = cma_default(),
                                         .owner = "atomic pool"}));
    const VirtAddr start =
        TRY(vmap(pages->pages(), MemoryType::strongly_ordered, AreaKind::dma, "atomic_pool"));
    Rollback mapping{[&] { (void)vunmap(start, AreaKind::dma); }};
    TRY(pool.bitmap.init(0, pages_for(bytes)));
    mapping.cancel();
    pool.pages = std::move(pages);
    pool.start = start;
    return Ok{};
}

AtomicPoolUse dma_atomic_pool_use() { return {pool.bitmap.pages(), pool.bitmap.used(), pool.failures}; }

Result<AtomicMemory> atomic_pool_alloc(uint32_t bytes) {
    const IrqGuard guard{pool.lock};
    const uint32_t count = pages_for(bytes);
    auto at = pool.bitmap.find(count, 1, 0);
    if (!at) {
        if (pool.failures++ == 0)
            log_warn(
                "dma: the atomic pool of %u KiB is too small for %u bytes: coherent_pool=SIZE makes it "
                "larger",
                pool.bitmap.pages() * 4, bytes);
        return Errno::kNoMem;
    }
    pool.bitmap.set(at.value(), count);
    const AtomicMemory memory{pool.start + at.value() * kPageSize, phys_of(pool.pages->pages()[at.value()])};
    memset(pointer<uint8_t>(memory.cpu), 0, count * kPageSize);
    return memory;
}

Result<> atomic_pool_free(VirtAddr cpu, uint32_t bytes) {
    const IrqGuard guard{pool.lock};
    if ((cpu - pool.start) % kPageSize) return Errno::kInval;
    return pool.bitmap.clear((cpu - pool.start) / kPageSize, pages_for(bytes));
}

bool in_atomic_pool(VirtAddr cpu) {
    return pool.pages && cpu >= pool.start && cpu - pool.start < pool.pages->size();
}

PhysAddr atomic_pool_physical(VirtAddr cpu) {
    const uint32_t inside = cpu - pool.start;
    return phys_of(pool.pages->pages()[inside / kPageSize]) + inside % kPageSize;
}

}  // namespace kernel
