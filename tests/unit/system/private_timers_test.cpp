// Expected values: Cortex-A9 MPCore TRM (ARM DDI 0407), chapter 4. A clock is a period of PERIPHCLK.
#include <catch2/catch.hpp>

#include "models/system/global_timer_core.hpp"
#include "models/system/private_timer_core.hpp"

using T = exysim::system::PrivateTimerCore;
using W = exysim::system::PrivateWatchdogCore;
using G = exysim::system::GlobalTimerCore;

namespace {
constexpr uint32_t kEnable = 1, kAutoReload = 2, kIrqEnable = 4, kWatchdogMode = 8;
constexpr uint32_t kGlobalCompare = 2, kGlobalIrq = 4, kGlobalAuto = 8;
constexpr uint32_t prescale(uint32_t by) { return (by - 1) << 8; }

void compare(exysim::RegisterBank& regs, uint64_t value) {
    regs.write(G::kCompareLow, static_cast<uint32_t>(value));
    regs.write(G::kCompareHigh, static_cast<uint32_t>(value >> 32));
}
uint64_t counter(G& timer, uint32_t core) {
    return uint64_t{timer.regs(core).read(G::kCounterHigh)} << 32 | timer.regs(core).read(G::kCounterLow);
}
}  // namespace

TEST_CASE("private timer: counts down once and stays at zero", "[system][private]") {
    T t;
    t.regs.write(T::kLoad, 10);
    t.regs.write(T::kControl, kEnable | kIrqEnable);
    CHECK(t.next_expiry() == 10);
    t.advance(9);
    CHECK(t.regs.read(T::kCounter) == 1);
    CHECK_FALSE(t.irq());
    t.advance(10);
    CHECK(t.regs.read(T::kCounter) == 0);
    CHECK(t.irq());
    t.regs.write(T::kStatus, 1);
    CHECK_FALSE(t.irq());
    t.advance(1000);
    CHECK(t.regs.read(T::kCounter) == 0);
    CHECK_FALSE(t.irq());
    CHECK_FALSE(t.next_expiry().has_value());
}

TEST_CASE("private timer: reloads at zero, so that a period is load + 1", "[system][private]") {
    T t;
    t.regs.write(T::kLoad, 3);
    t.regs.write(T::kControl, kEnable | kAutoReload | kIrqEnable);
    const uint32_t expected[] = {3, 2, 1, 0, 3, 2, 1, 0, 3};
    for (uint64_t clock = 0; clock < std::size(expected); ++clock) {
        t.advance(clock);
        CHECK(t.regs.read(T::kCounter) == expected[clock]);
    }
    t.regs.write(T::kStatus, 1);
    CHECK(t.next_expiry() == 11);
}

TEST_CASE("private timer: the prescaler stretches every step", "[system][private]") {
    T t;
    t.regs.write(T::kLoad, 2);
    t.regs.write(T::kControl, kEnable | kIrqEnable | prescale(100));
    t.advance(99);
    CHECK(t.regs.read(T::kCounter) == 2);
    t.advance(100);
    CHECK(t.regs.read(T::kCounter) == 1);
    CHECK(t.next_expiry() == 200);
}

TEST_CASE("private timer: many periods at once set the flag once", "[system][private]") {
    T t;
    t.regs.write(T::kLoad, 0);
    t.regs.write(T::kControl, kEnable | kAutoReload | kIrqEnable);
    t.advance(uint64_t{1} << 40);
    CHECK(t.irq());
    CHECK_FALSE(t.next_expiry().has_value());  // nothing more to wait for while the flag is set
    t.regs.write(T::kStatus, 1);
    CHECK(t.next_expiry() == (uint64_t{1} << 40) + 1);
}

TEST_CASE("private timer: stopping keeps the count, a written counter goes on from there",
          "[system][private]") {
    T t;
    t.regs.write(T::kLoad, 100);
    t.regs.write(T::kControl, kEnable);
    t.advance(30);
    t.regs.write(T::kControl, 0);
    t.advance(60);
    CHECK(t.regs.read(T::kCounter) == 70);
    t.regs.write(T::kCounter, 5);
    t.regs.write(T::kControl, kEnable | kIrqEnable);
    CHECK(t.next_expiry() == 65);
}

TEST_CASE("private watchdog: as a timer it interrupts", "[system][private]") {
    W w;
    w.regs.write(W::kLoad, 7);
    w.regs.write(W::kControl, kEnable | kIrqEnable);
    w.advance(7);
    CHECK(w.irq());
    CHECK_FALSE(w.take_reset());
    CHECK(w.regs.read(W::kResetStatus) == 0);
}

