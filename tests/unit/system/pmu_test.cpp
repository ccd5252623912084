// Expected values: hardware page "System devices" section 5.
#include "models/system/pmu_core.hpp"

#include <catch2/catch.hpp>

using namespace exysim::system;
using P = PmuCore;

TEST_CASE("pmu: power domains are on at reset and follow at once", "[system][pmu]") {
    P pmu;
    constexpr uint32_t kTv = 0x20, kLcd0 = 0x80;
    CHECK(pmu.regs.read(P::kDomainStatus + kTv) == 7);
    pmu.regs.write(P::kDomainConfiguration + kTv, 0);
    CHECK((pmu.regs.read(P::kDomainStatus + kTv) & 7) == 0);
    CHECK_FALSE(pmu.domain_on(Domain::tv));
    CHECK((pmu.regs.read(P::kDomainStatus + kLcd0) & 7) == 7);
    pmu.regs.write(P::kDomainConfiguration + kTv, 7);
    CHECK((pmu.regs.read(P::kDomainStatus + kTv) & 7) == 7);
    pmu.regs.write(P::kDomainStatus + kTv, 0);  // read-only
    CHECK(pmu.domain_on(Domain::tv));
}

TEST_CASE("pmu: PS_HOLD let go asks for power-off", "[system][pmu]") {
    P pmu;
    CHECK((pmu.regs.read(P::kPsHold) & 0x5200) == 0x5200);
    pmu.regs.write(P::kPsHold, 0x5300);
    CHECK_FALSE(pmu.take_request());
    pmu.regs.write(P::kPsHold, 0x5200);  // what Linux writes
    CHECK(pmu.take_request() == PowerRequest::off);
    CHECK_FALSE(pmu.take_request());
}

TEST_CASE("pmu: SWRESET asks for a reset and reads zero", "[system][pmu]") {
    P pmu;
    pmu.regs.write(P::kSwReset, 0);
    CHECK_FALSE(pmu.take_request());
    pmu.regs.write(P::kSwReset, 1);
    CHECK(pmu.take_request() == PowerRequest::reset);
    CHECK(pmu.regs.read(P::kSwReset) == 0);
}

TEST_CASE("pmu: core status shows what has become of the core, not what is wanted", "[system][pmu]") {
    P pmu;
    CHECK(pmu.regs.read(P::kCoreStatus) == 0x0003'0003);
    CHECK(pmu.regs.read(P::kCoreOption + 0x80) == 0x0101'0001);
    pmu.regs.write(P::kCoreConfiguration + 0x80, 0);
    CHECK_FALSE(pmu.core_wanted(1));
    CHECK(pmu.core_wanted(0));
    CHECK((pmu.regs.read(P::kCoreStatus + 0x80) & 3) == 3);
    pmu.core_is(1, false);
    CHECK((pmu.regs.read(P::kCoreStatus + 0x80) & 3) == 0);
    pmu.regs.write(P::kCoreConfiguration + 0x80, 3);
    CHECK(pmu.core_wanted(1));
    pmu.core_is(1, true);
    CHECK((pmu.regs.read(P::kCoreStatus + 0x80) & 3) == 3);
}

TEST_CASE("pmu: INFORM registers are storage, INFORM5 is the secondary core's entry", "[system][pmu]") {
    P pmu;
    pmu.regs.write(0x814, 0x4000'8000);
    CHECK(pmu.regs.read(0x814) == 0x4000'8000);
    CHECK(pmu.secondary_entry() == 0x4000'8000);
}

TEST_CASE("pmu: other reset values", "[system][pmu]") {
    P pmu;
    CHECK(pmu.regs.read(P::kCentralSeqConfiguration) == 0x0001'0000);
    CHECK(pmu.regs.read(P::kCentralSeqOption) == 0x0303'0000);
    CHECK(pmu.regs.read(0x700) == 0x0096'0000);
    CHECK(pmu.regs.read(0x718) == 1);
    CHECK(pmu.regs.read(0x2600) == 3);
    CHECK(pmu.regs.read(0x2604) == 3);
}
