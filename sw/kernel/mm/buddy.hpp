// The buddy allocator: power-of-two blocks of pages, kept apart by whether their contents can be moved, so
// that long contiguous ranges can be made free again.
#pragma once

#include <cstdint>

#include "core/list.hpp"
#include "core/result.hpp"

namespace kernel {

struct PageSource;

/// What a block of kPageblockPages pages is for, and so in which lists its free pages are.
enum class MigrateType : uint8_t {
    unmovable,  ///< the kernel's own
    movable,    ///< user memory: contents can go to another page
    cma,        ///< only movable pages live here, and they leave when a device needs the range
    isolated,   ///< nobody may have these: a range is being emptied
};
inline constexpr uint32_t kMigrateTypes = 4;

/// Who uses a page, as far as finding all its user mappings goes.
enum class PageUse : uint8_t {
    kernel,     ///< not to be moved
    anonymous,  ///< private memory of processes: at user address `index * 4 KiB` in each space that has it
    file,       ///< page `index` of `source`
};

/// One frame. A free block is known by its first page.
struct Page {
    ListNode node;
    uint32_t references = 0;  ///< users of a single page; 0 = free or reserved
    uint8_t order = 0;        ///< of the free block that starts here
    bool free = false;        ///< starts a free block
    PageUse use = PageUse::kernel;
    PageSource* source = nullptr;
    uint32_t index = 0;
    uint32_t pins = 0;  ///< of the references, those that do not map it (AddressSpace::pin)
};

inline constexpr uint32_t kMaxOrder = 10;  // 4 MiB blocks
inline constexpr uint32_t kPageblockOrder = kMaxOrder;
inline constexpr uint32_t kPageblockPages = 1U << kPageblockOrder;

/// Blocks of one array of pages. Not locked; knows no memory contents, so it runs anywhere.
class Buddy {
public:
    /// `types`: one entry for each kPageblockPages pages, rounded up. All pages start out reserved.
    void init(Page* pages, uint32_t count, MigrateType* types);

    /// Gives one reserved page, or a block of take(), to the free lists.
    void release(uint32_t index, uint32_t order);
    /// 2^order pages for this kind of use; the index of the first. Unmovable never come from CMA blocks;
    /// movable ones prefer CMA once more than half of what is free lies there. Errors: kNoMem.
    Result<uint32_t> take(uint32_t order, MigrateType type);

    MigrateType type_of(uint32_t index) const { return types_[index >> kPageblockOrder]; }
    /// Changes a pageblock's type; its free pages change lists.
    void set_type(uint32_t index, MigrateType type);
    /// Takes every free page of [first, first + count) out; returns false (and takes nothing) when some page
    /// there is in use. Blocks that reach beyond the range are split.
    bool take_range(uint32_t first, uint32_t count);
    /// Whether `index` lies in a free block.
    bool is_free(uint32_t index) const;

    uint32_t pages() const { return count_; }
    uint32_t free_pages() const { return free_; }
    uint32_t free_pages(MigrateType type) const { return free_by_type_[static_cast<unsigned>(type)]; }
    /// Free blocks of an order and type, for statistics and tests.
    uint32_t free_blocks(uint32_t order, MigrateType type) const {
        return blocks_[order][static_cast<unsigned>(type)];
    }

private:
    using FreeList = List<Page, &Page::node>;
    void link(uint32_t index, uint32_t order);
    void unlink(uint32_t index);
    uint32_t head_of(uint32_t index) const;
    Result<uint32_t> take_from(uint32_t order, MigrateType type);
    bool steal(uint32_t order, MigrateType type);

    Page* pages_ = nullptr;
    MigrateType* types_ = nullptr;
    uint32_t count_ = 0;
    uint32_t free_ = 0;
    uint32_t free_by_type_[kMigrateTypes] = {};
    uint32_t blocks_[kMaxOrder + 1][kMigrateTypes] = {};
    FreeList lists_[kMaxOrder + 1][kMigrateTypes];
};

}  // namespace kernel
