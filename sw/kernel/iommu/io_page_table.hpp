// The SysMMU's two-level tables, versions 1 to 3 (sysmmu.md section 4): 4096 first-level entries of 1 MiB,
// 256 second-level entries of 4 KiB, sixteen equal ones for 64 KiB. The walker does not look into CPU caches:
// every entry is cleaned to memory, and a second-level table is in memory before the link to it is.
#pragma once

#include "core/result.hpp"
#include "core/types.hpp"
#include "iommu/iova_space.hpp"

namespace kernel {

enum class IoAccess : uint8_t { read_only, read_write };

class IoPageTable {
public:
    /// Errors: kNoMem.
    static Result<IoPageTable> create();
    IoPageTable(IoPageTable&& o);
    IoPageTable& operator=(IoPageTable&&) = delete;
    ~IoPageTable();

    /// Maps [iova, iova + bytes) to [pa, pa + bytes), all multiples of 4 KiB, with the largest pages that
    /// alignment allows. Nothing is mapped after an error: kNoMem for a second-level table, kExist when
    /// something is there. The caller ends a series of calls with finish() and wmb() before it tells a
    /// device.
    Result<> map(Iova iova, PhysAddr pa, uint32_t bytes, IoAccess access);
    /// Takes out the page that starts at `iova`, whatever its size, which is returned; 0 when none starts
    /// there.
    uint32_t unmap_one(Iova iova);
    /// Cleans what has been written since the last time: neighbouring entries go to memory together.
    void finish();
    /// Address behind an iova. Errors: kFault when nothing is.
    Result<PhysAddr> lookup(Iova iova) const;
    /// What the table says of an address.
    struct Leaf {
        uint32_t size = 0;  ///< 0: nothing is mapped
        PhysAddr base;
        bool writable = false;
    };
    Leaf leaf(Iova iova) const;
    PhysAddr base() const { return base_; }
    /// Pages of second-level tables, of all tables there are.
    static uint32_t table_pages();

private:
    IoPageTable(PhysAddr base, PhysAddr* tables) : base_{base}, tables_{tables} {}
    uint32_t* first_level() const;
    uint32_t* second_level(uint32_t index) const;
    Result<uint32_t*> second_level_or_new(uint32_t index);
    Result<> map_section(Iova iova, PhysAddr pa, IoAccess access);
    Result<> map_pages(Iova iova, PhysAddr pa, uint32_t entries, uint32_t value);
    void unmap_range(Iova iova, uint32_t bytes);
    void written(uint32_t* at, uint32_t count);

    PhysAddr base_;
    /// Pages with second-level tables, one for four first-level entries, 0 for none. They stay when a section
    /// takes an entry's place, and until the whole table goes.
    PhysAddr* tables_ = nullptr;
    uint32_t* dirty_ = nullptr;  ///< entries written and not yet cleaned
    uint32_t dirty_count_ = 0;
};

}  // namespace kernel
