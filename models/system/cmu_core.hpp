// Clock management unit: PLLs, multiplexers, dividers and gates as registers, and the rates they amount to.
#pragma once

#include <cstdint>
#include <functional>

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Reset values are those a boot loader leaves on an Exynos4210 board with a 24 MHz crystal (APLL 1000, MPLL
/// 800, EPLL 96, VPLL 108 MHz). Facts: hardware page "System devices" section 4. Of the gates, those of the
/// GATE_IP registers stop blocks; GATE_SCLK, GATE_BLOCK and the source masks are storage.
class CmuCore {
public:
    enum class Pll { apll, mpll, epll, vpll };
    /// Gates of blocks, a bit each, by the part of the chip that they are in.
    enum class GateIp : uint32_t {
        cam = 0xC920,
        tv = 0xC924,
        mfc = 0xC928,
        g3d = 0xC92C,
        image = 0xC930,
        lcd0 = 0xC934,
        lcd1 = 0xC938,
        fsys = 0xC940,
        gps = 0xC94C,
        peril = 0xC950,
        perir = 0xC960,
    };

    CmuCore();
    RegisterBank regs;
    std::function<void()> gates_changed = [] {};  ///< a GATE_IP register was written; set by the shell

    /// Whether all of a register's `bits` let their clocks through.
    bool clocked(GateIp gate, uint32_t bits) const {
        return (regs.word(static_cast<uint32_t>(gate)) & bits) == bits;
    }
    /// Closes gates as a thrifty boot loader does.
    void close(GateIp gate, uint32_t bits);

    uint64_t pll_hz(Pll pll) const;
    /// SCLK_UARTn, n = 0-4.
    uint64_t uart_hz(uint32_t n) const;
    /// SCLK_FIMD0.
    uint64_t fimd_hz() const;
    /// SCLK_FIMG2D. Assumed: a boot loader leaves DIV_IMAGE at 3, which makes 200 MHz of MPLL.
    uint64_t g2d_hz() const;
    /// ACLK_100, the clock of the peripheral bus: I2C, PWM, watchdog.
    uint64_t aclk100_hz() const;
    /// PERIPHCLK is the core clock divided by this: DIV_CPU0's PERIPH_RATIO + 1.
    uint32_t periphclk_divider() const;

private:
    uint64_t selected_hz(Pll pll, uint32_t reg, uint32_t bit) const;
    uint64_t source_hz(uint32_t code) const;
    void follow_mux(uint32_t source, uint32_t status);
};

}  // namespace exysim::system
