// Every register of hardware/fimc.md section 1: reset value, what can be written, what reads back.
#include <catch2/catch.hpp>

#include "models/camera/fimc_core.hpp"

using namespace exysim;
using namespace exysim::camera;

namespace {

struct RegisterRow {
    uint32_t offset, reset, writable;
    const char* name;
};
constexpr uint32_t kAll = ~0U;
// CIGCTRL without SWRST and IRQ_CLR, MSCTRL without ENVID: those have effects, tested elsewhere.
const RegisterRow kRows[] = {
    {0x000, 0x8000'0000, 0xBFFF'DFFF & ~(1U << 30), "CISRCFMT"},
    {0x004, 0, 0xE7FF'CFFF, "CIWDOFST"},
    {0x008, 0x2001'0080, 0x7F75'15FB, "CIGCTRL"},
    {0x014, 0, 0x0FFF'0FFF, "CIWDOFST2"},
    {0x048, 0, 0xFFFF'FFFF, "CITRGFMT"},
    {0x04C, 0, 0xC303'0FFF, "CIOCTRL"},
    {0x050, 0, 0xF07F'007F, "CISCPRERATIO"},
    {0x054, 0, 0x3FFF'3FFF, "CISCPREDST"},
    {0x058, 0x1800'0000, kAll, "CISCCTRL"},
    {0x05C, 0, 0x0FFF'FFFF, "CITAREA"},
    {0x064, 0, 0x0003'0000, "CISTATUS"},
    {0x068, 0, 0, "CISTATUS2"},
    {0x0C0, 0, 0xC207'FC00, "CIIMGCPT"},
    {0x0C4, kAll, kAll, "CICPTSEQ"},
    {0x0D0, 0x0010'0080, 0x7C1F'E0FF | 1U << 29, "CIIMGEFF"},
    {0x0D4, 0, kAll, "CIIYSA0"},
    {0x0D8, 0, kAll, "CIICBSA0"},
    {0x0DC, 0, kAll, "CIICRSA0"},
    {0x0EC, 0, 0x0F00'0000, "CIILINESKIP_Y"},
    {0x0F0, 0, 0x0F00'0000, "CIILINESKIP_CB"},
    {0x0F4, 0, 0x0F00'0000, "CIILINESKIP_CR"},
    {0x0F8, 0, 0xFFFF'3FFF, "CIREAL_ISIZE"},
    {0x0FC, 0x0400'0000, 0x8F03'F03E, "MSCTRL"},
    {0x144, 0, kAll, "CIIYSA1"},
    {0x168, 0, 0x3FFF'3FFF, "CIOYOFF"},
    {0x16C, 0, 0x3FFF'3FFF, "CIOCBOFF"},
    {0x170, 0, 0x3FFF'3FFF, "CIOCROFF"},
    {0x174, 0, 0x3FFF'3FFF, "CIIYOFF"},
    {0x17C, 0, 0x3FFF'3FFF, "CIICROFF"},
    {0x180, 0, kAll, "ORGISIZE"},
    {0x184, 0, kAll, "ORGOSIZE"},
    {0x188, 0, 0x0540'FC3F, "CIEXTEN"},
    {0x18C, 0, 0x6770'6770, "CIDMAPARAM"},
    {0x194, 0x1E, 0x13F, "CSIIMGFMT"},
    {0x198, 0, kAll, "MISC_FIMC"},
    {0x1FC, 0, kAll, "CIFCNTSEQ"},
};

}  // namespace

TEST_CASE("fimc registers: each has its reset value and keeps what it can be written", "[camera]") {
    for (const RegisterRow& row : kRows) {
        INFO(row.name);
        FimcCore fimc;
        CHECK(fimc.regs.read(row.offset) == row.reset);
        fimc.regs.write(row.offset, row.writable);
        CHECK(fimc.regs.read(row.offset) == row.writable);
        fimc.regs.write(row.offset, 0);
        CHECK(fimc.regs.read(row.offset) == 0);
        fimc.regs.write(row.offset, row.writable);
        fimc.regs.write(0x008, 1U << 31);  // software reset
        if (row.offset != 0x008) CHECK(fimc.regs.read(row.offset) == row.reset);
    }
}

TEST_CASE("fimc registers: bits without a meaning are reported and stay zero", "[camera]") {
    for (const RegisterRow& row : kRows) {
        INFO(row.name);
        FimcCore fimc;
        int faults = 0;
        fimc.regs.on_fault([&](const RegisterFault&) { ++faults; });
        uint32_t reserved = ~row.writable;
        if (row.offset == 0x008) reserved &= ~(1U << 31 | 1U << 19);
        if (row.offset == 0x0FC) reserved &= ~1U;
        if (row.offset == 0x064 || row.offset == 0x068) continue;  // read-only bits may be written back
        fimc.regs.write(row.offset, reserved);
        CHECK(fimc.regs.read(row.offset) == 0);
        CHECK(faults == (reserved != 0));
    }
}

TEST_CASE("fimc registers: all 32 slots have three addresses of their own", "[camera]") {
    FimcCore fimc;
    const uint32_t first[] = {0x18, 0x28, 0x38}, rest[] = {0x200, 0x270, 0x2E0};
    const auto at = [&](uint32_t plane, uint32_t slot) {
        return slot < 4 ? first[plane] + 4 * slot : rest[plane] + 4 * (slot - 4);
    };
    for (uint32_t plane = 0; plane < 3; ++plane) {
        for (uint32_t slot = 0; slot < 32; ++slot) {
            CHECK(fimc.regs.read(at(plane, slot)) == 0);
            fimc.regs.write(at(plane, slot), 0x4000'0000 + plane * 0x1000 + slot);
        }
    }
    for (uint32_t plane = 0; plane < 3; ++plane) {
        for (uint32_t slot = 0; slot < 32; ++slot)
            CHECK(fimc.regs.read(at(plane, slot)) == 0x4000'0000 + plane * 0x1000 + slot);
    }
}

TEST_CASE("fimc registers: IRQ_CLR reads zero, SWRST stays until it is written zero", "[camera]") {
    FimcCore fimc;
    fimc.regs.write(0x008, 1U << 31 | 1U << 20 | 1U << 19 | 1U << 16);
    CHECK(fimc.regs.read(0x008) >> 31 == 1);
    CHECK((fimc.regs.read(0x008) >> 19 & 1) == 0);
    fimc.regs.write(0x008, fimc.regs.read(0x008) & ~(1U << 31));
    CHECK(fimc.regs.read(0x008) >> 31 == 0);
}
