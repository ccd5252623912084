// The bitmap of a contiguous area against a vector of bools.
#include "mm/cma.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <vector>

#include "random_operations.hpp"

using namespace kernel;

namespace {

constexpr uint32_t kBase = 0x5'0C00, kPages = 3072;  // not a multiple of the larger alignments

int lowest(const std::vector<bool>& used, uint32_t count, uint32_t align, uint32_t from) {
    for (uint32_t at = from; at + count <= used.size(); ++at) {
        if ((kBase + at) % align) continue;
        bool clear = true;
        for (uint32_t i = at; i < at + count && clear; ++i) clear = !used[i];
        if (clear) return static_cast<int>(at);
    }
    return -1;
}

void random_operations(uint32_t seed, int steps) {
    std::mt19937 random{seed};
    CmaBitmap bitmap;
    REQUIRE(bitmap.init(kBase, kPages));
    std::vector<bool> used(kPages);
    std::map<uint32_t, uint32_t> held;
    uint32_t total = 0;
    for (int step = 0; step < steps; ++step) {
        if (random() % 2) {
            const uint32_t count = 1 + random() % 100;
            const uint32_t align = 1U << random() % 11;
            const uint32_t from = random() % 4 ? 0 : random() % kPages;
            const int wanted = lowest(used, count, align, from);
            auto got = bitmap.find(count, align, from);
            REQUIRE((got ? static_cast<int>(got.value()) : -1) == wanted);
            if (!got) continue;
            bitmap.set(got.value(), count);
            std::fill_n(used.begin() + wanted, count, true);
            held[got.value()] = count;
            total += count;
        } else if (!held.empty()) {
            const auto victim = std::next(held.begin(), random() % held.size());
            REQUIRE(bitmap.clear(victim->first, victim->second));
            REQUIRE_FALSE(bitmap.clear(victim->first, victim->second));
            std::fill_n(used.begin() + victim->first, victim->second, false);
            total -= victim->second;
            held.erase(victim);
        }
        REQUIRE(bitmap.used() == total);
    }
}

}  // namespace

TEST_CASE("cma bitmap: the lowest run that is aligned, counted from physical zero", "[kernel][cma]") {
    random_operations(1, kernel_test::kSomeOperations / 4);
}

TEST_CASE("cma bitmap: a million operations", "[kernel][cma][.][long]") {
    random_operations(2, kernel_test::kAMillion);
}

TEST_CASE("cma bitmap: all of it, and not one more", "[kernel][cma]") {
    CmaBitmap bitmap;
    REQUIRE(bitmap.init(0x400, 33));
    CHECK_FALSE(bitmap.find(34, 1, 0));
    CHECK_FALSE(bitmap.find(0, 1, 0));
    CHECK(bitmap.find(33, 1, 0).take() == 0);
    bitmap.set(0, 33);
    CHECK_FALSE(bitmap.find(1, 1, 0));
    CHECK_FALSE(bitmap.clear(32, 2));
    CHECK(bitmap.used() == 33);
    CHECK(bitmap.clear(32, 1));
    CHECK(bitmap.find(1, 1, 0).take() == 32);
}
