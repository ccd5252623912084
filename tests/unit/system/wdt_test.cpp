// Expected values: hardware page "System devices" section 8.
#include "models/system/wdt_core.hpp"

#include <catch2/catch.hpp>

using W = exysim::system::WdtCore;

namespace {
constexpr uint32_t kReset = 1, kIrq = 4, kDivide32 = 1U << 3, kEnable = 1U << 5;
}

TEST_CASE("wdt: sleeps until software enables it", "[system][wdt]") {
    W wdt;
    CHECK(wdt.regs.read(W::kWtdat) == 0x8000);
    CHECK(wdt.regs.read(W::kWtcnt) == 0x8000);
    CHECK_FALSE(wdt.next_expiry());
}

TEST_CASE("wdt: resets the machine after count x (prescaler + 1) x divider clocks", "[system][wdt]") {
    W wdt;
    wdt.regs.write(W::kWtdat, 100);
    wdt.regs.write(W::kWtcnt, 100);
    wdt.regs.write(W::kWtcon, 9U << 8 | kEnable | kDivide32 | kReset);
    CHECK(wdt.next_expiry() == 32'000U);
    wdt.advance(16'000);
    CHECK(wdt.regs.read(W::kWtcnt) == 50);
    wdt.regs.write(W::kWtcnt, 100);  // keep-alive
    wdt.advance(47'999);
    CHECK_FALSE(wdt.take_reset());
    wdt.advance(48'000);
    CHECK(wdt.take_reset());
    CHECK_FALSE(wdt.take_reset());
}

TEST_CASE("wdt: interrupts instead, reloads, and WTCLRINT clears", "[system][wdt]") {
    W wdt;
    wdt.regs.write(W::kWtdat, 200);
    wdt.regs.write(W::kWtcnt, 100);
    wdt.regs.write(W::kWtcon, kEnable | kIrq);
    wdt.advance(1600);
    CHECK(wdt.irq());
    CHECK_FALSE(wdt.take_reset());
    CHECK(wdt.next_expiry() == 1600U + 3200U);
    wdt.regs.write(W::kWtclrint, 0);
    CHECK_FALSE(wdt.irq());
}
