#include "models/system/cmu_core.hpp"

#include <array>
#include <span>

namespace exysim::system {

namespace {
constexpr uint64_t kCrystalHz = 24'000'000;
constexpr uint32_t kAllOn = 0xFFFF'FFFF;

enum Reg : uint32_t {
    kEpllCon = 0xC110,
    kVpllCon = 0xC120,
    kApllCon = 0x14100,
    kMpllCon = 0x14108,
    kMpllCon4412 = 0x10108,
    kSrcTop0 = 0xC210,
    kSrcTop1 = 0xC214,
    kSrcDmc = 0x10200,
    kDivDmc1 = 0x10504,
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

/// A multiplexer register and the status register that follows it.
struct Mux {
    uint32_t source, status;
};
constexpr Mux kMuxes[] = {
    {0x4200, 0x4400},   {0x8200, 0x8400},   {kSrcTop0, 0xC410},
    {kSrcTop1, 0xC414}, {kSrcDmc, 0x10400}, {kSrcCpu, 0x14400},
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
    storage(0x4500,  "DIV_LEFTBUS",  0x13),
    storage(0x4800,  "GATE_IP_LEFTBUS", kAllOn),
    storage(0x8500,  "DIV_RIGHTBUS", 0x13),
    storage(0x8800,  "GATE_IP_RIGHTBUS", kAllOn),
    storage(0xC010,  "EPLL_LOCK",    0),           storage(0xC020,  "VPLL_LOCK",    0),
    storage(0xC114,  "EPLL_CON1",    0),           storage(0xC118,  "EPLL_CON2",    0),
    storage(0xC128,  "VPLL_CON2",    0),
    storage(kSrcTop0, "SRC_TOP0",    0),
    storage(0xC220,  "SRC_CAM",      0x1111'6666), storage(0xC224,  "SRC_TV",       0),
    storage(0xC228,  "SRC_MFC",      0),           storage(0xC22C,  "SRC_G3D",      0),
    storage(0xC234,  "SRC_LCD0",     0x1116),
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
    storage(0xC52C,  "DIV_G3D",      1),
    storage(0xC534,  "DIV_LCD0",     4),           storage(0xC538,  "DIV_LCD1",     0),
    storage(0xC53C,  "DIV_MAUDIO",   0),           storage(0xC540,  "DIV_FSYS0",    0),
    storage(0xC544,  "DIV_FSYS1",    0x000F'000F), storage(0xC548,  "DIV_FSYS2",    0x000F'0304),
    storage(0xC54C,  "DIV_FSYS3",    0xF),         storage(kDivPeril0, "DIV_PERIL0", 0x0007'7777),
    storage(0xC554,  "DIV_PERIL1",   0, 5),
    storage(0xC820,  "GATE_SCLK_CAM", kAllOn),     storage(0xC920,  "GATE_IP_CAM",  kAllOn),
    storage(0xC924,  "GATE_IP_TV",   kAllOn),      storage(0xC928,  "GATE_IP_MFC",  kAllOn),
    storage(0xC92C,  "GATE_IP_G3D",  kAllOn),
    storage(0xC934,  "GATE_IP_LCD0", kAllOn),      storage(0xC938,  "GATE_IP_LCD1", kAllOn),
    storage(0xC940,  "GATE_IP_FSYS", kAllOn),      storage(0xC94C,  "GATE_IP_GPS",  kAllOn),
    storage(0xC950,  "GATE_IP_PERIL", kAllOn),
    storage(0xC970,  "GATE_BLOCK",   kAllOn),
    storage(0x10300, "SRC_MASK_DMC", kAllOn),
    storage(0x10500, "DIV_DMC0",     0x1311'1113),
    storage(0x10900, "GATE_IP_DMC",  kAllOn),
    storage(0x14000, "APLL_LOCK",    0),
    storage(0x14104, "APLL_CON1",    0x8000'000C),
    storage(kDivCpu0, "DIV_CPU0",     0x0014'3730),
    storage(0x14504, "DIV_CPU1",     3),           storage(0x14800, "GATE_SCLK_CPU", kAllOn),
    storage(0x14900, "GATE_IP_CPU",  kAllOn),      storage(0x15020, "PWR_CTRL1",    0, 2),
    // A divider's change is complete at once; a multiplexer's status follows its register (follow_mux).
    status(0x4400,   "MUX_STAT_LEFTBUS"),          status(0x4600,   "DIV_STAT_LEFTBUS"),
    status(0x8400,   "MUX_STAT_RIGHTBUS"),         status(0x8600,   "DIV_STAT_RIGHTBUS"),
    status(0xC410,   "MUX_STAT_TOP", 2),           status(0xC610,   "DIV_STAT_TOP", 23),
    status(0x10400,  "MUX_STAT_DMC"),              status(0x10600,  "DIV_STAT_DMC", 2),
    status(0x14400,  "MUX_STAT_CPU"),              status(0x14600,  "DIV_STAT_CPU", 2),
};

/// What lies or starts elsewhere on the Exynos4412. Its MPLL reaches the blocks through multiplexers that a boot
/// loader sets: SRC_DMC bit 12, then SRC_TOP1 bit 12; bits 20 and 24 there do the same for ACLK_200 and ACLK_400.
constexpr Field kOnly4210[] = {
    storage(0x4200,    "SRC_LEFTBUS",    0),           storage(0x8200,    "SRC_RIGHTBUS",   0),
    storage(0xC124,    "VPLL_CON1",      0x1100'0400), storage(kSrcTop1,  "SRC_TOP1",       0),
    storage(kSrcImage, "SRC_IMAGE",      0),           storage(kDivImage, "DIV_IMAGE",      3),
    storage(0xC930,    "GATE_IP_IMAGE",  kAllOn),      storage(0xC960,    "GATE_IP_PERIR",  kAllOn),
    storage(kSrcDmc,   "SRC_DMC",        0x0001'0000), storage(kDivDmc1,  "DIV_DMC1",       0x0101'0100),
    storage(0x14008,   "MPLL_LOCK",      0),           storage(0x1410C,   "MPLL_CON1",      0x1C),
    storage(kSrcCpu,   "SRC_CPU",        0x0101),
};
constexpr Field kOnly4412[] = {
    storage(0x4200,    "SRC_LEFTBUS",    0x10),        storage(0x8200,    "SRC_RIGHTBUS",   0x10),
    storage(0xC124,    "VPLL_CON1",      0),           storage(kSrcTop1,  "SRC_TOP1",       0x0110'1000),
    storage(0x4930,    "GATE_IP_IMAGE",  kAllOn),      storage(0x8960,    "GATE_IP_PERIR",  kAllOn),
    storage(kSrcDmc,   "SRC_DMC",        0x0001'1000), storage(kDivDmc1,  "DIV_DMC1",       0x0101'0103),
    storage(0x10008,   "MPLL_LOCK",      0),           storage(0x1010C,   "MPLL_CON1",      0),
    storage(kSrcCpu,   "SRC_CPU",        0x0100'0001), storage(0xC258,    "SRC_CAM1",       0),
    storage(0xC568,    "DIV_CAM1",       0),
    storage(0x18300,   "DIV_ISP0",       0),           storage(0x18304,   "DIV_ISP1",       0),
    storage(0x18800,   "GATE_IP_ISP0",   kAllOn),      storage(0x18804,   "GATE_IP_ISP1",   kAllOn),
};
// clang-format on

using Plls = std::array<std::array<Field, kPllFields>, 4>;
constexpr Plls kPlls4210 = {
    pll(kApllCon, 250, 6, 1),  // 24 MHz x 250 / 6 = 1000 MHz
    pll(kMpllCon, 200, 6, 1),  // 800 MHz
    pll(kEpllCon, 48, 3, 2),   // 24 MHz x 48 / (3 x 4) = 96 MHz
    pll(kVpllCon, 53, 3, 2),   // 24 MHz x (53 + 1) / (3 x 4) = 108 MHz, K = 1024 / 1024
};
constexpr Plls kPlls4412 = {
    pll(kApllCon, 125, 3, 0),      // 24 MHz x 125 / 3 = 1000 MHz
    pll(kMpllCon4412, 100, 3, 0),  // 800 MHz
    pll(kEpllCon, 64, 2, 3),       // 24 MHz x 64 / (2 x 8) = 96 MHz
    pll(kVpllCon, 72, 2, 3),       // 108 MHz
};

template <size_t N>
constexpr auto whole_map(const Field (&only)[N], const Plls& plls) {
    std::array<Field, std::size(kPlain) + N + std::tuple_size_v<Plls> * kPllFields> map{};
    size_t n = 0;
    for (const Field& f : kPlain) map[n++] = f;
    for (const Field& f : only) map[n++] = f;
    for (const auto& rows : plls) {
        for (const Field& f : rows) map[n++] = f;
    }
    return map;
}
constexpr auto kMap4210 = whole_map(kOnly4210, kPlls4210);
constexpr auto kMap4412 = whole_map(kOnly4412, kPlls4412);
static_assert(well_formed(kMap4210) && well_formed(kMap4412));

/// How the PLLs of a chip count.
struct PllKinds {
    uint64_t main_factor;  ///< of APLL and MPLL: of the crystal
    uint32_t vpll_k;       ///< VPLL's K counts in 1 / this of M
};
constexpr PllKinds kKinds4210{2, 1024}, kKinds4412{1, 65536};
constexpr uint32_t kEpllK = 65536;

const Plls& plls_of(Chip chip) { return chip == Chip::exynos4412 ? kPlls4412 : kPlls4210; }
const PllKinds& kinds_of(Chip chip) { return chip == Chip::exynos4412 ? kKinds4412 : kKinds4210; }
std::span<const Field> map_of(Chip chip) {
    if (chip == Chip::exynos4412) return kMap4412;
    return kMap4210;
}
uint32_t nibble(uint32_t word, uint32_t n) { return word >> 4 * n & 0xF; }
}  // namespace

CmuCore::CmuCore(Chip chip) : regs{map_of(chip)}, chip_{chip} {
    for (const auto& rows : plls_of(chip)) {
        const Field &enable = rows[0], &locked = rows[1];
        regs.on_write(enable.offset,
                      [this, &enable, &locked](uint32_t) { regs.set(locked, regs.get(enable)); });
    }
    for (const Mux& mux : kMuxes) {
        regs.on_write(mux.source, [this, &mux](uint32_t) { follow_mux(mux.source, mux.status); });
        follow_mux(mux.source, mux.status);
    }
    for (uint32_t n = 0; n < kGates; ++n) {
        if (const uint32_t offset = gate_register(chip, static_cast<GateIp>(n)))
            regs.on_write(offset, [this](uint32_t) { gates_changed(); });
    }
}

void CmuCore::close(GateIp gate, uint32_t bits) {
    const uint32_t offset = gate_register(chip_, gate);
    regs.set(storage(offset, "", 0), regs.word(offset) & ~bits);
}

/// One-bit multiplexers, a nibble apart: the status nibble reads 1 for input 0 and 2 for input 1.
void CmuCore::follow_mux(uint32_t source, uint32_t status_offset) {
    const uint32_t selected = regs.word(source) & 0x1111'1111;
    regs.set(status(status_offset, ""), 0x1111'1111 + selected);
}

uint64_t CmuCore::pll_hz(Pll which) const {
    const auto& [enable, locked, mdiv, pdiv, sdiv] = plls_of(chip_)[static_cast<size_t>(which)];
    const uint64_t m = regs.get(mdiv), p = regs.get(pdiv), s = regs.get(sdiv);
    if (!regs.get(enable) || p == 0) return 0;
    const uint32_t con1 = regs.word(enable.offset + 4);
    // K counts in 1 / `unit` of M; with 16 bits it has a sign on the Exynos4412.
    const auto with_fraction = [&](uint32_t unit) {
        int64_t k = con1 & (unit == kEpllK ? 0xFFFF : 0xFFF);
        if (chip_ == Chip::exynos4412) k = static_cast<int16_t>(con1);
        const int64_t whole = static_cast<int64_t>(m) * unit + k;
        return whole < 0 ? 0 : kCrystalHz * static_cast<uint64_t>(whole) / ((p << s) * unit);
    };
    const PllKinds& kinds = kinds_of(chip_);
    switch (which) {
        case Pll::apll:
        case Pll::mpll:
            return kinds.main_factor * kCrystalHz * m / (p << s);
        case Pll::epll:
            return with_fraction(kEpllK);
        case Pll::vpll:
            return with_fraction(kinds.vpll_k);
    }
    return 0;
}

/// A PLL behind its bypass multiplexer: bit `bit` of `reg` selects the PLL, else the crystal.
uint64_t CmuCore::selected_hz(Pll which, uint32_t reg, uint32_t bit) const {
    return regs.word(reg) >> bit & 1 ? pll_hz(which) : kCrystalHz;
}

uint64_t CmuCore::apll_hz() const { return selected_hz(Pll::apll, kSrcCpu, 0); }

uint64_t CmuCore::mpll_hz() const {
    if (chip_ == Chip::exynos4210) return selected_hz(Pll::mpll, kSrcCpu, 8);
    const bool user = regs.word(kSrcTop1) >> 12 & 1;
    return user ? selected_hz(Pll::mpll, kSrcDmc, 12) : kCrystalHz;
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
            return mpll_hz();
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

/// A multiplexer takes EPLL or VPLL, else MPLL or APLL, each chosen by another: bits 8, 4 and 0 of SRC_IMAGE,
/// or on the Exynos4412 bits 28, 24 and 20 of SRC_DMC, with DIV_DMC1 behind. [Linux's clk-exynos4]
uint64_t CmuCore::g2d_hz() const {
    const bool in_dmc = chip_ == Chip::exynos4412;
    const uint32_t select = in_dmc ? regs.word(kSrcDmc) >> 20 : regs.word(kSrcImage);
    const auto chosen = [&] {
        if (select >> 8 & 1) return source_hz(select >> 4 & 1 ? 8 : 7);
        return select & 1 ? apll_hz() : source_hz(6);
    };
    return chosen() / (nibble(regs.word(in_dmc ? kDivDmc1 : kDivImage), 0) + 1);
}

uint32_t CmuCore::periphclk_divider() const { return (regs.word(kDivCpu0) >> 12 & 7) + 1; }

uint64_t CmuCore::aclk100_hz() const {
    const bool apll = regs.word(kSrcTop0) >> 16 & 1;
    return (apll ? apll_hz() : mpll_hz()) / (nibble(regs.word(kDivTop), 1) + 1);
}

}  // namespace exysim::system
