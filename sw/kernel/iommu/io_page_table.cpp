#include "iommu/io_page_table.hpp"

#include <utility>

#include "arch/cache.hpp"
#include "core/mistake.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

constexpr uint32_t kLink = 1, kSection = 2, kLargePage = 1, kSmallPage = 2, kTypeMask = 3;
// Protection (sysmmu.md section 4): read-only has both bits, read/write only the second.
constexpr uint32_t kSectionReadWrite = 1 << 10, kSectionReadOnly = 1 << 15 | 1 << 10;
constexpr uint32_t kPageReadWrite = 1 << 4, kPageReadOnly = 1 << 9 | 1 << 4;
constexpr uint32_t kFirstLevelOrder = 2;  // 16 KiB
constexpr uint32_t kFirstLevelEntries = 4096, kSecondLevelEntries = 256;
constexpr uint32_t kTablesPerPage = 4, kTableBytes = 1024;
constexpr uint32_t kTablePages = kFirstLevelEntries / kTablesPerPage;
constexpr uint32_t kLargeSize = 64 * 1024;

uint32_t second_level_pages = 0;

void clean(const uint32_t* entries, uint32_t count) {
    if (makes(Mistake::skip_table_clean)) return;
    const VirtAddr va = address_of(entries);
    cache_clean(va, virt_to_phys(va), count * 4);
}

uint32_t section_bits(IoAccess a) {
    return kSection | (a == IoAccess::read_write ? kSectionReadWrite : kSectionReadOnly);
}
uint32_t page_bits(IoAccess a) { return a == IoAccess::read_write ? kPageReadWrite : kPageReadOnly; }

uint32_t index_of(Iova iova) { return iova.value >> 20; }
uint32_t entry_of(Iova iova) { return iova.value >> kPageShift & (kSecondLevelEntries - 1); }

/// Largest page that fits at both addresses and in what is left.
uint32_t best_size(Iova iova, PhysAddr pa, uint32_t bytes) {
    for (const uint32_t size : {kSectionSize, kLargeSize}) {
        if (bytes >= size && iova.value % size == 0 && pa.value % size == 0) return size;
    }
    return kPageSize;
}

bool all_zero(const uint32_t* table) {
    for (uint32_t i = 0; i < kSecondLevelEntries; ++i) {
        if (table[i]) return false;
    }
    return true;
}

}  // namespace

Result<IoPageTable> IoPageTable::create() {
    auto* tables = new (std::nothrow) PhysAddr[kTablePages];
    if (!tables) return Errno::kNoMem;
    auto pages = alloc_pages(kFirstLevelOrder, kZeroed);
    if (!pages) {
        delete[] tables;
        return pages.error();
    }
    clean(page_data<uint32_t>(pages.value()), kFirstLevelEntries);
    return IoPageTable{page_to_phys(pages.value()), tables};
}

IoPageTable::IoPageTable(IoPageTable&& o) : base_{o.base_}, tables_{std::exchange(o.tables_, nullptr)} {}

IoPageTable::~IoPageTable() {
    if (!tables_) return;
    for (uint32_t i = 0; i < kTablePages; ++i) {
        if (!tables_[i].value) continue;
        free_pages(phys_to_page(tables_[i]), 0);
        --second_level_pages;
    }
    delete[] tables_;
    free_pages(phys_to_page(base_), kFirstLevelOrder);
}

uint32_t IoPageTable::table_pages() { return second_level_pages; }

uint32_t* IoPageTable::first_level() const { return pointer<uint32_t>(phys_to_virt(base_)); }

uint32_t* IoPageTable::second_level(uint32_t index) const {
    const PhysAddr page = tables_[index / kTablesPerPage];
    if (page.value == 0) return nullptr;
    return pointer<uint32_t>(phys_to_virt(page + index % kTablesPerPage * kTableBytes));
}

