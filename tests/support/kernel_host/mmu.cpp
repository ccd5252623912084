#include "tests/support/kernel_host/mmu.hpp"

#include <array>
#include <unordered_map>

#include "arch/cpu.hpp"

namespace {

using namespace kernel;

constexpr uint32_t kAsids = 256, kGlobal = kAsids;

struct Tlb {
    std::array<std::unordered_map<uint32_t, Translation>, kAsids + 1> pages;  // by ASID and page number
    uint32_t asid = 0;

    auto& of(uint32_t va) { return pages[va < kUserTop ? asid : kGlobal]; }
};

Tlb& tlb() {
    static Tlb the_tlb;
    return the_tlb;
}

}  // namespace

namespace kernel_test {

Translation translate(const PageTable& table, VirtAddr va) {
    auto& known = tlb().of(va.value);
    if (const auto at = known.find(va.value >> kPageShift); at != known.end()) return at->second;
    const Translation t = table.lookup(va);
    if (t.present) known[va.value >> kPageShift] = t;
    return t;
}

}  // namespace kernel_test

namespace kernel::cpu {

void set_context_id(uint32_t asid) { tlb().asid = asid; }
void tlb_flush_all() {
    for (auto& pages : tlb().pages) pages.clear();
}
void tlb_flush_page(uint32_t va, uint32_t asid) {
    tlb().pages[asid].erase(va >> kPageShift);
    tlb().pages[kGlobal].erase(va >> kPageShift);
}
void tlb_flush_page_all_asids(uint32_t va) {
    for (auto& pages : tlb().pages) pages.erase(va >> kPageShift);
}
void tlb_flush_asid(uint32_t asid) { tlb().pages[asid].clear(); }

}  // namespace kernel::cpu
