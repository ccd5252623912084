// I/O virtual addresses of one domain: which ranges are in use. First fit, in address order.
#pragma once

#include "core/list.hpp"
#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

using Iova = Address<struct IoVirtualSpace>;

class IovaSpace {
public:
    /// [first, end) may be given out.
    IovaSpace(uint32_t first, uint32_t end) : first_{first}, end_{end} {}
    ~IovaSpace();

    /// `size` bytes, a multiple of 4 KiB, at a multiple of `align` (a power of two). A free page follows
    /// every range, so that a device which runs past its buffer faults. Errors: kNoSpc, kNoMem, kInval for a
    /// size of zero.
    Result<Iova> allocate(uint32_t size, uint32_t align);
    /// Gives a range back. Errors: kInval when it was not given out.
    Result<> release(Iova base);
    bool empty() { return ranges_.empty(); }

private:
    struct Range {
        ListNode node;
        uint32_t base = 0;
        uint32_t size = 0;
    };
    List<Range, &Range::node> ranges_;
    uint32_t first_, end_;
};

}  // namespace kernel
