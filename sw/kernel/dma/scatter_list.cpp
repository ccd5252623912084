#include "dma/scatter_list.hpp"

#include "mm/page.hpp"

namespace kernel {

Result<SgTable> SgTable::create(uint32_t count) {
    if (count == 0) return Errno::kInval;
    SgTable table;
    table.entries_ = new (std::nothrow) SgEntry[count];
    if (!table.entries_) return Errno::kNoMem;
    table.count_ = count;
    return table;
}

Result<SgTable> SgTable::of_pages(std::span<const Pfn> pages) {
    uint32_t runs = 0;
    for (uint32_t i = 0; i < pages.size(); ++i) runs += i == 0 || pages[i].value != pages[i - 1].value + 1;
    SgTable table = TRY(create(runs));
    SgEntry* at = table.entries_ - 1;
    for (uint32_t i = 0; i < pages.size(); ++i) {
        if (i == 0 || pages[i].value != pages[i - 1].value + 1) (++at)->page = pfn_to_page(pages[i]);
        at->length += kPageSize;
    }
    return table;
}

uint32_t SgTable::bytes() const {
    uint32_t sum = 0;
    for (const SgEntry& e : entries()) sum += e.length;
    return sum;
}

}  // namespace kernel
