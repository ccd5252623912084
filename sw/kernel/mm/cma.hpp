// Contiguous memory areas: ranges whose pages serve as movable memory until a device needs them in one piece.
#pragma once

#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/ref.hpp"
#include "core/result.hpp"
#include "core/types.hpp"
#include "mm/buddy.hpp"

namespace kernel {

/// Which pages of an area are given out. Knows no memory.
class CmaBitmap {
public:
    CmaBitmap() = default;
    CmaBitmap(const CmaBitmap&) = delete;
    CmaBitmap& operator=(const CmaBitmap&) = delete;
    ~CmaBitmap();
    /// `base` is the number of the first page, to which alignments refer. Errors: kNoMem.
    Result<> init(uint32_t base, uint32_t pages);
    /// Lowest run of `count` clear bits at or after page `from` (relative) whose page number is a multiple of
    /// `align` (pages, a power of two). Errors: kNoSpc.
    Result<uint32_t> find(uint32_t count, uint32_t align, uint32_t from) const;
    void set(uint32_t first, uint32_t count);
    /// Errors: kInval when a bit is clear already or outside; nothing changes then.
    Result<> clear(uint32_t first, uint32_t count);
    uint32_t pages() const { return pages_; }
    uint32_t used() const { return used_; }

private:
    bool get(uint32_t bit) const { return words_[bit / 32] >> bit % 32 & 1; }

    uint32_t* words_ = nullptr;
    uint32_t base_ = 0;
    uint32_t pages_ = 0;
    uint32_t used_ = 0;
};

/// What an area has done, for /proc/cma.
struct CmaStatistics {
    uint32_t allocations = 0, failures = 0, releases = 0;
    uint32_t migrated_pages = 0;  ///< moved out of the way
    uint32_t busy_ranges = 0;     ///< given up because a page could not move
    uint64_t migration_ns = 0;    ///< time spent emptying ranges
};

struct CmaArea {
    ListNode node;
    char name[32] = "";
    Pfn first;
    CmaBitmap bitmap;
    CmaStatistics statistics;
    Mutex lock;
};

/// Makes an area of whole pageblocks; before its pages are released to the allocator. Errors: kNoMem, kInval
/// for a range that is not a multiple of 4 MiB.
Result<CmaArea*> cma_declare(const char* name, PhysAddr base, uint32_t bytes);
/// The area for devices without one of their own; null when there is none.
CmaArea* cma_default();
void cma_set_default(CmaArea* area);
/// The area that starts at this address, or null: what a device's memory-region refers to.
CmaArea* cma_at(PhysAddr base);

/// `count` contiguous pages, each with one reference, their number a multiple of `align` pages (a power of
/// two). Contents are whatever was there. Movable pages in the way are migrated; a range with a page that
/// stays busy is skipped. May sleep. Errors: kNoMem.
Result<Page*> cma_alloc(CmaArea& area, uint32_t count, uint32_t align);
/// Gives back what cma_alloc() gave, whole or in part. Errors: kInval for pages that are not allocated here.
Result<> cma_release(CmaArea& area, Page* first, uint32_t count);

template <class Visit>
void for_each_cma_area(Visit visit);

List<CmaArea, &CmaArea::node>& cma_areas();
template <class Visit>
void for_each_cma_area(Visit visit) {
    for (CmaArea& area : cma_areas()) visit(area);
}

}  // namespace kernel
