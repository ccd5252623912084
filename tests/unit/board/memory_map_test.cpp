#include "platform/board/memory_map.hpp"

#include <catch2/catch.hpp>
#include <iterator>

using namespace exysim;
using namespace exysim::board;

TEST_CASE("memory map: blocks do not overlap and are page-aligned", "[board]") {
    for (const Block& a : kMemoryMap) {
        INFO(a.name);
        CHECK(a.range.base.value % kPageSize == 0);
        CHECK(a.range.end() <= kRamBase.value);
        for (const Block& b : kMemoryMap) CHECK((&a == &b || !a.range.overlaps(b.range)));
    }
}

TEST_CASE("memory map: no two devices share an interrupt", "[board]") {
    for (const SpiLine& a : kSpis) {
        INFO(a.from);
        CHECK(a.spi >= kCombinerGroups);  // those below belong to the combiner
        CHECK(a.spi < 128);
        for (const SpiLine& b : kSpis) CHECK((&a == &b || a.spi != b.spi));
    }
    for (const CombinerLine& a : kCombiner) {
        for (const CombinerLine& b : kCombiner) CHECK((&a == &b || a.group != b.group || a.bit != b.bit));
    }
}
