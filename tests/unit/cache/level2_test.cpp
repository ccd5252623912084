// The PL310 and its registers, by hand-computed access patterns. Rules: PL310 TRM, chapters 2 and 3; DESIGN
// section 5 for the store buffers' ages.
#include <catch2/catch.hpp>

#include <utility>

#include "models/cache/level2_lines.hpp"
#include "models/cache/pl310_core.hpp"
#include "tests/unit/cache/bench.hpp"

using namespace exysim;
using namespace exysim::cache;
using namespace exysim::test;

namespace {

constexpr uint32_t kSetStride = 2048 / 4;  // of the bench's level-2 cache: 16 sets, four ways
constexpr uint32_t line(uint32_t n) { return kMemory + n * kLine; }

struct Level2Bench : CacheBench {
    using CacheBench::CacheBench;
    uint64_t count(const std::string& name) const {
        return static_cast<uint64_t>(statistics.all().at(name).value());
    }
    bool held(uint32_t address) { return caches.level2().holds(PhysAddr{address}); }
    /// A word past the level-1 cache.
    uint32_t read(uint32_t address) { return load<uint32_t>(0, address, kOuterOnly); }
    void read_set(std::initializer_list<uint32_t> lines) {
        for (const uint32_t n : lines) read(kMemory + n * kSetStride);
    }
    Level2Control& control() { return caches.level2().control; }
    void set_memory(uint32_t address, uint32_t value) { write_host(bus.at(PhysAddr{address}), value); }
};

/// The registers of a PL310 of the size that the chip has.
struct Registers {
    static Config chip() { return {}; }
    Statistics statistics;
    Config config = chip();
    Level2 level2{config, statistics};
    Pl310Core core{&level2};
    uint32_t read(uint32_t offset) { return core.regs.read(offset); }
    void write(uint32_t offset, uint32_t value) { core.regs.write(offset, value); }
};

}  // namespace

TEST_CASE("level 2: five lines of a set of four never hit in turn, four always do", "[cache]") {
    Level2Bench b;
    b.read_set({0, 1, 2, 3, 0, 1, 2, 3});
    CHECK(b.count("l2.read_hits") == 4);
    b.read_set({4, 0, 1, 2, 3, 4, 0, 1, 2, 3});
    CHECK(b.count("l2.read_hits") == 4);
    CHECK(b.count("l2.reads") == 18);
    CHECK(b.count("l2.evictions") == 10);
}

TEST_CASE("level 2: with AUX_CTRL[25] clear a pseudo-random way makes room", "[cache]") {
    Level2Bench b;
    b.control().round_robin = false;
    for (int round = 0; round < 20; ++round) b.read_set({0, 1, 2, 3, 4});
    CHECK(b.count("l2.read_hits") > 40);  // of a hundred; in turn there would be none
    CHECK(b.count("l2.read_hits") < 95);
}

TEST_CASE("level 2: what level 1 misses is read once from memory", "[cache]") {
    Level2Bench b;
    for (int round = 0; round < 3; ++round) {
        for (uint32_t n = 0; n < 16; ++n) b.load<uint32_t>(0, line(n), kCached);
    }
    CHECK(b.count("l1_0.data_misses") == 16);  // all of level 1: 16 lines
    for (int round = 0; round < 3; ++round) {
        for (uint32_t n = 0; n < 64; ++n) b.load<uint32_t>(0, line(n), kCached);
    }
    CHECK(b.count("l2.fills") == 64);  // all of level 2
    CHECK(b.bus.reads == 64);
    CHECK(b.count("l2.reads") == b.count("l1_0.data_misses"));
}

TEST_CASE("level 2: write-combined words leave as whole lines", "[cache]") {
    Level2Bench b;
    for (uint32_t at = 0; at < 1024; at += 4) b.store<uint32_t>(0, kMemory + at, kCombined, at);
    b.caches.port(0).barrier(Barrier::dsb);
    b.caches.level2().sync(b.bus.time);
    CHECK(b.count("l2.slot_bursts") == 32);
    CHECK(b.count("l2.full_slots") == 32);
    CHECK(b.count("l2.slot_bytes") == 1024);
    CHECK(b.bus.writes == 32);
}