TEST_CASE("private watchdog: in its own mode it resets unless it is loaded in time", "[system][private]") {
    W w;
    w.regs.write(W::kLoad, 100);
    w.regs.write(W::kControl, kEnable | kWatchdogMode);
    w.advance(90);
    w.regs.write(W::kCounter, 1000);  // no way to put it off
    CHECK(w.regs.read(W::kCounter) == 10);
    w.regs.write(W::kLoad, 100);
    CHECK(w.next_expiry() == 190);
    w.advance(190);
    CHECK(w.take_reset());
    CHECK_FALSE(w.take_reset());
    CHECK_FALSE(w.irq());
    CHECK(w.regs.read(W::kResetStatus) == 1);
}

TEST_CASE("private watchdog: only the two keys in a row end watchdog mode", "[system][private]") {
    W w;
    w.regs.write(W::kControl, kWatchdogMode);
    w.regs.write(W::kControl, 0);
    CHECK(w.regs.read(W::kControl) == kWatchdogMode);
    w.regs.write(W::kDisable, W::kSecondKey);
    w.regs.write(W::kDisable, W::kFirstKey);
    w.regs.write(W::kDisable, 0);
    w.regs.write(W::kDisable, W::kSecondKey);
    CHECK(w.regs.read(W::kControl) == kWatchdogMode);
    w.regs.write(W::kDisable, W::kFirstKey);
    w.regs.write(W::kDisable, W::kSecondKey);
    CHECK(w.regs.read(W::kControl) == 0);
}

TEST_CASE("global timer: one counter, seen and controlled by every core", "[system][private]") {
    G g{2};
    g.regs(0).write(G::kCounterLow, 0xFFFF'FFFE);
    g.regs(1).write(G::kCounterHigh, 7);
    g.regs(0).write(G::kControl, kEnable | prescale(2));
    CHECK(g.regs(1).read(G::kControl) == (kEnable | prescale(2)));
    g.advance(6);
    CHECK(counter(g, 0) == 0x8'0000'0001);
    CHECK(counter(g, 1) == 0x8'0000'0001);
    g.regs(1).write(G::kControl, 0);
    g.advance(100);
    CHECK(counter(g, 0) == 0x8'0000'0001);
}

TEST_CASE("global timer: every core has a comparator of its own", "[system][private]") {
    G g{2};
    compare(g.regs(0), 50);
    compare(g.regs(1), 80);
    g.regs(0).write(G::kControl, kEnable | kGlobalCompare | kGlobalIrq);
    g.regs(1).write(G::kControl, kEnable | kGlobalCompare | kGlobalIrq);
    CHECK(g.next_expiry() == 50);
    g.advance(50);
    CHECK(g.irq(0));
    CHECK_FALSE(g.irq(1));
    CHECK(g.next_expiry() == 80);
    g.advance(80);
    CHECK(g.irq(1));
}

TEST_CASE("global timer: a cleared flag comes back until the comparator is moved", "[system][private]") {
    G g{1};
    compare(g.regs(0), 10);
    g.regs(0).write(G::kControl, kEnable | kGlobalCompare | kGlobalIrq);
    g.advance(12);
    g.regs(0).write(G::kStatus, 1);
    CHECK(g.irq(0));
    compare(g.regs(0), 1000);
    g.regs(0).write(G::kStatus, 1);
    CHECK_FALSE(g.irq(0));
    CHECK(g.next_expiry() == 1000);
}

TEST_CASE("global timer: auto-increment moves the comparator past the count", "[system][private]") {
    G g{1};
    compare(g.regs(0), 10);
    g.regs(0).write(G::kIncrement, 10);
    g.regs(0).write(G::kControl, kEnable | kGlobalCompare | kGlobalIrq | kGlobalAuto);
    g.advance(10);
    CHECK(g.irq(0));
    CHECK(g.regs(0).read(G::kCompareLow) == 20);
    g.regs(0).write(G::kStatus, 1);
    CHECK_FALSE(g.irq(0));
    CHECK(g.next_expiry() == 20);
    g.advance(57);
    CHECK(g.regs(0).read(G::kCompareLow) == 60);
}

TEST_CASE("global timer: a comparator beyond the end of time never fires", "[system][private]") {
    G g{1};
    compare(g.regs(0), ~uint64_t{0});
    g.regs(0).write(G::kControl, kEnable | kGlobalCompare | kGlobalIrq);
    CHECK_FALSE(g.next_expiry().has_value());
}
