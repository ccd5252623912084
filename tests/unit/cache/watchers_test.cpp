// What caches tell those who watch them of code and of maintenance, and that being asked changes nothing
// else.
#include <catch2/catch.hpp>

#include "tests/unit/cache/bench.hpp"

using namespace exysim;
using namespace exysim::cache;
using namespace exysim::test;

namespace {

constexpr uint32_t line(uint32_t n) { return kMemory + n * kLine; }

struct WatchedBench : CacheBench {
    std::vector<PhysAddr> fetched;
    std::vector<LineMaintained> maintained;
    std::vector<std::pair<PhysAddr, Direction>> touched;

    explicit WatchedBench(const Config& config = small()) : CacheBench{config} {
        caches.core(0).fetched.attach([this](const CodeFetched& e) { fetched.push_back(e.address); });
        caches.core(0).touched.attach(
            [this](const LineTouched& e) { touched.emplace_back(e.address, e.direction); });
        const auto note = [this](const LineMaintained& e) { maintained.push_back(e); };
        caches.core(0).maintained.attach(note);
        caches.level2().maintained.attach(note);
    }
    void execute(uint32_t address, uint32_t va) {
        caches.port(0).code(PhysAddr{address}, VirtAddr{va}, kCached);
    }
};

}  // namespace

TEST_CASE("watchers: code is told of when it comes in, and again when somebody has asked", "[cache]") {
    WatchedBench b;
    const uint32_t at = line(2) + 8;
    b.execute(at, at);
    b.execute(at, at);
    CHECK(b.fetched == std::vector{PhysAddr{at}});
    const Picoseconds before = b.bus.time;
    b.caches.watch_code(PhysAddr{line(2)});
    b.execute(at + 4, at + 4);
    b.execute(at + 4, at + 4);
    CHECK(b.fetched == std::vector{PhysAddr{at}, PhysAddr{at + 4}});
    CHECK(b.bus.time == before);
}

TEST_CASE("watchers: code is found under every virtual index", "[cache]") {
    WatchedBench b{Config{.cores = 2}};
    CHECK_FALSE(b.caches.holds_code(PhysAddr{line(2)}));
    b.execute(line(2), line(2) ^ kPageSize);  // a way has two pages
    CHECK(b.caches.holds_code(PhysAddr{line(2)}));
    CHECK_FALSE(b.caches.holds_code(PhysAddr{line(3)}));
    b.caches.watch_code(PhysAddr{line(2)});
    b.execute(line(2), line(2) ^ kPageSize);
    CHECK(b.fetched.size() == 2);
}

TEST_CASE("watchers: stores to a watched line are told of, the first load after them too", "[cache]") {
    WatchedBench b;
    b.store<uint32_t>(0, line(0), kCached, 5);
    b.caches.watch(PhysAddr{line(0)});
    b.store<uint32_t>(0, line(0) + 4, kCached, 6);
    b.load<uint32_t>(0, line(0) + 8, kCached);
    b.load<uint32_t>(0, line(0) + 12, kCached);
    CHECK(b.touched == std::vector<std::pair<PhysAddr, Direction>>{{PhysAddr{line(0) + 4}, Direction::write},
                                                                   {PhysAddr{line(0) + 8}, Direction::read}});
}

TEST_CASE("watchers: who asks when a line comes in is told of the access that has brought it", "[cache]") {
    WatchedBench b;
    b.caches.core(0).filled.attach([&](const LineFilled& e) { b.caches.watch(e.address); });
    b.load<uint32_t>(0, line(0) + 8, kCached);
    b.load<uint32_t>(0, line(0) + 12, kCached);
    for (uint32_t n = 1; n <= CoreCaches::kWholeLines; ++n) b.store<uint32_t>(0, line(2 * n), kCached, n);
    REQUIRE(b.touched.size() >= 2);
    CHECK(b.touched[0] == std::pair{PhysAddr{line(0) + 8}, Direction::read});
    CHECK(b.touched[1] == std::pair{PhysAddr{line(2)}, Direction::write});
}

TEST_CASE("watchers: maintenance by address is told of, with whether it has work", "[cache]") {
    WatchedBench b;
    b.store<uint32_t>(0, line(0), kCached, 5);
    const auto work = [&](unsigned level, Maintenance m, uint32_t n) {
        return b.caches.has_work(level, m, PhysAddr{line(n)});
    };
    CHECK(work(1, Maintenance::clean, 0));
    CHECK_FALSE(work(1, Maintenance::invalidate, 1));
    b.maintain(0, Maintenance::clean, line(0) + 4);
    CHECK_FALSE(work(1, Maintenance::clean, 0));
    CHECK(work(1, Maintenance::invalidate, 0));
    CHECK(work(2, Maintenance::clean, 0));
    b.caches.level2().maintain(Maintenance::clean, PhysAddr{line(0)}, b.bus.time);
    CHECK_FALSE(work(2, Maintenance::clean, 0));
    REQUIRE(b.maintained.size() == 2);
    CHECK(b.maintained[0].level == 1);
    CHECK(b.maintained[0].address == PhysAddr{line(0)});
    CHECK(b.maintained[1].level == 2);
}
