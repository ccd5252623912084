// Expected values: hardware page "System devices" section 2. One clock is a period of the 24 MHz input.
#include "models/system/mct_core.hpp"

#include <catch2/catch.hpp>

using M = exysim::system::MctCore;

namespace {
constexpr uint32_t kStartCounter = 1U << 8;
constexpr uint32_t kOneShot = 0x3, kPeriodic = 0x7;  // timer and interrupt start, interval mode

uint64_t counter(M& mct) { return uint64_t{mct.regs.read(M::kGCntU)} << 32 | mct.regs.read(M::kGCntL); }

void compare(M& mct, uint32_t i, uint64_t value, uint32_t increment = 0) {
    mct.regs.write(M::kGCompL + 0x10 * i, static_cast<uint32_t>(value));
    mct.regs.write(M::kGCompU + 0x10 * i, static_cast<uint32_t>(value >> 32));
    mct.regs.write(M::kGCompAddIncr + 0x10 * i, increment);
}

/// As Linux's clock event driver: TCNTB 1, so that the interrupt counter counts every other clock.
void start_local(M& mct, uint32_t timer, uint32_t counts, uint32_t control) {
    const uint32_t base = 0x100 * timer;
    mct.regs.write(M::kLTcntb + base, 1);
    mct.regs.write(M::kLIcntb + base, 1U << 31 | counts);
    mct.regs.write(M::kLIntEnb + base, 1);
    mct.regs.write(M::kLTcon + base, control);
}
}  // namespace

TEST_CASE("mct: the counter stands still until started and then counts input clocks", "[system][mct]") {
    M mct;
    mct.advance(1000);
    CHECK(counter(mct) == 0);
    mct.regs.write(M::kGTcon, kStartCounter);
    mct.advance(1024);
    CHECK(counter(mct) == 24);
    mct.regs.write(M::kGTcon, 0);
    mct.advance(5000);
    CHECK(counter(mct) == 24);
}

