// Short-descriptor page tables (ARM ARM B3.5): 1 MiB sections and 4 KiB small pages, with Linux's TEX-remap
// encoding. User space lies below 2 GiB (TTBR0, TTBCR.N = 1), the kernel above (TTBR1).
#pragma once

#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

inline constexpr uint32_t kUserTop = 0x8000'0000;

/// What a page may be used for.
struct PageAccess {
    bool user = false;
    bool write = false;
    bool execute = false;
    friend bool operator==(const PageAccess&, const PageAccess&) = default;
};

/// One translation as software reads it back.
struct Translation {
    bool present = false;
    Pfn pfn;
    bool write = false;
};

/// A first-level table and the second-level tables below it. Does no TLB maintenance: callers do, after unmap
/// and after making a page less accessible. The walker reads through the L1 data cache (ID_MMFR3), so tables
/// need no cleaning, only a barrier.
class PageTable {
public:
    /// The kernel's table, made by boot.S.
    static PageTable& kernel();
    /// An empty user table of 2048 entries. Errors: kNoMem.
    static Result<PageTable> create_user();
    PageTable(PageTable&& o);
    PageTable& operator=(PageTable&& o);
    ~PageTable();

    /// Maps one page. Errors: kNoMem for a second-level table.
    Result<> map(VirtAddr va, Pfn pfn, MemoryType type, PageAccess access);
    void unmap(VirtAddr va);
    Translation lookup(VirtAddr va) const;
    /// Takes the write permission away, leaving the rest.
    void write_protect(VirtAddr va);
    /// Maps a 1 MiB section (kernel only).
    void map_section(VirtAddr va, PhysAddr pa, MemoryType type);
    void clear_section(VirtAddr va);
    /// Replaces four neighbouring cached sections by small pages with the same translations (kernel only,
    /// nothing running there). `va` and `pa` are multiples of kSplitSize. Errors: kNoMem.
    static constexpr uint32_t kSplitSize = 4 * kSectionSize;
    Result<> split_sections(VirtAddr va, PhysAddr pa);
    bool has_small_pages(VirtAddr va) const { return second_level(va) != nullptr; }
    PhysAddr base() const { return base_; }
    /// Pages of the kernel's second-level tables: they come with the first mapping of their 4 MiB and stay.
    static uint32_t kernel_table_pages();

private:
    PageTable(PhysAddr base, uint32_t entries) : base_{base}, entries_{entries} {}
    uint32_t* first_level() const;
    uint32_t* second_level(VirtAddr va) const;
    Result<uint32_t*> second_level_or_new(VirtAddr va);

    PhysAddr base_;
    uint32_t entries_ = 0;  // first-level entries; 0 = moved from
};

}  // namespace kernel