TEST_CASE("level 2: what it writes is bufferable, what passes the caches is not", "[cache]") {
    Level2Bench b;
    const auto written = [&b](auto use) {
        const uint64_t writes = b.bus.writes, bufferable = b.bus.bufferable;
        use();
        return std::pair{b.bus.writes - writes, b.bus.bufferable - bufferable};
    };
    const std::pair<uint64_t, uint64_t> one_bufferable{1, 1}, one_final{1, 0};
    b.store<uint32_t>(0, line(0), kCached, 7);
    const auto cleaned = [&b] {
        b.maintain(0, Maintenance::clean, line(0));
        b.caches.level2().maintain(Maintenance::clean, PhysAddr{line(0)}, b.bus.time);
    };
    CHECK(written(cleaned) == one_bufferable);
    const auto combined = [&b] {
        b.store<uint32_t>(0, line(1), kCombined, 8);
        b.caches.port(0).barrier(Barrier::dsb);
        b.caches.level2().sync(b.bus.time);
    };
    CHECK(written(combined) == one_bufferable);
    CHECK(written([&b] { b.store<uint32_t>(0, line(2), kOrdered, 9); }) == one_final);
}

TEST_CASE("store buffers: a store leaves each of the two when it is 500 ns old, not before", "[cache]") {
    Level2Bench b;
    b.store<uint32_t>(0, kMemory, kCombined, 7);
    CHECK(b.caches.next_departure() == 500'000);
    b.caches.depart(499'999);
    CHECK(b.caches.next_departure() == 500'000);
    b.caches.depart(500'000);  // into the PL310's slots
    CHECK(b.caches.next_departure() == 1'000'000);
    b.caches.depart(999'999);
    CHECK(b.in_memory(kMemory) == 0);
    b.caches.depart(1'000'000);
    CHECK(b.in_memory(kMemory) == 7);
    CHECK(b.caches.next_departure() == kNever);
}

TEST_CASE("store buffers: joining does not make an old store younger", "[cache]") {
    Level2Bench b;
    b.store<uint32_t>(0, kMemory, kCombined, 1);
    b.bus.time = 400'000;
    b.store<uint32_t>(0, kMemory + 4, kCombined, 2);
    CHECK(b.caches.next_departure() == 500'000);
}

TEST_CASE("store buffers: without a limit of age only the rules let a store go", "[cache]") {
    Config config = CacheBench::small();
    config.max_age = kNever;
    Level2Bench b{config};
    b.store<uint32_t>(0, kMemory, kCombined, 7);
    b.caches.depart(1'000'000'000);
    b.caches.port(0).barrier(Barrier::dsb);
    CHECK(b.in_memory(kMemory) == 0);
    b.caches.level2().sync(b.bus.time);
    CHECK(b.in_memory(kMemory) == 7);
}

TEST_CASE("level 2: DCL ends line fills, not hits", "[cache]") {
    Level2Bench b;
    b.read(line(0));
    b.control().no_fill = true;
    b.read(line(0));
    CHECK(b.count("l2.read_hits") == 1);
    b.read(line(1));
    b.store<uint32_t>(0, line(2), kOuterOnly, 1);
    b.caches.port(0).barrier(Barrier::dsb);
    CHECK_FALSE(b.held(line(1)));
    CHECK_FALSE(b.held(line(2)));
}

TEST_CASE("level 2: DWB sends stores through to memory", "[cache]") {
    Level2Bench b;
    const auto store = [&b](uint32_t value) {
        b.store<uint32_t>(0, line(0), kOuterOnly, value);
        b.caches.port(0).barrier(Barrier::dsb);
        b.caches.level2().sync(b.bus.time);
    };
    b.read(line(0));
    store(1);
    CHECK(b.in_memory(line(0)) == 0);
    b.caches.level2().maintain(Maintenance::clean, PhysAddr{line(0)}, b.bus.time);
    b.control().write_through = true;
    store(2);
    CHECK(b.in_memory(line(0)) == 2);
    CHECK(b.read(line(0)) == 2);
    const uint64_t before = b.count("l2.write_backs");
    b.caches.level2().maintain(Maintenance::clean_invalidate, PhysAddr{line(0)}, b.bus.time);
    CHECK(b.count("l2.write_backs") == before);
}

TEST_CASE("level 2: AUX_CTRL[22] decides whether shareable non-cacheable reads see its lines", "[cache]") {
    for (const bool override_set : {false, true}) {
        Level2Bench b;
        b.control().shared_override = override_set;
        b.read(line(0));
        b.set_memory(line(0), 5);  // a device wrote
        CHECK(b.load<uint32_t>(0, line(0), kCombined) == (override_set ? 5 : 0));
        b.load<uint32_t>(0, line(1), kCombined);
        CHECK_FALSE(b.held(line(1)));  // looked up, never allocated
    }
}

TEST_CASE("level 2: locked ways keep what they hold", "[cache]") {
    Level2Bench b;
    b.read_set({0, 1, 2});
    b.control().locked_data[0] = 0b0111;
    b.read_set({3, 4, 5, 6});
    CHECK(b.held(kMemory + 0 * kSetStride));
    CHECK(b.held(kMemory + 1 * kSetStride));
    CHECK(b.held(kMemory + 2 * kSetStride));
    CHECK(b.held(kMemory + 6 * kSetStride));
    CHECK_FALSE(b.held(kMemory + 5 * kSetStride));
    // Another master is not bound by it.
    b.load<uint32_t>(1, kMemory + 7 * kSetStride, kOuterOnly);
    CHECK(b.held(kMemory + 7 * kSetStride));
    CHECK(b.count("l2.evictions") == 4);
    // Nothing open: read past the cache.
    b.control().locked_data[0] = 0b1111;
    b.set_memory(kMemory + 8 * kSetStride, 9);
    CHECK(b.read(kMemory + 8 * kSetStride) == 9);
    CHECK_FALSE(b.held(kMemory + 8 * kSetStride));
}

TEST_CASE("level 2: the prefetcher fetches the line its offset says, inside the page", "[cache]") {
    Level2Bench b;
    b.read(line(0));
    CHECK_FALSE(b.held(line(1)));
    b.control().prefetch_data = true;
    b.read(line(4));
    CHECK(b.held(line(5)));
    CHECK_FALSE(b.held(line(6)));
    b.control().prefetch_offset = 3;
    b.read(line(8));
    CHECK(b.held(line(12)));
    CHECK_FALSE(b.held(line(9)));
    b.read(kMemory + kPageSize - kLine);
    CHECK_FALSE(b.held(kMemory + kPageSize + 3 * kLine));
    CHECK(b.count("l2.fetched_ahead") == 2);
    // Code has an enable of its own.
    b.caches.port(0).code(PhysAddr{line(20)}, VirtAddr{line(20)}, kCached);
    CHECK_FALSE(b.held(line(24)));
}

TEST_CASE("level 2: a line on its way is waited for", "[cache]") {
    Level2Bench b;
    b.control().prefetch_data = true;
    const Config& c = b.caches.config();
    const Picoseconds looked = c.l2_cycles * c.cycle, fetched = looked + b.bus.latency + c.l2_miss;
    std::array<uint8_t, 4> word{};
    const auto read_at = [&](uint32_t address, Picoseconds when) {
        return b.caches.level2().read(0, Level2::Source::data, PhysAddr{address}, kCached, word, when).at;
    };
    CHECK(read_at(line(0), 0) == fetched);
    CHECK(read_at(line(1), 0) == fetched);                           // asked for at the same time
    CHECK(read_at(line(1), 10 * fetched) == 10 * fetched + looked);  // long there
}

TEST_CASE("level 2: double line fills bring both halves of 64 bytes", "[cache]") {
    Level2Bench b;
    b.control().double_linefill = true;
    b.read(line(3));
    CHECK(b.held(line(2)));
    CHECK_FALSE(b.held(line(4)));
}

TEST_CASE("level 1: misses of loads that need nothing of each other overlap in pairs", "[cache]") {
    const auto time_of = [](bool overlap) {
        Level2Bench b;
        b.cores[0].overlap = overlap;
        constexpr uint32_t kLoads = 256;
        for (uint32_t n = 0; n < kLoads; ++n) b.load<uint32_t>(0, line(n * 37 % 512), kCached);
        return b.bus.time / kLoads;
    };
    const Config c = CacheBench::small();
    const Picoseconds one = c.l2_cycles * c.cycle + 90'000 + c.l2_miss;
    CHECK(time_of(false) == one);
    CHECK(static_cast<double>(time_of(true)) == Approx(one / 2).epsilon(0.03));
}

TEST_CASE("pl310: event counters count what they are told to", "[cache]") {
    Level2Bench b;
    Pl310Core core{&b.caches.level2()};
    RegisterBank& r = core.regs;
    r.write(Pl310Core::kCtrl, 1);
    constexpr uint32_t kDataReads = 3 << 2, kDataReadHits = 2 << 2, kEvictions = 1 << 2;
    const auto count = [&r](uint32_t n) { return r.read(Pl310Core::kEventValue + 4 * (1 - n)); };
    b.read(line(0));                                   // nobody counts yet
    r.write(Pl310Core::kEventConfig, kDataReadHits);   // counter 1
    r.write(Pl310Core::kEventConfig + 4, kDataReads);  // counter 0
    r.write(Pl310Core::kEventCtrl, 1);
    b.read_set({0, 1, 2, 0});
    CHECK(count(0) == 4);
    CHECK(count(1) == 2);
    r.write(Pl310Core::kEventCtrl, 0);
    b.read(line(0));
    CHECK(count(0) == 4);
    r.write(Pl310Core::kEventCtrl, 1 | 4);  // resets counter 1 alone
    CHECK(count(0) == 4);
    CHECK(count(1) == 0);
    r.write(Pl310Core::kEventConfig + 4, kEvictions);
    b.read_set({3, 4, 5});
    CHECK(count(0) == 6);
}

namespace {
/// A PL310 whose counter 0 counts data reads.
struct CountingBench : Level2Bench {
    Pl310Core core{&caches.level2()};
    RegisterBank& r = core.regs;
    static constexpr uint32_t kDataReads = 3 << 2, kOnIncrement = 1, kOnOverflow = 2;
    explicit CountingBench(uint32_t interrupt, uint32_t from = 0) {
        r.write(Pl310Core::kCtrl, 1);
        r.write(Pl310Core::kEventValue + 4, from);
        r.write(Pl310Core::kEventConfig + 4, kDataReads | interrupt);
        r.write(Pl310Core::kEventCtrl, 1);
    }
    uint32_t value() { return r.read(Pl310Core::kEventValue + 4); }
    uint32_t raw() { return r.read(Pl310Core::kIntRaw); }
    uint32_t masked() { return r.read(Pl310Core::kIntMasked); }
};
}  // namespace

TEST_CASE("pl310: an event counter that counts up shows its interrupt until it is cleared", "[cache]") {
    CountingBench b{CountingBench::kOnIncrement};
    CHECK(b.raw() == 0);
    b.read(line(0));
    CHECK(b.raw() == 1);
    CHECK(b.masked() == 0);
    b.r.write(Pl310Core::kIntMask, 1);
    CHECK(b.masked() == 1);
    b.r.write(Pl310Core::kIntClear, 1);
    CHECK(b.raw() == 0);
    CHECK(b.masked() == 0);
    b.read(line(1));
    b.r.write(Pl310Core::kIntClear, 0x1FE);  // the others
    CHECK(b.masked() == 1);
}

TEST_CASE("pl310: a full event counter stays full and shows its interrupt", "[cache]") {
    CountingBench b{CountingBench::kOnOverflow, 0xFFFF'FFFE};
    b.read(line(0));
    CHECK(b.value() == 0xFFFF'FFFF);
    CHECK(b.raw() == 0);
    b.read_set({1, 2});
    CHECK(b.value() == 0xFFFF'FFFF);
    CHECK(b.raw() == 1);
}

TEST_CASE("pl310: without an interrupt condition counters raise none", "[cache]") {
    for (const uint32_t condition : {0U, 3U}) {
        CountingBench b{condition, 0xFFFF'FFFF};
        b.read_set({0, 1});
        CHECK(b.raw() == 0);
    }
}

TEST_CASE("pl310: a counter's value is written only while it has no source", "[cache]") {
    CountingBench b{0, 5};
    b.read(line(0));
    b.r.write(Pl310Core::kEventValue + 4, 100);
    CHECK(b.value() == 6);
    b.r.write(Pl310Core::kEventConfig + 4, 0);
    b.r.write(Pl310Core::kEventValue + 4, 100);
    CHECK(b.value() == 100);
}

TEST_CASE("pl310: lines that move in while LOCK_LINE_EN is set stay until they are unlocked", "[cache]") {
    Level2Bench b;
    Pl310Core core{&b.caches.level2()};
    core.regs.write(Pl310Core::kCtrl, 1);
    core.regs.write(Pl310Core::kLockLine, 1);
    b.read_set({0, 1});
    core.regs.write(Pl310Core::kLockLine, 0);
    b.read_set({2, 3, 4, 5, 6, 7});  // of a set of four
    CHECK(b.held(kMemory));
    CHECK(b.held(kMemory + kSetStride));
    CHECK_FALSE(b.held(kMemory + 5 * kSetStride));
    CHECK(b.held(kMemory + 7 * kSetStride));

    core.regs.write(Pl310Core::kUnlockWay, 0b0001);  // where line 0 is
    b.read_set({2, 3, 4, 5});
    CHECK_FALSE(b.held(kMemory));
    CHECK(b.held(kMemory + kSetStride));
    CHECK(core.regs.read(Pl310Core::kUnlockWay) == 0);
}

TEST_CASE("pl310: maintenance reaches locked lines, and their places are free again", "[cache]") {
    Level2Bench b;
    Pl310Core core{&b.caches.level2()};
    core.regs.write(Pl310Core::kCtrl, 1);
    core.regs.write(Pl310Core::kLockLine, 1);
    b.read_set({0, 1, 2, 3});
    core.regs.write(Pl310Core::kLockLine, 0);
    b.read_set({4});  // no way is left for it
    CHECK_FALSE(b.held(kMemory + 4 * kSetStride));
    core.regs.write(Pl310Core::kInvLinePa, kMemory + kSetStride);
    CHECK_FALSE(b.held(kMemory + kSetStride));
    b.read_set({4, 5});
    CHECK(b.held(kMemory));
    CHECK(b.held(kMemory + 5 * kSetStride));
    CHECK_FALSE(b.held(kMemory + 4 * kSetStride));
}

TEST_CASE("pl310: AUX_CTRL chooses a geometry inside the chip's while the cache is off", "[cache]") {
    Registers r;
    CHECK(r.read(Pl310Core::kAuxCtrl) == 0x0207'0000);
    CHECK(r.level2.geometry() == Geometry{1 << 20, 16});
    r.write(Pl310Core::kAuxCtrl, 0x0205'0000);  // 32 KiB ways
    CHECK(r.level2.geometry() == Geometry{512 << 10, 16});
    r.write(Pl310Core::kAuxCtrl, 0x0206'0000);  // eight of 64 KiB
    CHECK(r.level2.geometry() == Geometry{512 << 10, 8});
    r.write(Pl310Core::kAuxCtrl, 0x0209'0000);  // 128 KiB ways: more than there is
    CHECK(r.level2.geometry() == Geometry{1 << 20, 16});
    r.write(Pl310Core::kCtrl, 1);
    r.write(Pl310Core::kAuxCtrl, 0x0205'0000);
    CHECK(r.level2.geometry() == Geometry{1 << 20, 16});
}

TEST_CASE("pl310: a smaller chip says so in AUX_CTRL and CACHE_TYPE", "[cache]") {
    Statistics statistics;
    Config config;
    config.l2 = {256 << 10, 8};  // ways of 32 KiB
    Level2 level2{config, statistics};
    Pl310Core core{&level2};
    CHECK(core.regs.read(Pl310Core::kAuxCtrl) == 0x0204'0000);
    CHECK(core.regs.read(Pl310Core::kCacheType) == 0x1E20'0200);
    CHECK(level2.geometry() == Geometry{256 << 10, 8});
}

TEST_CASE("pl310: the prefetch enables are one pair of bits in two registers", "[cache]") {
    Registers r;
    r.write(Pl310Core::kPrefetchCtrl, 3U << 28 | 1U << 30 | 7);
    CHECK((r.read(Pl310Core::kAuxCtrl) >> 28 & 3) == 3);
    CHECK(r.level2.control.prefetch_data);
    CHECK(r.level2.control.prefetch_code);
    CHECK(r.level2.control.double_linefill);
    CHECK(r.level2.control.prefetch_offset == 7);
    r.write(Pl310Core::kAuxCtrl, 0x0207'0000);
    CHECK_FALSE(r.level2.control.prefetch_data);
    CHECK((r.read(Pl310Core::kPrefetchCtrl) >> 28 & 3) == 0);
}

TEST_CASE("acp: a master on it reads what cores have written and they read what it writes", "[cache]") {
    Level2Bench b;
    std::array<uint8_t, 64> bytes{};
    const auto word = [&bytes](size_t at) { return read_host<uint32_t>(bytes.data() + at); };
    b.store<uint32_t>(0, line(0), kCached, 1);
    b.store<uint32_t>(1, line(1), kCached, 2);
    CHECK(b.caches.coherent_burst(Direction::read, PhysAddr{line(0)}, bytes, 0).ok);
    CHECK(word(0) == 1);
    CHECK(word(kLine) == 2);
    CHECK(b.in_memory(line(0)) == 0);  // it never went there

    bytes.fill(7);
    CHECK(b.caches.coherent_burst(Direction::write, PhysAddr{line(0)}, bytes, 0).ok);
    CHECK(b.load<uint32_t>(0, line(0), kCached) == 0x0707'0707);
    CHECK(b.load<uint32_t>(1, line(1), kCached) == 0x0707'0707);
    // A part of a line that a core holds dirty: the rest of it stays.
    b.store<uint32_t>(0, line(4), kCached, 5);
    b.store<uint32_t>(0, line(4) + 4, kCached, 6);
    b.caches.coherent_burst(Direction::write, PhysAddr{line(4)}, std::span{bytes}.first(4), 0);
    CHECK(b.load<uint32_t>(0, line(4), kCached) == 0x0707'0707);
    CHECK(b.load<uint32_t>(0, line(4) + 4, kCached) == 6);
}

TEST_CASE("debuggers: a write reaches every copy", "[cache]") {
    Level2Bench b;
    const std::array<uint8_t, 4> bytes{9, 9, 9, 9};
    constexpr uint32_t kNines = 0x0909'0909;
    b.store<uint32_t>(0, line(0), kCached, 1);    // dirty in a level-1 cache
    b.read(line(1));                              // in level 2
    b.store<uint32_t>(0, line(2), kCombined, 3);  // waits in the store buffer
    b.store<uint32_t>(1, line(3), kCombined, 4);
    b.caches.port(1).barrier(Barrier::dsb);  // waits in the PL310
    const CodeBytes code = b.caches.port(1).code(PhysAddr{line(4)}, VirtAddr{line(4)}, kCached);
    for (uint32_t n = 0; n < 5; ++n) {
        b.set_memory(line(n), kNines);
        b.caches.poke(PhysAddr{line(n)}, bytes);
    }
    CHECK(b.load<uint32_t>(0, line(0), kCached) == kNines);
    CHECK(b.load<uint32_t>(1, line(0), kCached) == kNines);
    CHECK(b.read(line(1)) == kNines);
    CHECK(read_host<uint32_t>(code.data) == kNines);
    CHECK(b.cores[1].lost == std::vector<uint32_t>{code.place});
    b.caches.port(0).barrier(Barrier::dsb);
    b.caches.level2().sync(b.bus.time);
    CHECK(b.in_memory(line(2)) == kNines);
    CHECK(b.in_memory(line(3)) == kNines);
}

TEST_CASE("level 2: switched off, it tells of level 1's lines that pass it", "[cache]") {
    Level2Bench b;
    b.control().enabled = false;
    std::vector<uint32_t> came, left;
    b.caches.level2().filled.attach([&](PhysAddr at) { came.push_back(at.value); });
    b.caches.level2().written_back.attach([&](const LineWrittenBack& e) {
        left.push_back(e.address.value);
        CHECK(read_host<uint32_t>(e.bytes.data()) == 7);
        CHECK(b.in_memory(e.address.value) == 0);  // before it is in memory
    });
    b.store<uint32_t>(0, line(3), kCached, 7);
    CHECK(came == std::vector<uint32_t>{line(3)});
    b.maintain(0, Maintenance::clean, line(3));
    CHECK(left == std::vector<uint32_t>{line(3)});
    CHECK(b.in_memory(line(3)) == 7);
    b.load<uint32_t>(0, line(5), kCombined);  // a word past all caches is no line
    CHECK(came.size() == 1);
}

TEST_CASE("level 2: lines that only level 1 may keep are told of as they pass", "[cache]") {
    Level2Bench b;
    std::vector<uint32_t> left;
    b.caches.level2().written_back.attach([&](const LineWrittenBack& e) { left.push_back(e.address.value); });
    b.store<uint32_t>(0, line(3), kInnerOnly, 7);
    b.maintain(0, Maintenance::clean, line(3), kInnerOnly);
    CHECK(left == std::vector<uint32_t>{line(3)});
    CHECK_FALSE(b.held(line(3)));
}
