#include "iommu/io_page_table.hpp"

#include <utility>

#include "arch/cache.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

constexpr uint32_t kLink = 1, kSmallPage = 2;
constexpr uint32_t kReadWrite = 1 << 4, kReadOnly = 1 << 9 | 1 << 4;  // protection bits 9 and 4
constexpr uint32_t kFirstLevelOrder = 2;                              // 16 KiB
constexpr uint32_t kTablesPerPage = 4;                                // 1 KiB each
constexpr uint32_t kFirstLevelEntries = 4096;

void clean(const uint32_t* entries, uint32_t bytes) {
    const VirtAddr va = address_of(entries);
    cache_clean(va, virt_to_phys(va), bytes);
}

}  // namespace

Result<IoPageTable> IoPageTable::create() {
    Page* pages = TRY(alloc_pages(kFirstLevelOrder, kZeroed));
    clean(page_data<uint32_t>(pages), kPageSize << kFirstLevelOrder);
    return IoPageTable{page_to_phys(pages)};
}

IoPageTable::IoPageTable(IoPageTable&& o) : base_{o.base_}, owner_{std::exchange(o.owner_, false)} {}

IoPageTable::~IoPageTable() {
    if (!owner_) return;
    for (uint32_t i = 0; i < kFirstLevelEntries; i += kTablesPerPage) {
        const uint32_t link = first_level()[i];
        if ((link & 3) == kLink) free_pages(phys_to_page(PhysAddr{link & ~0xFFFU}), 0);
    }
    free_pages(phys_to_page(base_), kFirstLevelOrder);
}

uint32_t* IoPageTable::first_level() const { return pointer<uint32_t>(phys_to_virt(base_)); }

uint32_t* IoPageTable::entry(Iova iova) const {
    const uint32_t link = first_level()[iova.value >> 20];
    if ((link & 3) != kLink) return nullptr;
    return pointer<uint32_t>(phys_to_virt(PhysAddr{link & ~0x3FFU})) + (iova.value >> 12 & 0xFF);
}

/// One page holds the second-level tables of four neighbouring first-level entries. The table is in memory
/// before the link to it is.
Result<uint32_t*> IoPageTable::entry_or_new(Iova iova) {
    if (uint32_t* found = entry(iova)) return found;
    Page* page = TRY(alloc_pages(0, kZeroed));
    clean(page_data<uint32_t>(page), kPageSize);
    wmb();
    uint32_t* links = first_level() + align_down(iova.value >> 20, kTablesPerPage);
    for (uint32_t i = 0; i < kTablesPerPage; ++i) links[i] = (page_to_phys(page).value + i * 1024) | kLink;
    clean(links, kTablesPerPage * 4);
    return entry(iova);
}

Result<> IoPageTable::map(Iova iova, Pfn pfn, bool writable) {
    uint32_t* e = TRY(entry_or_new(iova));
    if (*e != 0) return Errno::kExist;
    *e = phys_of(pfn).value | kSmallPage | (writable ? kReadWrite : kReadOnly);
    clean(e, 4);
    return Ok{};
}

void IoPageTable::unmap(Iova iova) {
    uint32_t* e = entry(iova);
    if (!e) return;
    *e = 0;
    clean(e, 4);
}

Result<PhysAddr> IoPageTable::lookup(Iova iova) const {
    const uint32_t* e = entry(iova);
    if (!e || (*e & 3) == 0) return Errno::kFault;
    return PhysAddr{(*e & ~0xFFFU) | (iova.value & 0xFFF)};
}

}  // namespace kernel
