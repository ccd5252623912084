// Stores that fill whole lines: what is fetched, where the lines go, who sees them when. Rules: the head of
// models/cache/store_streams.cpp names their sources.
#include <catch2/catch.hpp>

#include "tests/unit/cache/bench.hpp"

using namespace exysim;
using namespace exysim::cache;
using namespace exysim::test;

namespace {

constexpr uint32_t kFetched = CoreCaches::kWholeLines;
constexpr uint32_t line(uint32_t n) { return kMemory + n * kLine; }
constexpr MemoryAttributes kPrivate{MemoryType::normal, CachePolicy::write_back_allocate,
                                    CachePolicy::write_back_allocate, false};

struct StreamBench : CacheBench {
    explicit StreamBench(const Config& config = small()) : CacheBench{config} {
        for (auto& core : cores) core.streams = true;
        for (uint32_t n = 0; n < kMemoryBytes; ++n) bus.memory[n] = 0xEE;
    }
    uint64_t count(const std::string& name) const {
        return static_cast<uint64_t>(statistics.all().at(name).value());
    }
    /// Words of lines `from` to `to` - 1, all the same.
    void fill(uint32_t from, uint32_t to, uint32_t value, const MemoryAttributes& how = kCached) {
        for (uint32_t at = line(from); at < line(to); at += 4) store<uint32_t>(0, at, how, value);
    }
    bool in_level1(uint32_t n) { return caches.core(0).holds(PhysAddr{line(n)}); }
    bool in_level2(uint32_t n) { return caches.level2().holds(PhysAddr{line(n)}); }
};

}  // namespace

TEST_CASE("store streams: after three lines in a row none is fetched, and level 2 has them", "[cache]") {
    StreamBench b;
    b.fill(0, 32, 7);
    CHECK(b.bus.reads == kFetched);
    CHECK(b.count("l1_0.whole_lines") == 32 - kFetched);
    for (uint32_t n = kFetched; n < 32; ++n) {
        CHECK_FALSE(b.in_level1(n));
        CHECK(b.in_level2(n));
        CHECK(b.load<uint32_t>(1, line(n) + 28, kCached) == 7);
    }
}

TEST_CASE("store streams: with DIAG[21] every line is fetched", "[cache]") {
    StreamBench b;
    b.cores[0].streams = false;
    b.fill(0, 32, 7);
    CHECK(b.bus.reads == 32);
    CHECK(b.count("l1_0.whole_lines") == 0);
}

