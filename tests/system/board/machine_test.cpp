// Parts of the whole machine that only meet on the board: DMA controllers with memory and interrupts, and
// accesses that never end.
#include "platform/board/machine.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <numeric>

#include "platform/board/run_control.hpp"
#include "tests/support/bus_bench.hpp"

using namespace exysim;
using namespace exysim::board;

namespace {

config::Platform platform() {
    config::Platform made;
    made.name = "bench";
    made.ram.size = 32ULL << 20;
    made.devices = {{"fimc0"}};
    return made;
}

/// A machine with one more master on its bus.
struct Bench {
    config::Platform settings;
    Machine machine;
    test::BusBench master{"master"};

    explicit Bench(const config::Platform& p = platform()) : settings{p}, machine{settings, {}} {
        machine.bus.add_master("test", master.bus);
    }
    void put(uint32_t address, std::span<const uint8_t> bytes) {
        std::copy(bytes.begin(), bytes.end(), machine.memory({PhysAddr{address}, bytes.size()}).begin());
    }
    void put_words(uint32_t address, std::initializer_list<uint32_t> words) {
        for (const uint32_t word : words) {
            std::memcpy(machine.memory({PhysAddr{address}, 4}).data(), &word, 4);
            address += 4;
        }
    }
};

uint32_t base(std::string_view block) { return range_of(block).base.value; }

void append(std::vector<uint8_t>& code, std::initializer_list<uint8_t> opcode, uint32_t operand) {
    code.insert(code.end(), opcode);
    for (int i = 0; i < 4; ++i) code.push_back(static_cast<uint8_t>(operand >> 8 * i));
}

/// PL330 microcode (ARM DDI 0424 chapter 4): copies 64 bytes in one burst, then sends event 3.
std::vector<uint8_t> copy_program(uint32_t from, uint32_t to) {
    constexpr uint32_t kSide = 1 | 2U << 1 | 15U << 4;  // incrementing, 4 bytes a beat, 16 beats
    std::vector<uint8_t> code;
    append(code, {0xBC, 0x00}, from);                 // DMAMOV SAR
    append(code, {0xBC, 0x02}, to);                   // DMAMOV DAR
    append(code, {0xBC, 0x01}, kSide | kSide << 14);  // DMAMOV CCR
    for (const uint8_t byte : {0x04, 0x08, 0x13, 0x34, 3 << 3, 0x00})
        code.push_back(byte);  // LD ST WMB SEV END
    return code;
}

}  // namespace

