// Main memory alone. Expected times: DramConfig's latency plus bytes over rate.
#include <catch2/catch.hpp>

#include "models/dram/dram.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;

TEST_CASE("dram: reads back what was written, zero before", "[system][dram]") {
    test::InstrumentsBench in;
    test::BusBench bench{"bench"};
    dram::Dram ram{"ram", {.size = 4096}, in.instruments};
    bench.bus.bind(ram.socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(bench.read32(4092) == 0);
    bench.write32(4092, 0x1234'5678);
    CHECK(bench.read32(4092) == 0x1234'5678);
    CHECK_THROWS(bench.read32(4096));
    CHECK_THROWS(bench.read32(4093));
}

TEST_CASE("dram: untouched memory costs the host nothing", "[system][dram]") {
    test::InstrumentsBench in;
    test::BusBench bench{"bench"};
    dram::Dram ram{"ram", {.size = 64ULL << 30}, in.instruments};  // more than the host has
    bench.bus.bind(ram.socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    bench.write32(0xF000'0000, 5);
    CHECK(ram.bytes()[0xF000'0000] == 5);
}
