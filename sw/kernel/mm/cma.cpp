#include "mm/cma.hpp"

#include "core/log.hpp"
#include "core/string.hpp"
#include "core/thread.hpp"
#include "core/time.hpp"
#include "mm/linear_map.hpp"
#include "mm/migrate.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

constexpr uint32_t kTries = 5;  // a busy page is often free a moment later

CmaArea* the_default = nullptr;

/// Whole pageblocks around [first, first + count) while they are emptied: nobody is given a page there. Areas
/// consist of whole pageblocks and have a lock, so nobody else isolates the same ones.
class Isolation {
public:
    Isolation(Pfn first, uint32_t count)
        : first_{align_down(first.value, kPageblockPages)},
          pages_{align_up(first.value + count, kPageblockPages) - first_.value} {
        set_migrate_type(first_, pages_, MigrateType::isolated);
    }
    ~Isolation() { set_migrate_type(first_, pages_, MigrateType::cma); }
    Isolation(const Isolation&) = delete;
    Isolation& operator=(const Isolation&) = delete;

private:
    Pfn first_;
    uint32_t pages_;
};

/// Moves what is in use out of the range. Errors: kBusy, kNoMem.
Result<> empty_range(CmaArea& area, Pfn first, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
        const Pfn pfn{first.value + i};
        if (is_free_page(pfn)) continue;
        TRY(migrate_page(*pfn_to_page(pfn)));
        ++area.statistics.migrated_pages;
    }
    return Ok{};
}

/// Makes the range the caller's. Errors: kBusy, kNoMem no page to move one to.
Result<> claim_range(CmaArea& area, Pfn first, uint32_t count) {
    const Isolation isolation{first, count};
    const uint64_t start = now_ns();
    Result<> emptied = Errno::kBusy;
    uint32_t tries = 0;
    for (; tries < kTries && !emptied; ++tries) {
        if (tries > 0) yield_now();  // lets the holder of a busy page go on
        auto now = empty_range(area, first, count);
        if (now) break;
        if (now.error() == Errno::kNoMem) return now.error();
    }
    area.statistics.migration_ns += now_ns() - start;
    if (tries == kTries) return Errno::kBusy;
    return take_free_range(first, count);
}

}  // namespace

List<CmaArea, &CmaArea::node>& cma_areas() {
    static List<CmaArea, &CmaArea::node> list;
    return list;
}

Result<CmaArea*> cma_declare(const char* name, PhysAddr base, uint32_t bytes) {
    constexpr uint32_t kBlock = kPageblockPages * kPageSize;
    if (bytes == 0 || bytes % kBlock || base.value % kBlock || !is_ram(pfn_of(base)) ||
        !is_ram(pfn_of(base + (bytes - 1))))
        return Errno::kInval;
    auto area = TRY(make<CmaArea>());
    copy_text(area->name, name);
    area->first = pfn_of(base);
    TRY(area->bitmap.init(area->first.value, bytes >> kPageShift));
    TRY(linear_map_use_small_pages(base, bytes));
    set_migrate_type(area->first, bytes >> kPageShift, MigrateType::cma);
    cma_areas().push_back(*area);
    return area.release();
}

CmaArea* cma_default() { return the_default; }
void cma_set_default(CmaArea* area) { the_default = area; }

CmaArea* cma_at(PhysAddr base) {
    for (CmaArea& area : cma_areas()) {
        if (area.first == pfn_of(base)) return &area;
    }
    return nullptr;
}

Result<Page*> cma_alloc(CmaArea& area, uint32_t count, uint32_t align) {
    const MutexGuard guard{area.lock};
    uint32_t from = 0;
    for (;;) {
        auto at = area.bitmap.find(count, align, from);
        if (!at) break;
        const Pfn first{area.first.value + at.value()};
        auto claimed = claim_range(area, first, count);
        if (claimed) {
            area.bitmap.set(at.value(), count);
            ++area.statistics.allocations;
            return pfn_to_page(first);
        }
        if (claimed.error() != Errno::kBusy) break;
        ++area.statistics.busy_ranges;
        from = at.value() + align;
    }
    ++area.statistics.failures;
    log_warn("cma: %s: no %u pages, %u of %u in use", area.name, count, area.bitmap.used(),
             area.bitmap.pages());
    return Errno::kNoMem;
}

Result<> cma_release(CmaArea& area, Page* first, uint32_t count) {
    const Pfn pfn = page_to_pfn(first);
    const MutexGuard guard{area.lock};
    if (pfn < area.first) return Errno::kInval;
    TRY(area.bitmap.clear(pfn.value - area.first.value, count));
    for (uint32_t i = 0; i < count; ++i) page_put(pfn_to_page({pfn.value + i}));
    ++area.statistics.releases;
    return Ok{};
}

}  // namespace kernel
