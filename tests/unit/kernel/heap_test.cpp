// The heap against a list of what was handed out: nobody's bytes are another's, and every page comes back.
#include "mm/heap.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <map>
#include <random>

#include "mm/page.hpp"
#include "tests/support/kernel_host/memory.hpp"
#include "tests/unit/kernel/random_operations.hpp"

using namespace kernel;

namespace {

constexpr size_t kEdge = 64;             // bytes at both ends of a block that are filled and looked at
constexpr size_t kMostHeld = 24U << 20;  // of the host's "RAM"
constexpr size_t kLargest = 4U << 20;    // a block of the page allocator

struct Block {
    size_t bytes = 0;
    uint8_t content = 0;
};

class Model {
public:
    void take(size_t bytes, uint8_t content) {
        auto* p = static_cast<uint8_t*>(heap_alloc(bytes, nullptr));
        REQUIRE(p);
        REQUIRE(reinterpret_cast<uintptr_t>(p) % 32 == 0);
        const auto next = held_.lower_bound(p);
        if (next != held_.end()) REQUIRE(p + bytes <= next->first);
        if (next != held_.begin()) REQUIRE(std::prev(next)->first + std::prev(next)->second.bytes <= p);
        const size_t edge = std::min(bytes, kEdge);
        std::memset(p, content, edge);
        std::memset(p + bytes - edge, content, edge);
        held_[p] = {bytes, content};
        total_ += bytes;
    }
    void give(size_t nth) {
        const auto at = std::next(held_.begin(), static_cast<long>(nth));
        const auto [p, block] = *at;
        const size_t edge = std::min(block.bytes, kEdge);
        for (size_t i = 0; i < edge; ++i) {
            if (p[i] != block.content || p[block.bytes - 1 - i] != block.content)
                FAIL("somebody else wrote to a block of " << block.bytes << " bytes");
        }
        heap_free(p);
        total_ -= block.bytes;
        held_.erase(at);
    }
    size_t blocks() const { return held_.size(); }
    size_t bytes() const { return total_; }

private:
    std::map<uint8_t*, Block> held_;
    size_t total_ = 0;
};

/// Mostly small ones, as a kernel asks; each power of two and its neighbours often.
size_t some_size(std::mt19937& random) {
    if (random() % 64 == 0) return 1 + random() % (256U << 10);
    const size_t power = size_t{1} << random() % 13;
    return random() % 2 ? std::max<size_t>(1, power + random() % 3 - 1) : 1 + random() % power;
}

void random_operations(uint32_t seed, int steps) {
    kernel_test::use_host_memory();
    std::mt19937 random{seed};
    const uint32_t before = memory_use().free_pages;
    Model model;
    for (int step = 0; step < steps; ++step) {
        const size_t bytes = some_size(random);
        const bool grow = random() % 1024 < (step / 4096 % 2 ? 552U : 472U);  // waves of use
        if (grow && model.bytes() + bytes < kMostHeld && model.blocks() < 2000) {
            model.take(bytes, static_cast<uint8_t>(random()));
        } else if (model.blocks() > 0) {
            model.give(random() % model.blocks());
        }
    }
    while (model.blocks() > 0) model.give(0);
    REQUIRE(memory_use().free_pages == before);
}

}  // namespace

TEST_CASE("heap: blocks are their owner's alone, and all pages come back", "[kernel][heap]") {
    random_operations(1, kernel_test::kSomeOperations);
}

TEST_CASE("heap: a million operations", "[kernel][heap][.][long]") {
    random_operations(2, kernel_test::kAMillion);
}

TEST_CASE("heap: a refused page changes nothing", "[kernel][heap]") {
    kernel_test::use_host_memory();
    const uint32_t before = memory_use().free_pages;
    for (const size_t bytes : {size_t{1}, size_t{2048}, size_t{2049}, size_t{100'000}}) {
        kernel_test::fail_allocation(2);  // the first is the block itself, the second its page
        CHECK_FALSE(heap_alloc(bytes, nullptr));
        CHECK_FALSE(kernel_test::failure_left());
        CHECK(memory_use().free_pages == before);
    }
}

TEST_CASE("heap: what no block can hold is refused, however large", "[kernel][heap]") {
    kernel_test::use_host_memory();
    for (const size_t bytes : {kLargest, size_t{0x8000'0001}, size_t{0xFFFF'FFE0}, size_t{0xFFFF'FFFF}})
        CHECK_FALSE(heap_alloc(bytes, nullptr));
    void* most = heap_alloc(kLargest - 64, nullptr);
    CHECK(most);
    heap_free(most);
}

TEST_CASE("heap: a slab's page goes back with its last block", "[kernel][heap]") {
    kernel_test::use_host_memory();
    const uint32_t before = memory_use().free_pages;
    void* first = heap_alloc(1000, nullptr);
    void* second = heap_alloc(1000, nullptr);
    CHECK(memory_use().free_pages == before - 1);
    heap_free(first);
    CHECK(memory_use().free_pages == before - 1);
    heap_free(second);
    CHECK(memory_use().free_pages == before);
    heap_free(nullptr);
}
