#include <catch2/catch.hpp>

#include "models/base/guest_errors.hpp"
#include "models/base/statistics.hpp"

using namespace exysim;

TEST_CASE("statistics: rows come out in name order with live values", "[base]") {
    Statistics stats;
    Counter& reads = stats.counter("dram.reads", "bytes", "Bytes read.");
    stats.gauge("bus.load", "1", "Share of time busy.", [] { return 0.25; });
    reads += 64;
    ++reads;
    REQUIRE(stats.all().size() == 2);
    CHECK(stats.all().begin()->first == "bus.load");
    CHECK(stats.all().at("dram.reads").value() == 65.0);
    CHECK(stats.all().at("dram.reads").unit == "bytes");
}

TEST_CASE("guest errors: equal ones are kept once and counted, with the first one's stamp", "[base]") {
    GuestErrors errors;
    Picoseconds now = 100;
    errors.clock = [&] { return now; };
    errors.pc = [] { return 0xC000'1000U; };
    errors.report(
        {.instance = "fimc0", .what = "reserved bits written as one", .reg = {}, .offset = 8, .value = 1});
    now = 200;
    errors.report(
        {.instance = "fimc0", .what = "reserved bits written as one", .reg = {}, .offset = 8, .value = 2});
    errors.report(
        {.instance = "fimc0", .what = "reserved bits written as one", .reg = {}, .offset = 12, .value = 2});
    REQUIRE(errors.entries().size() == 2);
    CHECK(errors.entries()[0].count == 2);
    CHECK(errors.entries()[0].first.time == 100);
    CHECK(errors.entries()[0].first.pc == 0xC000'1000U);
    CHECK(errors.total() == 3);
}

TEST_CASE("guest errors: a bank's faults arrive under the block's name", "[base]") {
    static constexpr Field kMap[] = {{0x0, "A", 0, 0, Access::rw, 0}};
    RegisterBank bank{kMap};
    GuestErrors errors;
    report_register_faults(bank, "uart0", errors);
    bank.write(0x0, 0x10);
    REQUIRE(errors.entries().size() == 1);
    CHECK(errors.entries()[0].first.instance == "uart0");
    CHECK(errors.entries()[0].first.what == "reserved bits written as one");
    CHECK(errors.entries()[0].first.value == 0x10);
}
