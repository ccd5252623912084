// The wake-up pins of the pin controller. Expectations: hardware page "Memory map" section 8: banks of 0x20
// bytes from 0xC00, CON with four bits a pin (0 input, 1 output, 0xF external interrupt), DAT behind it; ECON
// at 0xE00 (0 low, 1 high, 2 falling, 3 rising, 4 both), EMASK at 0xF00, EPEND at 0xF40, a word a bank.
#include "models/system/gpio_core.hpp"

#include <catch2/catch.hpp>

using exysim::system::GpioCore;

namespace {

constexpr uint32_t kGpx3 = 0xC60, kDat = 4, kEcon = 0xE0C, kMask = 0xF0C, kPend = 0xF4C;
constexpr uint32_t kPin = 7, kBit = 1U << kPin, kEint = 0xFU << 4 * kPin;
enum Trigger : uint32_t { kLow, kHigh, kFalling, kRising, kBoth };

/// GPX3[7] as an external interrupt, not masked; the level before is `high`.
struct Pin {
    GpioCore gpio;

    explicit Pin(Trigger trigger, bool high) {
        gpio.drive(3, kPin, high);
        gpio.regs.write(kGpx3, kEint);
        gpio.regs.write(kEcon, static_cast<uint32_t>(trigger) << 4 * kPin);
        gpio.regs.write(kPend, kBit);
        gpio.regs.write(kMask, 0xFF & ~kBit);
    }
    bool pending() { return (gpio.regs.read(kPend) & kBit) != 0; }
    bool after(bool high) {
        gpio.drive(3, kPin, high);
        return pending();
    }
};

}  // namespace

TEST_CASE("gpio: a driven pin reads its level unless it is an output", "[system][gpio]") {
    GpioCore gpio;
    gpio.regs.write(kGpx3 + kDat, 0x01);
    gpio.drive(3, kPin, true);
    CHECK(gpio.regs.read(kGpx3 + kDat) == (kBit | 0x01));  // pins that nobody drives keep what was written
    gpio.regs.write(kGpx3 + kDat, kBit);
    gpio.drive(3, kPin, false);
    CHECK(gpio.regs.read(kGpx3 + kDat) == 0);
    gpio.regs.write(kGpx3, 1U << 4 * kPin);
    CHECK(gpio.regs.read(kGpx3 + kDat) == kBit);
    gpio.regs.write(kGpx3, kEint);
    CHECK(gpio.regs.read(kGpx3 + kDat) == 0);
    CHECK(gpio.regs.read(0xC44) == 0);  // another bank
}

TEST_CASE("gpio: edges make an interrupt pending as ECON says, once", "[system][gpio]") {
    struct Row {
        Trigger trigger;
        bool on_rise, on_fall;
    };
    for (const Row& row : {Row{kFalling, false, true}, Row{kRising, true, false}, Row{kBoth, true, true}}) {
        INFO("trigger " << row.trigger);
        CHECK(Pin{row.trigger, false}.after(true) == row.on_rise);
        CHECK(Pin{row.trigger, true}.after(false) == row.on_fall);
        CHECK_FALSE(Pin{row.trigger, true}.after(true));
        CHECK_FALSE(Pin{row.trigger, false}.after(false));
    }
    Pin pin{kBoth, false};
    REQUIRE(pin.after(true));
    pin.gpio.regs.write(kPend, kBit);
    CHECK_FALSE(pin.pending());
}

TEST_CASE("gpio: a level stays pending while it lasts", "[system][gpio]") {
    for (const bool high : {true, false}) {
        Pin pin{high ? kHigh : kLow, !high};
        CHECK_FALSE(pin.pending());
        CHECK(pin.after(high));
        pin.gpio.regs.write(kPend, kBit);
        CHECK(pin.pending());
        pin.gpio.drive(3, kPin, !high);
        CHECK(pin.pending());  // until software clears it
        pin.gpio.regs.write(kPend, kBit);
        CHECK_FALSE(pin.pending());
    }
}

TEST_CASE("gpio: only pins with the interrupt function interrupt, and masked ones do not reach the line",
          "[system][gpio]") {
    Pin pin{kBoth, false};
    CHECK_FALSE(pin.gpio.upper_eints());
    pin.gpio.regs.write(kGpx3, 0);  // an input
    CHECK_FALSE(pin.after(true));
    pin.gpio.regs.write(kGpx3, kEint);
    CHECK(pin.after(false));
    CHECK(pin.gpio.upper_eints());
    pin.gpio.regs.write(kMask, 0xFF);
    CHECK(pin.pending());
    CHECK_FALSE(pin.gpio.upper_eints());
}

TEST_CASE("gpio: EINT0 to 15 have lines of their own, 16 to 31 share one", "[system][gpio]") {
    for (uint32_t bank = 0; bank < 4; ++bank) {
        for (uint32_t pin = 0; pin < 8; ++pin) {
            GpioCore gpio;
            gpio.regs.write(0xC00 + 0x20 * bank, 0xFU << 4 * pin);
            gpio.regs.write(0xE00 + 4 * bank, static_cast<uint32_t>(kRising) << 4 * pin);
            gpio.regs.write(0xF00 + 4 * bank, 0);
            gpio.drive(bank, pin, true);
            const uint32_t eint = 8 * bank + pin;
            for (uint32_t n = 0; n < GpioCore::kEints; ++n) CHECK(gpio.eint(n) == (n == eint));
            CHECK(gpio.upper_eints() == (eint >= GpioCore::kEints));
        }
    }
}
