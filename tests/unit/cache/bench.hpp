// Two cores' caches over a small memory, driven as a core drives them: host tables first, then the port.
#pragma once

#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <vector>

#include "models/cache/hierarchy.hpp"

namespace exysim::test {

inline constexpr uint32_t kMemory = 0x4000'0000, kMemoryBytes = 16 << 10;
inline constexpr MemoryAttributes kCached{MemoryType::normal, CachePolicy::write_back_allocate,
                                          CachePolicy::write_back_allocate, true};
inline constexpr MemoryAttributes kThrough{MemoryType::normal, CachePolicy::write_through,
                                           CachePolicy::write_through, true};
inline constexpr MemoryAttributes kCombined{MemoryType::normal, CachePolicy::none, CachePolicy::none, true};
inline constexpr MemoryAttributes kInnerOnly{MemoryType::normal, CachePolicy::write_back_allocate,
                                             CachePolicy::none, true};
inline constexpr MemoryAttributes kOuterOnly{MemoryType::normal, CachePolicy::none,
                                             CachePolicy::write_back_allocate, true};
inline constexpr MemoryAttributes kOrdered{MemoryType::strongly_ordered, CachePolicy::none, CachePolicy::none,
                                           true};

/// Memory with a fixed latency; what a device sees.
struct FakeBus : BusPort {
    std::vector<uint8_t> memory = std::vector<uint8_t>(kMemoryBytes);
    Picoseconds time = 0, latency = 90'000;
    uint64_t reads = 0, writes = 0;
    uint64_t bufferable = 0;  // of the writes

    uint8_t* at(PhysAddr a) { return &memory.at(a.value - kMemory); }
    Finished burst(BurstKind kind, PhysAddr a, std::span<uint8_t> data, Picoseconds when) override {
        const Direction d = direction_of(kind);
        ++(d == Direction::read ? reads : writes);
        bufferable += kind == BurstKind::bufferable_write;
        if (d == Direction::read) std::memcpy(data.data(), at(a), data.size());
        if (d == Direction::write) std::memcpy(at(a), data.data(), data.size());
        return {when + latency};
    }
    void expect(PhysAddr) override {}
    bool access(unsigned, Direction d, PhysAddr a, std::span<uint8_t> data) override {
        time = burst(kind_of(d), a, data, time).at;
        return true;
    }
    Picoseconds now(unsigned) const override { return time; }
    void stall_until(unsigned, Picoseconds when) override { time = std::max(time, when); }
    bool peek(PhysAddr a, std::span<uint8_t> data) override {
        std::memcpy(data.data(), at(a), data.size());
        return true;
    }
};

struct FakeCore : CoreSide {
    void stall(uint64_t) override {}
    void code_lost(uint32_t place) override { lost.push_back(place); }
    bool loads_overlap() const override { return overlap; }
    std::vector<uint32_t> lost;
    bool direct_eviction() const override { return streams; }
    bool full_line_of_zeros() const override { return zeros; }
    void line_visible(PhysAddr line) override { visible.push_back(line.value); }
    std::vector<uint32_t> visible;
    bool overlap = false, streams = false, zeros = false;
};

struct CacheBench {
    Statistics statistics;
    FakeBus bus;
    cache::Hierarchy caches;
    std::array<FakeCore, 2> cores;

    static cache::Config small() {
        cache::Config c;
        c.cores = 2;
        c.l1 = {512, 2};
        c.l2 = {2048, 4};
        return c;
    }
    explicit CacheBench(const cache::Config& config = small()) : caches{config, statistics} {
        caches.connect(bus);
        for (unsigned n = 0; n < config.cores; ++n) {
            cores[n].reads.set_granule(cache::kLine);
            cores[n].writes.set_granule(cache::kLine);
            caches.port(n).attach(cores[n]);
        }
        caches.level2().control.enabled = true;
        caches.level2().control.shared_override = true;
    }
    /// Each memory type has its own virtual alias of every physical address.
    static uint32_t alias(uint32_t address, const MemoryAttributes& how) {
        return address + ((static_cast<uint32_t>(how.type) << 4 | static_cast<uint32_t>(how.inner) << 2 |
                           static_cast<uint32_t>(how.outer))
                          << 20);
    }
    /// A load of 1, 2, 4 or 8 bytes, aligned.
    template <class T>
    T load(unsigned n, uint32_t address, const MemoryAttributes& how) {
        if (const uint8_t* host = cores[n].reads.find<T>(0, alias(address, how))) return read_host<T>(host);
        const HostBytes host = caches.port(n).direct(PhysAddr{address}, how, Direction::read);
        T value{};
        if (host.data != nullptr) {
            cores[n].reads.remove(*host.slot, host.data);
            *host.slot = cores[n].reads.insert(0, alias(address, how), host.data);
            return read_host<T>(host.data + address % cache::kLine);
        }
        std::array<uint8_t, sizeof(T)> bytes{};
        caches.port(n).read(PhysAddr{address}, how, bytes);
        std::memcpy(&value, bytes.data(), sizeof value);
        return value;
    }
    template <class T>
    void store(unsigned n, uint32_t address, const MemoryAttributes& how, T value) {
        if (uint8_t* host = cores[n].writes.find<T>(0, alias(address, how))) return write_host(host, value);
        const HostBytes host = caches.port(n).direct(PhysAddr{address}, how, Direction::write);
        if (host.data == nullptr) {
            const auto bytes = std::bit_cast<std::array<uint8_t, sizeof(T)>>(value);
            caches.port(n).write(PhysAddr{address}, how, bytes);
            return;
        }
        cores[n].writes.remove(*host.slot, host.data);
        *host.slot = cores[n].writes.insert(0, alias(address, how), host.data);
        write_host(host.data + address % cache::kLine, value);
    }
    void maintain(unsigned n, Maintenance what, uint32_t address, const MemoryAttributes& how = kCached) {
        caches.port(n).maintain(what, PhysAddr{address}, how);
    }
    uint32_t in_memory(uint32_t address) { return read_host<uint32_t>(bus.at(PhysAddr{address})); }
};

}  // namespace exysim::test
