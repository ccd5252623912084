// Pin controller: function, data, pull and drive registers of its banks, and its external interrupts.
// Facts: hardware page "Memory map" section 8; "Linux bring-up" item 12.
#pragma once

#include <cstdint>

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Pins lead nowhere but where something outside drives them: there DAT reads the level unless the pin is an
/// output. Only the wake-up banks GPX0 to GPX3 can be driven, and only their external interrupts work: ECON
/// says what makes one pending while the pin's function is EINT; a level that lasts stays pending. The
/// ordinary banks' interrupt registers are storage, since nothing drives those pins. Assumed: masks are all
/// ones out of reset; filters pass everything.
class GpioCore {
public:
    static constexpr uint32_t kWakeBanks = 4, kPins = 8;
    static constexpr uint32_t kEints = 16;  ///< of GPX0 and GPX1, which have lines of their own

    enum Reg : uint32_t {
        kBanks = 0x000,
        kControl = 0x700,
        kMask = 0x900,
        kPend = 0xA00,
        kService = 0xB00,
        kGpx = 0xC00,
        kWakeControl = 0xE00,
        kWakeFilter = 0xE80,
        kWakeMask = 0xF00,
        kWakePend = 0xF40
    };
    static constexpr uint32_t kBankBytes = 0x20, kDat = 4;  ///< CON comes first, DAT behind it
    // clang-format off
    static constexpr Field kMap[] = {
        {kBanks,       "GPIO",          31, 0, Access::rw,  0,    kControl / 4},
        {kControl,     "EINT_CON_FLT",  31, 0, Access::rw,  0,    0x200 / 4},
        {kMask,        "EINT_MASK",      7, 0, Access::rw,  0xFF, 16},
        {kPend,        "EINT_PEND",      7, 0, Access::w1c, 0,    16},
        {kService,     "EINT_SERVICE",  31, 0, Access::rw,  0,    16},
        {kGpx,         "GPX",           31, 0, Access::rw,  0,    0x200 / 4},
        {kWakeControl, "WKUP_CON",      31, 0, Access::rw,  0,    0x80 / 4},
        {kWakeFilter,  "WKUP_FLT",      31, 0, Access::rw,  0,    0x80 / 4},
        {kWakeMask,    "WKUP_MASK",      7, 0, Access::rw,  0xFF, 16},
        {kWakePend,    "WKUP_PEND",      7, 0, Access::w1c, 0,    16},
    };
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};

    GpioCore();

    /// Something outside drives pin `pin` of bank GPX`bank`, from now on.
    void drive(uint32_t bank, uint32_t pin, bool high);
    /// Line of EINT n, n < kEints.
    bool eint(uint32_t n) const { return (waiting(n / kPins) >> n % kPins & 1) != 0; }
    /// The line that EINT16 to EINT31 share.
    bool upper_eints() const { return (waiting(2) | waiting(3)) != 0; }

private:
    static constexpr uint32_t kOutput = 1, kFunctionEint = 0xF;
    enum Trigger : uint32_t { kLow, kHigh, kFalling, kRising, kBoth };

    static uint32_t bank_at(uint32_t bank) { return kGpx + kBankBytes * bank; }
    static uint32_t nibble(uint32_t word, uint32_t n) { return word >> 4 * n & 0xF; }
    uint32_t function(uint32_t bank, uint32_t pin) const { return nibble(regs.word(bank_at(bank)), pin); }
    Trigger trigger(uint32_t bank, uint32_t pin) const {
        return static_cast<Trigger>(nibble(regs.word(kWakeControl + 4 * bank), pin) & 7);
    }
    /// Bits that are pending and not masked.
    uint32_t waiting(uint32_t bank) const {
        return regs.word(kWakePend + 4 * bank) & ~regs.word(kWakeMask + 4 * bank);
    }
    uint32_t data(uint32_t bank, uint32_t stored) const;
    void raise(uint32_t bank, uint32_t pin);
    void raise_levels(uint32_t bank);

    uint32_t driven_[kWakeBanks] = {}, high_[kWakeBanks] = {};  // a bit a pin
};

}  // namespace exysim::system
