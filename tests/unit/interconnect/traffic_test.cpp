// Masters that share a memory. Expected times are counted by hand from widths, clocks and AXI's rules.
#include "models/interconnect/traffic.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "models/interconnect/burst_way.hpp"

using namespace exysim;
using namespace exysim::interconnect;

namespace {

constexpr Picoseconds kNs = 1000;

/// Takes a fixed time a burst, any number at once, and remembers what it was given.
struct PlainMemory : BurstTarget {
    Picoseconds latency = 40 * kNs;
    std::vector<std::pair<BurstRequest, Picoseconds>> given;

    uint64_t submit(const BurstRequest& request, Picoseconds at) override {
        given.emplace_back(request, at);
        return at + latency;
    }
    Picoseconds completion(uint64_t ticket) override { return ticket; }
    Picoseconds complete(const BurstRequest& request, Picoseconds at) override { return submit(request, at); }
    Picoseconds acceptance(uint64_t ticket) override { return ticket - latency; }
    Picoseconds accept(const BurstRequest& request, Picoseconds at) override {
        return acceptance(submit(request, at));
    }
};

/// Masters: 8 bytes at 200 MHz, 5 ns a beat. The memory's port: 16 bytes at 400 MHz, 2.5 ns a beat.
struct Bench {
    PlainMemory memory;
    TargetTraffic target;
    explicit Bench(Arbitration policy = Arbitration::round_robin)
        : target{{.port = {16, 400'000'000}, .arbitration = policy, .request = 8 * kNs, .response = 12 * kNs},
                 memory} {}
};

Picoseconds parts(const TrafficTimes& t) {
    return t.limit + t.regulation + t.channel + t.arbitration + t.memory + t.passing;
}

}  // namespace

TEST_CASE("bursts: cut at sixteen beats and at 4 KiB", "[interconnect]") {
    const auto cut = [](uint64_t address, uint32_t bytes, uint32_t width, uint32_t beats) {
        std::vector<uint32_t> all;
        for (uint32_t done = 0; done < bytes;) {
            all.push_back(first_burst(address + done, bytes - done, width, beats));
            done += all.back();
        }
        return all;
    };
    CHECK(cut(0, 256, 8, 16) == std::vector<uint32_t>{128, 128});
    CHECK(cut(4, 256, 8, 16) == std::vector<uint32_t>{124, 128, 4});  // the unaligned beat counts
    CHECK(cut(4096 - 24, 64, 8, 16) == std::vector<uint32_t>{24, 40});
    CHECK(cut(0, 8192, 128, 16) == std::vector<uint32_t>{2048, 2048, 2048, 2048});
    CHECK(cut(4095, 2, 8, 16) == std::vector<uint32_t>{1, 1});
    CHECK(cut(100, 1, 1, 1) == std::vector<uint32_t>{1});
}

TEST_CASE("bursts: beats of aligned and unaligned transfers", "[interconnect]") {
    const PortTiming port{{8, 200'000'000}};
    CHECK(port.period() == 5 * kNs);
    CHECK(port.beats(0, 8) == 1);
    CHECK(port.beats(7, 1) == 1);
    CHECK(port.beats(7, 2) == 2);
    CHECK(port.beats(4, 8) == 2);
    CHECK(port.time(16, 128) == 80 * kNs);
}

TEST_CASE("bursts: WRAP has 2, 4, 8 or 16 whole beats", "[interconnect]") {
    CHECK(wrap_allowed(0x18, 32, 8));
    CHECK(wrap_allowed(0, 16, 8));
    CHECK(wrap_allowed(8, 128, 8));
    CHECK_FALSE(wrap_allowed(0, 8, 8));    // one beat
    CHECK_FALSE(wrap_allowed(0, 24, 8));   // three
    CHECK_FALSE(wrap_allowed(0, 256, 8));  // thirty-two
    CHECK_FALSE(wrap_allowed(4, 32, 8));   // from within a beat
    CHECK_FALSE(wrap_allowed(0, 20, 8));
}

