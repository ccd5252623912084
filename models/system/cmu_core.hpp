// Clock management unit: PLLs, multiplexers, dividers and gates as registers, and the rates they amount to.
#pragma once

#include <cstdint>
#include <functional>

#include "models/base/register_bank.hpp"
#include "models/system/chip.hpp"

namespace exysim::system {

/// Reset values are those a boot loader leaves on a board with a 24 MHz crystal (APLL 1000, MPLL 800, EPLL
/// 96, VPLL 108 MHz). Facts: hardware page "System devices" section 4; for the Exynos4412 also Linux 6.1's
/// clk-exynos4. Of the gates, those of the GATE_IP registers stop blocks; GATE_SCLK, GATE_BLOCK and the
/// source masks are storage.
class CmuCore {
public:
    enum class Pll { apll, mpll, epll, vpll };
    /// Gates of blocks, a bit each, by the part of the chip that they are in.
    enum class GateIp : uint8_t {
        cam,
        tv,
        mfc,
        g3d,
        image,
        lcd0,
        lcd1,
        fsys,
        gps,
        peril,
        perir,
        dmc,
        isp0,
        isp1
    };
    static constexpr uint32_t kGates = 14;

    explicit CmuCore(Chip chip = Chip::exynos4210);
    RegisterBank regs;
    Chip chip() const { return chip_; }
    std::function<void()> gates_changed = [] {};  ///< a GATE_IP register was written; set by the shell

    /// The register of a part's gates; 0 where the chip has no such part.
    static constexpr uint32_t gate_register(Chip chip, GateIp gate) {
        constexpr uint32_t kCommon[kGates] = {0xC920, 0xC924, 0xC928, 0xC92C, 0xC930,  0xC934,  0xC938,
                                              0xC940, 0xC94C, 0xC950, 0xC960, 0x10900, 0x18800, 0x18804};
        if (chip == Chip::exynos4210 && gate >= GateIp::isp0) return 0;
        if (chip == Chip::exynos4412 && gate == GateIp::image) return 0x4930;
        if (chip == Chip::exynos4412 && gate == GateIp::perir) return 0x8960;
        return kCommon[static_cast<size_t>(gate)];
    }
    /// Whether all of a register's `bits` let their clocks through.
    bool clocked(GateIp gate, uint32_t bits) const {
        return (regs.word(gate_register(chip_, gate)) & bits) == bits;
    }
    /// Closes gates as a thrifty boot loader does.
    void close(GateIp gate, uint32_t bits);

    uint64_t pll_hz(Pll pll) const;
    /// SCLK_UARTn, n = 0-4.
    uint64_t uart_hz(uint32_t n) const;
    /// SCLK_FIMD0.
    uint64_t fimd_hz() const;
    /// SCLK_FIMG2D. Assumed: a boot loader leaves its divider at 3, which makes 200 MHz of MPLL.
    uint64_t g2d_hz() const;
    /// ACLK_100, the clock of the peripheral bus: I2C, PWM, watchdog.
    uint64_t aclk100_hz() const;
    /// PERIPHCLK is the core clock divided by this: DIV_CPU0's PERIPH_RATIO + 1.
    uint32_t periphclk_divider() const;

private:
    uint64_t selected_hz(Pll pll, uint32_t reg, uint32_t bit) const;
    uint64_t apll_hz() const;
    uint64_t mpll_hz() const;
    uint64_t source_hz(uint32_t code) const;
    void follow_mux(uint32_t source, uint32_t status);

    Chip chip_;
};

}  // namespace exysim::system
