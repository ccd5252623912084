// Expected values: hardware page "System devices" section 4 (boot loader values of an Origen board).
#include "models/system/cmu_core.hpp"

#include <catch2/catch.hpp>

using exysim::system::CmuCore;
using Pll = CmuCore::Pll;

TEST_CASE("cmu: PLLs come up locked at the boot loader's rates", "[system][cmu]") {
    CmuCore cmu;
    CHECK(cmu.regs.read(0x14100) == 0xA0FA'0601);
    CHECK(cmu.regs.read(0x14108) == 0xA0C8'0601);
    CHECK(cmu.regs.read(0xC110) == 0xA030'0302);
    CHECK(cmu.regs.read(0xC120) == 0xA035'0302);
    CHECK(cmu.regs.read(0xC124) == 0x1100'0400);
    CHECK(cmu.pll_hz(Pll::apll) == 1'000'000'000);
    CHECK(cmu.pll_hz(Pll::mpll) == 800'000'000);
    CHECK(cmu.pll_hz(Pll::epll) == 96'000'000);
    CHECK(cmu.pll_hz(Pll::vpll) == 108'000'000);
}

TEST_CASE("cmu: LOCKED follows ENABLE", "[system][cmu]") {
    CmuCore cmu;
    cmu.regs.write(0xC110, 0x0030'0302);
    CHECK(cmu.regs.read(0xC110) == 0x0030'0302);
    CHECK(cmu.pll_hz(Pll::epll) == 0);
    cmu.regs.write(0xC110, 0x8031'0302);
    CHECK(cmu.regs.read(0xC110) == 0xA031'0302);
    CHECK(cmu.pll_hz(Pll::epll) == 98'000'000);
}

TEST_CASE("cmu: the UART clock is MPLL / 8 at boot and follows its mux and divider", "[system][cmu]") {
    CmuCore cmu;
    CHECK(cmu.uart_hz(0) == 100'000'000);
    CHECK(cmu.uart_hz(1) == 100'000'000);
    cmu.regs.write(0xC550, 0x0007'7737);
    CHECK(cmu.uart_hz(1) == 200'000'000);
    cmu.regs.write(0xC250, 0x0006'6626);
    CHECK(cmu.uart_hz(1) == 6'000'000);
    CHECK(cmu.uart_hz(0) == 100'000'000);
}

TEST_CASE("cmu: ACLK_100 is 100 MHz at boot", "[system][cmu]") {
    CmuCore cmu;
    CHECK(cmu.aclk100_hz() == 100'000'000);
    cmu.regs.write(0xC510, 0x5493);
    CHECK(cmu.aclk100_hz() == 80'000'000);
}

TEST_CASE("cmu: SCLK_FIMG2D is 200 MHz at boot and follows its multiplexers and divider", "[system][cmu]") {
    CmuCore cmu;
    CHECK(cmu.g2d_hz() == 200'000'000);
    cmu.regs.write(0xC530, 4);
    CHECK(cmu.g2d_hz() == 160'000'000);
    cmu.regs.write(0xC230, 0x001);  // APLL
    CHECK(cmu.g2d_hz() == 200'000'000);
    cmu.regs.write(0xC210, 0x110);
    cmu.regs.write(0xC530, 0);
    cmu.regs.write(0xC230, 0x100);
    CHECK(cmu.g2d_hz() == 96'000'000);
    cmu.regs.write(0xC230, 0x110);
    CHECK(cmu.g2d_hz() == 108'000'000);
}

TEST_CASE("cmu: EPLL and VPLL consumers run on the crystal until SRC_TOP0 selects the PLL", "[system][cmu]") {
    CmuCore cmu;
    cmu.regs.write(0xC250, 0x0008'8877);  // UART0, 1 from EPLL; 2, 3 from VPLL
    cmu.regs.write(0xC550, 0);
    CHECK(cmu.uart_hz(0) == 24'000'000);
    CHECK(cmu.uart_hz(2) == 24'000'000);
    cmu.regs.write(0xC210, 0x110);
    CHECK(cmu.uart_hz(0) == 96'000'000);
    CHECK(cmu.uart_hz(2) == 108'000'000);
}

TEST_CASE("cmu: MUX_STAT_CPU follows SRC_CPU, DIV_STAT is done at once", "[system][cmu]") {
    CmuCore cmu;
    CHECK((cmu.regs.read(0x14400) >> 16 & 7) == 1);
    cmu.regs.write(0x14200, 0x1'0101);
    CHECK((cmu.regs.read(0x14400) >> 16 & 7) == 2);
    cmu.regs.write(0x14200, 0x0101);
    CHECK((cmu.regs.read(0x14400) >> 16 & 7) == 1);
    cmu.regs.write(0x14500, 0x0014'3731);
    CHECK(cmu.regs.read(0x14600) == 0);
    CHECK(cmu.regs.read(0x14604) == 0);
}

TEST_CASE("cmu: gates are on at reset and read back", "[system][cmu]") {
    CmuCore cmu;
    for (uint32_t gate : {0xC820U, 0xC920U, 0xC924U, 0xC930U, 0xC950U, 0x14900U}) {
        CHECK(cmu.regs.read(gate) == 0xFFFF'FFFF);
        cmu.regs.write(gate, 0x1234);
        CHECK(cmu.regs.read(gate) == 0x1234);
    }
}

TEST_CASE("cmu: a PLL with PDIV zero stands still instead of dividing by it", "[system][cmu]") {
    CmuCore cmu;
    cmu.regs.write(0x14108, 0x80C8'0001);
    CHECK(cmu.pll_hz(Pll::mpll) == 0);
    CHECK(cmu.uart_hz(0) == 0);
}

TEST_CASE("cmu: the Exynos4412's PLLs come up locked, MPLL elsewhere and through user multiplexers",
          "[system][cmu]") {
    CmuCore cmu{exysim::system::Chip::exynos4412};
    CHECK(cmu.regs.read(0x14100) == 0xA07D'0300);
    CHECK(cmu.regs.read(0x10108) == 0xA064'0300);
    CHECK(cmu.regs.read(0xC110) == 0xA040'0203);
    CHECK(cmu.regs.read(0xC120) == 0xA048'0203);
    CHECK_FALSE(cmu.regs.knows(0x14108));
    CHECK(cmu.pll_hz(Pll::apll) == 1'000'000'000);
    CHECK(cmu.pll_hz(Pll::mpll) == 800'000'000);
    CHECK(cmu.pll_hz(Pll::epll) == 96'000'000);
    CHECK(cmu.pll_hz(Pll::vpll) == 108'000'000);
    CHECK(cmu.uart_hz(0) == 100'000'000);
    CHECK(cmu.g2d_hz() == 200'000'000);
    CHECK(cmu.aclk100_hz() == 100'000'000);
    cmu.regs.write(0xC214, 0);  // user multiplexer of the top: the crystal
    CHECK(cmu.uart_hz(0) == 3'000'000);
    cmu.regs.write(0xC214, 0x0110'1000);
    cmu.regs.write(0x10200, 0x0001'0000);  // before it: the crystal
    CHECK(cmu.uart_hz(0) == 3'000'000);
}

TEST_CASE("cmu: the Exynos4412's K has a sign and 16 bits, for EPLL and VPLL", "[system][cmu]") {
    CmuCore cmu{exysim::system::Chip::exynos4412};
    cmu.regs.write(0xC114, 0x600);  // as a Tiny4412 has it: 96.035156 and 108.035156 MHz
    cmu.regs.write(0xC124, 0x600);
    CHECK(cmu.pll_hz(Pll::epll) == 96'035'156);
    CHECK(cmu.pll_hz(Pll::vpll) == 108'035'156);
    cmu.regs.write(0xC114, 0x8000);  // - 1 / 2
    CHECK(cmu.pll_hz(Pll::epll) == 95'250'000);
}

TEST_CASE("cmu: the Exynos4412 has gates of its ISP besides", "[system][cmu]") {
    using exysim::system::Chip;
    using Gate = CmuCore::GateIp;
    CmuCore cmu{Chip::exynos4412};
    int changes = 0;
    cmu.gates_changed = [&] { ++changes; };
    CHECK(cmu.clocked(Gate::isp0, 1U << 11));
    cmu.regs.write(0x18800, ~(1U << 11));  // SysMMU of FIMC-LITE0
    CHECK_FALSE(cmu.clocked(Gate::isp0, 1U << 11));
    cmu.regs.write(0x18804, 0);
    CHECK_FALSE(cmu.clocked(Gate::isp1, 1U << 4));
    CHECK(changes == 2);
    CHECK_FALSE(CmuCore{Chip::exynos4210}.regs.knows(0x18800));
}

TEST_CASE("cmu: two groups of gates lie elsewhere on the Exynos4412", "[system][cmu]") {
    using exysim::system::Chip;
    using Gate = CmuCore::GateIp;
    struct Row {
        Gate gate;
        uint32_t on_4210, on_4412;
    };
    for (const Row& row : {Row{Gate::cam, 0xC920, 0xC920}, Row{Gate::image, 0xC930, 0x4930},
                           Row{Gate::perir, 0xC960, 0x8960}, Row{Gate::dmc, 0x10900, 0x10900}}) {
        for (const Chip chip : {Chip::exynos4210, Chip::exynos4412}) {
            CmuCore cmu{chip};
            int changes = 0;
            cmu.gates_changed = [&] { ++changes; };
            const uint32_t mine = chip == Chip::exynos4412 ? row.on_4412 : row.on_4210;
            CHECK(cmu.clocked(row.gate, 0x800));
            cmu.regs.write(mine, ~0x800U);
            CHECK_FALSE(cmu.clocked(row.gate, 0x800));
            CHECK(cmu.clocked(row.gate, 0x400));
            CHECK(changes == 1);
            if (row.on_4210 != row.on_4412)
                CHECK_FALSE(cmu.regs.knows(chip == Chip::exynos4412 ? row.on_4210 : row.on_4412));
        }
    }
}
