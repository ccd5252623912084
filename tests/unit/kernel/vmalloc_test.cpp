// Kernel areas as a whole, against a map of what each address should lead to, seen through a TLB that forgets
// only what it is told to.
#include "mm/vmalloc.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "arch/page_table.hpp"
#include "mm/page.hpp"
#include "tests/support/kernel_host/log.hpp"
#include "tests/support/kernel_host/memory.hpp"
#include "tests/support/kernel_host/mmu.hpp"
#include "tests/unit/kernel/random_operations.hpp"

using namespace kernel;

namespace {

constexpr uint32_t kFirst = 0xE000'0000, kEnd = 0xFE00'0000;
constexpr const char* kCallers[] = {"camera", "display", "gpu"};

struct Area {
    AreaKind kind;
    std::string caller;
    std::vector<Pfn> frames;
    uint32_t word = 0;  // vmalloc: what every page starts with
    uint32_t bytes() const { return static_cast<uint32_t>(frames.size()) * kPageSize; }
};

Translation at(uint32_t va) { return kernel_test::translate(PageTable::kernel(), VirtAddr{va}); }
uint32_t& word_of(Pfn frame) { return *page_data<uint32_t>(pfn_to_page(frame)); }

/// Pages that are neither free nor somebody's: the tables stay for the next use of their addresses.
uint32_t available() { return memory_use().free_pages + PageTable::kernel_table_pages(); }

class Model {
public:
    explicit Model(uint32_t seed) : random_{seed} {}

    void step() {
        switch (random_() % 12) {
            case 0:
            case 1:
            case 2:
                return allocate();
            case 3:
            case 4:
                return map();
            case 5:
                return map_registers();
            case 6:
            case 7:
            case 8:
                return give_back();
            case 9:
                return mistake();
            case 10:
                return look_up();
            default:
                return walk_to();
        }
    }
    void clear() {
        while (!areas_.empty()) remove(areas_.begin());
    }
    void check_use() const {
        uint32_t bytes = 0, low = kFirst, gap = 0;
        for (const auto& [base, area] : areas_) {
            bytes += area.bytes();
            gap = std::max(gap, base - low);
            low = base + area.bytes() + kPageSize;
        }
        const VmallocUse use = vmalloc_use();
        REQUIRE(use.areas == areas_.size());
        REQUIRE(use.bytes == bytes);
        REQUIRE(use.largest_gap == std::max(gap, kEnd - low));
    }

private:
    uint32_t below(size_t n) { return static_cast<uint32_t>(random_() % n); }
    auto any() { return std::next(areas_.begin(), below(areas_.size())); }

    void record(uint32_t base, Area area) {
        REQUIRE(base >= kFirst);
        REQUIRE(base % kPageSize == 0);
        const auto next = areas_.lower_bound(base);
        if (next != areas_.end()) REQUIRE(base + area.bytes() + kPageSize <= next->first);
        if (next != areas_.begin())
            REQUIRE(std::prev(next)->first + std::prev(next)->second.bytes() + kPageSize <= base);
        areas_[base] = std::move(area);
    }

    void allocate() {
        if (areas_.size() > 60) return;
        const uint32_t pages = 1 + below(12), bytes = pages * kPageSize - below(kPageSize);
        const char* caller = kCallers[below(3)];
        const uint32_t before = available();
        if (below(4) == 0) kernel_test::fail_allocation(1 + below(pages + 4));
        auto got = vmalloc(bytes, caller);
        if (!got) {
            REQUIRE(got.error() == Errno::kNoMem);
            REQUIRE_FALSE(kernel_test::failure_left());
            REQUIRE(available() == before);
            return;
        }
        kernel_test::fail_allocation(0);
        Area area{AreaKind::vmalloc, caller, {}, static_cast<uint32_t>(random_())};
        for (uint32_t i = 0; i < pages; ++i) {
            const Translation t = at(got.value().value + i * kPageSize);
            REQUIRE(t.present);
            REQUIRE(t.write);
            REQUIRE(word_of(t.pfn) == 0);
            word_of(t.pfn) = area.word;
            area.frames.push_back(t.pfn);
        }
        record(got.value().value, std::move(area));
    }
    void map() {
        if (areas_.size() > 60) return;
        Area area{below(2) ? AreaKind::dma : AreaKind::map, kCallers[below(3)], {}};
        area.frames.resize(1 + below(30));
        for (Pfn& frame : area.frames) frame = {0x40000 + below(0x10000)};
        const auto type = area.kind == AreaKind::dma ? MemoryType::write_combine : MemoryType::cached;
        const uint32_t before = available();
        if (below(8) == 0) kernel_test::fail_allocation(1 + below(2));
        auto got = vmap(area.frames, type, area.kind, area.kind == AreaKind::dma ? kCallers[0] : kCallers[1]);
        area.caller = area.kind == AreaKind::dma ? kCallers[0] : kCallers[1];
        if (!got) {
            REQUIRE(got.error() == Errno::kNoMem);
            REQUIRE(available() == before);
            return;
        }
        kernel_test::fail_allocation(0);
        record(got.value().value, std::move(area));
    }
    void map_registers() {
        if (areas_.size() > 60) return;
        const uint32_t physical = 0x1000'0000 + below(0x400'0000), bytes = 1 + below(3 * kPageSize);
        auto got = ioremap(PhysAddr{physical}, bytes, "registers");
        REQUIRE(got);
        REQUIRE(got.value().value % kPageSize == physical % kPageSize);
        Area area{AreaKind::ioremap, "registers", {}};
        const uint32_t last = physical + bytes - 1;
        for (uint32_t frame = physical >> 12; frame <= last >> 12; ++frame) area.frames.push_back({frame});
        record(align_down(got.value().value, kPageSize), std::move(area));
    }

