#include <new>

#include "mm/cma.hpp"

namespace kernel {

CmaBitmap::~CmaBitmap() { delete[] words_; }

Result<> CmaBitmap::init(uint32_t base, uint32_t pages) {
    const uint32_t words = (pages + 31) / 32;
    words_ = new (std::nothrow) uint32_t[words];
    if (!words_) return Errno::kNoMem;
    for (uint32_t i = 0; i < words; ++i) words_[i] = 0;
    base_ = base;
    pages_ = pages;
    return Ok{};
}

Result<uint32_t> CmaBitmap::find(uint32_t count, uint32_t align, uint32_t from) const {
    if (count == 0 || count > pages_) return Errno::kNoSpc;
    uint64_t start = from;
    for (;;) {
        start = ((base_ + start + align - 1) & ~uint64_t{align - 1}) - base_;
        if (start + count > pages_) return Errno::kNoSpc;
        const auto at = static_cast<uint32_t>(start);
        uint32_t run = 0;
        while (run < count && !get(at + run)) ++run;
        if (run == count) return at;
        start = at + run + 1;
    }
}

void CmaBitmap::set(uint32_t first, uint32_t count) {
    for (uint32_t bit = first; bit < first + count; ++bit) words_[bit / 32] |= 1U << bit % 32;
    used_ += count;
}

Result<> CmaBitmap::clear(uint32_t first, uint32_t count) {
    if (first > pages_ || count > pages_ - first) return Errno::kInval;
    for (uint32_t bit = first; bit < first + count; ++bit) {
        if (!get(bit)) return Errno::kInval;
    }
    for (uint32_t bit = first; bit < first + count; ++bit) words_[bit / 32] &= ~(1U << bit % 32);
    used_ -= count;
    return Ok{};
}

}  // namespace kernel
