// Random loads, stores, barriers, maintenance and device writes of two cores with every memory type, aliased
// types included: the caches against the slow reference, after each operation.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <deque>

#include "tests/unit/cache/bench.hpp"
#include "tests/unit/cache/reference.hpp"

using namespace exysim;
using namespace exysim::test;

namespace {

constexpr MemoryAttributes kTypes[] = {kCached, kThrough, kCombined, kInnerOnly, kOuterOnly, kOrdered};
constexpr Maintenance kOperations[] = {Maintenance::invalidate, Maintenance::clean,
                                       Maintenance::clean_invalidate};

class Trial {
public:
    /// `streams`: stores may fill whole lines.
    Trial(uint64_t seed, bool streams)
        : reference_{kMemory, kMemoryBytes, 2, streams ? cache::CoreCaches::kWholeLines : 0}, random_{seed} {
        for (unsigned n = 0; n < 2; ++n) {
            bench_.cores[n].streams = streams;
            bench_.caches.core(n).evicted.attach([this](const cache::LineEvicted& e) { gone_.push_back(e); });
        }
        bench_.caches.level2().evicted.attach([this](const cache::LineEvicted& e) { gone_.push_back(e); });
    }
    void step() {
        const uint32_t what = random_.next() % 100;
        core_ = random_.next() % 2;
        address_ = kMemory + random_.next() % 64 * 32 + random_.next() % 256 / 128 * 2048;
        how_ = kTypes[random_.next() % 20 == 0 ? random_.next() % 6 : address_ / 32 % 6];
        if (what < 35) return load();
        if (what < 75) return store();
        if (what < 80) return maintain();
        if (what < 84) return set_way();
        if (what < 90) return level2();
        if (what < 94) return barrier();
        if (what < 96) return sync();
        if (what < 98) return fill();
        device();
    }
    double whole_lines() const {
        const auto& all = bench_.statistics.all();
        return all.at("l1_0.whole_lines").value() + all.at("l1_1.whole_lines").value();
    }
    /// Everything equal: memory, and which lines are where.
    bool equal() {
        if (bench_.bus.memory != reference_.memory) return false;
        for (unsigned n = 0; n < 2; ++n) {
            for (const uint32_t at : reference_.lines(n)) {
                if (!bench_.caches.core(n).holds(PhysAddr{at})) return false;
            }
        }
        return true;
    }

private:
    /// The reference makes room where the caches did, before the operation that needed it.
    void make_room() {
        for (; !gone_.empty(); gone_.pop_front()) {
            const cache::LineEvicted& e = gone_.front();
            if (e.level == 1) reference_.evict(e.core, e.address.value);
            if (e.level == 2) reference_.evict_level2(e.address.value);
        }
    }
    /// Lines that came and went within one operation.
    void settle() {
        for (const uint32_t at : reference_.level2_lines()) {
            if (!bench_.caches.level2().holds(PhysAddr{at})) reference_.evict_level2(at);
        }
    }
    template <class T>
    void load_of() {
        const uint32_t at = address_ + random_.next() % (32 / sizeof(T)) * sizeof(T);
        take_apart(at, false);
        const T got = bench_.load<T>(core_, at, how_);
        reference_.prepare(core_, at, how_, false);
        make_room();
        const std::vector<uint8_t> wanted = reference_.load(core_, at, sizeof(T), how_);
        CHECK(std::memcmp(&got, wanted.data(), sizeof got) == 0);
        settle();
    }
    template <class T>
    void store_of() {
        const uint32_t at = address_ + random_.next() % (32 / sizeof(T)) * sizeof(T);
        store_at(at, static_cast<T>(uint64_t{random_.next()} << 32 | random_.next()));
    }
    template <class T>
    void store_at(uint32_t at, T value) {
        take_apart(at, true);
        bench_.store<T>(core_, at, how_, value);
        reference_.prepare(core_, at, how_, true);
        make_room();
        reference_.store(core_, at, std::bit_cast<std::array<uint8_t, sizeof(T)>>(value), how_);
        settle();
        if (how_ == kOuterOnly) barrier();
    }
    void load() { random_.next() % 2 != 0 ? load_of<uint32_t>() : load_of<uint8_t>(); }
    void store() {
        const uint32_t size = random_.next() % 3;
        size == 0 ? store_of<uint64_t>() : size == 1 ? store_of<uint32_t>() : store_of<uint8_t>();
    }
    /// Lines in a row, mostly whole, now and then with something else in between.
    void fill() {
        how_ = kCached;
        const uint32_t end = std::min(address_ / 32 * 32 + 8 * 32, kMemory + kMemoryBytes);
        for (uint32_t at = address_ / 32 * 32; at < end; at += 8) {
            if (random_.next() % 50 == 0) continue;
            store_at(at, uint64_t{random_.next()} << 32 | random_.next());
        }
    }
    /// The reference learns who made room after the fact. Where one access does several things that make room
    /// for each other, the order would be hidden: they are done one by one.
    void take_apart(uint32_t at, bool to_write) {
        if ((to_write && how_ == kOuterOnly) || reference_.mixes_stores(core_, at, how_, to_write)) barrier();
        clean_elsewhere(at);
    }
    void clean_elsewhere(uint32_t at) {
        if (!reference_.snoops_into_slots(core_, at)) return;
        core_ ^= 1;
        maintain(Maintenance::clean, at / 32 * 32);
        core_ ^= 1;
    }
    void maintain() {
        clean_elsewhere(reference_.gathers(core_));
        maintain(kOperations[random_.next() % 3], address_);
    }
    void maintain(Maintenance what, uint32_t at) {
        bench_.maintain(core_, what, at, kCached);
        make_room();
        reference_.maintain(core_, what, at, kCached);
        settle();
    }
    void set_way() {
        if (reference_.gathers(core_) != 0) barrier();  // its line might come into this very place
        const Maintenance what = kOperations[random_.next() % 3];
        const uint32_t set = random_.next() % 8, way = random_.next() % 2;
        uint32_t held = 0;  // the line the operation will meet is found by looking before and after
        std::vector<uint32_t> before = reference_.lines(core_);
        for (const uint32_t at : before) {
            if (at / 32 % 8 == set && bench_.caches.core(core_).place_of(PhysAddr{at}) % 2 == way) held = at;
        }
        bench_.caches.port(core_).maintain_set_way(what, way << 31 | set << 5);
        make_room();
        reference_.maintain_set_way(core_, what, held);
        settle();
    }
    void level2() {
        const Maintenance what = kOperations[random_.next() % 3];
        bench_.caches.level2().maintain(what, PhysAddr{address_}, bench_.bus.time);
        make_room();
        reference_.maintain_level2(what, address_);
    }
    void barrier() {
        clean_elsewhere(reference_.gathers(core_));
        bench_.caches.port(core_).barrier(Barrier::dsb);
        make_room();
        reference_.barrier(core_);
        settle();
    }
    void sync() {
        bench_.caches.level2().sync(bench_.bus.time);
        reference_.sync();
    }
    void device() {
        const uint32_t value = random_.next();
        std::memcpy(bench_.bus.at(PhysAddr{address_}), &value, 4);
        reference_.device_write(address_, std::bit_cast<std::array<uint8_t, 4>>(value));
    }

    static cache::Config without_age() {
        cache::Config c = CacheBench::small();
        c.max_age = kNever;
        return c;
    }
    CacheBench bench_{without_age()};
    Reference reference_;
    cache::Random random_;
    std::deque<cache::LineEvicted> gone_;
    unsigned core_ = 0;
    uint32_t address_ = 0;
    MemoryAttributes how_;
};

void try_operations(uint64_t seed, int count, bool streams) {
    Trial trial{seed, streams};
    for (int i = 0; i < count; ++i) {
        trial.step();
        INFO("seed " << seed << ", operation " << i);
        const bool equal = trial.equal();
        if (!equal) REQUIRE(equal);
    }
    CHECK((trial.whole_lines() > 0) == streams);
}

}  // namespace

TEST_CASE("caches: 16,000 random operations leave what the reference leaves", "[cache]") {
    for (uint64_t seed = 1; seed <= 16; ++seed) try_operations(seed, 1000, seed % 2 == 0);
}

TEST_CASE("caches: a million random operations leave what the reference leaves", "[.][long][cache]") {
    for (uint64_t seed = 100; seed < 200; ++seed) try_operations(seed, 10'000, seed % 2 == 0);
}
