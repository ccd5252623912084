// The buddy allocator against a plain array that knows who has each page.
#include "mm/buddy.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "random_operations.hpp"

using namespace kernel;

namespace {

constexpr uint32_t kBlocks = 8, kPages = kBlocks * kPageblockPages;

struct Memory {
    std::unique_ptr<Page[]> pages{new Page[kPages]};
    std::vector<MigrateType> types = std::vector<MigrateType>(kBlocks);
    std::unique_ptr<Buddy> buddy{new Buddy};

    /// The last two pageblocks are for CMA.
    explicit Memory(uint32_t cma_blocks = 2) {
        buddy->init(pages.get(), kPages, types.data());
        for (uint32_t b = 0; b < cma_blocks; ++b)
            buddy->set_type((kBlocks - 1 - b) * kPageblockPages, MigrateType::cma);
        for (uint32_t i = 0; i < kPages; ++i) buddy->release(i, 0);
    }
    bool whole() const {
        uint32_t blocks = 0;
        for (uint32_t t = 0; t < kMigrateTypes; ++t)
            blocks += buddy->free_blocks(kMaxOrder, static_cast<MigrateType>(t));
        return buddy->free_pages() == kPages && blocks == kBlocks;
    }
};

void random_operations(uint32_t seed, int steps) {
    std::mt19937 random{seed};
    Memory memory;
    Buddy& buddy = *memory.buddy;
    std::vector<bool> taken(kPages);
    std::map<uint32_t, uint32_t> held;  // first page -> order
    uint32_t free = kPages;
    for (int step = 0; step < steps; ++step) {
        const uint32_t what = random() % 16;
        if (what < 8) {
            const uint32_t order = random() % 4 ? random() % 3 : random() % (kMaxOrder + 1);
            const bool movable = random() % 2;
            auto got = buddy.take(order, movable ? MigrateType::movable : MigrateType::unmovable);
            if (!got) continue;
            const uint32_t first = got.value();
            REQUIRE(first % (1U << order) == 0);
            for (uint32_t i = first; i < first + (1U << order); ++i) {
                REQUIRE_FALSE(taken[i]);
                taken[i] = true;
            }
            if (!movable) REQUIRE(buddy.type_of(first) != MigrateType::cma);
            held[first] = order;
            free -= 1U << order;
        } else if (what < 15 && !held.empty()) {
            const auto victim = std::next(held.begin(), random() % held.size());
            for (uint32_t i = 0; i < 1U << victim->second; ++i) taken[victim->first + i] = false;
            buddy.release(victim->first, victim->second);
            free += 1U << victim->second;
            held.erase(victim);
        } else {
            // An emptied range: all or nothing.
            const uint32_t count = 1 + random() % 64;
            const uint32_t first = random() % (kPages - count);
            bool clear = true;
            for (uint32_t i = first; i < first + count; ++i) clear &= !taken[i];
            REQUIRE(buddy.take_range(first, count) == clear);
            if (!clear) continue;
            for (uint32_t i = first; i < first + count; ++i) REQUIRE_FALSE(buddy.is_free(i));
            REQUIRE(buddy.free_pages() == free - count);
            for (uint32_t i = first; i < first + count; ++i) buddy.release(i, 0);
        }
        REQUIRE(buddy.free_pages() == free);
        const uint32_t probe = random() % kPages;
        REQUIRE(buddy.is_free(probe) != taken[probe]);
    }
    for (const auto& [first, order] : held) buddy.release(first, order);
    REQUIRE(memory.whole());
}

}  // namespace

TEST_CASE("buddy: nobody gets a page twice, and all come back whole", "[kernel][buddy]") {
    random_operations(1, kernel_test::kSomeOperations);
}

TEST_CASE("buddy: a million operations", "[kernel][buddy][.][long]") {
    random_operations(2, kernel_test::kAMillion);
}

TEST_CASE("buddy: the kernel never lives in contiguous areas, users do", "[kernel][buddy]") {
    Memory memory;
    uint32_t got = 0;
    while (memory.buddy->take(0, MigrateType::unmovable)) ++got;
    CHECK(got == (kBlocks - 2) * kPageblockPages);
    CHECK(memory.buddy->free_pages(MigrateType::cma) == 2 * kPageblockPages);
    while (memory.buddy->take(0, MigrateType::movable)) ++got;
    CHECK(got == kPages);
    CHECK(memory.buddy->take(0, MigrateType::movable).error() == Errno::kNoMem);
}

TEST_CASE("buddy: movable memory prefers contiguous areas once they are most of what is free",
          "[kernel][buddy]") {
    Memory memory{6};  // 6 of 8 blocks
    CHECK(memory.buddy->type_of(memory.buddy->take(0, MigrateType::movable).take()) == MigrateType::cma);
    Memory little{1};
    CHECK(little.buddy->type_of(little.buddy->take(0, MigrateType::movable).take()) == MigrateType::movable);
}

TEST_CASE("buddy: isolated blocks give nothing and take back what is freed", "[kernel][buddy]") {
    Memory memory{0};
    const uint32_t page = memory.buddy->take(0, MigrateType::movable).take();
    for (uint32_t b = 0; b < kBlocks; ++b) memory.buddy->set_type(b * kPageblockPages, MigrateType::isolated);
    CHECK_FALSE(memory.buddy->take(0, MigrateType::movable));
    memory.buddy->release(page, 0);
    CHECK(memory.buddy->free_pages(MigrateType::isolated) == kPages);
    CHECK(memory.buddy->take_range(0, kPages));
    CHECK(memory.buddy->free_pages() == 0);
}

TEST_CASE("buddy: orders beyond the largest are refused", "[kernel][buddy]") {
    Memory memory;
    CHECK(memory.buddy->take(kMaxOrder, MigrateType::movable));
    CHECK_FALSE(memory.buddy->take(kMaxOrder + 1, MigrateType::movable));
}