TEST_CASE("traffic: an idle bus takes the crossbar, the beats and the memory", "[interconnect]") {
    Bench b;
    MasterTraffic master{{}, 0};
    // Read of 64 bytes: the memory's port passes them in 10 ns, the master's in 40: 30 more.
    CHECK(master.read.completion(master.read.submit({0, 64}, b.target, 1000 * kNs)) ==
          (1000 + 8 + 40 + 12 + 30) * kNs);
    CHECK(b.memory.given.back().second == 1008 * kNs);
    // A write's data must all be there first.
    CHECK(master.write.completion(master.write.submit({0, 64}, b.target, 2000 * kNs)) ==
          (2000 + 8 + 40 + 40 + 12) * kNs);
    CHECK(b.memory.given.back().second == 2048 * kNs);
    CHECK(parts(master.read.times()) == master.read.times().latency);
    CHECK(parts(master.write.times()) == master.write.times().latency);
}

TEST_CASE("traffic: a bufferable write is answered when the memory has taken it over", "[interconnect]") {
    Bench b;
    MasterTraffic core{{}, 0}, other{{}, 1};
    const auto written = [&](Picoseconds at, bool bufferable) {
        const MasterChannel::Transfer line{.offset = 64, .bytes = 64, .bufferable = bufferable};
        return core.write.transfer(line, b.target, at * kNs) - at * kNs;
    };
    CHECK(written(1000, true) == (8 + 40 + 12) * kNs);
    CHECK(written(2000, false) == (8 + 40 + 40 + 12) * kNs);
    // The same in turn with others.
    const uint64_t ticket = other.read.submit({0, 8}, b.target, 3000 * kNs);
    CHECK(written(3000, true) == (8 + 40 + 12) * kNs);
    CHECK(other.read.completion(ticket) == (3000 + 8 + 40 + 12) * kNs + 2500);  // half of its own beat
    CHECK(parts(core.write.times()) == core.write.times().latency);
}

TEST_CASE("traffic: a transfer is cut into bursts that follow each other", "[interconnect]") {
    Bench b;
    MasterTraffic master{{}, 0};
    const uint64_t ticket = master.read.submit({4096 - 64, 256}, b.target, 0);
    CHECK(master.read.accepted() == 3 * 5 * kNs);  // one address a cycle
    // 64, 128 and 64 bytes: 256 bytes over eight bytes at 200 MHz take 160 ns, the first beat waits 58.5 ns
    // (crossbar, memory, and the port's 10 ns less one of its bursts' end).
    const Picoseconds done = master.read.completion(ticket);
    CHECK(done >= (8 + 40 + 12 + 160 - 10) * kNs);
    CHECK(done <= (8 + 40 + 12 + 160) * kNs);
    REQUIRE(b.memory.given.size() == 3);
    CHECK(b.memory.given[1].first.bytes == 128);
    CHECK(b.memory.given[1].first.offset == 4096);
    CHECK(master.read.bytes() == 256);
    CHECK(b.target.bytes(false) == 256);
}

TEST_CASE("traffic: a WRAP burst asks the memory for its block", "[interconnect]") {
    Bench b;
    MasterTraffic master{{}, 0};
    master.read.completion(master.read.submit({.offset = 0x118, .bytes = 32, .wrap = true}, b.target, 0));
    REQUIRE(b.memory.given.size() == 1);
    CHECK(b.memory.given[0].first.offset == 0x100);
    CHECK(b.memory.given[0].first.bytes == 32);
}

TEST_CASE("traffic: as many bursts in flight as the port allows", "[interconnect]") {
    const auto time_of_32 = [](uint32_t limit) {
        Bench b;
        b.memory.latency = 400 * kNs;
        MasterTraffic master{{.reads = limit}, 0};
        std::vector<uint64_t> tickets;
        Picoseconds at = 0, end = 0;
        for (uint64_t n = 0; n < 32; ++n) {
            tickets.push_back(master.read.submit({n * 64, 64}, b.target, at));
            at = master.read.accepted();
        }
        for (const uint64_t ticket : tickets) end = std::max(end, master.read.completion(ticket));
        CHECK((limit < 16) == (master.read.times().limit > 0));
        return end;
    };
    constexpr Picoseconds kOne = (8 + 400 + 12 + 30) * kNs;
    CHECK(time_of_32(1) == 32 * kOne);
    CHECK(time_of_32(4) < 9 * kOne);
    CHECK(time_of_32(4) > 7 * kOne);
    CHECK(time_of_32(64) >= 32 * 40 * kNs);  // the master's channel
    CHECK(time_of_32(64) <= kOne + 32 * 40 * kNs);
}