TEST_CASE("store streams: one word of each line is no stream of whole lines", "[cache]") {
    StreamBench b;
    for (uint32_t n = 0; n < 32; ++n) b.store<uint32_t>(0, line(n), kCached, n);
    b.caches.port(0).barrier(Barrier::dsb);
    CHECK(b.bus.reads == 32);
    CHECK(b.count("l1_0.whole_lines") == 0);
    for (uint32_t n = 0; n < 32; ++n) {
        CHECK(b.load<uint32_t>(0, line(n), kCached) == n);
        CHECK(b.load<uint32_t>(0, line(n) + 4, kCached) == 0xEEEE'EEEE);
    }
}

TEST_CASE("store streams: what waits is seen by its own core, by others after a barrier", "[cache]") {
    StreamBench b;
    b.fill(0, kFetched, 7);
    b.store<uint32_t>(0, line(kFetched), kCached, 8);
    CHECK(b.load<uint32_t>(1, line(kFetched), kCached) == 0xEEEE'EEEE);
    std::array<uint8_t, 4> seen{};
    CHECK(b.caches.port(0).peek(PhysAddr{line(kFetched)}, seen));
    CHECK(read_host<uint32_t>(seen.data()) == 8);
    CHECK(b.cores[0].visible.empty());
    b.caches.port(0).barrier(Barrier::dmb);
    CHECK(b.cores[0].visible == std::vector<uint32_t>{line(kFetched)});
    CHECK(b.load<uint32_t>(1, line(kFetched), kCached) == 8);

    b.fill(8, 8 + kFetched, 7);
    b.store<uint32_t>(0, line(8 + kFetched) + 4, kCached, 9);
    CHECK(b.load<uint32_t>(0, line(8 + kFetched) + 4, kCached) == 9);
    CHECK(b.load<uint32_t>(0, line(8 + kFetched), kCached) == 0xEEEE'EEEE);
}

TEST_CASE("store streams: a whole line takes the place of what other cores hold, dirty or not", "[cache]") {
    StreamBench b;
    b.store<uint32_t>(1, line(5), kCached, 1);
    b.load<uint32_t>(1, line(6), kCached);
    b.fill(0, 8, 7);
    for (const uint32_t n : {5U, 6U}) {
        CHECK_FALSE(b.caches.core(1).holds(PhysAddr{line(n)}));
        CHECK(b.load<uint32_t>(1, line(n), kCached) == 7);
    }
}

TEST_CASE("store streams: clean and clean by set and way take what waits along", "[cache]") {
    StreamBench b;
    const auto in_memory_after = [&b](uint32_t n, auto clean) {
        b.fill(n, n + kFetched, 7);
        b.store<uint32_t>(0, line(n + kFetched), kCached, n);
        clean(line(n + kFetched));
        b.caches.level2().maintain(Maintenance::clean, PhysAddr{line(n + kFetched)}, b.bus.time);
        return b.in_memory(line(n + kFetched));
    };
    CHECK(in_memory_after(1, [&b](uint32_t at) { b.maintain(0, Maintenance::clean, at); }) == 1);
    CHECK(in_memory_after(11, [&b](uint32_t at) {
              for (uint32_t way = 0; way < 2; ++way)
                  b.caches.port(0).maintain_set_way(Maintenance::clean, way << 31 | at % 256);
          }) == 11);
}

TEST_CASE("store streams: an incomplete line leaves at its age, not before", "[cache]") {
    StreamBench b;
    b.fill(0, kFetched, 7);
    b.caches.port(0).barrier(Barrier::dsb);
    b.fill(4, 4 + kFetched, 7);
    const Picoseconds born = b.bus.time;
    b.store<uint32_t>(0, line(4 + kFetched), kCached, 8);
    CHECK(b.caches.next_departure() == born + 500'000);
    b.caches.depart(born + 499'999);
    CHECK_FALSE(b.in_level1(4 + kFetched));
    b.caches.depart(born + 500'000);
    CHECK(b.in_level1(4 + kFetched));
    CHECK(b.caches.next_departure() == kNever);
}

TEST_CASE("store streams: a debugger's write reaches what waits", "[cache]") {
    StreamBench b;
    b.fill(0, kFetched, 7);
    b.store<uint32_t>(0, line(kFetched), kCached, 8);
    b.caches.poke(PhysAddr{line(kFetched)}, std::array<uint8_t, 4>{9, 9, 9, 9});
    b.caches.port(0).barrier(Barrier::dsb);
    CHECK(b.load<uint32_t>(0, line(kFetched), kCached) == 0x0909'0909);
}

TEST_CASE("store streams: beyond level 2 the core waits for write-backs, not for reads", "[cache]") {
    StreamBench b;
    constexpr uint32_t kLines = 256;  // four times level 2, a quarter of which is clean at the start
    b.fill(0, kLines, 7);
    const Config& c = b.caches.config();
    const uint64_t written = b.count("l2.write_backs");
    CHECK(written >= kLines - 64 - kFetched);
    CHECK(b.bus.reads == kFetched);
    // `write_slots` bursts under way, each as long as the bus takes for one.
    const double longest = static_cast<double>(written * b.bus.latency / c.write_slots);
    CHECK(static_cast<double>(b.bus.time) == Approx(longest).epsilon(0.10));
}

TEST_CASE("store streams: lines of zeros are one command where both sides say so and nobody snoops",
          "[cache]") {
    const auto time_of = [](uint32_t value, bool core, bool level2, const MemoryAttributes& how) {
        StreamBench b;
        b.cores[0].zeros = core;
        b.caches.level2().control.full_line_of_zeros = level2;
        b.fill(0, kFetched, value, how);
        const Picoseconds before = b.bus.time;
        b.fill(kFetched, 32, value, how);
        return (b.bus.time - before) / b.caches.config().cycle;
    };
    // The bench's stores take no time: the first of 29 lines leaves at once, each other after the one before.
    constexpr uint32_t kWaits = 32 - kFetched - 1, kBeats = 4;
    CHECK(time_of(7, true, true, kPrivate) == kWaits * kBeats);
    CHECK(time_of(0, false, true, kPrivate) == kWaits * kBeats);
    CHECK(time_of(0, true, false, kPrivate) == kWaits * kBeats);
    CHECK(time_of(0, true, true, kCached) == kWaits * kBeats);
    CHECK(time_of(0, true, true, kPrivate) == kWaits);
}

TEST_CASE("store streams: lines that are stored at once go as lines that are stored word by word",
          "[cache]") {
    using Line = std::array<uint32_t, 8>;
    for (const MemoryAttributes& how : {kCached, kPrivate}) {
        StreamBench by_word, at_once;
        for (StreamBench* b : {&by_word, &at_once}) {
            b->store<uint32_t>(1, line(kFetched + 2), kCached, 1);  // another core has one of them
            b->fill(0, kFetched, 7, how);
        }
        by_word.fill(kFetched, 200, 7, how);
        for (uint32_t n = kFetched; n < 200; ++n)
            at_once.store<Line>(0, line(n), how, Line{7, 7, 7, 7, 7, 7, 7, 7});
        for (const char* name : {"l1_0.whole_lines", "l1_0.data_fills", "l2.writes", "l2.write_backs"})
            CHECK(at_once.count(name) == by_word.count(name));
        CHECK(at_once.count("l1_0.whole_lines") == 200 - kFetched);
        CHECK(at_once.bus.time == by_word.bus.time);
        CHECK(at_once.bus.memory == by_word.bus.memory);
        for (uint32_t n = 190; n < 200; ++n) CHECK(at_once.load<uint32_t>(1, line(n) + 28, how) == 7);
    }
}

TEST_CASE("store streams: a line stored at once joins what waits of it", "[cache]") {
    StreamBench b;
    b.fill(0, kFetched, 7);
    b.store<uint32_t>(0, line(kFetched) + 4, kCached, 8);
    b.store(0, line(kFetched), kCached, std::array<uint32_t, 8>{1, 2, 3, 4, 5, 6, 7, 9});
    CHECK(b.count("l1_0.whole_lines") == 1);
    CHECK(b.caches.next_departure() == kNever);
    CHECK(b.load<uint32_t>(1, line(kFetched) + 4, kCached) == 2);
    CHECK(b.load<uint32_t>(1, line(kFetched) + 28, kCached) == 9);
}

TEST_CASE("store streams: no guess brings in a line whose stores wait", "[cache]") {
    Config config = CacheBench::small();
    config.speculation = Speculation::aggressive;
    StreamBench b{config};
    b.fill(0, kFetched, 7);  // the next line is what the core would fetch by itself
    b.store<uint32_t>(0, line(kFetched), kCached, 8);
    b.load<uint32_t>(0, line(100), kCached);  // time enough for a guess
    CHECK(b.load<uint32_t>(0, line(kFetched), kCached) == 8);
    b.store<uint32_t>(0, line(kFetched), kCached, 9);
    b.caches.port(0).barrier(Barrier::dsb);
    CHECK(b.load<uint32_t>(0, line(kFetched), kCached) == 9);
}
