// The SysMMU's two-level tables, versions 1 to 3 (sysmmu.md section 4): 4096 first-level entries of 1 MiB,
// 256 second-level entries of 4 KiB. The walker does not look into CPU caches: every entry is cleaned to
// memory.
#pragma once

#include "core/result.hpp"
#include "core/types.hpp"
#include "iommu/iova_space.hpp"

namespace kernel {

class IoPageTable {
public:
    /// Errors: kNoMem.
    static Result<IoPageTable> create();
    IoPageTable(IoPageTable&& o);
    IoPageTable& operator=(IoPageTable&&) = delete;
    ~IoPageTable();

    /// Maps one small page. Errors: kNoMem for a second-level table, kExist when something is there.
    Result<> map(Iova iova, Pfn pfn, bool writable);
    void unmap(Iova iova);
    /// Address behind an iova; kFault when nothing is.
    Result<PhysAddr> lookup(Iova iova) const;
    PhysAddr base() const { return base_; }

private:
    explicit IoPageTable(PhysAddr base) : base_{base} {}
    uint32_t* first_level() const;
    uint32_t* entry(Iova iova) const;
    Result<uint32_t*> entry_or_new(Iova iova);

    PhysAddr base_;
    bool owner_ = true;
};

}  // namespace kernel
