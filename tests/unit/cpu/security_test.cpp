// Security Extensions as far as the core has them. Expected values: ARM ARM ARMv7-A, B1.5 and B1.8 to B1.9
// (states, monitor mode, exceptions), B4.1 (SCR, NSACR, CPACR); Cortex-A9 TRM, 4.3.
#include <catch2/catch.hpp>

#include "models/cpu/core.hpp"
#include "tests/unit/cpu/machine_fixture.hpp"

using namespace exysim;
using namespace exysim::cpu;

namespace {

constexpr uint32_t kMonitorVectors = 0x4000'1800, kOtherVectors = 0x4000'1C00, kPlace = 0x4000'2000;
constexpr uint32_t kMasks = psr::kA | psr::kI | psr::kF;
constexpr uint32_t kSmc = 0xE160'0070;                                   // smc #0
constexpr uint32_t kReadScr = 0xEE11'0F11;                               // mrc p15,0,r0,c1,c1,0
constexpr uint32_t kWriteScr = 0xEE01'0F11;                              // mcr p15,0,r0,c1,c1,0
constexpr uint32_t kReadVbar = 0xEE1C'1F10, kWriteVbar = 0xEE0C'1F10;    // r1
constexpr uint32_t kReadCpacr = 0xEE11'1F50, kWriteCpacr = 0xEE01'1F50;  // r1
constexpr uint32_t kReadNsacr = 0xEE11'1F51, kWriteNsacr = 0xEE01'1F51;  // r1
constexpr uint32_t kVaddLow = 0xEE30'0B00;                               // vadd.f64 d0,d0,d0

uint32_t mode_bits(const Core& core) { return core.cpsr() & psr::kMode; }

/// Vectors of monitor mode and of the Non-secure state lead to WFI too.
struct Secured : test::Program {
    Secured() {
        core->system.mvbar = kMonitorVectors;
        core->system.other.vbar = kOtherVectors;
        for (uint32_t offset = 0; offset < 0x20; offset += 4) {
            memory.set_word(kMonitorVectors + offset, test::kWfi);
            memory.set_word(kOtherVectors + offset, test::kWfi);
        }
    }
    /// What Secure software does to leave for the other state, in supervisor mode.
    void go_non_secure(uint32_t scr_bits = 0) {
        core->system.scr = scr::kNs | scr_bits;
        core->update_security();
    }
    /// Offset of the vector that ended the program, from `base`.
    uint32_t ended_at(uint32_t base) const { return core->r[15] - 4 - base; }
};

}  // namespace

TEST_CASE("security: out of reset the core is in Secure state", "[cpu][security]") {
    Secured p;
    CHECK(p.core->secure);
    CHECK(p.core->system.scr == 0);
}

TEST_CASE("security: SMC enters monitor mode with all interrupts masked", "[cpu][security]") {
    Secured p;
    p.core->set_cpsr(static_cast<uint32_t>(Mode::supervisor));
    p.core->update_context();
    const Core& core = p.a32({kSmc});
    CHECK(p.ended_at(kMonitorVectors) == 0x08);
    CHECK(mode_bits(core) == static_cast<uint32_t>(Mode::monitor));
    CHECK((core.cpsr() & kMasks) == kMasks);
    CHECK(core.r[14] == test::kCode + 4);
    CHECK(core.spsr() == static_cast<uint32_t>(Mode::supervisor));
    CHECK(core.secure);
}

TEST_CASE("security: SMC in user mode is undefined", "[cpu][security]") {
    Secured p;
    p.core->set_cpsr(static_cast<uint32_t>(Mode::user));
    p.core->update_context();
    p.a32({kSmc});
    CHECK(p.vector() == 0x04);
}