TEST_CASE("mct: the counter carries into its upper half and may be written", "[system][mct]") {
    M mct;
    mct.regs.write(M::kGCntL, 0xFFFF'FFFE);
    mct.regs.write(M::kGCntU, 7);
    CHECK(mct.regs.read(M::kGCntWstat) == 3);
    mct.regs.write(M::kGTcon, kStartCounter);
    mct.advance(3);
    CHECK(counter(mct) == 0x8'0000'0001);
}

TEST_CASE("mct: the prescaler and divider slow the counter", "[system][mct]") {
    M mct;
    mct.regs.write(M::kCfg, 1U << 8 | 2);  // (2 + 1) x 2^1
    mct.regs.write(M::kGTcon, kStartCounter);
    mct.advance(59);
    CHECK(counter(mct) == 9);
    mct.advance(60);
    CHECK(counter(mct) == 10);
}

TEST_CASE("mct: every handshaken write sets its status bit, a written one clears it", "[system][mct]") {
    M mct;
    compare(mct, 0, 5, 6);
    CHECK(mct.regs.read(M::kGWstat) == 0x7);
    compare(mct, 2, 5, 6);
    CHECK(mct.regs.read(M::kGWstat) == 0x707);
    mct.regs.write(M::kGTcon, 0);
    CHECK(mct.regs.read(M::kGWstat) == 0x1'0707);
    mct.regs.write(M::kGWstat, 0x1'0007);
    CHECK(mct.regs.read(M::kGWstat) == 0x700);
    start_local(mct, 1, 1, kOneShot);
    CHECK(mct.regs.read(M::kLWstat + 0x100) == 0xB);
    mct.regs.write(M::kLWstat + 0x100, 0xB);
    CHECK(mct.regs.read(M::kLWstat + 0x100) == 0);
    mct.regs.write(M::kGIntEnb, 1);  // no handshake
    mct.regs.write(M::kGIntCstat, 1);
    CHECK(mct.regs.read(M::kGWstat) == 0x700);
}

TEST_CASE("mct: a comparator interrupts when the count reaches it, once", "[system][mct]") {
    M mct;
    compare(mct, 0, 100);
    mct.regs.write(M::kGIntEnb, 1);
    mct.regs.write(M::kGTcon, kStartCounter | 1);
    CHECK(mct.next_expiry() == 100U);
    mct.advance(99);
    CHECK_FALSE(mct.global_irq(0));
    mct.advance(100);
    CHECK(mct.global_irq(0));
    CHECK_FALSE(mct.next_expiry());
    mct.regs.write(M::kGIntCstat, 1);
    CHECK_FALSE(mct.global_irq(0));
    mct.advance(1000);
    CHECK_FALSE(mct.global_irq(0));
}

TEST_CASE("mct: a comparator in the past matches when it is enabled", "[system][mct]") {
    M mct;
    mct.regs.write(M::kGTcon, kStartCounter);
    mct.advance(500);
    mct.regs.write(M::kGIntEnb, 2);
    compare(mct, 1, 400);
    CHECK_FALSE(mct.global_irq(1));
    mct.regs.write(M::kGTcon, kStartCounter | 4);
    CHECK(mct.global_irq(1));
}

TEST_CASE("mct: auto-increment moves the comparator past the count", "[system][mct]") {
    M mct;
    compare(mct, 3, 100, 50);
    mct.regs.write(M::kGIntEnb, 8);
    mct.regs.write(M::kGTcon, kStartCounter | 0xC0);
    mct.advance(100);
    CHECK(mct.global_irq(3));
    mct.regs.write(M::kGIntCstat, 8);
    CHECK(mct.next_expiry() == 150U);
    mct.advance(270);  // 150, 200 and 250 have gone by
    CHECK(mct.global_irq(3));
    CHECK(mct.regs.read(M::kGCompL + 0x30) == 300);
}

TEST_CASE("mct: an interrupt shows only when enabled", "[system][mct]") {
    M mct;
    compare(mct, 0, 10);
    mct.regs.write(M::kGTcon, kStartCounter | 1);
    mct.advance(10);
    CHECK(mct.regs.read(M::kGIntCstat) == 1);
    CHECK_FALSE(mct.global_irq(0));
    mct.regs.write(M::kGIntEnb, 1);
    CHECK(mct.global_irq(0));
}

TEST_CASE("mct: a local timer expires after ICNTB x (TCNTB + 1) clocks", "[system][mct]") {
    M mct;
    mct.advance(1000);
    start_local(mct, 0, 12'000, kOneShot);  // 1 ms
    CHECK(mct.next_expiry() == 25'000U);
    mct.advance(13'000);
    CHECK(mct.regs.read(M::kLIcnto) == 6'000);
    mct.advance(24'999);
    CHECK_FALSE(mct.local_irq(0));
    mct.advance(25'000);
    CHECK(mct.local_irq(0));
    CHECK_FALSE(mct.next_expiry());
    mct.regs.write(M::kLIntCstat, 1);
    CHECK_FALSE(mct.local_irq(0));
}

TEST_CASE("mct: interval mode re-arms by itself, without drift", "[system][mct]") {
    M mct;
    start_local(mct, 1, 100, kPeriodic);
    mct.advance(210);  // noticed late
    CHECK(mct.local_irq(1));
    mct.regs.write(M::kLIntCstat + 0x100, 1);
    CHECK(mct.next_expiry() == 400U);
}

TEST_CASE("mct: stopping a local timer cancels its interrupt", "[system][mct]") {
    M mct;
    start_local(mct, 0, 100, kPeriodic);
    mct.advance(100);
    mct.regs.write(M::kLTcon, 0);
    CHECK_FALSE(mct.next_expiry());
    mct.advance(1000);
    CHECK_FALSE(mct.local_irq(0));
}
