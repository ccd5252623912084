#include "platform/board/memory_map.hpp"

#include "platform/board/soc.hpp"
#include "platform/board/supply_map.hpp"

#include <catch2/catch.hpp>
#include <iterator>

using namespace exysim;
using namespace exysim::board;

TEST_CASE("memory map: blocks do not overlap and are page-aligned", "[board]") {
    for (const system::Chip chip : {system::Chip::exynos4210, system::Chip::exynos4412}) {
        const std::vector<Block> all = blocks_of(chip);
        for (const Block& a : all) {
            INFO(a.name);
            CHECK(a.range.base.value % kPageSize == 0);
            CHECK(a.range.end() <= kRamBase.value);
            for (const Block& b : all) CHECK((&a == &b || !a.range.overlaps(b.range)));
        }
    }
}

TEST_CASE("memory map: the Exynos4412 has its 2D engine elsewhere and the ISP's SysMMUs besides", "[board]") {
    CHECK(range_of("g2d").base.value == 0x1280'0000);
    CHECK(range_of("g2d", system::Chip::exynos4412).base.value == 0x1080'0000);
    CHECK(range_of("fimc0", system::Chip::exynos4412).base == range_of("fimc0").base);
    CHECK(range_of("sysmmu_fimc_isp").size == 0);
    for (const LoneMmu& row : kLoneMmus) {
        INFO(row.name);
        CHECK((row.on_4210 || row.on_4412));
        if (row.on_4210) CHECK(range_of(row.name).size == kPageSize);
        if (row.on_4412) CHECK(range_of(row.name, system::Chip::exynos4412).size == kPageSize);
    }
}

TEST_CASE("memory map: no two devices share an interrupt", "[board]") {
    for (const SpiLine& a : kSpis) {
        INFO(a.from);
        CHECK(a.spi >= 16);  // those below belong to the combiner
        CHECK(a.spi < 128);
        for (const SpiLine& b : kSpis) CHECK((&a == &b || a.spi != b.spi));
    }
    for (const CombinerLine& a : kCombiner) {
        for (const CombinerLine& b : kCombiner) CHECK((&a == &b || a.group != b.group || a.bit != b.bit));
    }
}

TEST_CASE("supply map: every row is a block's own, SysMMUs alone share a bit with their master", "[board]") {
    for (const SupplyRule& a : kSupplies) {
        INFO(a.block);
        CHECK(range_of(a.block).size > 0);
        CHECK(a.bits != 0);
        const bool mmu = a.block.substr(0, 7) == "sysmmu_";
        for (const SupplyRule& b : kSupplies) {
            if (&a == &b) continue;
            CHECK(a.block != b.block);
            const bool related = mmu || b.block.substr(0, 7) == "sysmmu_";
            CHECK((related || a.gate != b.gate || (a.bits & b.bits) == 0));
        }
    }
}

TEST_CASE("soc: the chips' cores, views and boot words", "[board]") {
    const Soc& exynos4210 = soc_of("exynos4210");
    CHECK(exynos4210.cores == 2);
    CHECK(exynos4210.midr == 0x412F'C091);
    CHECK(exynos4210.boot_word.value == 0x1002'0814);  // INFORM5
    const Soc& exynos4412 = soc_of("exynos4412");
    CHECK(exynos4412.cores == 4);
    CHECK(exynos4412.mpidr == 0x8000'0A00);
    CHECK(exynos4412.boot_word.value + 3 * exynos4412.boot_word_stride == 0x0202'000C);
    for (const Soc& soc : kSocs) {
        INFO(soc.name);
        CHECK(soc.gic_stride * soc.cores <= range_of("gic_cpu").size);
        for (uint32_t core = 0; core < soc.cores; ++core) CHECK(kPmuGroups[core] < soc.combiner_groups);
    }
    CHECK(combiner_spi(15) == 15);
    CHECK(combiner_spi(16) == 107);
    CHECK(combiner_spi(19) == 42);
}
