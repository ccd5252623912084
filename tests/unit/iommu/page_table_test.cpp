// Expectations: entry formats of hardware/sysmmu.md, section 4, spelled out by hand.
#include "models/iommu/page_table.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "models/iommu/tlb.hpp"

using namespace exysim;
using namespace exysim::iommu;

namespace {

struct Tables {
    std::map<uint32_t, uint32_t> words;
    WalkResult walk_at(uint32_t at) const {
        return walk(PhysAddr{0x4000'0000}, Iova{at}, [this](PhysAddr a) -> std::optional<uint32_t> {
            const auto found = words.find(a.value);
            if (found == words.end()) return {};
            return found->second;
        });
    }
};

// VA 0x1234'5678: first-level index 0x123, second-level index 0x45.
constexpr uint32_t kVa = 0x1234'5678;
constexpr uint32_t kFirst = 0x4000'0000 + 0x123 * 4;
constexpr uint32_t kSecond = 0x4100'0400 + 0x45 * 4;
constexpr uint32_t kLink = 0x4100'0401;

}  // namespace

TEST_CASE("page table: section, large and small page", "[iommu]") {
    struct Row {
        std::map<uint32_t, uint32_t> words;
        uint32_t target, base, size;
    };
    const Row rows[] = {
        {{{kFirst, 0x5670'0402}}, 0x5674'5678, 0x1230'0000, 1U << 20},
        {{{kFirst, kLink}, {kSecond, 0x6665'0011}}, 0x6665'5678, 0x1234'0000, 1U << 16},
        {{{kFirst, kLink}, {kSecond, 0x7777'7012}}, 0x7777'7678, 0x1234'5000, 1U << 12},
        {{{kFirst, kLink}, {kSecond, 0x7777'7013}}, 0x7777'7678, 0x1234'5000, 1U << 12},
    };
    for (const Row& row : rows) {
        const auto mapping = std::get<Mapping>(Tables{row.words}.walk_at(kVa));
        CHECK(mapping.translate(Iova{kVa}).value == row.target);
        CHECK(mapping.base.value == row.base);
        CHECK(mapping.size == row.size);
        CHECK(mapping.readable);
        CHECK(mapping.writable);
    }
}

TEST_CASE("page table: protection bits", "[iommu]") {
    struct Row {
        uint32_t first, second;
        bool readable, writable;
    };
    const Row rows[] = {
        {0x5670'0402, 0, true, true},      {0x5670'8402, 0, true, false},
        {0x5670'0002, 0, false, false},    {kLink, 0x7777'7012, true, true},
        {kLink, 0x7777'7212, true, false}, {kLink, 0x7777'7002, false, false},
        {kLink, 0x7770'0211, true, false},
    };
    for (const Row& row : rows) {
        const auto mapping =
            std::get<Mapping>(Tables{{{kFirst, row.first}, {kSecond, row.second}}}.walk_at(kVa));
        CHECK(mapping.readable == row.readable);
        CHECK(mapping.writable == row.writable);
    }
}

TEST_CASE("page table: faults name the entry that ended the walk", "[iommu]") {
    const auto fails = [](std::map<uint32_t, uint32_t> words, WalkFault fault, uint32_t entry) {
        const auto failure = std::get<WalkFailure>(Tables{std::move(words)}.walk_at(kVa));
        CHECK(failure.fault == fault);
        CHECK(failure.entry.value == entry);
    };
    fails({{kFirst, 0}}, WalkFault::translation, kFirst);
    fails({{kFirst, 0x5670'0403}}, WalkFault::translation, kFirst);
    fails({{kFirst, kLink}, {kSecond, 0}}, WalkFault::translation, kSecond);
    fails({}, WalkFault::bus_error, kFirst);
    fails({{kFirst, kLink}}, WalkFault::bus_error, kSecond);
}

TEST_CASE("tlb: holds mappings until flushed or replaced", "[iommu]") {
    const auto page = [](uint32_t base) {
        return Mapping{Iova{base}, PhysAddr{base + 0x1000'0000}, kPageSize, true, true};
    };
    Tlb tlb{2};
    CHECK_FALSE(tlb.find(Iova{0}));
    SECTION("least recently used goes first") {
        tlb.insert(page(0x1000), Tlb::Replacement::least_recently_used);
        tlb.insert(page(0x2000), Tlb::Replacement::least_recently_used);
        CHECK(tlb.find(Iova{0x1FFF}));
        tlb.insert(page(0x3000), Tlb::Replacement::least_recently_used);
        CHECK(tlb.find(Iova{0x1000}));
        CHECK_FALSE(tlb.find(Iova{0x2000}));
    }
    SECTION("round robin goes in turn") {
        tlb.insert(page(0x1000), Tlb::Replacement::round_robin);
        tlb.insert(page(0x2000), Tlb::Replacement::round_robin);
        CHECK(tlb.find(Iova{0x1000}));
        tlb.insert(page(0x3000), Tlb::Replacement::round_robin);
        CHECK_FALSE(tlb.find(Iova{0x1000}));
        CHECK(tlb.find(Iova{0x2000}));
    }
    SECTION("one address flushes the entry that covers it, whatever its size") {
        tlb.insert({Iova{0x10'0000}, PhysAddr{0}, 1U << 20, true, true}, Tlb::Replacement::round_robin);
        tlb.insert(page(0x2000), Tlb::Replacement::round_robin);
        tlb.flush(Iova{0x1F'F000});
        CHECK_FALSE(tlb.find(Iova{0x10'0000}));
        CHECK(tlb.find(Iova{0x2000}));
        tlb.flush();
        CHECK_FALSE(tlb.find(Iova{0x2000}));
    }
}
