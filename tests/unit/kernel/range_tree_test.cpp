// The tree of ranges against a sorted map and a plain search for the lowest gap.
#include "mm/range_tree.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <random>

#include "random_operations.hpp"

using namespace kernel;

namespace {

constexpr uint32_t kFirst = 0x10'0000, kEnd = 0x40'0000;

/// First fit by walking every range.
struct Model {
    std::map<uint32_t, std::unique_ptr<RangeNode>> ranges;

    bool lowest(uint32_t size, uint32_t align, uint32_t& at) const {
        uint64_t low = kFirst;
        for (const auto& [base, node] : ranges) {
            const uint64_t start = (low + align - 1) / align * align;
            if (start + size <= base) return at = static_cast<uint32_t>(start), true;
            low = node->end();
        }
        const uint64_t start = (low + align - 1) / align * align;
        return start + size <= kEnd && (at = static_cast<uint32_t>(start), true);
    }
    uint32_t largest_gap() const {
        uint32_t low = kFirst, best = 0;
        for (const auto& [base, node] : ranges) {
            best = std::max(best, base - low);
            low = node->end();
        }
        return std::max(best, kEnd - low);
    }
    const RangeNode* find(uint32_t a) const {
        auto next = ranges.upper_bound(a);
        if (next == ranges.begin()) return nullptr;
        const RangeNode* n = std::prev(next)->second.get();
        return a < n->end() ? n : nullptr;
    }
};

void random_operations(uint32_t seed, int steps) {
    std::mt19937 random{seed};
    RangeTree tree{kFirst, kEnd};
    Model model;
    for (int step = 0; step < steps; ++step) {
        const uint32_t what = random() % 8;
        if (what < 4) {
            auto node = std::make_unique<RangeNode>();
            node->size = (1 + random() % 40) << 12;
            const uint32_t align = 0x1000U << random() % 5;
            uint32_t wanted = 0;
            const bool possible = model.lowest(node->size, align, wanted);
            auto placed = tree.place(*node, align);
            REQUIRE(static_cast<bool>(placed) == possible);
            if (!possible) continue;
            REQUIRE(node->base == wanted);
            model.ranges[wanted] = std::move(node);
        } else if (what < 7 && !model.ranges.empty()) {
            const auto victim = std::next(model.ranges.begin(), random() % model.ranges.size());
            tree.remove(*victim->second);
            model.ranges.erase(victim);
        } else {
            const uint32_t a = kFirst + random() % (kEnd - kFirst);
            REQUIRE(tree.find(a) == model.find(a));
            const auto next = model.ranges.lower_bound(a);
            REQUIRE(tree.at_or_after(a) == (next == model.ranges.end() ? nullptr : next->second.get()));
        }
        REQUIRE(tree.count() == model.ranges.size());
        REQUIRE(tree.largest_gap() == model.largest_gap());
    }
}

}  // namespace

TEST_CASE("range tree: the lowest gap, whatever came before", "[kernel][ranges]") {
    random_operations(1, kernel_test::kSomeOperations);
}

TEST_CASE("range tree: a million operations", "[kernel][ranges][.][long]") {
    random_operations(2, kernel_test::kAMillion);
}

TEST_CASE("range tree: first, last and one past the last page", "[kernel][ranges]") {
    RangeTree tree{0x1000, 0x4000};
    RangeNode a, b, c, d;
    a.size = b.size = c.size = d.size = 0x1000;
    CHECK(tree.place(a, 0x1000));
    CHECK(tree.place(b, 0x1000));
    CHECK(tree.place(c, 0x1000));
    CHECK(a.base == 0x1000);
    CHECK(c.base == 0x3000);
    CHECK(tree.place(d, 0x1000).error() == Errno::kNoSpc);
    CHECK(tree.free_bytes() == 0);
    CHECK(tree.find(0x3FFF) == &c);
    CHECK(tree.find(0x4000) == nullptr);
    CHECK(tree.find(0x0FFF) == nullptr);
}

TEST_CASE("range tree: an own place must be free and inside", "[kernel][ranges]") {
    RangeTree tree{0x1000, 0x9000};
    RangeNode a, b;
    a.base = 0x4000, a.size = 0x2000;
    CHECK(tree.insert(a));
    b.size = 0x1000;
    for (const uint32_t base : {0x4000U, 0x5000U}) {
        b.base = base;
        CHECK(tree.insert(b).error() == Errno::kExist);
    }
    b.base = 0x3000, b.size = 0x1001;
    CHECK(tree.insert(b).error() == Errno::kExist);
    b.base = 0x8000, b.size = 0x2000;
    CHECK(tree.insert(b).error() == Errno::kInval);
    b.base = 0x0000, b.size = 0x1000;
    CHECK(tree.insert(b).error() == Errno::kInval);
    b.base = 0x6000;
    CHECK(tree.insert(b));
}

TEST_CASE("range tree: sizes of zero and odd alignments are refused", "[kernel][ranges]") {
    RangeTree tree{0x1000, 0x9000};
    RangeNode a;
    CHECK(tree.place(a, 0x1000).error() == Errno::kInval);
    a.size = 0x1000;
    CHECK(tree.place(a, 0).error() == Errno::kInval);
    CHECK(tree.place(a, 0x3000).error() == Errno::kInval);
}