    void remove(std::map<uint32_t, Area>::iterator which) {
        const auto& [base, area] = *which;
        if (area.kind == AreaKind::vmalloc) {
            for (const Pfn frame : area.frames) REQUIRE(word_of(frame) == area.word);
            REQUIRE(vfree(VirtAddr{base}));
        } else {
            REQUIRE(vunmap(VirtAddr{base}, area.kind));
        }
        areas_.erase(which);
    }
    void give_back() {
        if (!areas_.empty()) remove(any());
    }
    /// Freed as what it is not, or in its middle, or where nothing is: a warning, and nothing else.
    void mistake() {
        kernel_test::CaughtLog log;
        if (areas_.empty()) return;
        const auto& [base, area] = *any();
        const bool own = area.kind == AreaKind::vmalloc;
        REQUIRE((own ? vunmap(VirtAddr{base}, AreaKind::dma) : vfree(VirtAddr{base})).error() ==
                Errno::kInval);
        REQUIRE(log.take() == 1);
        const VirtAddr guard{base + area.bytes()};
        REQUIRE((own ? vfree(guard) : vunmap(guard, area.kind)).error() == Errno::kInval);
        REQUIRE(log.take() == 1);
        if (area.frames.size() == 1) return;
        const VirtAddr inside{base + kPageSize};
        REQUIRE((own ? vfree(inside) : vunmap(inside, area.kind)).error() == Errno::kInval);
        REQUIRE(log.take() == 1);
    }

    void look_up() {
        uint32_t va = kFirst + below(4 << 20);
        if (!areas_.empty() && below(4) != 0) {
            const auto& [base, area] = *any();
            va = base + below(area.bytes() + 2 * kPageSize);
        }
        auto next = areas_.upper_bound(va);
        const VmallocArea* found = find_area(VirtAddr{va});
        const Translation t = at(va);
        if (next == areas_.begin() || va - std::prev(next)->first >= std::prev(next)->second.bytes()) {
            REQUIRE(found == nullptr);
            REQUIRE_FALSE(t.present);
            return;
        }
        const auto& [base, area] = *std::prev(next);
        REQUIRE(found);
        REQUIRE(found->start().value == base);
        REQUIRE(found->bytes() == area.bytes());
        REQUIRE(found->kind == area.kind);
        REQUIRE(found->caller == area.caller);
        REQUIRE(found->page_count == area.frames.size());
        REQUIRE(t.present);
        REQUIRE(t.pfn == area.frames[(va - base) >> kPageShift]);
    }
    void walk_to() {
        const uint32_t va = kFirst + below(8 << 20);
        const auto next = areas_.lower_bound(va);
        const VmallocArea* found = next_area(VirtAddr{va});
        REQUIRE((found == nullptr) == (next == areas_.end()));
        if (found) REQUIRE(found->start().value == next->first);
    }

    std::mt19937 random_;
    std::map<uint32_t, Area> areas_;
};

void random_operations(uint32_t seed, int steps) {
    kernel_test::use_host_memory();
    const uint32_t before = available();
    Model model{seed};
    for (int step = 0; step < steps; ++step) {
        model.step();
        if (step % 16 == 0) model.check_use();
    }
    model.clear();
    model.check_use();
    REQUIRE(available() == before);
}

}  // namespace

TEST_CASE("vmalloc: every address leads where it should, whatever came before", "[kernel][vmalloc]") {
    random_operations(1, kernel_test::kSomeOperations);
}

TEST_CASE("vmalloc: a million operations", "[kernel][vmalloc][.][long]") {
    random_operations(2, kernel_test::kAMillion);
}

TEST_CASE("vmalloc: the old window holds its size with a guard page an area, and no more",
          "[kernel][vmalloc]") {
    kernel_test::use_host_memory();
    constexpr uint32_t kMiB = 1 << 20;
    vmalloc_fix_dma_window(2 * kMiB);
    CHECK(vmalloc_dma_window() == 2 * kMiB);
    const std::vector<Pfn> most(2 * kMiB / kPageSize - 1, Pfn{0x50000}),
        whole(2 * kMiB / kPageSize, Pfn{0x50000});
    CHECK(vmap(whole, MemoryType::write_combine, AreaKind::dma).error() == Errno::kNoSpc);
    const VirtAddr dma = vmap(most, MemoryType::write_combine, AreaKind::dma).take();
    CHECK(dma.value >= kEnd);
    CHECK(vmap({most.data(), 1}, MemoryType::write_combine, AreaKind::dma).error() == Errno::kNoSpc);
    const VirtAddr other = vmap(whole, MemoryType::cached, AreaKind::map).take();
    CHECK(other.value < kEnd);
    CHECK(vunmap(dma, AreaKind::dma));
    CHECK(vunmap(other, AreaKind::map));
    vmalloc_fix_dma_window(0);
    const VirtAddr without = vmap(whole, MemoryType::write_combine, AreaKind::dma).take();
    CHECK(without.value < kEnd);
    CHECK(vunmap(without, AreaKind::dma));
}

TEST_CASE("vmalloc: nothing and more than there is are refused", "[kernel][vmalloc]") {
    kernel_test::use_host_memory();
    const uint32_t before = available();
    CHECK(vmalloc(0).error() == Errno::kInval);
    CHECK(vmalloc(0xFFFF'FFFF).error() == Errno::kInval);
    CHECK(vmalloc(kEnd - kFirst).error() == Errno::kNoSpc);  // no room for the guard page
    CHECK(vmalloc(128U << 20).error() == Errno::kNoMem);     // twice the memory of the host build
    CHECK(available() == before);
    CHECK(vmalloc_use().areas == 0);
}