TEST_CASE("machine: each DMA controller copies memory and interrupts through the GIC", "[board]") {
    Bench b;
    test::run(sc_core::SC_ZERO_TIME);
    constexpr uint32_t kFrom = 0x4010'0000, kProgram = 0x4030'0000;
    std::vector<uint8_t> data(64);
    std::iota(data.begin(), data.end(), uint8_t{1});
    b.put(kFrom, data);
    b.master.write32(base("gic_dist"), 1);
    b.master.write32(base("gic_cpu") + 4, 0xF0);
    b.master.write32(base("gic_cpu"), 1);
    uint32_t to = 0x4020'0000;
    for (const char* name : {"pdma0", "pdma1", "mdma1"}) {
        INFO(name);
        const uint32_t dma = base(name), interrupt = 32 + spi_of(name);
        b.put(kProgram, copy_program(kFrom, to));
        b.master.write32(base("gic_dist") + 0x100 + interrupt / 32 * 4, 1U << interrupt % 32);
        b.master.write32(base("gic_dist") + 0x800 + interrupt / 4 * 4, 0x0101'0101);
        b.master.write32(dma + 0x020, 1U << 3);      // INTEN
        b.master.write32(dma + 0xD08, 0xA0U << 16);  // DMAGO channel 0
        b.master.write32(dma + 0xD0C, kProgram);
        b.master.write32(dma + 0xD04, 0);
        test::run(sc_core::sc_time(20, sc_core::SC_US));
        const auto copied = b.machine.memory({PhysAddr{to}, data.size()});
        CHECK(std::equal(data.begin(), data.end(), copied.begin()));
        CHECK(b.master.read32(base("gic_cpu") + 0x0C) == interrupt);
        b.master.write32(dma + 0x02C, 1U << 3);  // INTCLR
        test::settle();
        b.master.write32(base("gic_cpu") + 0x10, interrupt);
        CHECK(b.master.read32(base("gic_cpu") + 0x0C) == 1023);
        to += 0x1000;
    }
    CHECK(b.machine.guest_errors.total() == 0);
}

TEST_CASE("machine: HDMI's hot-plug line is GPX3[7], and EINT31 reaches the GIC", "[board]") {
    config::Platform with_display = platform();
    with_display.devices.push_back({"mixer0"});
    Bench b{with_display};
    test::run(sc_core::SC_ZERO_TIME);
    const uint32_t pins = base("gpio1"), data = pins + 0xC64;
    constexpr uint32_t kBit = 1U << 7, kInterrupt = 32 + 32;  // SPI 32
    CHECK((b.master.read32(data) & kBit) != 0);
    b.master.write32(pins + 0xC60, 0xF000'0000);  // function: external interrupt
    b.master.write32(pins + 0xE0C, 0x4000'0000);  // both edges
    b.master.write32(pins + 0xF0C, 0x7F);
    b.master.write32(base("gic_dist"), 1);
    b.master.write32(base("gic_dist") + 0x100 + kInterrupt / 32 * 4, 1U << kInterrupt % 32);
    b.master.write32(base("gic_dist") + 0x800 + kInterrupt, 0x0101'0101);
    b.master.write32(base("gic_cpu") + 4, 0xF0);
    b.master.write32(base("gic_cpu"), 1);
    for (const bool in : {false, true}) {
        CHECK(b.master.read32(base("gic_cpu") + 0x0C) == 1023);
        b.machine.display->hdmi.plug(in);
        test::settle();
        CHECK(((b.master.read32(data) & kBit) != 0) == in);
        CHECK(b.master.read32(base("gic_cpu") + 0x0C) == kInterrupt);
        b.master.write32(pins + 0xF4C, kBit);
        test::settle();
        b.master.write32(base("gic_cpu") + 0x10, kInterrupt);
    }
    CHECK(b.machine.guest_errors.total() == 0);
}

TEST_CASE("machine: without a screen the hot-plug line is low and HDMI says so", "[board]") {
    config::Platform alone = platform();
    alone.devices.push_back({"mixer0"});
    alone.devices.back().screen = false;
    Bench b{alone};
    test::run(sc_core::SC_ZERO_TIME);
    CHECK((b.master.read32(base("gpio1") + 0xC64) & 1U << 7) == 0);
    CHECK(b.master.read32(base("hdmi") + 0x0C) == 0);  // HPD_STATUS
    CHECK(b.master.read32(base("hdmi") + 0x04) == 0);  // nobody has unplugged one
}

namespace {
/// Each SysMMU of the chip answers as an exynos-iommu driver asks: version, settings, block and unblock.
void check_mmus(const char* soc, uint32_t version, std::initializer_list<uint32_t> bases) {
    config::Platform chip = platform();
    chip.soc = soc;
    chip.devices = {{"fimc0"}, {"fimc1"}, {"fimc2"}, {"fimc3"}, {"mixer0"}, {"fimd0"}, {"g2d"}};
    Bench b{chip};
    test::run(sc_core::SC_ZERO_TIME);
    for (const uint32_t at : bases) {
        INFO(std::hex << at);
        REQUIRE(b.master.answers_read(at + 0x034));
        CHECK(b.master.read32(at + 0x034) == version);
        b.master.write32(at, 7);
        b.master.write32(at + 0x004, 0x785);
        b.master.write32(at + 0x014, 0x4000'4000);
        b.master.write32(at + 0x00C, 1);
        CHECK(b.master.read32(at + 0x008) == 1);  // blocked
        b.master.write32(at, 5);
        CHECK(b.master.read32(at + 0x008) == 0);
        CHECK(b.master.read32(at + 0x004) == 0x785);
        CHECK(b.master.read32(at + 0x018) == 0);
        b.master.write32(at, 0);
    }
    CHECK(b.machine.guest_errors.total() == 0);
}
}  // namespace

TEST_CASE("machine: every SysMMU of the Exynos4210 is at its place, with and without a master", "[board]") {
    check_mmus("exynos4210", 0x1000'0000,
               {0x11A2'0000, 0x11A3'0000, 0x11A4'0000, 0x11A5'0000, 0x11A6'0000, 0x12A2'0000, 0x12A3'0000,
                0x12A4'0000, 0x11E2'0000, 0x1222'0000, 0x12E2'0000, 0x1362'0000, 0x1363'0000, 0x1262'0000,
                0x10A5'0000, 0x1273'0000});
}

TEST_CASE("machine: every SysMMU of the Exynos4412 is at its place, with and without a master", "[board]") {
    check_mmus("exynos4412", 0x2000'0000,
               {0x11A2'0000, 0x11A3'0000, 0x11A4'0000, 0x11A5'0000, 0x11A6'0000, 0x10A4'0000, 0x12A3'0000,
                0x12A4'0000, 0x11E2'0000, 0x12E2'0000, 0x1362'0000, 0x1363'0000, 0x10A5'0000, 0x1273'0000,
                0x123B'0000, 0x123C'0000, 0x1226'0000, 0x1227'0000, 0x122A'0000, 0x122B'0000});
}

TEST_CASE("machine: an Exynos4412 has its 2D engine and HDMI as that chip has them, and no SDO", "[board]") {
    config::Platform chip = platform();
    chip.soc = "exynos4412";
    chip.devices = {{"mixer0"}, {"g2d"}};
    Bench b{chip};
    test::run(sc_core::SC_ZERO_TIME);
    constexpr uint32_t kG2d = 0x1080'0000, kDmaList = 0x080, kHdmi = 0x12D0'0000;
    b.master.write32(kG2d + kDmaList, 0x4000'0000);  // command lists: version 4.1's
    CHECK(b.master.read32(kG2d + kDmaList) == 0x4000'0000);
    CHECK_FALSE(b.master.answers_read(0x1280'0000));
    CHECK(b.master.read32(kHdmi + 0x20) == 1);  // PHY_STATUS of layout 1.4
    CHECK_FALSE(b.master.answers_read(0x12C2'0000));
    b.master.write32(0x1002'3CA0, 0);  // the ISP's power domain
    CHECK_FALSE(b.master.answers_read(0x123B'0034));
    b.master.write32(0x1002'3CA0, 7);
    CHECK(b.master.answers_read(0x123B'0034));
    b.master.write32(0x1004'8800, ~(1U << 11));  // SysMMU of FIMC-LITE0
    CHECK_FALSE(b.master.answers_read(0x123B'0034));
    CHECK(b.master.answers_read(0x123C'0034));
}

TEST_CASE("machine: a core that touches a gated block hangs by gated_access, and the run says where",
          "[board]") {
    config::Platform p = platform();
    p.power.gated_access = "hang";
    Bench b{p};
    constexpr uint32_t kCode = 0x4000'8000;
    b.put_words(kCode, {0xE59F'000C,  // ldr r0, [pc, #12]: GATE_IP_CAM
                        0xE59F'100C,  // ldr r1, [pc, #12]: FIMC0
                        0xE3A0'2000,  // mov r2, #0
                        0xE580'2000,  // str r2, [r0]
                        0xE591'3004,  // ldr r3, [r1, #4]
                        base("cmu") + 0xC920, base("fimc0")});
    b.machine.start(PhysAddr{kCode}, 0, 0, 0);
    RunControl control{b.machine, {.until = 1'000'000'000'000}};
    const Outcome outcome = control.run();
    CHECK(outcome.end == End::stuck);
    CHECK(outcome.guest_failed());
    const std::string said = outcome.sentence();
    INFO(said);
    CHECK(said.find("core 0") != std::string::npos);
    CHECK(said.find("read of 0x4 of fimc0") != std::string::npos);
    CHECK(b.machine.guest_errors.total() == 1);
}

TEST_CASE("machine: by default the core takes an external abort", "[board]") {
    Bench b;
    constexpr uint32_t kCode = 0x4000'8000;
    // The vector base is moved to 0x40000000, where the abort's vector powers the board off.
    b.put_words(0x4000'0010, {0xEA00'000A});  // data abort: b 0x40000040
    b.put_words(0x4000'0040, {0xE59F'0008,    // ldr r0, [pc, #8]: PS_HOLD
                              0xE3A0'1000,    // mov r1, #0
                              0xE580'1000,    // str r1, [r0]
                              0xEAFF'FFFE,    // b .
                              base("pmu") + 0x330C});
    b.put_words(kCode, {0xE59F'0014,  // ldr r0, [pc, #20]: GATE_IP_CAM
                        0xE59F'1014,  // ldr r1, [pc, #20]: FIMC0
                        0xE3A0'2000,  // mov r2, #0
                        0xE3A0'4101,  // mov r4, #0x40000000
                        0xEE0C'4F10,  // mcr p15, 0, r4, c12, c0, 0 (VBAR)
                        0xE580'2000,  // str r2, [r0]
                        0xE591'3004,  // ldr r3, [r1, #4]
                        base("cmu") + 0xC920, base("fimc0")});
    b.machine.start(PhysAddr{kCode}, 0, 0, 0);
    RunControl control{b.machine, {.until = 100'000'000'000}};
    CHECK(control.run().end == End::powered_off);
    CHECK(b.machine.guest_errors.total() == 1);
}
