#include "dma/low_pool.hpp"

#include "core/log.hpp"
#include "mm/cma.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

CmaBitmap bitmap;
Pfn first_page;
IrqLock lock;

}  // namespace

Result<> low_pool_init(PhysAddr base, uint32_t bytes) {
    first_page = pfn_of(base);
    return bitmap.init(first_page.value, bytes >> kPageShift);
}

Result<Page*> low_pool_alloc(uint32_t count, uint32_t align, uint32_t highest) {
    const IrqGuard guard{lock};
    auto at = bitmap.find(count, align, 0);
    if (!at) return Errno::kNoMem;
    const Pfn first{first_page.value + at.value()};
    if (phys_of({first.value + count}).value - 1 > highest) return Errno::kNoMem;
    bitmap.set(at.value(), count);
    return pfn_to_page(first);
}

void low_pool_free(Page* first, uint32_t count) {
    const IrqGuard guard{lock};
    if (!bitmap.clear(page_to_pfn(first).value - first_page.value, count))
        log_error("low pool: pages %x + %u were not given out", page_to_pfn(first).value, count);
}

LowPoolUse low_pool_use() { return {bitmap.pages(), bitmap.used()}; }

}  // namespace kernel
