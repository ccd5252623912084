#include "models/system/cmu_core.hpp"

#include <array>

namespace exysim::system {

namespace {
constexpr uint64_t kCrystalHz = 24'000'000;
constexpr uint32_t kAllOn = 0xFFFF'FFFF;

enum Reg : uint32_t {
    kEpllCon = 0xC110,
    kVpllCon = 0xC120,
    kApllCon = 0x14100,
    kMpllCon = 0x14108,
    kSrcTop0 = 0xC210,
    kSrcImage = 0xC230,
    kSrcLcd0 = 0xC234,
    kSrcPeril0 = 0xC250,
    kDivTop = 0xC510,
    kDivImage = 0xC530,
    kDivLcd0 = 0xC534,
    kDivPeril0 = 0xC550,
    kSrcCpu = 0x14200,
    kDivCpu0 = 0x14500,
};

constexpr CmuCore::GateIp kGates[] = {
    CmuCore::GateIp::cam,   CmuCore::GateIp::tv,    CmuCore::GateIp::mfc,   CmuCore::GateIp::g3d,
    CmuCore::GateIp::image, CmuCore::GateIp::lcd0,  CmuCore::GateIp::lcd1,  CmuCore::GateIp::fsys,
    CmuCore::GateIp::gps,   CmuCore::GateIp::peril, CmuCore::GateIp::perir,
};

/// A multiplexer register and the status register that follows it.
struct Mux {
    uint32_t source, status;
};
constexpr Mux kMuxes[] = {
    {0x4200, 0x4400}, {0x8200, 0x8400},   {kSrcTop0, 0xC410},
    {0xC214, 0xC414}, {0x10200, 0x10400}, {kSrcCpu, 0x14400},
};

constexpr Field storage(uint32_t offset, const char* name, uint32_t reset, uint32_t count = 1) {
    return {offset, name, 31, 0, Access::rw, reset, count};
}
constexpr Field status(uint32_t offset, const char* name, uint32_t count = 1) {
    return {offset, name, 31, 0, Access::ro, 0, count};
}

// clang-format off
constexpr uint32_t kPllFields = 5;
/// The rows of a PLL's CON0.
constexpr std::array<Field, kPllFields> pll(uint32_t con0, uint32_t m, uint32_t p, uint32_t s) {
    return {{
        {con0, "ENABLE", 31, 31, Access::rw, 1},
        {con0, "LOCKED", 29, 29, Access::ro, 1},
        {con0, "MDIV",   25, 16, Access::rw, m},
        {con0, "PDIV",   13,  8, Access::rw, p},
        {con0, "SDIV",    2,  0, Access::rw, s},
    }};
}

constexpr Field kPlain[] = {
    storage(0x4200,  "SRC_LEFTBUS",  0),           storage(0x4500,  "DIV_LEFTBUS",  0x13),
    storage(0x4800,  "GATE_IP_LEFTBUS", kAllOn),
    storage(0x8200,  "SRC_RIGHTBUS", 0),           storage(0x8500,  "DIV_RIGHTBUS", 0x13),
    storage(0x8800,  "GATE_IP_RIGHTBUS", kAllOn),
    storage(0xC010,  "EPLL_LOCK",    0),           storage(0xC020,  "VPLL_LOCK",    0),
    storage(0xC114,  "EPLL_CON1",    0),           storage(0xC118,  "EPLL_CON2",    0),
    storage(0xC124,  "VPLL_CON1",    0x1100'0400), storage(0xC128,  "VPLL_CON2",    0),
    storage(kSrcTop0, "SRC_TOP0",    0),           storage(0xC214,  "SRC_TOP1",     0),
    storage(0xC220,  "SRC_CAM",      0x1111'6666), storage(0xC224,  "SRC_TV",       0),
    storage(0xC228,  "SRC_MFC",      0),           storage(0xC22C,  "SRC_G3D",      0),
    storage(kSrcImage, "SRC_IMAGE",  0),           storage(0xC234,  "SRC_LCD0",     0x1116),
    storage(0xC238,  "SRC_LCD1",     0),           storage(0xC23C,  "SRC_MAUDIO",   0),
    storage(0xC240,  "SRC_FSYS",     0x0006'6666), storage(kSrcPeril0, "SRC_PERIL0", 0x0006'6666),
    storage(0xC254,  "SRC_PERIL1",   0),
    storage(0xC310,  "SRC_MASK_TOP", kAllOn),      storage(0xC320,  "SRC_MASK_CAM", kAllOn),
    storage(0xC324,  "SRC_MASK_TV",  kAllOn),      storage(0xC334,  "SRC_MASK_LCD0", kAllOn),
    storage(0xC338,  "SRC_MASK_LCD1", kAllOn),     storage(0xC33C,  "SRC_MASK_MAUDIO", kAllOn),
    storage(0xC340,  "SRC_MASK_FSYS", kAllOn),     storage(0xC350,  "SRC_MASK_PERIL0", kAllOn),
    storage(0xC354,  "SRC_MASK_PERIL1", kAllOn),
    storage(kDivTop, "DIV_TOP",      0x5473),      storage(0xC520,  "DIV_CAM",      0x4444),
    storage(0xC524,  "DIV_TV",       0),           storage(0xC528,  "DIV_MFC",      3),
    storage(0xC52C,  "DIV_G3D",      1),           storage(kDivImage, "DIV_IMAGE",  3),
    storage(0xC534,  "DIV_LCD0",     4),           storage(0xC538,  "DIV_LCD1",     0),
    storage(0xC53C,  "DIV_MAUDIO",   0),           storage(0xC540,  "DIV_FSYS0",    0),
    storage(0xC544,  "DIV_FSYS1",    0x000F'000F), storage(0xC548,  "DIV_FSYS2",    0x000F'0304),
    storage(0xC54C,  "DIV_FSYS3",    0xF),         storage(kDivPeril0, "DIV_PERIL0", 0x0007'7777),
    storage(0xC554,  "DIV_PERIL1",   0, 5),
    storage(0xC820,  "GATE_SCLK_CAM", kAllOn),     storage(0xC920,  "GATE_IP_CAM",  kAllOn),
    storage(0xC924,  "GATE_IP_TV",   kAllOn),      storage(0xC928,  "GATE_IP_MFC",  kAllOn),
    storage(0xC92C,  "GATE_IP_G3D",  kAllOn),      storage(0xC930,  "GATE_IP_IMAGE", kAllOn),
    storage(0xC934,  "GATE_IP_LCD0", kAllOn),      storage(0xC938,  "GATE_IP_LCD1", kAllOn),
    storage(0xC940,  "GATE_IP_FSYS", kAllOn),      storage(0xC94C,  "GATE_IP_GPS",  kAllOn),
    storage(0xC950,  "GATE_IP_PERIL", kAllOn),     storage(0xC960,  "GATE_IP_PERIR", kAllOn),
    storage(0xC970,  "GATE_BLOCK",   kAllOn),
    storage(0x10200, "SRC_DMC",      0x0001'0000), storage(0x10300, "SRC_MASK_DMC", kAllOn),
    storage(0x10500, "DIV_DMC0",     0x1311'1113), storage(0x10504, "DIV_DMC1",     0x0101'0100),
    storage(0x10900, "GATE_IP_DMC",  kAllOn),
    storage(0x14000, "APLL_LOCK",    0),           storage(0x14008, "MPLL_LOCK",    0),
    storage(0x14104, "APLL_CON1",    0x8000'000C), storage(0x1410C, "MPLL_CON1",    0x1C),
    storage(kSrcCpu, "SRC_CPU",      0x0101),      storage(kDivCpu0, "DIV_CPU0",     0x0014'3730),
    storage(0x14504, "DIV_CPU1",     3),           storage(0x14800, "GATE_SCLK_CPU", kAllOn),
    storage(0x14900, "GATE_IP_CPU",  kAllOn),      storage(0x15020, "PWR_CTRL1",    0, 2),
    // A divider's change is complete at once; a multiplexer's status follows its register (follow_mux).
    status(0x4400,   "MUX_STAT_LEFTBUS"),          status(0x4600,   "DIV_STAT_LEFTBUS"),
    status(0x8400,   "MUX_STAT_RIGHTBUS"),         status(0x8600,   "DIV_STAT_RIGHTBUS"),
    status(0xC410,   "MUX_STAT_TOP", 2),           status(0xC610,   "DIV_STAT_TOP", 23),
    status(0x10400,  "MUX_STAT_DMC"),              status(0x10600,  "DIV_STAT_DMC", 2),
    status(0x14400,  "MUX_STAT_CPU"),              status(0x14600,  "DIV_STAT_CPU", 2),
};
// clang-format on

constexpr std::array kPlls = {
    pll(kApllCon, 250, 6, 1),  // 24 MHz x 250 / 6 = 1000 MHz
    pll(kMpllCon, 200, 6, 1),  // 800 MHz
    pll(kEpllCon, 48, 3, 2),   // 24 MHz x 48 / (3 x 4) = 96 MHz
    pll(kVpllCon, 53, 3, 2),   // 24 MHz x (53 + 1) / (3 x 4) = 108 MHz, K = 1024 / 1024
};

constexpr auto whole_map() {
    std::array<Field, std::size(kPlain) + kPlls.size() * kPllFields> map{};
    size_t n = 0;
    for (const Field& f : kPlain) map[n++] = f;
    for (const auto& rows : kPlls) {
        for (const Field& f : rows) map[n++] = f;
    }
    return map;
}
constexpr auto kMap = whole_map();
static_assert(well_formed(kMap));

const std::array<Field, kPllFields>& rows_of(CmuCore::Pll pll) { return kPlls[static_cast<size_t>(pll)]; }
uint32_t nibble(uint32_t word, uint32_t n) { return word >> 4 * n & 0xF; }
}  // namespace

CmuCore::CmuCore() : regs{kMap} {
    for (const auto& rows : kPlls) {
        const Field &enable = rows[0], &locked = rows[1];
        regs.on_write(enable.offset,
                      [this, &enable, &locked](uint32_t) { regs.set(locked, regs.get(enable)); });
    }
    for (const Mux& mux : kMuxes) {
        regs.on_write(mux.source, [this, &mux](uint32_t) { follow_mux(mux.source, mux.status); });
        follow_mux(mux.source, mux.status);
    }
    for (const GateIp gate : kGates)
        regs.on_write(static_cast<uint32_t>(gate), [this](uint32_t) { gates_changed(); });
}

void CmuCore::close(GateIp gate, uint32_t bits) {
    const auto offset = static_cast<uint32_t>(gate);
    regs.set(storage(offset, "", 0), regs.word(offset) & ~bits);
}

/// One-bit multiplexers, a nibble apart: the status nibble reads 1 for input 0 and 2 for input 1.
void CmuCore::follow_mux(uint32_t source, uint32_t status_offset) {
    const uint32_t selected = regs.word(source) & 0x1111'1111;
    regs.set(status(status_offset, ""), 0x1111'1111 + selected);
}

uint64_t CmuCore::pll_hz(Pll which) const {
    const auto& [enable, locked, mdiv, pdiv, sdiv] = rows_of(which);
    const uint64_t m = regs.get(mdiv), p = regs.get(pdiv), s = regs.get(sdiv);
    if (!regs.get(enable) || p == 0) return 0;
    const uint32_t k = regs.word(enable.offset + 4);  // CON1
    switch (which) {
        case Pll::apll:
        case Pll::mpll:
            return 2 * kCrystalHz * m / (p << s);
        case Pll::epll:
            return kCrystalHz * (m * 65536 + (k & 0xFFFF)) / ((p << s) * 65536);
        case Pll::vpll:
            return kCrystalHz * (m * 1024 + (k & 0xFFF)) / ((p << s) * 1024);
    }
    return 0;
}

/// A PLL behind its bypass multiplexer: bit `bit` of `reg` selects the PLL, else the crystal.
uint64_t CmuCore::selected_hz(Pll which, uint32_t reg, uint32_t bit) const {
    return regs.word(reg) >> bit & 1 ? pll_hz(which) : kCrystalHz;
}

/// The clock that a peripheral's multiplexer code names. Assumed: both crystals run at 24 MHz.
uint64_t CmuCore::source_hz(uint32_t code) const {
    switch (code) {
        case 3:
            return 48'000'000;  // SCLK_USBPHY0
        case 4:
            return 0;  // SCLK_USBPHY1, absent
        case 5:
            return 27'000'000;  // SCLK_HDMIPHY
        case 6:
            return selected_hz(Pll::mpll, kSrcCpu, 8);
        case 7:
            return selected_hz(Pll::epll, kSrcTop0, 4);
        case 8:
            return selected_hz(Pll::vpll, kSrcTop0, 8);
        default:
            return kCrystalHz;  // XXTI, XUSBXTI, SCLK_HDMI24M
    }
}

uint64_t CmuCore::uart_hz(uint32_t n) const {
    return source_hz(nibble(regs.word(kSrcPeril0), n)) / (nibble(regs.word(kDivPeril0), n) + 1);
}

uint64_t CmuCore::fimd_hz() const {
    return source_hz(nibble(regs.word(kSrcLcd0), 0)) / (nibble(regs.word(kDivLcd0), 0) + 1);
}

/// Bit 8 of SRC_IMAGE takes EPLL or VPLL (bit 4), else MPLL or APLL (bit 0). [Linux's clk-exynos4]
uint64_t CmuCore::g2d_hz() const {
    const uint32_t select = regs.word(kSrcImage);
    const auto chosen = [&] {
        if (select >> 8 & 1) return source_hz(select >> 4 & 1 ? 8 : 7);
        return select & 1 ? selected_hz(Pll::apll, kSrcCpu, 0) : source_hz(6);
    };
    return chosen() / (nibble(regs.word(kDivImage), 0) + 1);
}

uint32_t CmuCore::periphclk_divider() const { return (regs.word(kDivCpu0) >> 12 & 7) + 1; }

uint64_t CmuCore::aclk100_hz() const {
    const bool apll = regs.word(kSrcTop0) >> 16 & 1;
    const uint64_t source = apll ? selected_hz(Pll::apll, kSrcCpu, 0) : selected_hz(Pll::mpll, kSrcCpu, 8);
    return source / (nibble(regs.word(kDivTop), 1) + 1);
}

}  // namespace exysim::system
