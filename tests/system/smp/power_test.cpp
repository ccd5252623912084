// CPU hotplug by the power controller. Expected: hardware page "CPU subsystem" section 11 (secondary boot),
// "System devices" section 5 (core configuration and status).
#include <catch2/catch.hpp>
#include <string>

#include "run_program.hpp"

using namespace exysim::test;
using smp::Run;

namespace {
const std::string kExpected =
    "runs 1\nstands 1\nruns 1\nstands 1\nruns 1\nstands 1\n"
    "still on 1\nstands 1\nno interrupt wakes it 1\nboots 5\n";
}

TEST_CASE("a core goes off at its WFI and boots again, time after time", "[system][cpu]") {
    for (const char* slice : {"timing.slice=100 ns", "timing.slice=1 us", "timing.slice=10 us"}) {
        INFO(slice);
        const Run r = smp::on_exysim("power_program", "exynos4210", 2, {slice});
        CHECK(r.output == kExpected);
        CHECK(r.status == 0);
    }
}

TEST_CASE("a core of an Exynos4412 does", "[system][cpu]") {
    CHECK(smp::on_exysim("power_program", "exynos4412", 2).output == kExpected);
}
