#include "mm/carveout.hpp"

#include "core/log.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

/// The last page of the run that somebody holds beside the carveout itself, counted from 1; 0 for none.
uint32_t last_pinned(Pfn first, uint32_t count) {
    while (count > 0 && pfn_to_page({first.value + count - 1})->references == 1) --count;
    return count;
}

}  // namespace

Result<> Carveout::init(PhysAddr base, uint32_t bytes) {
    first_ = pfn_of(base);
    TRY(bitmap_.init(first_.value, bytes >> kPageShift));
    // A reference of its own for each page, so that no user's last put gives it to the page allocator.
    for (uint32_t i = 0; i < bitmap_.pages(); ++i) page_get(pfn_to_page({first_.value + i}));
    return Ok{};
}

Result<Page*> Carveout::alloc(uint32_t count, uint32_t align, uint32_t highest) {
    const IrqGuard guard{lock_};
    for (uint32_t from = 0;;) {
        auto at = bitmap_.find(count, align, from);
        if (!at) return Errno::kNoMem;
        const Pfn first{first_.value + at.value()};
        if (phys_of({first.value + count}).value - 1 > highest) return Errno::kNoMem;
        const uint32_t pinned = last_pinned(first, count);
        if (pinned == 0) {
            bitmap_.set(at.value(), count);
            return pfn_to_page(first);
        }
        from = at.value() + pinned;
    }
}

void Carveout::free(Page* first, uint32_t count) {
    const IrqGuard guard{lock_};
    if (!bitmap_.clear(page_to_pfn(first).value - first_.value, count))
        log_error("carveout: pages %x + %u were not given out", page_to_pfn(first).value, count);
}

Carveout& ion_carveout() {
    static Carveout carveout;
    return carveout;
}

}  // namespace kernel
