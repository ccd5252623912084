// Against DRAMSys 5.1 (FR-FCFS, row bank column, one DDR3-1600 x32 channel of two x16 devices, BL8, 32-byte
// requests): mean latency within 5 % when idle, bandwidth within 10 % when saturated.
#include <catch2/catch.hpp>

#include <random>

#include "tests/unit/dram/player.hpp"

using namespace exysim;
using test::Access;

namespace {

constexpr uint64_t kSize = 512ULL << 20;

Access sequential(uint64_t n) { return {n * 32 % kSize}; }
Access stride_32k(uint64_t n) { return {n * 32768 % kSize}; }
/// Reads from the lower half, writes to the upper, both in the same bank: rows are 32 KiB apart.
Access same_bank_copy(uint64_t n) {
    const uint64_t burst = n / 2;
    const uint64_t from = burst * 32 % 4096 + burst * 32 / 4096 * 32768;
    return {(from % (kSize / 2)) + (n % 2) * (kSize / 2), n % 2 == 1};
}
struct Random {
    std::mt19937_64 generator{1};
    Access operator()(uint64_t) { return {generator() % (kSize / 32) * 32}; }
};

double idle_latency(const std::function<Access(uint64_t)>& next) {
    return test::play(test::one_channel("ddr3-1600"), 100'000, 1, next).mean_ns;
}
double saturated(const std::function<Access(uint64_t)>& next) {
    return test::play(test::one_channel("ddr3-1600"), 200'000, 64, next).gigabytes_per_second;
}

}  // namespace

TEST_CASE("dram: idle latencies are DRAMSys's", "[dram]") {
    CHECK(idle_latency(sequential) == Approx(20.6).epsilon(0.05));
    CHECK(idle_latency(Random{}) == Approx(48.2).epsilon(0.05));
    CHECK(idle_latency(same_bank_copy) == Approx(54.3).epsilon(0.05));
}

TEST_CASE("dram: saturated bandwidths are DRAMSys's", "[dram]") {
    CHECK(saturated(sequential) == Approx(6.25).epsilon(0.1));
    CHECK(saturated(Random{}) == Approx(3.10).epsilon(0.1));
    CHECK(saturated(stride_32k) == Approx(0.64).epsilon(0.1));
    CHECK(saturated(same_bank_copy) == Approx(4.03).epsilon(0.1));
}
