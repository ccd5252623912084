// Expected values: hardware page "System devices" section 7.
#include "models/system/pwm_core.hpp"

#include <catch2/catch.hpp>

using P = exysim::system::PwmCore;

namespace {
constexpr uint32_t kStart = 1, kManual = 2, kAutoReload = 8;
}

TEST_CASE("pwm: a cycle takes (TCNTB + 1) x (prescaler + 1) x divider clocks", "[system][pwm]") {
    P pwm;
    pwm.regs.write(P::kTcfg0, 4);
    pwm.regs.write(P::kTcfg1, 1);
    pwm.regs.write(P::kTcntb, 99);
    pwm.regs.write(P::kTcon, kManual);
    CHECK(pwm.regs.read(P::kTcnto) == 99);
    pwm.regs.write(P::kTcon, kStart | kAutoReload);
    CHECK(pwm.next_expiry() == 1000U);
    pwm.advance(500);
    CHECK(pwm.regs.read(P::kTcnto) == 49);
    pwm.advance(1000);
    CHECK(pwm.regs.read(P::kTintCstat) == 1U << 5);
    CHECK_FALSE(pwm.irq(0));
    pwm.regs.write(P::kTintCstat, 1);
    CHECK(pwm.irq(0));
    pwm.regs.write(P::kTintCstat, 1U << 5 | 1);
    CHECK_FALSE(pwm.irq(0));
    CHECK(pwm.next_expiry() == 2000U);
}

TEST_CASE("pwm: one-shot stops at zero, timer 4 has its own control layout", "[system][pwm]") {
    P pwm;
    pwm.regs.write(0x3C, 9);
    pwm.regs.write(P::kTcon, kManual << 20);
    pwm.regs.write(P::kTcon, kStart << 20);
    CHECK(pwm.next_expiry() == 10U);
    pwm.advance(10);
    CHECK(pwm.regs.read(P::kTcon) == 0);
    CHECK_FALSE(pwm.next_expiry());
    pwm.regs.write(P::kTcon, kManual << 20);
    pwm.regs.write(P::kTcon, (kStart | 4) << 20);
    pwm.advance(20);
    CHECK(pwm.next_expiry() == 30U);
}

TEST_CASE("pwm: a stopped timer keeps its count", "[system][pwm]") {
    P pwm;
    pwm.regs.write(P::kTcntb + 0xC, 99);
    pwm.regs.write(P::kTcon, kManual << 8);
    pwm.regs.write(P::kTcon, kStart << 8);
    pwm.advance(40);
    pwm.regs.write(P::kTcon, 0);
    pwm.advance(1000);
    CHECK(pwm.regs.read(P::kTcnto + 0xC) == 59);
}