/// The table for one first-level entry, linked; not where a section is.
Result<uint32_t*> IoPageTable::second_level_or_new(uint32_t index) {
    uint32_t& link = first_level()[index];
    if ((link & kTypeMask) == kSection) return Errno::kExist;
    PhysAddr& page = tables_[index / kTablesPerPage];
    if (page.value == 0) {
        Page* fresh = TRY(alloc_pages(0, kZeroed));
        clean(page_data<uint32_t>(fresh), kPageSize / 4);
        page = page_to_phys(fresh);
        ++second_level_pages;
    }
    if (link == 0) {
        wmb();  // an empty table is in memory before somebody can walk into it
        link = (page + index % kTablesPerPage * kTableBytes).value | kLink;
        if (!makes(Mistake::skip_link_clean)) clean(&link, 1);
    }
    return second_level(index);
}

Result<> IoPageTable::map_section(Iova iova, PhysAddr pa, IoAccess access) {
    uint32_t& entry = first_level()[index_of(iova)];
    const bool free = entry == 0 || ((entry & kTypeMask) == kLink && all_zero(second_level(index_of(iova))));
    if (!free) return Errno::kExist;
    entry = pa.value | section_bits(access);
    written(&entry, 1);
    return Ok{};
}

/// Sixteen equal entries are a large page; `value` is the same for all of them then, and for a small page the
/// one.
Result<> IoPageTable::map_pages(Iova iova, PhysAddr pa, uint32_t entries, uint32_t value) {
    uint32_t* table = TRY(second_level_or_new(index_of(iova)));
    uint32_t* at = table + entry_of(iova);
    for (uint32_t i = 0; i < entries; ++i) {
        if (at[i]) return Errno::kExist;
    }
    for (uint32_t i = 0; i < entries; ++i) at[i] = pa.value | value;
    written(at, entries);
    return Ok{};
}

void IoPageTable::written(uint32_t* at, uint32_t count) {
    if (dirty_ && at == dirty_ + dirty_count_) {
        dirty_count_ += count;
        return;
    }
    finish();
    dirty_ = at;
    dirty_count_ = count;
}

void IoPageTable::finish() {
    if (dirty_) clean(dirty_, dirty_count_);
    dirty_ = nullptr;
    dirty_count_ = 0;
}

Result<> IoPageTable::map(Iova iova, PhysAddr pa, uint32_t bytes, IoAccess access) {
    for (uint32_t done = 0; done < bytes;) {
        const uint32_t size = best_size(iova + done, pa + done, bytes - done);
        const uint32_t kind = size == kLargeSize ? kLargePage : kSmallPage;
        auto mapped = size == kSectionSize
                          ? map_section(iova + done, pa + done, access)
                          : map_pages(iova + done, pa + done, size / kPageSize, kind | page_bits(access));
        if (!mapped) {
            unmap_range(iova, done);
            return mapped.error();
        }
        done += size;
    }
    return Ok{};
}

void IoPageTable::unmap_range(Iova iova, uint32_t bytes) {
    for (uint32_t done = 0; done < bytes;) done += unmap_one(iova + done);
}

uint32_t IoPageTable::unmap_one(Iova iova) {
    const Leaf old = leaf(iova);
    if (old.size == 0 || iova.value % old.size) return 0;
    if (old.size == kSectionSize) {
        first_level()[index_of(iova)] = 0;
        written(&first_level()[index_of(iova)], 1);
        return old.size;
    }
    uint32_t* at = second_level(index_of(iova)) + entry_of(iova);
    for (uint32_t i = 0; i < old.size / kPageSize; ++i) at[i] = 0;
    written(at, old.size / kPageSize);
    return old.size;
}

IoPageTable::Leaf IoPageTable::leaf(Iova iova) const {
    const uint32_t entry = first_level()[index_of(iova)];
    if ((entry & kTypeMask) == kSection)
        return {kSectionSize, PhysAddr{align_down(entry, kSectionSize)}, !(entry & 1 << 15)};
    if ((entry & kTypeMask) != kLink) return {};
    const uint32_t page = second_level(index_of(iova))[entry_of(iova)];
    if ((page & kTypeMask) == 0) return {};
    const uint32_t size = (page & kTypeMask) == kLargePage ? kLargeSize : kPageSize;
    return {size, PhysAddr{align_down(page, size)}, !(page & 1 << 9)};
}

Result<PhysAddr> IoPageTable::lookup(Iova iova) const {
    const Leaf l = leaf(iova);
    if (l.size == 0) return Errno::kFault;
    return l.base + iova.value % l.size;
}

}  // namespace kernel
