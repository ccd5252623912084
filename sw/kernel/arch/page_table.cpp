#include "arch/page_table.hpp"

#include <utility>

#include "arch/cpu.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

constexpr uint32_t kTableDescriptor = 1;  // [1:0] = 01
constexpr uint32_t kSection = 2, kSmallPage = 2;
constexpr uint32_t kKernelTable = 0x4000'4000;  // boot.S
constexpr uint32_t kTablesPerPage = 4;          // 1 KiB second-level tables

/// TEX[0], C, B of a small page and of a section, by memory type: TEX remap n = 0, 4, 1, 7
/// (cpu-subsystem.md).
struct TypeBits {
    uint32_t small;
    uint32_t section;
};
constexpr TypeBits kTypeBits[] = {
    {0x000, 0x0000},  // strongly ordered: n = 000
    {0x040, 0x1000},  // device:           n = 100
    {0x004, 0x0004},  // write-combine:    n = 001
    {0x04C, 0x100C},  // cached:           n = 111
};
constexpr const TypeBits& bits_of(MemoryType type) { return kTypeBits[static_cast<unsigned>(type)]; }

constexpr uint32_t kSmallShared = 1 << 10, kSmallNotGlobal = 1 << 11, kSmallApx = 1 << 9, kSmallXn = 1;
constexpr uint32_t kSectionShared = 1 << 16, kSectionXn = 1 << 4;

/// AP[1:0] at [5:4]: 01 PL1 only, 11 user too, 10 user read-only; APX makes PL1 read-only.
uint32_t permissions(PageAccess a) {
    uint32_t bits = a.user ? (a.write ? 3U << 4 : 2U << 4) : (a.write ? 1U << 4 : (1U << 4 | kSmallApx));
    if (!a.execute) bits |= kSmallXn;
    if (a.user) bits |= kSmallNotGlobal;
    return bits;
}

uint32_t small_page(Pfn pfn, MemoryType type, PageAccess access) {
    return phys_of(pfn).value | kSmallPage | bits_of(type).small | kSmallShared | permissions(access);
}

uint32_t kernel_tables = 0;

bool writable(uint32_t pte) { return !(pte & kSmallApx) && ((pte >> 4) & 3) != 2; }

}  // namespace

PageTable& PageTable::kernel() {
    static PageTable table{PhysAddr{kKernelTable}, 4096};
    return table;
}

Result<PageTable> PageTable::create_user() {
    Page* pages = TRY(alloc_pages(1, kZeroed));  // 2048 entries, 8 KiB, naturally aligned
    return PageTable{page_to_phys(pages), 2048};
}

PageTable::PageTable(PageTable&& o) : base_{o.base_}, entries_{std::exchange(o.entries_, 0)} {}

PageTable& PageTable::operator=(PageTable&& o) {
    std::swap(base_, o.base_);
    std::swap(entries_, o.entries_);
    return *this;
}

PageTable::~PageTable() {
    if (entries_ == 0) return;
    for (uint32_t i = 0; i < entries_; i += kTablesPerPage) {
        const uint32_t entry = first_level()[i];
        if ((entry & 3) == kTableDescriptor) free_pages(phys_to_page(PhysAddr{entry & ~0xFFFU}), 0);
    }
    free_pages(phys_to_page(base_), 1);
}

uint32_t PageTable::kernel_table_pages() { return kernel_tables; }

uint32_t* PageTable::first_level() const { return pointer<uint32_t>(phys_to_virt(base_)); }

uint32_t* PageTable::second_level(VirtAddr va) const {
    const uint32_t entry = first_level()[va.value >> 20];
    if ((entry & 3) != kTableDescriptor) return nullptr;
    return pointer<uint32_t>(phys_to_virt(PhysAddr{entry & ~0x3FFU}));
}

/// One page holds four second-level tables: it serves four neighbouring first-level entries.
Result<uint32_t*> PageTable::second_level_or_new(VirtAddr va) {
    if (uint32_t* table = second_level(va)) return table;
    Page* page = TRY(alloc_pages(0, kZeroed));
    if (this == &kernel()) ++kernel_tables;
    const uint32_t first = align_down(va.value >> 20, kTablesPerPage);
    for (uint32_t i = 0; i < kTablesPerPage; ++i) {
        first_level()[first + i] = (page_to_phys(page).value + i * 1024) | kTableDescriptor;
    }
    return second_level(va);
}

Result<> PageTable::map(VirtAddr va, Pfn pfn, MemoryType type, PageAccess access) {
    uint32_t* table = TRY(second_level_or_new(va));
    table[(va.value >> 12) & 0xFF] = small_page(pfn, type, access);
    cpu::dsb();
    return Ok{};
}

void PageTable::unmap(VirtAddr va) {
    if (uint32_t* table = second_level(va)) table[(va.value >> 12) & 0xFF] = 0;
    cpu::dsb();
}

Translation PageTable::lookup(VirtAddr va) const {
    const uint32_t* table = second_level(va);
    const uint32_t pte = table ? table[(va.value >> 12) & 0xFF] : 0;
    return {pte != 0, pfn_of(PhysAddr{pte}), writable(pte)};
}

void PageTable::write_protect(VirtAddr va) {
    uint32_t* table = second_level(va);
    uint32_t& pte = table[(va.value >> 12) & 0xFF];
    pte = (pte & ~(3U << 4)) | (2U << 4);
    cpu::dsb();
}

void PageTable::map_section(VirtAddr va, PhysAddr pa, MemoryType type) {
    const uint32_t xn = type == MemoryType::cached ? 0 : kSectionXn;
    first_level()[va.value >> 20] =
        pa.value | kSection | bits_of(type).section | kSectionShared | (1U << 10) | xn;
    cpu::dsb();
}

/// The table is complete before it is linked; the sections are broken, and forgotten by the TLB, in between.
Result<> PageTable::split_sections(VirtAddr va, PhysAddr pa) {
    Page* page = TRY(alloc_pages(0));
    ++kernel_tables;
    auto* entries = page_data<uint32_t>(page);
    for (uint32_t i = 0; i < kPageSize / 4; ++i) {
        entries[i] = small_page(pfn_of(pa + i * kPageSize), MemoryType::cached, {.write = true});
    }
    uint32_t* sections = first_level() + (va.value >> 20);
    for (uint32_t i = 0; i < kTablesPerPage; ++i) sections[i] = 0;
    cpu::tlb_flush_all();
    for (uint32_t i = 0; i < kTablesPerPage; ++i) {
        sections[i] = (page_to_phys(page).value + i * 1024) | kTableDescriptor;
    }
    cpu::dsb();
    cpu::isb();
    return Ok{};
}

void PageTable::clear_section(VirtAddr va) {
    first_level()[va.value >> 20] = 0;
    cpu::tlb_flush_all();
}

}  // namespace kernel
