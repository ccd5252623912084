// First, last and one past the last; a gap of a page behind every range.
#include "iommu/iova_space.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>

using namespace kernel;

TEST_CASE("iova space: ranges lie in order with a free page between", "[kernel]") {
    IovaSpace space{0x10'0000, 0x20'0000};
    CHECK(space.empty());
    CHECK(space.allocate(0x1000, 0x1000).take() == Iova{0x10'0000});
    CHECK(space.allocate(0x2000, 0x1000).take() == Iova{0x10'2000});
    CHECK(space.allocate(0x1000, 0x1'0000).take() == Iova{0x11'0000});
    CHECK_FALSE(space.empty());
}

TEST_CASE("iova space: the last page before the end, and not one more", "[kernel]") {
    IovaSpace space{0x10'0000, 0x10'4000};
    CHECK(space.allocate(0x4000, 0x1000).error() == Errno::kNoSpc);  // no room for the free page
    CHECK(space.allocate(0x3000, 0x1000).take() == Iova{0x10'0000});
    CHECK(space.allocate(0x1000, 0x1000).error() == Errno::kNoSpc);
}

TEST_CASE("iova space: odd sizes and unknown ranges are refused", "[kernel]") {
    IovaSpace space{0x10'0000, 0x20'0000};
    CHECK(space.allocate(0, 0x1000).error() == Errno::kInval);
    CHECK(space.allocate(100, 0x1000).error() == Errno::kInval);
    CHECK(space.release(Iova{0x10'0000}).error() == Errno::kInval);
    const Iova at = space.allocate(0x1000, 0x1000).take();
    CHECK(space.release(at));
    CHECK_FALSE(space.release(at));
    CHECK(space.empty());
}

TEST_CASE("iova space: a gap is filled by what fits", "[kernel]") {
    IovaSpace space{0x10'0000, 0x20'0000};
    const Iova first = space.allocate(0x4000, 0x1000).take();
    const Iova second = space.allocate(0x1000, 0x1000).take();
    REQUIRE(space.release(first));
    CHECK(space.allocate(0x5000, 0x1000).take() > second);
    CHECK(space.allocate(0x4000, 0x1000).take() == first);
}

TEST_CASE("iova space: random use never overlaps and gives everything back", "[kernel]") {
    std::mt19937 random{1};
    IovaSpace space{0x100'0000, 0x200'0000};
    std::map<uint32_t, uint32_t> held;
    for (int step = 0; step < 5000; ++step) {
        if (held.size() > 40 || (!held.empty() && random() % 2)) {
            const auto victim = std::next(held.begin(), static_cast<ptrdiff_t>(random() % held.size()));
            REQUIRE(space.release(Iova{victim->first}));
            held.erase(victim);
            continue;
        }
        const auto size = static_cast<uint32_t>((1 + random() % 64) * kPageSize);
        const uint32_t align = kPageSize << random() % 6;
        const uint32_t at = space.allocate(size, align).take().value;
        REQUIRE(at % align == 0);
        const auto next = held.lower_bound(at);
        REQUIRE((next == held.end() || at + size + kPageSize <= next->first));
        REQUIRE((next == held.begin() || std::prev(next)->first + std::prev(next)->second + kPageSize <= at));
        held[at] = size;
    }
    for (const auto& [at, size] : held) REQUIRE(space.release(Iova{at}));
    CHECK(space.empty());
}