TEST_CASE("security: a Non-secure SMC goes to Secure monitor mode and leaves SCR.NS as it is",
          "[cpu][security]") {
    Secured p;
    p.go_non_secure();
    const Core& core = p.a32({kSmc});
    CHECK(p.ended_at(kMonitorVectors) == 0x08);
    CHECK(core.secure);
    CHECK((core.system.scr & scr::kNs) != 0);
}

TEST_CASE("security: each state has its own VBAR, and monitor mode sees the one SCR.NS names",
          "[cpu][security]") {
    Secured p;
    CHECK(p.a32({kReadVbar}).r[1] == test::kVectors);
    p.go_non_secure();
    CHECK(p.a32({kReadVbar}).r[1] == kOtherVectors);
    // in monitor mode with NS set, then clear
    p.core->system.scr = 0;
    p.core->update_security();
    p.core->change_mode(static_cast<uint32_t>(Mode::monitor));
    p.core->r[0] = scr::kNs;
    CHECK(p.a32({kWriteScr, kReadVbar}).r[1] == kOtherVectors);
    p.core->r[0] = 0;
    CHECK(p.a32({kWriteScr, kReadVbar}).r[1] == test::kVectors);
}

TEST_CASE("security: monitor mode with SCR.NS set writes the Non-secure copy and runs on its own",
          "[cpu][security]") {
    Secured p;
    p.core->change_mode(static_cast<uint32_t>(Mode::monitor));
    p.core->r[0] = scr::kNs;
    p.core->r[1] = kPlace;
    const Core& core = p.a32({kWriteScr, kWriteVbar});
    CHECK(core.system.vbar == test::kVectors);
    CHECK(core.system.other.vbar == kPlace);
    CHECK(core.secure);
}

