// Lists of pieces of pages, and what a device sees of them.
#pragma once

#include <span>

#include "core/ref.hpp"
#include "core/result.hpp"
#include "iommu/iova_space.hpp"
#include "mm/buddy.hpp"

namespace kernel {

/// One piece of memory; after mapping, also one piece of device addresses. The two do not correspond: a
/// SysMMU makes fewer device pieces than there are pieces of memory.
struct SgEntry {
    Page* page = nullptr;
    uint32_t offset = 0;  ///< in the page; may reach beyond it
    uint32_t length = 0;
    Iova device;
    uint32_t device_length = 0;
};

/// A list that owns its entries, not the pages.
class SgTable {
public:
    SgTable() = default;
    SgTable(SgTable&& o) : entries_{o.entries_}, count_{o.count_}, mapped{o.mapped} { o.entries_ = nullptr; }
    SgTable& operator=(SgTable&&) = delete;
    ~SgTable() { delete[] entries_; }
    /// Errors: kNoMem, kInval for none.
    static Result<SgTable> create(uint32_t count);
    /// Neighbouring pages become one entry. Errors as create().
    static Result<SgTable> of_pages(std::span<const Pfn> pages);

    /// All pieces of memory (Linux's orig_nents): what sync and unmap go over.
    std::span<SgEntry> entries() const { return {entries_, count_}; }
    uint32_t bytes() const;
    /// Exchanges the lists.
    void swap(SgTable& o) {
        std::swap(entries_, o.entries_);
        std::swap(count_, o.count_);
        std::swap(mapped, o.mapped);
    }

private:
    SgEntry* entries_ = nullptr;
    uint32_t count_ = 0;

public:
    uint32_t mapped = 0;  ///< pieces of device addresses (Linux's nents), 0 while not mapped
};

}  // namespace kernel
