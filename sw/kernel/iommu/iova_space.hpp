// I/O virtual addresses of one domain: which ranges are in use, for whom. Lowest fit, in logarithmic time.
#pragma once

#include "core/result.hpp"
#include "core/types.hpp"
#include "mm/range_tree.hpp"

namespace kernel {

using Iova = Address<struct IoVirtualSpace>;

class IovaSpace {
public:
    /// [first, end) may be given out. `guard` bytes, a multiple of the page size, stay free behind every
    /// range, so that a device which runs past its buffer faults (and, for some versions, so that a
    /// prefetched hole does no harm).
    IovaSpace(uint32_t first, uint32_t end, uint32_t guard = kPageSize) : tree_{first, end}, guard_{guard} {}
    IovaSpace(const IovaSpace&) = delete;
    IovaSpace& operator=(const IovaSpace&) = delete;
    ~IovaSpace();

    /// `size` bytes, a multiple of 4 KiB, at a multiple of `align` (a power of two). `owner` is for reports
    /// and must stay. Errors: kNoSpc, kNoMem, kInval for a size of zero.
    Result<Iova> allocate(uint32_t size, uint32_t align, const char* owner = "");
    /// Gives a range back. Errors: kInval when it was not given out.
    Result<> release(Iova base);
    bool empty() const { return tree_.empty(); }

    /// Who had this address, or the range nearest below it: what a fault report names.
    struct Owner {
        Iova base;
        uint32_t size = 0;  ///< 0: nobody
        const char* name = "";
    };
    Owner owner_at_or_below(Iova a) const;
    /// Size of the range that starts here. Errors: kInval.
    Result<uint32_t> size_of(Iova base) const;
    uint32_t free_bytes() const { return tree_.free_bytes(); }
    uint32_t largest_gap() const { return tree_.largest_gap(); }
    uint32_t count() const { return tree_.count(); }

private:
    struct Range : RangeNode {
        const char* owner = "";
    };
    Range* range_at(Iova base) const;

    RangeTree tree_;
    uint32_t guard_;
};

}  // namespace kernel