TEST_CASE("security: an exception return from monitor mode enters the Non-secure state", "[cpu][security]") {
    Secured p;
    p.core->change_mode(static_cast<uint32_t>(Mode::monitor));
    p.core->set_spsr(static_cast<uint32_t>(Mode::supervisor));
    p.core->r[0] = scr::kNs;
    p.core->r[14] = kPlace;
    p.memory.set_word(kPlace, kReadVbar);
    p.memory.set_word(kPlace + 4, test::kWfi);
    const Core& core = p.a32({kWriteScr, 0xE1B0'F00E});  // movs pc, lr
    CHECK_FALSE(core.secure);
    CHECK(mode_bits(core) == static_cast<uint32_t>(Mode::supervisor));
    CHECK(core.r[1] == kOtherVectors);
}

TEST_CASE("security: translation uses the tables of the state that runs", "[cpu][security]") {
    Secured p;
    p.enable_mmu();
    p.core->system.other.sctlr = p.core->system.sctlr & ~sctlr::kM;
    p.map_section(0x5000'0000, 0);      // a hole in Secure state
    const uint32_t load = 0xE592'3000;  // ldr r3,[r2]
    p.core->r[2] = 0x5000'0000;
    p.a32({load});
    CHECK(p.vector() == 0x10);
    p.core->change_mode(static_cast<uint32_t>(Mode::supervisor));
    p.go_non_secure();
    p.core->r[2] = kPlace;
    p.memory.set_word(kPlace, 0x1234'5678);
    CHECK(p.a32({load}).r[3] == 0x1234'5678);
}

TEST_CASE("security: Secure registers are undefined in the Non-secure state", "[cpu][security]") {
    constexpr uint32_t kWriteMvbar = 0xEE0C'0F30, kReadSder = 0xEE11'0F31;
    for (const uint32_t word : {kReadScr, kWriteScr, kWriteMvbar, kReadSder, kWriteNsacr}) {
        INFO(word);
        Secured p;
        p.a32({word});
        CHECK(p.core->secure);
        CHECK((mode_bits(*p.core)) == static_cast<uint32_t>(Mode::supervisor));
        Secured q;
        q.go_non_secure();
        q.a32({word});
        CHECK(q.ended_at(kOtherVectors) == 0x04);
    }
    Secured p;
    p.core->system.nsacr = nsacr::kFloatingPoint;
    p.go_non_secure();
    CHECK(p.a32({kReadNsacr}).r[1] == nsacr::kFloatingPoint);
}

TEST_CASE("security: Non-secure software cannot enter monitor mode", "[cpu][security]") {
    Secured p;
    p.go_non_secure();
    p.core->r[0] = static_cast<uint32_t>(Mode::monitor) | kMasks;
    const Core& core = p.a32({0xF102'0016 /* cps #0x16 */, 0xE121'F000 /* msr cpsr_c, r0 */});
    CHECK(mode_bits(core) == static_cast<uint32_t>(Mode::supervisor));
    CHECK_FALSE(core.secure);
}

TEST_CASE("security: SCR.AW and FW decide whether Non-secure software may change CPSR.A and F",
          "[cpu][security]") {
    constexpr uint32_t kUnmask = 0xF108'01C0, kMask = 0xF10C'01C0;  // cpsie aif, cpsid aif
    Secured p;
    p.go_non_secure();
    CHECK((p.a32({kUnmask}).cpsr() & kMasks) == (psr::kA | psr::kF));
    Secured q;
    q.go_non_secure(scr::kAw | scr::kFw);
    CHECK((q.a32({kUnmask}).cpsr() & kMasks) == 0);
    CHECK((q.a32({kMask}).cpsr() & kMasks) == kMasks);
    Secured r;
    r.go_non_secure();
    r.core->r[0] = static_cast<uint32_t>(Mode::supervisor);
    CHECK((r.a32({0xE121'F000}).cpsr() & kMasks) == (psr::kA | psr::kF));
}

TEST_CASE("security: SCR.IRQ and SCR.FIQ send interrupts to monitor mode", "[cpu][security]") {
    for (const bool fiq : {false, true}) {
        Secured p;
        const uint32_t vector = kMonitorVectors + (fiq ? 0x1C : 0x18);
        p.memory.set_word(vector, 0xEAFF'FFFE);  // b . (WFI does not wait while the line is high)
        p.core->set_cpsr(static_cast<uint32_t>(Mode::supervisor));
        p.go_non_secure(fiq ? scr::kFiq : scr::kIrq);
        if (fiq) {
            p.core->set_fiq(true);
        } else {
            p.core->set_irq(true);
        }
        p.a32({0xE320'F000});
        CHECK(p.core->secure);
        CHECK(mode_bits(*p.core) == static_cast<uint32_t>(Mode::monitor));
        CHECK(p.core->r[15] == vector);
    }
}

TEST_CASE("security: SCR.EA sends external aborts to monitor mode, with the Secure fault registers",
          "[cpu][security]") {
    constexpr uint32_t kNobody = 0x2000'0000;
    Secured p;
    p.go_non_secure(scr::kEa);
    p.core->r[2] = kNobody;
    const Core& core = p.a32({0xE592'3000});  // ldr r3,[r2]
    CHECK(p.ended_at(kMonitorVectors) == 0x10);
    CHECK(core.system.dfar == kNobody);
    CHECK(core.system.dfsr == 0b01000);
    CHECK(core.system.other.dfar == 0);
    // other aborts stay
    Secured q;
    q.go_non_secure(scr::kEa);
    q.core->r[2] = kPlace + 1;
    q.a32({0xE8B2'0018});  // ldmia r2!,{r3,r4}: alignment
    CHECK(q.ended_at(kOtherVectors) == 0x10);
}

TEST_CASE("security: an exception from monitor mode clears SCR.NS", "[cpu][security]") {
    Secured p;
    p.core->change_mode(static_cast<uint32_t>(Mode::monitor));
    p.core->r[0] = scr::kNs;
    const Core& core = p.a32({kWriteScr, 0xEF00'0000 /* svc #0 */});
    CHECK(p.vector() == 0x08);
    CHECK(core.system.scr == 0);
    CHECK(mode_bits(core) == static_cast<uint32_t>(Mode::supervisor));
}

TEST_CASE("security: NSACR keeps the floating-point unit from Non-secure software", "[cpu][security]") {
    constexpr uint32_t kFull = 0x00F0'0000;
    Secured p;
    p.core->system.cpacr = kFull;
    p.core->vfp.fpexc = 1U << 30;
    p.a32({kVaddLow});
    CHECK(p.vector() == 0);
    p.go_non_secure();
    CHECK(p.a32({kReadCpacr}).r[1] == 0);
    p.core->r[1] = 0;
    p.a32({kWriteCpacr});
    CHECK(p.core->system.cpacr == kFull);
    p.a32({kVaddLow});
    CHECK(p.ended_at(kOtherVectors) == 0x04);

    Secured q;
    q.core->system.cpacr = kFull;
    q.core->vfp.fpexc = 1U << 30;
    q.core->system.nsacr = nsacr::kFloatingPoint;
    q.go_non_secure();
    CHECK(q.a32({kVaddLow}).r[15] == test::kCode + 8);
}

TEST_CASE("security: NSACR's disabling bits force CPACR's", "[cpu][security]") {
    Secured p;
    p.core->system.nsacr = nsacr::kFloatingPoint | nsacr::kNsAsedis;
    p.core->system.cpacr = 0x00F0'0000;
    p.core->vfp.fpexc = 1U << 30;
    p.go_non_secure();
    CHECK(p.a32({kReadCpacr}).r[1] == (0x00F0'0000 | cpacr::kAsedis));
    p.a32({0xF200'0840});  // vadd.i8 q0,q0,q0
    CHECK(p.ended_at(kOtherVectors) == 0x04);
}

TEST_CASE("CPACR.D32DIS makes D16 to D31 undefined, the lower half stays", "[cpu][vfp]") {
    test::Program p;
    p.core->system.cpacr = 0x00F0'0000 | cpacr::kD32dis | cpacr::kAsedis;
    p.core->vfp.fpexc = 1U << 30;
    p.core->r[0] = kPlace;
    for (const uint32_t word : {0xEE30'0B00U /* vadd.f64 d0,d0,d0 */, 0xED90'0B00U /* vldr d0,[r0] */,
                                0xEC90'0B20U /* vldmia r0,{d0-d15} */, 0xEE00'0A10U /* vmov s0,r0 */}) {
        INFO(word);
        p.a32({word});
        CHECK(p.vector() == 0);
    }
    for (const uint32_t word : {0xEE70'0BA0U /* vadd.f64 d16,d16,d16 */, 0xEDD0'0B00U /* vldr d16,[r0] */,
                                0xEC90'1B20U /* vldmia r0,{d1-d16} */, 0xEC40'0B30U /* vmov d16,r0,r0 */,
                                0xEE00'0B90U /* vmov.32 d16[0],r0 */, 0xEEB0'0B60U /* vmov.f64 d0,d16 */}) {
        INFO(word);
        p.core->change_mode(static_cast<uint32_t>(Mode::supervisor));
        p.a32({word});
        CHECK(p.vector() == 0x04);
    }
}

TEST_CASE("TEECR.XED keeps user mode from TEEHBR", "[cpu][cp15]") {
    constexpr uint32_t kReadTeehbr = 0xEED1'1E10;  // mrc p14,6,r1,c1,c0,0
    for (const uint32_t denied : {0U, 1U}) {
        test::Program p;
        p.core->system.teecr = denied;
        p.core->system.teehbr = 0x1234'5678;
        p.core->set_cpsr(static_cast<uint32_t>(Mode::user));
        p.core->update_context();
        p.a32({kReadTeehbr});
        CHECK(p.vector() == (denied != 0 ? 0x04 : 0x00));
        CHECK(p.core->r[1] == (denied != 0 ? 0 : 0x1234'5678));
    }
}
