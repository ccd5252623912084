// HDMI transmitter: storage, and the timing generator's settings (hardware/mixer.md, section 9). Registers
// are bytes in 32-bit slots.
#pragma once

#include "models/base/register_bank.hpp"
#include "models/display/hdmi_phy.hpp"
#include "models/display/timing.hpp"

namespace exysim::display {

/// Where registers lie: 1.3 on the Exynos4210, 1.4 on the Exynos4412.
enum class HdmiLayout : uint8_t { v1_3, v1_4 };

struct HdmiConfig {
    HdmiLayout layout = HdmiLayout::v1_3;
    bool screen = true;  ///< one is plugged in from the start
};

struct HdmiCore {
    enum Reg : uint32_t {
        kIntcCon = 0x0'0000,
        kIntcFlag = 0x0'0004,
        kHpdStatus = 0x0'000C,
        kCon0 = 0x1'0000,
        kPhyStatus = 0x1'0014,    // layout 1.3
        kPhyStatus14 = 0x0'0020,  // layout 1.4
        kTgCmd = 0x5'0000,
        kTgHFsz = 0x5'0018,
        kTgHactSz = 0x5'0028,
        kTgVFsz = 0x5'0030,
        kTgVactSt = 0x5'0048,
        kTgVactSz = 0x5'0050,
    };
    // clang-format off
    //                              register      name          high low  access       reset count
    static constexpr Field kIntGlobal{kIntcCon,   "INTC_GLOBAL",   6,  6, Access::rw,  0};
    static constexpr Field kIntPlug {kIntcCon,    "INTC_HPD_PLUG", 3,  3, Access::rw,  0};
    static constexpr Field kIntUnplug{kIntcCon,   "INTC_HPD_UNPLUG",2, 2, Access::rw,  0};
    static constexpr Field kIntRest {kIntcCon,    "INTC_REST",     1,  0, Access::rw,  0};
    static constexpr Field kIntRest2{kIntcCon,    "INTC_REST",     5,  4, Access::rw,  0};
    static constexpr Field kIntRest3{kIntcCon,    "INTC_REST",     7,  7, Access::rw,  0};
    static constexpr Field kPlugged {kIntcFlag,   "FLAG_HPD_PLUG", 3,  3, Access::w1c, 0};
    static constexpr Field kUnplugged{kIntcFlag,  "FLAG_HPD_UNPLUG",2, 2, Access::w1c, 0};
    static constexpr Field kFlagRest{kIntcFlag,   "FLAG_REST",     1,  0, Access::w1c, 0};
    static constexpr Field kFlagRest2{kIntcFlag,  "FLAG_REST",     7,  4, Access::w1c, 0};
    static constexpr Field kKeyLoad {0x0'0008,    "KEY_LOAD",      7,  0, Access::rw,  0};
    static constexpr Field kHpd     {kHpdStatus,  "HPD_STATUS",    0,  0, Access::ro,  1};  // a screen is there
    static constexpr Field kEnable  {kCon0,       "CON_0",         0,  0, Access::rw,  0};
    static constexpr Field kCon0Rest{kCon0,       "CON_0_REST",    7,  1, Access::rw,  0};
    static constexpr Field kCon     {0x1'0004,    "CON",           7,  0, Access::rw,  0, 4};
    static constexpr Field kCore    {0x1'0018,    "CORE",          7,  0, Access::rw,  0, 922};  // to 0x1'0E7C
    static constexpr Field kI2s     {0x4'0000,    "I2S",           7,  0, Access::rw,  0, 64};
    static constexpr Field kTgEnable{kTgCmd,      "TG_CMD",        0,  0, Access::rw,  0};
    static constexpr Field kTgField {kTgCmd,      "TG_FIELD",      1,  1, Access::rw,  0};
    static constexpr Field kTgRest  {kTgCmd,      "TG_REST",       7,  2, Access::rw,  0};
    static constexpr Field kTg      {0x5'0004,    "TG",            7,  0, Access::rw,  0, 63};
    // clang-format on

    RegisterBank regs;

    explicit HdmiCore(const HdmiConfig& config = {});
    bool running() const { return regs.get(kEnable) != 0 && regs.get(kTgEnable) != 0; }
    /// What the timing generator is set to. The pixel clock is the PHY's, or what CEA-861 says of these
    /// totals; others run at 60 frames a second [Assumed].
    Timing timing() const;
    /// The pixel clock is a fact.
    bool known_mode() const { return clock().has_value(); }
    /// A screen comes or goes.
    void plug(bool in);
    /// Only the screen stays as it is, and the PHY, which has its own supply.
    void power_off();
    bool irq() const;

    HdmiPhy phy;
    Edid edid;

private:
    std::optional<uint64_t> clock() const;
    /// A 16-bit timing generator setting: low byte, then high byte one slot on.
    uint32_t tg(uint32_t reg) const { return regs.word(reg) | regs.word(reg + 4) << 8; }
};

}  // namespace exysim::display
