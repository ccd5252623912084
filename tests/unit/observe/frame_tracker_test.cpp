#include "platform/observe/frame_tracker.hpp"

#include <catch2/catch.hpp>

using namespace exysim;
using namespace exysim::observe;

namespace {

constexpr Picoseconds kMs = 1'000'000'000;

std::optional<PhysAddr> identity(Iova a) { return PhysAddr{a.value}; }
/// A device whose iovas lie 256 MiB below memory.
std::optional<PhysAddr> shifted(Iova a) { return PhysAddr{a.value + 0x1000'0000}; }

std::vector<IovaRange> buffer(uint32_t base) { return {{Iova{base}, 0x3000}, {Iova{base + 0x3000}, 0x1800}}; }

struct Stream {
    FrameTracker tracker;
    void capture(uint64_t n, Picoseconds at, uint32_t base) {
        tracker.source_started({n, at});
        tracker.frame_written({n, at + 20 * kMs, buffer(base)}, identity);
    }
    std::optional<Scanout> show(Picoseconds at, uint32_t base) {
        return tracker.scanned_out({at, "video", buffer(base)}, identity);
    }
};

}  // namespace

TEST_CASE("frame tracker: a frame is delivered once, then repeated", "[observe]") {
    Stream s;
    s.capture(0, 5 * kMs, 0x4000'0000);
    const auto first = s.show(40 * kMs, 0x4000'0000);
    REQUIRE(first);
    CHECK_FALSE(first->repeated);
    CHECK(s.show(56 * kMs, 0x4000'0000)->repeated);
    CHECK(s.tracker.delivered() == 1);
    CHECK(s.tracker.repeated() == 1);
    CHECK(s.tracker.latencies() == std::vector<Picoseconds>{35 * kMs});
    CHECK(s.tracker.last_delivery() == 40 * kMs);
}

TEST_CASE("frame tracker: identity follows physical pages through different translations", "[observe]") {
    FrameTracker tracker;
    tracker.source_started({0, 0});
    tracker.frame_written({0, 1, buffer(0x5000'0000)}, identity);
    CHECK(tracker.scanned_out({2, "video", buffer(0x4000'0000)}, shifted));
    CHECK(tracker.delivered() == 1);
}

TEST_CASE("frame tracker: memory no camera wrote is nobody's frame", "[observe]") {
    Stream s;
    s.capture(0, 0, 0x4000'0000);
    CHECK_FALSE(s.show(1, 0x4800'0000));
    CHECK_FALSE(s.tracker.scanned_out({1, "video", buffer(0x4000'0000)}, [](Iova) { return std::nullopt; }));
    CHECK(s.tracker.delivered() == 0);
}

TEST_CASE("frame tracker: only frames passed over are dropped, with their reason", "[observe]") {
    Stream s;
    s.capture(0, 0, 0x4000'0000);
    s.show(1, 0x4000'0000);
    s.capture(1, 10, 0x4001'0000);  // never shown: superseded
    s.tracker.source_started({2, 20});
    s.tracker.frame_dropped({2, 20, "no buffer"});
    s.capture(3, 30, 0x4002'0000);
    CHECK(s.tracker.dropped_total() == 0);  // nothing newer was shown yet
    s.show(40, 0x4002'0000);
    s.capture(4, 50, 0x4003'0000);  // after the last delivery: not wanted any more
    CHECK(s.tracker.dropped() == std::map<std::string, uint64_t>{{"no buffer", 1}, {"superseded", 1}});
    CHECK(s.tracker.dropped_total() == 2);
}

TEST_CASE("frame tracker: a scan-out over two frames' pages is torn", "[observe]") {
    Stream s;
    s.capture(0, 0, 0x4000'0000);
    s.tracker.source_started({1, 1});
    s.tracker.frame_written({1, 2, {{Iova{0x4000'3000}, 0x1000}}}, identity);
    s.show(3, 0x4000'0000);
    CHECK(s.tracker.torn() == 1);
}

TEST_CASE("frame tracker: numbers restart with the stream, frames do not", "[observe]") {
    Stream s;
    s.capture(0, 0, 0x4000'0000);
    s.show(1, 0x4000'0000);
    s.capture(0, 100 * kMs, 0x4000'0000);
    CHECK_FALSE(s.show(130 * kMs, 0x4000'0000)->repeated);
    CHECK(s.tracker.latencies().back() == 30 * kMs);
}

TEST_CASE("frame tracker: what an engine makes of a frame is that frame", "[observe]") {
    Stream s;
    s.capture(0, 5 * kMs, 0x4000'0000);
    const auto frame = s.tracker.frame_under(buffer(0x4000'0000), identity);
    REQUIRE(frame == 0U);
    s.tracker.converted(frame, {30 * kMs, buffer(0x4100'0000), true}, identity);
    s.capture(1, 33 * kMs, 0x4000'0000);  // the engine is done with it
    const auto shown = s.show(60 * kMs, 0x4100'0000);
    REQUIRE(shown);
    CHECK(shown->frame == 0);
    CHECK(s.tracker.latencies() == std::vector<Picoseconds>{55 * kMs});
    CHECK(s.tracker.torn() == 0);
}

TEST_CASE("frame tracker: only a whole picture of nobody's hides a frame", "[observe]") {
    Stream s;
    s.capture(0, 0, 0x4000'0000);
    s.tracker.converted({}, {1, buffer(0x4000'0000), false}, identity);  // a badge
    CHECK(s.tracker.frame_under(buffer(0x4000'0000), identity) == 0U);
    s.tracker.converted({}, {2, buffer(0x4000'0000), true}, identity);
    CHECK_FALSE(s.tracker.frame_under(buffer(0x4000'0000), identity));
}

TEST_CASE("percentile: nearest rank", "[observe]") {
    const std::vector<Picoseconds> values{15, 20, 35, 40, 50};  // the textbook example of the method
    CHECK(percentile(values, 5) == 15);
    CHECK(percentile(values, 30) == 20);
    CHECK(percentile(values, 40) == 20);
    CHECK(percentile(values, 50) == 35);
    CHECK(percentile(values, 100) == 50);
    CHECK(percentile(values, 0) == 15);
    CHECK(percentile({}, 50) == 0);
    CHECK(percentile({7}, 99) == 7);
}
