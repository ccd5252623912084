// The SysMMU's tables against a map of pages, and against a walk by the manual through what is in memory.
#include "iommu/io_page_table.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <random>

#include "mm/page.hpp"
#include "tests/support/kernel_host/memory.hpp"
#include "tests/unit/kernel/random_operations.hpp"

using namespace kernel;
using kernel_test::device_word;

namespace {

constexpr uint32_t kMiB = 1 << 20, kLarge = 64 << 10;

struct Page4K {
    uint32_t pa;
    bool writable;
    friend bool operator==(const Page4K&, const Page4K&) = default;
};

/// What the hardware does with an address (hardware/sysmmu.md section 4), reading memory as a device does.
std::optional<Page4K> walk(PhysAddr base, uint32_t iova) {
    const uint32_t first = device_word(base + (iova >> 20) * 4);
    if ((first & 3) == 2) {
        REQUIRE((first & 1 << 10) != 0);
        return Page4K{(first & 0xFFF0'0000) + (iova & 0xF'F000), (first & 1 << 15) == 0};
    }
    if ((first & 3) != 1) return {};
    const uint32_t second = device_word(PhysAddr{(first & 0xFFFF'FC00) + (iova >> 12 & 0xFF) * 4});
    if ((second & 3) == 0) return {};
    REQUIRE((second & 1 << 4) != 0);
    const bool writable = (second & 1 << 9) == 0;
    if ((second & 3) == 1) return Page4K{(second & 0xFFFF'0000) + (iova & 0xF000), writable};
    return Page4K{second & 0xFFFF'F000, writable};
}

/// The table and what it should say.
struct Tables {
    IoPageTable table;
    std::map<uint32_t, Page4K> pages;     // iova of each 4 KiB
    std::map<uint32_t, uint32_t> ranges;  // start of each mapping -> bytes

    Tables() : table{(kernel_test::use_host_memory(), IoPageTable::create().take())} {}

    bool is_free(uint32_t iova, uint32_t bytes) const {
        const auto at = pages.lower_bound(iova);
        return at == pages.end() || at->first >= iova + bytes;
    }
    void map(uint32_t iova, uint32_t pa, uint32_t bytes, IoAccess access) {
        const bool free = is_free(iova, bytes);
        auto mapped = table.map(Iova{iova}, PhysAddr{pa}, bytes, access);
        REQUIRE(static_cast<bool>(mapped) == free);
        if (!free) {
            REQUIRE(mapped.error() == Errno::kExist);
            return;
        }
        for (uint32_t at = 0; at < bytes; at += kPageSize)
            pages[iova + at] = {pa + at, access == IoAccess::read_write};
        ranges[iova] = bytes;
    }
    void unmap(std::map<uint32_t, uint32_t>::iterator range) {
        for (uint32_t at = 0; at < range->second;) {
            const uint32_t size = table.unmap_one(Iova{range->first + at});
            REQUIRE(size != 0);
            for (uint32_t page = 0; page < size; page += kPageSize) pages.erase(range->first + at + page);
            at += size;
        }
        ranges.erase(range);
    }
    /// The table, the hardware and the map say the same of an address.
    void check(uint32_t iova) {
        const auto found = pages.find(iova);
        const auto leaf = table.leaf(Iova{iova});
        const auto walked = walk(table.base(), iova);
        const auto looked_up = table.lookup(Iova{iova + 4});
        REQUIRE((leaf.size != 0) == (found != pages.end()));
        REQUIRE(walked.has_value() == (found != pages.end()));
        REQUIRE(static_cast<bool>(looked_up) == (found != pages.end()));
        if (!walked) return;
        REQUIRE(*walked == found->second);
        REQUIRE(leaf.writable == found->second.writable);
        REQUIRE(table.lookup(Iova{iova + 4}).take() == PhysAddr{found->second.pa + 4});
    }
};

/// A place and size of one of the kinds the table treats apart.
struct Range {
    uint32_t iova, pa, bytes;
};
Range random_range(std::mt19937& random) {
    constexpr uint32_t kWindow = 32 * kMiB;
    const uint32_t align = random() % 3 == 0 ? kPageSize : random() % 2 ? kLarge : kMiB;
    const uint32_t bytes = random() % 4 == 0 ? kMiB * (1 + random() % 2) : kPageSize * (1 + random() % 40);
    const uint32_t iova = 0x100'0000 + random() % (kWindow / align) * align;
    const uint32_t pa = random() % 4 ? random() % 0x1000 * align : random() % 0x1'0000 * kPageSize;
    return {iova, pa, bytes};
}

void random_operations(uint32_t seed, int steps) {
    std::mt19937 random{seed};
    Tables t;
    for (int step = 0; step < steps; ++step) {
        if (random() % 2 || t.ranges.empty()) {
            const Range r = random_range(random);
            t.map(r.iova, r.pa, r.bytes, random() % 4 ? IoAccess::read_write : IoAccess::read_only);
        } else {
            t.unmap(std::next(t.ranges.begin(), static_cast<long>(random() % t.ranges.size())));
        }
        t.table.finish();
        const Range probe = random_range(random);
        for (const uint32_t at : {probe.iova, probe.iova + probe.bytes - kPageSize}) t.check(at);
        if (!t.ranges.empty()) {
            const auto held = std::next(t.ranges.begin(), static_cast<long>(random() % t.ranges.size()));
            for (const uint32_t at : {held->first, held->first + held->second - kPageSize,
                                      held->first + held->second, held->first - kPageSize})
                t.check(at);
        }
    }
}

}  // namespace

TEST_CASE("io page table: the largest pages that both addresses allow", "[kernel][iommu]") {
    Tables t;
    t.map(0x200'0000, 0x8010'0000, kMiB, IoAccess::read_write);
    CHECK(t.table.leaf(Iova{0x200'0000}).size == kMiB);
    t.map(0x300'0000, 0x8001'0000, kMiB, IoAccess::read_write);  // 64 KiB aligned there
    CHECK(t.table.leaf(Iova{0x300'0000}).size == kLarge);
    t.map(0x400'0000, 0x8000'1000, kLarge, IoAccess::read_write);
    CHECK(t.table.leaf(Iova{0x400'0000}).size == kPageSize);
    t.map(0x410'0000, 0x9000'0000, kLarge + kPageSize, IoAccess::read_only);
    CHECK(t.table.leaf(Iova{0x410'0000}).size == kLarge);
    CHECK(t.table.leaf(Iova{0x411'0000}).size == kPageSize);
    CHECK_FALSE(t.table.leaf(Iova{0x411'0000}).writable);
    t.table.finish();
    for (const auto& [iova, page] : t.pages) t.check(iova);
}

TEST_CASE("io page table: the first and the last address", "[kernel][iommu]") {
    Tables t;
    t.map(0, 0x5000'0000, kPageSize, IoAccess::read_write);
    t.map(0xFFFF'F000, 0x5000'1000, kPageSize, IoAccess::read_write);
    t.table.finish();
    t.check(0);
    t.check(0xFFFF'F000);
    t.check(kPageSize);
    CHECK(t.table.unmap_one(Iova{0x1000}) == 0);
    CHECK(t.table.unmap_one(Iova{0}) == kPageSize);
}

TEST_CASE("io page table: what is there stays when a mapping over it is refused", "[kernel][iommu]") {
    Tables t;
    t.map(0x210'0000, 0x6000'0000, kPageSize, IoAccess::read_write);
    t.map(0x200'0000, 0x7000'0000, 2 * kMiB, IoAccess::read_write);
    t.table.finish();
    t.check(0x210'0000);
    t.check(0x200'0000);  // nothing of the refused one is left
    t.unmap(t.ranges.begin());
    t.map(0x200'0000, 0x7000'0000, 2 * kMiB, IoAccess::read_write);  // a section where a table was
    CHECK(t.table.leaf(Iova{0x210'0000}).size == kMiB);
    t.table.finish();
    t.check(0x210'0000);
}

TEST_CASE("io page table: what is not cleaned, a device does not see", "[kernel][iommu]") {
    Tables t;
    t.map(0x200'0000, 0x6000'0000, kPageSize, IoAccess::read_write);
    CHECK_FALSE(walk(t.table.base(), 0x200'0000));
    t.table.finish();
    CHECK(walk(t.table.base(), 0x200'0000));
}

TEST_CASE("io page table: all its pages come back", "[kernel][iommu]") {
    kernel_test::use_host_memory();
    const uint32_t before = memory_use().free_pages;
    random_operations(3, 500);
    CHECK(memory_use().free_pages == before);
}

TEST_CASE("io page table: random operations against a map and a walk", "[kernel][iommu]") {
    random_operations(1, kernel_test::kSomeOperations);
}

TEST_CASE("io page table: a million operations", "[kernel][iommu][.][long]") {
    random_operations(2, kernel_test::kAMillion);
}

TEST_CASE("io page table: without memory for a second table nothing is mapped", "[kernel][iommu]") {
    Tables t;
    constexpr uint32_t kLast =
        0x2FF'F000;  // the next page needs another table, wherever tables come four a page
    kernel_test::fail_allocation(2);
    CHECK(t.table.map(Iova{kLast}, PhysAddr{0x5000'0000}, 2 * kPageSize, IoAccess::read_write).error() ==
          Errno::kNoMem);
    CHECK_FALSE(kernel_test::failure_left());
    t.table.finish();
    t.check(kLast);
    t.check(kLast + kPageSize);
    t.map(kLast, 0x5000'0000, 2 * kPageSize, IoAccess::read_write);
    t.table.finish();
    t.check(kLast);
    t.check(kLast + kPageSize);
}
