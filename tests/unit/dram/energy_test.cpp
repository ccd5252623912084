// The energy estimate against hand calculation with round figures.
#include "models/dram/energy.hpp"

#include <catch2/catch.hpp>

#include "models/dram/controller.hpp"

using namespace exysim::dram;

namespace {
constexpr Currents kRound = {{{.volts = 2,
                               .idd0 = 50,
                               .idd2n = 10,
                               .idd3n = 20,
                               .idd4r = 120,
                               .idd4w = 220,
                               .idd5 = 70,
                               .idd3p = 5,
                               .idd6 = 1},
                              {}},
                             2};
ControllerConfig round_config() {
    ControllerConfig made;
    made.timing.tck_ps = 1000;
    made.timing.rc = 30;
    made.timing.ras = 20;
    made.timing.rp = 10;
    made.timing.bl = 8;
    made.timing.rfc = 100;
    made.currents = &kRound;
    return made;
}
}  // namespace

TEST_CASE("energy: each command adds what it draws above standby", "[dram]") {
    const ControllerConfig config = round_config();
    ChannelStats totals;
    totals.activates = 3;
    totals.read_bursts = 5;
    totals.write_bursts = 7;
    totals.refreshes = 2;
    const Energy e = energy_of(totals, config, 0);
    CHECK(e.activate == Approx(3 * 2 * 2.0 * (50 * 30 - 20 * 20 - 10 * 10)));
    CHECK(e.read == Approx(5 * 2 * 2.0 * 100 * 4));
    CHECK(e.write == Approx(7 * 2 * 2.0 * 200 * 4));
    CHECK(e.refresh == Approx(2 * 2 * 2.0 * 50 * 100));
    CHECK(e.background == 0);
}

TEST_CASE("energy: standby, power-down and self-refresh share the time", "[dram]") {
    const ControllerConfig config = round_config();  // two channels of one rank
    ChannelStats totals;
    totals.power_down_clocks = 300;
    totals.self_refresh_clocks = 500;
    const Energy e = energy_of(totals, config, 1000);
    CHECK(e.background == Approx(2 * 2.0 * (20 * 1200 + 5 * 300 + 1 * 500)));
    CHECK(e.total() == e.background);
}

TEST_CASE("energy: nothing is claimed of devices without a data sheet", "[dram]") {
    ControllerConfig config = round_config();
    config.currents = nullptr;
    CHECK(energy_of({.activates = 9}, config, 1000).total() == 0);
    CHECK(preset("lpddr2-1066")->currents != nullptr);
    CHECK(preset("ddr3-800")->currents == nullptr);
}