TEST_CASE("traffic: reads and writes have channels of their own", "[interconnect]") {
    Bench b;
    MasterTraffic master{{.reads = 64, .writes = 64}, 0};
    uint64_t read = 0, write = 0;
    for (uint64_t n = 0; n < 50; ++n) {
        read = master.read.submit({n * 64, 64}, b.target, 0);
        write = master.write.submit({n * 64, 64}, b.target, 0);
    }
    CHECK(master.read.completion(read) <= (50 * 40 + 100) * kNs);
    CHECK(master.write.completion(write) <= (50 * 40 + 100) * kNs);
}

TEST_CASE("traffic: two masters share the memory's port by the policy", "[interconnect]") {
    const auto share = [](Arbitration policy, uint8_t priority) {
        Bench b{policy};
        const MasterConfig wide{.port = {16, 400'000'000}, .reads = 64};  // nothing is asked before the end
        MasterConfig other = wide;
        other.priority = priority;
        MasterTraffic one{wide, 0}, two{other, 1};
        std::vector<uint64_t> mine, its;
        for (uint64_t n = 0; n < 60; ++n) {  // both ask for everything the port carries
            mine.push_back(one.read.submit({n * 256, 256}, b.target, n * 40 * kNs));
            its.push_back(two.read.submit({n * 256, 256}, b.target, n * 40 * kNs));
        }
        for (const uint64_t t : mine) one.read.completion(t);
        for (const uint64_t t : its) two.read.completion(t);
        return std::pair{one.read.times().arbitration, two.read.times().arbitration};
    };
    const auto [fair_one, fair_two] = share(Arbitration::round_robin, 3);
    CHECK(fair_two < 2 * fair_one);
    CHECK(fair_one < 2 * fair_two);
    for (const Arbitration by : {Arbitration::fixed, Arbitration::qos}) {
        const auto [usual, urgent] = share(by, 3);
        CHECK(urgent < usual / 4);
    }
}

TEST_CASE("traffic: a regulated master keeps its rate, others get the rest", "[interconnect]") {
    Bench b;
    MasterTraffic held{{.bytes_per_ns = 0.2, .allowance = 256}, 0}, free{{}, 1};
    Picoseconds at = 0, end = 0;
    for (uint64_t n = 0; n < 200; ++n) {
        end = held.read.completion(held.read.submit({n * 64, 64}, b.target, at));
        at = end;
        free.read.completion(free.read.submit({n * 64, 64}, b.target, n * 100 * kNs));
    }
    const double rate = 200 * 64.0 / (static_cast<double>(end) / kNs);
    CHECK(rate <= 0.21);
    CHECK(rate >= 0.19);
    CHECK(held.read.times().regulation > 0);
    CHECK(free.read.times().regulation == 0);
}

MasterConfig random_master(std::mt19937& random) {
    MasterConfig config;
    config.port.width = 1U << (random() % 6);
    config.reads = 1 + random() % 9;
    config.writes = 1 + random() % 9;
    config.beats = 1 + random() % 16;
    config.priority = static_cast<uint8_t>(random() % 4);
    if (random() % 3 == 0) config.bytes_per_ns = 0.5, config.allowance = 512;
    return config;
}

