// The sanitizer's rules on one line of memory, in front of a cache that this file plays by hand. Expectations
// are the rules' own sentences (platform/config/sharing_rule.cpp).
#include "platform/sanitizer/line_watch.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace exysim;
using namespace exysim::sanitizer;
using Why = cache::LineFilled::Why;

namespace {

const std::string kDevice = "g2d", kCoherent = "fimc0";

/// One line of memory, and what a cache has of it.
class Line {
public:
    static constexpr PhysAddr kAt{0x4000'0040};

    Line() { memory.fill(1); }

    void core_fills(Why why = Why::load) {
        if (!cached) cached = memory;
        watch.filled({0, kAt, why, *cached});
    }
    void core_stores(uint32_t byte, uint8_t value) {
        if (!cached) core_fills(Why::store);
        if (!dirty) watch.dirtied({0, kAt, *cached});
        dirty = true;
        (*cached)[byte] = value;
    }
    void core_loads(uint32_t byte) {
        if (asked) watch.touched({0, kAt + byte, *cached});
        asked = false;
    }
    void clean() {
        watch.written_back({kAt, *cached});
        memory = *cached;
        dirty = false;
    }
    void invalidate() {
        if (dirty) watch.discarded({kAt, *cached});
        cached.reset();
        dirty = asked = false;
    }
    void device_reads(uint32_t byte, size_t count) {
        watch.device_read({kDevice, kAt + byte, std::span{memory}.subspan(byte, count), Iova{0x1000}});
    }
    void device_writes(uint32_t byte, size_t count, uint8_t value) {
        std::fill_n(memory.begin() + byte, count, value);
        watch.device_wrote({kDevice, kAt + byte, std::span{memory}.subspan(byte, count), Iova{0x1000}});
    }
    /// Through the snoop control unit, with the cache that this file plays in the place of level 2.
    void coherent_device_reads(uint32_t byte, size_t count) {
        watch.device_read({kCoherent, kAt + byte, std::span{seen()}.subspan(byte, count), {}});
    }
    void coherent_device_writes(uint32_t byte, size_t count, uint8_t value) {
        if (!cached) {
            watch.came_from_memory(kAt);
            cached = memory;
        }
        std::fill_n(cached->begin() + byte, count, value);
        dirty = true;
        watch.coherent_device_wrote({kCoherent, kAt + byte, std::span{*cached}.subspan(byte, count), {}});
    }
    LineBytes& seen() { return cached ? *cached : memory; }
    void past(Direction direction, uint32_t byte) { watch.past({0, direction, kAt + byte, 4}); }

    LineBytes memory{};
    std::optional<LineBytes> cached;
    bool dirty = false, asked = false;
    bool looked_up = false;  // by non-cacheable loads
    uint32_t waiting = 0;    // bytes in a store buffer, all of them 99
    Picoseconds time = 0;
    ViolationLog log;
    LineWatch watch{views(), log};

    uint64_t only(Rule rule) const { return log.total() == log.count(rule) ? log.count(rule) : ~0ULL; }

private:
    MemoryViews views() {
        return {.cached = [this](PhysAddr) { return cached.has_value(); },
                .overlay_dirty =
                    [this](PhysAddr, LineBytes& bytes) {
                        if (dirty) bytes = *cached;
                        return dirty;
                    },
                .overlay_waiting =
                    [this](PhysAddr, LineBytes& bytes) {
                        for (uint32_t i = 0; i < kLineBytes; ++i) {
                            if ((waiting >> i & 1) != 0) bytes[i] = 99;
                        }
                        return waiting;
                    },
                .memory =
                    [this](PhysAddr, LineBytes& bytes) {
                        bytes = memory;
                        return true;
                    },
                .watch = [this](PhysAddr) { asked = cached.has_value(); },
                .place =
                    [this](unsigned core) {
                        return CodePlace{core, 0x8000, 0x9000, time};
                    },
                .now = [this] { return ++time; },
                .answers_past =
                    [this](PhysAddr, LineBytes& bytes) {
                        if (looked_up && cached) bytes = *cached;
                        return looked_up && cached;
                    }};
    }
};

}  // namespace

TEST_CASE("line watch: a device that reads what a cache has newer", "[sanitizer]") {
    Line line;
    line.core_stores(4, 7);
    line.device_reads(16, 16);  // other bytes of the same line, which nobody has changed
    CHECK(line.log.total() == 0);
    line.device_reads(0, 32);
    REQUIRE(line.only(Rule::device_reads_stale) == 1);
    const Violation& v = line.log.entries()[0].first;
    CHECK(v.address == Line::kAt + 4);
    CHECK(v.bytes == 1);
    CHECK(v.iova->value == 0x1004);
    CHECK(v.by.device == "g2d");
    CHECK(v.before.place->pc == 0x8000);
}

TEST_CASE("line watch: after a clean the device has the same bytes", "[sanitizer]") {
    Line line;
    line.core_stores(4, 7);
    line.clean();
    line.device_reads(0, 32);
    CHECK(line.log.total() == 0);
}

TEST_CASE("line watch: stores that wait in a buffer", "[sanitizer]") {
    Line line;
    line.waiting = 0xF0;
    line.device_reads(0, 4);
    CHECK(line.log.total() == 0);
    line.device_reads(0, 8);
    CHECK(line.only(Rule::device_reads_stale) == 1);
}

TEST_CASE("line watch: a core that reads its copy from before a device's write", "[sanitizer]") {
    Line line;
    line.core_fills();
    line.device_writes(8, 4, 5);
    CHECK(line.log.total() == 0);  // nobody has looked yet
    SECTION("the copy in its level-1 cache") {
        line.core_loads(8);
        REQUIRE(line.only(Rule::cpu_reads_stale) == 1);
        CHECK(line.log.entries()[0].first.bytes == 4);
        CHECK(line.log.entries()[0].first.before.device == "g2d");
    }
    SECTION("the copy of level 2, brought into level 1") {
        line.core_fills();
        CHECK(line.only(Rule::cpu_reads_stale) == 1);
    }
    SECTION("not after an invalidation") {
        line.invalidate();
        line.watch.came_from_memory(Line::kAt);
        line.core_fills();
        line.core_loads(8);
        CHECK(line.log.total() == 0);
    }
    SECTION("nor where the device wrote the same values") {
        line.device_writes(8, 4, 1);
        line.core_loads(8);
        CHECK(line.log.total() == 0);
    }
}

TEST_CASE("line watch: a dirty line over a device's data", "[sanitizer]") {
    Line line;
    line.core_stores(0, 7);
    line.device_writes(16, 8, 5);
    SECTION("written back") {
        line.clean();
        REQUIRE(line.only(Rule::lost_device_write) == 1);
        CHECK(line.log.entries()[0].first.bytes == 8);
    }
    SECTION("dropped beforehand") {
        line.invalidate();
        line.watch.came_from_memory(Line::kAt);
        line.core_stores(0, 7);
        line.clean();
        CHECK(line.log.total() == 0);
    }
}

TEST_CASE("line watch: what a core wrote and an invalidation threw away", "[sanitizer]") {
    Line line;
    line.core_stores(3, 7);
    line.invalidate();
    SECTION("and a core reads again") {
        line.core_fills();
        REQUIRE(line.only(Rule::lost_cpu_write) == 1);
        CHECK(line.log.entries()[0].first.address == Line::kAt + 3);
    }
    SECTION("and a device reads") {
        line.device_reads(0, 32);
        CHECK(line.only(Rule::lost_cpu_write) == 1);
    }
    SECTION("no matter if a device has overwritten it") {
        line.device_writes(0, 32, 9);
        line.core_fills();
        CHECK(line.log.total() == 0);
    }
}

TEST_CASE("line watch: one line through two memory types", "[sanitizer]") {
    Line line;
    SECTION("past a dirty copy") {
        line.core_stores(4, 7);
        line.past(Direction::read, 16);
        CHECK(line.log.total() == 0);
        line.past(Direction::read, 4);
        CHECK(line.only(Rule::mixed_memory_types) == 1);
    }
    SECTION("a write past a clean copy, which is then read") {
        line.core_fills();
        line.past(Direction::write, 4);
        line.memory[4] = 9;  // the store has arrived
        line.core_loads(4);
        CHECK(line.only(Rule::mixed_memory_types) == 1);
    }
}

TEST_CASE("line watch: a line that stores have filled is new", "[sanitizer]") {
    Line line;
    line.core_fills();
    line.device_writes(0, 32, 5);
    line.watch.overwritten({0, Line::kAt});
    line.cached->fill(7);
    line.dirty = true;
    line.clean();
    CHECK(line.log.total() == 0);
}

TEST_CASE("violation log: alike ones are counted together", "[sanitizer]") {
    ViolationLog log;
    unsigned asked = 0;
    log.call_chain = [&](unsigned) {
        ++asked;
        return std::vector<uint32_t>{1, 2};
    };
    const auto at = [](uint32_t pc) {
        return Violation{
            Rule::cpu_reads_stale,      true, PhysAddr{0}, 4, {}, {{}, CodePlace{0, pc, 0, 5}, 5},
            {"fimc0", std::nullopt, 4}, {}};
    };
    log.report(at(0x100));
    log.report(at(0x100));
    log.report(at(0x200));
    REQUIRE(log.entries().size() == 2);
    CHECK(log.entries()[0].count == 2);
    CHECK(log.entries()[0].bytes == 8);
    CHECK(asked == 2);
    CHECK(log.count(Rule::cpu_reads_stale) == 3);
    CHECK(log.count(Rule::stale_iotlb) == 0);
}

TEST_CASE("line watch: what a device has written over stores is not lost with them", "[sanitizer]") {
    Line line;
    line.core_stores(4, 7);
    SECTION("written since") {
        line.device_writes(4, 1, 9);
        line.invalidate();
        line.device_reads(0, 32);
        CHECK(line.log.total() == 0);
    }
    SECTION("beside them") {
        line.device_writes(8, 1, 9);
        line.invalidate();
        line.device_reads(0, 32);
        CHECK(line.only(Rule::lost_cpu_write) == 1);
    }
}

TEST_CASE("line watch: a store past a dirty line is newer than the line", "[sanitizer]") {
    Line line;
    line.core_stores(4, 7);
    line.past(Direction::write, 4);
    std::fill_n(line.memory.begin() + 4, 4, 50);
    line.device_reads(0, 32);
    CHECK(line.only(Rule::mixed_memory_types) == 1);
}

TEST_CASE("line watch: a non-cacheable load that finds an old line all the same", "[sanitizer]") {
    Line line;
    line.core_fills(Why::guess);
    line.device_writes(8, 4, 5);
    line.past(Direction::read, 8);
    CHECK(line.log.total() == 0);  // it goes to memory
    line.looked_up = true;
    line.past(Direction::read, 4);
    CHECK(line.log.total() == 0);  // what the device has not written
    line.past(Direction::read, 8);
    CHECK(line.only(Rule::cpu_reads_stale) == 1);
}

TEST_CASE("line watch: a coherent device needs no maintenance", "[sanitizer]") {
    Line line;
    SECTION("reads what a core has not cleaned") {
        line.core_stores(4, 7);
        line.coherent_device_reads(0, 32);
    }
    SECTION("writes what a core has a copy of") {
        line.core_fills();
        line.coherent_device_writes(0, 32, 9);
        line.core_fills();
        line.core_loads(4);
    }
    SECTION("writes over a core's stores, which are cleaned then") {
        line.core_stores(4, 7);
        line.coherent_device_writes(4, 1, 9);
        line.clean();
        line.core_loads(4);
    }
    SECTION("writes over what another one has written to memory") {
        line.core_fills();
        line.device_writes(8, 4, 5);
        line.coherent_device_writes(8, 4, 6);
        line.core_loads(8);
        line.clean();
    }
    CHECK(line.log.total() == 0);
}

TEST_CASE("line watch: what a coherent device does not see of a line, and others not of what it writes",
          "[sanitizer]") {
    Line line;
    SECTION("stores that wait in a core's buffer") {
        line.waiting = 0xF0;
        line.coherent_device_reads(0, 8);
        CHECK(line.only(Rule::device_reads_stale) == 1);
    }
    SECTION("bytes beside its own that somebody has written to memory") {
        line.core_fills();
        line.device_writes(8, 4, 5);
        line.coherent_device_writes(16, 4, 6);
        line.core_loads(8);
        CHECK(line.only(Rule::cpu_reads_stale) == 1);
    }
    SECTION("a device behind the bus reads memory, which does not have it yet") {
        line.coherent_device_writes(4, 2, 9);
        line.device_reads(0, 32);
        REQUIRE(line.only(Rule::device_reads_stale) == 1);
        const Violation& v = line.log.entries()[0].first;
        CHECK(v.address == Line::kAt + 4);
        CHECK(v.bytes == 2);
        CHECK(v.before.device == kCoherent);
    }
}

TEST_CASE("line watch: an invalidation throws away what a coherent device has written", "[sanitizer]") {
    Line line;
    SECTION("into a line that was clean") { line.coherent_device_writes(4, 2, 9); }
    SECTION("over a core's store, which it is not blamed for") {
        line.core_stores(4, 7);
        line.coherent_device_writes(4, 2, 9);
    }
    line.invalidate();
    CHECK(line.log.total() == 0);  // nobody has looked yet
    line.core_fills();
    REQUIRE(line.only(Rule::lost_device_write) == 1);
    const Violation& v = line.log.entries()[0].first;
    CHECK(v.address == Line::kAt + 4);
    CHECK(v.bytes == 2);
    CHECK(v.before.device == kCoherent);
}
