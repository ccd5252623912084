// Exception entry and return. Expected values: ARM ARM ARMv7-A, B1.8.3 (vectors), table B1-7 (return
// addresses), B1.9 (entry per exception).
#include <catch2/catch.hpp>

#include "tests/unit/cpu/machine_fixture.hpp"

using namespace exysim;
using namespace exysim::cpu;
using namespace exysim::test;

TEST_CASE("exceptions: SVC enters supervisor mode with the next instruction in LR", "[cpu]") {
    Program p;
    p.core->set_cpsr(0x6000'0010);  // user mode, Z and C set
    Core& core = p.a32({0xE320'F000, 0xEF00'0000});
    CHECK(p.vector() == 0x08);
    CHECK(core.mode() == Mode::supervisor);
    CHECK(core.r[14] == kCode + 8);
    CHECK(core.spsr() == 0x6000'0010);
    CHECK((core.cpsr() & 0xFF) == (0x13 | 0x80));
}

TEST_CASE("exceptions: UNDEFINED returns to the following instruction in both states", "[cpu]") {
    Program p;
    Core& a32 = p.a32({0xE7F0'00F0});  // udf
    CHECK(p.vector() == 0x04);
    CHECK(a32.r[14] == kCode + 4);
    Program q;
    Core& thumb = q.thumb({0xBF00, 0xDE00});  // nop; udf
    CHECK(q.vector() == 0x04);
    CHECK(thumb.r[14] == kCode + 2 + 2);
    CHECK((thumb.spsr() & psr::kT) != 0);
}

TEST_CASE("exceptions: an interrupt is taken between instructions and returns with SUBS PC, LR, #4",
          "[cpu]") {
    Program p;
    p.memory.set_word(kVectors + 0x18, 0xE25E'F004);  // subs pc, lr, #4
    p.core->set_cpsr(0x13);
    p.core->set_irq(true);
    p.load_words(kCode, {0xE320'F000, 0xEAFF'FFFD});  // nop; b .-4
    p.core->leave(kCode, false);
    p.run(100);
    CHECK(p.core->instructions > 0);
    CHECK(p.core->mode() == Mode::irq);  // the line stays high: it is taken again at once
    p.core->set_irq(false);
    p.run(100);
    CHECK(p.core->mode() == Mode::supervisor);
    CHECK((p.core->control & psr::kI) == 0);
}

TEST_CASE("exceptions: FIQ masks both, IRQ leaves FIQ open, FIQ goes first", "[cpu]") {
    constexpr uint32_t kSelf = 0xEAFF'FFFE;  // b .
    Program p;
    p.load_words(kVectors + 0x18, {kSelf, kSelf});
    p.core->set_cpsr(0x1F);
    p.core->set_irq(true);
    p.core->set_fiq(true);
    Core& both = p.go(kCode, false);
    CHECK(both.r[15] == kVectors + 0x1C);
    CHECK((both.control & (psr::kI | psr::kF)) == (psr::kI | psr::kF));
    Program q;
    q.load_words(kVectors + 0x18, {kSelf, kSelf});
    q.core->set_cpsr(0x1F);
    q.core->set_irq(true);
    Core& irq = q.go(kCode, false);
    CHECK(irq.r[15] == kVectors + 0x18);
    CHECK((irq.control & (psr::kI | psr::kF)) == psr::kI);
    CHECK(irq.r[14] == kCode + 4);
}

TEST_CASE("exceptions: high vectors and Thumb exceptions follow SCTLR", "[cpu]") {
    Program p;
    p.core->system.sctlr |= sctlr::kTe;
    p.load_halfwords(kVectors + 8, {kWfiThumb});
    Core& core = p.a32({0xEF00'0000});
    CHECK(core.thumb);
    CHECK(core.r[15] == kVectors + 8 + 2);
    Program q;
    q.core->system.sctlr |= sctlr::kV;
    q.load_words(kCode, {0xEF00'0000});
    q.core->leave(kCode, false);
    q.core->run(1);
    CHECK(q.core->r[15] == 0xFFFF'0008);
}

TEST_CASE("exceptions: every mode has its own SP, LR and SPSR, FIQ r8-r12 too", "[cpu]") {
    Registers r;
    const uint32_t modes[] = {0x10, 0x11, 0x12, 0x13, 0x16, 0x17, 0x1B};
    r.set_cpsr(0x1F);
    for (const uint32_t mode : modes) {
        r.change_mode(mode);
        r.r[8] = r.r[13] = r.r[14] = mode * 0x101;
        r.set_spsr(mode);
    }
    for (const uint32_t mode : modes) {
        r.change_mode(mode);
        CHECK(r.r[13] == mode * 0x101);
        CHECK(r.r[14] == mode * 0x101);
        CHECK(r.r[8] == (mode == 0x11 ? 0x1111U : 0x1B1BU));
        CHECK(r.spsr() == (mode == 0x10 ? 0U : mode));
    }
    r.change_mode(0x1F);
    CHECK(r.r[13] == 0x1010);  // system shares the user's
    r.change_mode(0x11);
    CHECK(r.user(13) == 0x1010);
    CHECK(r.user(8) == 0x1B1B);
}

TEST_CASE("exceptions: SRS and RFE store and restore the return state", "[cpu]") {
    Program p;
    p.core->set_cpsr(0x1D3);
    p.core->r[13] = kData + 0x100;
    p.core->r[14] = 0x4000'0040;
    p.core->set_spsr(0x8000'0010);
    p.memory.set_word(0x4000'0040, kWfi);
    Core& core = p.a32({0xF96D'0513, 0xF8BD'0A00});  // srsdb sp!, #0x13; rfeia sp!
    CHECK(p.memory.word(kData + 0xF8) == 0x4000'0040);
    CHECK(p.memory.word(kData + 0xFC) == 0x8000'0010);
    CHECK(core.r[15] == 0x4000'0044);
    CHECK(core.cpsr() == 0x8000'0010);
    core.change_mode(0x13);
    CHECK(core.r[13] == kData + 0x100);
}

TEST_CASE("exceptions: an abort inside an IT block keeps ITSTATE and returns into the block", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.core->set_cpsr(0x4000'01F3);  // Z set
    p.core->r[0] = 0x8000'0000;     // not mapped
    // itte eq; moveq r1,#1; ldreq r2,[r0]; movne r3,#1
    Core& core = p.thumb({0xBF06, 0x2101, 0x6802, 0x2301});
    CHECK(p.vector() == 0x10);
    CHECK(core.r[1] == 1);
    CHECK(core.r[14] == kCode + 4 + 8);
    // ITSTATE at the second instruction: 0000 0110 advanced once = 0000 1100
    CHECK((core.spsr() & psr::kIt) == (0b00U << 25 | 0b000011U << 10));
    core.exception_return(core.r[14] - 4,
                          core.spsr());  // behind the load, with its ITSTATE: as if it were this one
    CHECK(core.it == 0x0C);
    core.exception_return(kCode + 4, core.cpsr());
    core.wake();
    core.r[0] = kData;
    p.memory.set_word(kData, 5);
    p.run(1000);
    CHECK(core.r[2] == 5);
    CHECK(core.r[3] == 0);
}

TEST_CASE("exceptions: MSR in user mode changes flags only, CPS does nothing", "[cpu]") {
    Program p;
    p.core->set_cpsr(0x10);
    p.core->r[0] = 0xF000'00D3;
    Core& core = p.a32({0xE129'F000, 0xF10C'00C0});  // msr cpsr_fc, r0; cpsid if
    CHECK(core.cpsr() == 0xF000'0010);
}

TEST_CASE("exceptions: CPS changes mode and masks", "[cpu]") {
    Program p;
    Core& core = p.a32({0xF10E'00D2});  // cpsid if, #0x12
    CHECK(core.mode() == Mode::irq);
    CHECK((core.control & (psr::kI | psr::kF)) == (psr::kI | psr::kF));
}

TEST_CASE("exceptions: BKPT is a prefetch abort with debug status", "[cpu]") {
    Program p;
    p.core->semihosting = nullptr;
    Core& core = p.a32({0xE120'0070});
    CHECK(p.vector() == 0x0C);
    CHECK(core.system.ifsr == 0b00010);
    CHECK(core.r[14] == kCode + 4);
}

TEST_CASE("exceptions: LDM with the PC and ^ returns from the exception", "[cpu]") {
    Program p;
    p.core->set_cpsr(0x1D3);
    p.core->r[0] = kData;
    p.core->set_spsr(0x30);  // user mode, Thumb
    p.memory.set_word(kData, 0x77);
    p.memory.set_word(kData + 4, kCode + 0x41);
    p.load_halfwords(kCode + 0x40, {kWfiThumb});
    Core& core = p.a32({0xE8D0'8002});  // ldm r0, {r1, pc}^
    CHECK(core.r[1] == 0x77);
    CHECK(core.cpsr() == 0x30);
    CHECK(core.r[15] == kCode + 0x42);
}

TEST_CASE("exceptions: BKPT in an IT block does not look at the condition", "[cpu]") {
    Program p;
    p.core->semihosting = nullptr;
    p.core->set_cpsr(0x1F3);    // Z clear
    p.thumb({0xBF08, 0xBE00});  // it eq; bkpt
    CHECK(p.vector() == 0x0C);
}

TEST_CASE("exceptions: every data-processing instruction with S and the PC returns (ARM ARM B9.3.20)",
          "[cpu]") {
    // Each makes kData of r0, with the carry clear.
    const struct {
        uint32_t word, r0;
    } forms[] = {
        {0xE010'F000, kData},       // ands pc,r0,r0
        {0xE230'F000, kData},       // eors pc,r0,#0
        {0xE250'F000, kData},       // subs pc,r0,#0
        {0xE270'F000, 0u - kData},  // rsbs pc,r0,#0
        {0xE290'F000, kData},       // adds pc,r0,#0
        {0xE2B0'F000, kData},       // adcs pc,r0,#0: carry clear
        {0xE2D0'F000, kData + 1},   // sbcs pc,r0,#0
        {0xE2F0'F000, ~kData},      // rscs pc,r0,#0
        {0xE390'F000, kData},       // orrs pc,r0,#0
        {0xE1B0'F000, kData},       // movs pc,r0
        {0xE1B0'F0A0, kData << 1},  // lsrs pc,r0,#1
        {0xE3D0'F000, kData},       // bics pc,r0,#0
        {0xE1F0'F000, ~kData},      // mvns pc,r0
    };
    for (const auto& form : forms) {
        INFO(form.word);
        Program p;
        p.core->set_cpsr(static_cast<uint32_t>(Mode::irq) | psr::kI);
        p.core->set_spsr(static_cast<uint32_t>(Mode::system) | psr::kF | psr::kN);
        p.core->r[0] = form.r0;
        p.memory.set_word(kData, kWfi);
        Core& core = p.a32({form.word});
        CHECK(core.r[15] == kData + 4);
        CHECK(core.cpsr() == (static_cast<uint32_t>(Mode::system) | psr::kF | psr::kN));
    }
}