/// Half of them cache lines, which are timed in a shorter way.
MasterChannel::Transfer random_transfer(std::mt19937& random) {
    const auto priority = static_cast<uint8_t>(random() % 4);
    if (random() % 2 != 0) return {random() % 300 * 32, 32, priority};
    return {random() % 10'000, 1 + static_cast<uint32_t>(random() % 80), priority};
}

/// transfer() is submit() and completion() in one, whoever else has bursts on their way.
TEST_CASE("traffic: a transfer that is waited for takes what a submitted one takes", "[interconnect]") {
    for (uint32_t seed = 1; seed <= 30; ++seed) {
        std::mt19937 random{seed};
        Bench benches[2] = {Bench{static_cast<Arbitration>(seed % 3)},
                            Bench{static_cast<Arbitration>(seed % 3)}};
        std::vector<std::unique_ptr<MasterTraffic>> masters[2];
        for (uint32_t n = 0; n < 3; ++n) {
            const MasterConfig config = random_master(random);
            for (auto& side : masters) side.push_back(std::make_unique<MasterTraffic>(config, n));
        }
        struct Open {
            size_t master;
            bool write;
            uint64_t tickets[2];
        };
        std::vector<Open> open;
        for (int n = 0; n < 2'000; ++n) {
            const size_t who = random() % 3;
            const bool write = random() % 2 != 0;
            const MasterChannel::Transfer wanted = random_transfer(random);
            const Picoseconds at = static_cast<Picoseconds>(n) * 50 * kNs + random() % 400'000;
            MasterChannel& one = masters[0][who]->channel(write);
            MasterChannel& other = masters[1][who]->channel(write);
            TargetTraffic &here = benches[0].target, &there = benches[1].target;
            if (random() % 3 != 0) {
                CHECK(one.transfer(wanted, here, at) == other.completion(other.submit(wanted, there, at)));
                CHECK(one.accepted() == other.accepted());
            } else {
                open.push_back({who, write, {one.submit(wanted, here, at), other.submit(wanted, there, at)}});
            }
            if (random() % 8 != 0) continue;
            for (const Open& o : open) {
                CHECK(masters[0][o.master]->channel(o.write).completion(o.tickets[0]) ==
                      masters[1][o.master]->channel(o.write).completion(o.tickets[1]));
            }
            open.clear();
        }
        for (size_t n = 0; n < 3; ++n) {
            for (const bool write : {false, true}) {
                const MasterChannel& one = masters[0][n]->channel(write);
                const MasterChannel& other = masters[1][n]->channel(write);
                CHECK(parts(one.times()) == parts(other.times()));
                CHECK(one.times().latency == other.times().latency);
                CHECK(one.longest() == other.longest());
                CHECK(one.busy() == other.busy());
                CHECK(one.bursts() == other.bursts());
                CHECK(one.bytes() == other.bytes());
                CHECK(benches[0].target.arbiter(write).late() == benches[1].target.arbiter(write).late());
                CHECK(benches[0].target.arbiter(write).grants() == benches[1].target.arbiter(write).grants());
            }
        }
    }
}

/// Masters of every kind at random, one of them ahead of time: every byte and every picosecond is accounted
/// for.
TEST_CASE("traffic: conservation of bytes and of time", "[interconnect]") {
    for (uint32_t seed = 1; seed <= 20; ++seed) {
        std::mt19937 random{seed};
        Bench b{static_cast<Arbitration>(seed % 3)};
        std::vector<std::unique_ptr<MasterTraffic>> masters;
        for (uint32_t n = 0; n < 5; ++n)
            masters.push_back(std::make_unique<MasterTraffic>(random_master(random), n));
        struct Asked {
            MasterChannel* by;
            uint64_t ticket;
            Picoseconds at;
        };
        std::vector<Asked> asked;
        std::map<const MasterChannel*, uint64_t> bytes;
        uint64_t all[2] = {};
        for (int n = 0; n < 3'000; ++n) {
            const Picoseconds now = static_cast<Picoseconds>(n) * 100 * kNs;
            const uint32_t who = random() % masters.size();
            const bool write = random() % 2 != 0;
            MasterChannel& channel = masters[who]->channel(write);
            const uint32_t size = 1 + random() % 300;
            const Picoseconds at = now + (who == 0 ? 1000 * kNs : random() % 100'000);
            asked.push_back({&channel, channel.submit({random() % 100'000, size}, b.target, at), at});
            bytes[&channel] += size;
            all[write] += size;
            if (random() % 4 != 0) continue;
            for (const Asked& a : asked) CHECK(a.by->completion(a.ticket) > a.at);
            asked.clear();
        }
        for (const Asked& a : asked) a.by->completion(a.ticket);
        uint64_t given[2] = {};
        for (const auto& [request, at] : b.memory.given) given[request.write] += request.bytes;
        for (const bool write : {false, true}) {
            CHECK(given[write] == all[write]);
            CHECK(b.target.bytes(write) == all[write]);
        }
        for (const auto& [channel, wanted] : bytes) {
            CHECK(channel->bytes() == wanted);
            CHECK(parts(channel->times()) == channel->times().latency);
            CHECK(channel->latency().count() == channel->bursts());
        }
    }
}
