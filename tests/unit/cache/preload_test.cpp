// PLD: what it brings in, what it makes a later load wait for, what it leaves alone. Rules: Cortex-A9 TRM,
// DDI 0388I 7.6.1; ARM ARM on hints: no fault, nothing the program can see but time.
#include <catch2/catch.hpp>

#include "tests/unit/cache/bench.hpp"

using namespace exysim;
using namespace exysim::cache;
using namespace exysim::test;

namespace {

constexpr uint32_t line(uint32_t n) { return kMemory + n * kLine; }

struct PreloadBench : CacheBench {
    void preload(uint32_t address, const MemoryAttributes& how = kCached) {
        caches.port(0).preload(PhysAddr{address}, how);
    }
    bool held(uint32_t address) { return caches.core(0).holds(PhysAddr{address}); }
    /// How long a load takes.
    Picoseconds load_time(uint32_t address) {
        const Picoseconds before = bus.time;
        load<uint32_t>(0, address, kCached);
        return bus.time - before;
    }
};

}  // namespace

TEST_CASE("preload: the line comes in and the core does not wait for it", "[cache]") {
    PreloadBench b;
    b.preload(line(3) + 12);
    CHECK(b.bus.time == 0);
    CHECK(b.held(line(3)));
    CHECK(b.bus.reads == 1);
    b.bus.time = 1'000'000;
    CHECK(b.load_time(line(3)) == 0);
}

TEST_CASE("preload: a load that comes too early waits for the rest of the way", "[cache]") {
    PreloadBench alone, b;
    const Picoseconds whole = alone.load_time(line(3));
    b.preload(line(3));
    b.bus.time = whole / 2;
    CHECK(b.load_time(line(3)) == whole - whole / 2);
    CHECK(b.load_time(line(3) + 4) == 0);
}

TEST_CASE("preload: memory that is not cacheable is not touched", "[cache]") {
    PreloadBench b;
    b.preload(line(0), kCombined);
    b.preload(line(1), kOuterOnly);
    CHECK(b.bus.reads == 0);
    CHECK_FALSE(b.held(line(0)));
    CHECK_FALSE(b.held(line(1)));
}

TEST_CASE("preload: a line that is there or modified by another core is right", "[cache]") {
    PreloadBench b;
    b.store<uint32_t>(0, line(0), kCached, 5);
    const uint64_t reads = b.bus.reads;
    b.preload(line(0));
    CHECK(b.bus.reads == reads);
    CHECK(b.load<uint32_t>(0, line(0), kCached) == 5);
    b.store<uint32_t>(1, line(1), kCached, 6);
    b.preload(line(1));
    CHECK(b.load<uint32_t>(0, line(1), kCached) == 6);
    b.store<uint32_t>(1, line(1), kCached, 7);
    CHECK(b.load<uint32_t>(0, line(1), kCached) == 7);
}

TEST_CASE("preload: what a device writes afterwards is not seen", "[cache]") {
    PreloadBench b;
    b.preload(line(0));
    write_host(b.bus.at(PhysAddr{line(0)}), uint32_t{9});
    CHECK(b.load<uint32_t>(0, line(0), kCached) == 0);
    b.maintain(0, Maintenance::invalidate, line(0));
    b.caches.level2().maintain(Maintenance::invalidate, PhysAddr{line(0)}, b.bus.time);
    CHECK(b.load<uint32_t>(0, line(0), kCached) == 9);
}

TEST_CASE("preload: many in a row run at the rate of memory, and the core waits in the end", "[cache]") {
    PreloadBench b, alone;
    const Picoseconds whole = alone.load_time(line(0));
    for (uint32_t n = 0; n < 12; ++n) b.preload(line(n));
    CHECK(b.bus.time >= 3 * whole);  // two at a time, of which four may wait
    CHECK(b.bus.time <= 5 * whole);
}
