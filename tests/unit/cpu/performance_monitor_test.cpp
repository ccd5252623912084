// Performance monitors. Expected values: ARM ARM ARMv7-A, C12; event numbers of the Cortex-A9 TRM, table
// 11-5.
#include <catch2/catch.hpp>

#include "models/cpu/performance_monitor.hpp"
#include "tests/unit/cpu/machine_fixture.hpp"

using namespace exysim;
using namespace exysim::cpu;
using namespace exysim::test;

namespace {

constexpr uint32_t kCycleCounter = 1U << 31;

/// Event counter 0 on `event`, running; then everything as the program does it.
struct Monitored : Program {
    explicit Monitored(uint32_t event) {
        core->system.pmselr = 0;
        pmu::write_type(*core, event);
        pmu::enable(*core, 1);
        pmu::write_control(*core, 1);
    }
    uint32_t count() { return pmu::read_count(*core); }
};

}  // namespace

TEST_CASE("pmu: instructions and cycles count while enabled, and only then", "[cpu]") {
    Monitored p{0x68};
    p.a32({0xE320'F000, 0xE320'F000, 0xE320'F000});
    CHECK(p.count() == 4);  // three NOPs and the WFI
    pmu::write_control(*p.core, 0);
    p.a32({0xE320'F000});
    CHECK(p.count() == 4);
    pmu::enable(*p.core, kCycleCounter);
    pmu::write_control(*p.core, 1);
    const uint32_t before = pmu::cycle_count(*p.core);
    p.core->skip(640);
    CHECK(pmu::cycle_count(*p.core) - before == 640);
    pmu::write_control(*p.core, 1 | 8 | 4);  // every 64th, from zero
    p.core->skip(640);
    CHECK(pmu::cycle_count(*p.core) == 10);
}

TEST_CASE("pmu: loads, stores and branches count by block", "[cpu]") {
    struct Row {
        uint32_t event, expected;
    };
    // ldr, str, ldr; b +0; bx lr to the WFI behind: two branches, one of them immediate
    for (const Row row : {Row{0x06, 2}, Row{0x07, 1}, Row{0x12, 2}, Row{0x0D, 1}}) {
        Monitored p{row.event};
        p.core->r[0] = kData;
        p.core->r[14] = kCode + 20;
        p.a32({0xE590'1000, 0xE580'1004, 0xE590'2004, 0xEAFF'FFFF, 0xE12F'FF1E});
        INFO("event " << row.event);
        CHECK(p.count() == row.expected);
    }
}

TEST_CASE("pmu: refills of caches and TLBs count where those are, accesses everywhere", "[cpu]") {
    CoreConfig config;
    config.tlbs = Tlbs::present;
    Program p{config, Caches::functional};
    p.enable_mmu();
    p.core->system.sctlr |= sctlr::kC | sctlr::kI;
    constexpr uint32_t kEvents[] = {0x01, 0x02, 0x03, 0x04, 0x05};
    for (uint32_t n = 0; n < std::size(kEvents); ++n) {
        p.core->system.pmselr = n;
        pmu::write_type(*p.core, kEvents[n]);
    }
    pmu::enable(*p.core, 0x1F);
    pmu::write_control(*p.core, 1);
    const auto counts = [&](uint32_t n) {
        p.core->system.pmselr = n;
        return pmu::read_count(*p.core);
    };
    p.core->r[0] = kData;
    p.core->r[2] = 64;
    p.a32({0xE490'1020, 0xE252'2001, 0x1AFF'FFFC});  // ldr r1,[r0],#32; subs r2,r2,#1; bne
    CHECK(counts(0) == 1);                           // the code's line
    CHECK(counts(1) == 1);                           // its section
    CHECK(counts(2) == 64);                          // a line a load
    CHECK(counts(3) == 64);
    CHECK(counts(4) == 1);  // all in one section
    // The same again: everything is there.
    p.core->r[0] = kData;
    p.core->r[2] = 64;
    p.a32({0xE490'1020, 0xE252'2001, 0x1AFF'FFFC});
    CHECK(counts(2) == 64);
    CHECK(counts(3) == 128);
    CHECK(counts(4) == 1);
}

TEST_CASE("pmu: exceptions, returns, interrupts, exclusives, unaligned accesses, CONTEXTIDR", "[cpu]") {
    Monitored exceptions{0x09};
    exceptions.a32({0xEF00'0000});
    CHECK(exceptions.count() == 1);
    Monitored returns{0x0A};
    returns.memory.set_word(kVectors + 8, 0xE1B0'F00E);  // movs pc, lr
    returns.a32({0xEF00'0000});
    CHECK(returns.count() == 1);
    Monitored interrupts{0x93};
    interrupts.core->set_cpsr(0x1F);
    interrupts.core->set_irq(true);
    interrupts.a32({0xE320'F000});
    CHECK(interrupts.count() == 1);
    for (const uint32_t event : {0x63U, 0x64U}) {
        Monitored p{event};
        p.core->r[0] = kData;
        p.a32({0xE190'1F9F, 0xE180'2F91, 0xE180'2F91});  // ldrex; strex; strex again
        CHECK(p.count() == 1);
    }
    Monitored unaligned{0x0F};
    unaligned.enable_mmu();
    unaligned.core->r[0] = kData + 1;
    unaligned.a32({0xE590'1000});
    CHECK(unaligned.count() == 1);
    Monitored context{0x0B};
    context.a32({0xEE0D'0F30});
    CHECK(context.count() == 1);
}

TEST_CASE("pmu: software increment, overflow and its interrupt", "[cpu]") {
    Monitored p{0x00};
    pmu::write_count(*p.core, 0xFFFF'FFFE);
    pmu::software_increment(*p.core, 1 | 2);  // counter 1 is off
    CHECK(p.count() == 0xFFFF'FFFF);
    CHECK(pmu::read_overflow(*p.core) == 0);
    pmu::software_increment(*p.core, 1);
    CHECK(p.count() == 0);
    CHECK(pmu::read_overflow(*p.core) == 1);
    CHECK_FALSE(p.core->pmu_interrupt());
    pmu::enable_interrupt(*p.core, 1);
    CHECK(p.core->pmu_interrupt());
    pmu::clear_overflow(*p.core, 1);
    CHECK_FALSE(p.core->pmu_interrupt());
}

TEST_CASE("pmu: the cycle counter's overflow ends the run at its cycle", "[cpu]") {
    Program p;
    p.load_words(kCode, {0xEAFF'FFFE});
    p.core->leave(kCode, false);
    pmu::set_cycle_count(*p.core, 0xFFFF'FFFF - 999);
    pmu::enable(*p.core, kCycleCounter);
    pmu::enable_interrupt(*p.core, kCycleCounter);
    pmu::write_control(*p.core, 1);
    p.core->run(400);
    CHECK_FALSE(p.core->pmu_interrupt());
    const uint64_t before = p.core->cycles();
    p.core->run(1'000'000);
    CHECK(p.core->pmu_interrupt());
    CHECK(p.core->cycles() - before <= 600 + 4);
    CHECK(pmu::read_overflow(*p.core) == kCycleCounter);
}

TEST_CASE("pmu: an event counter's overflow interrupts soon, and PMCEID0 tells what there is", "[cpu]") {
    Program p;
    p.load_words(kCode, {0xEAFF'FFFE});
    p.core->leave(kCode, false);
    p.core->system.pmselr = 2;
    pmu::write_type(*p.core, 0x68);
    pmu::write_count(*p.core, 0xFFFF'FFFF - 4999);
    pmu::enable(*p.core, 4);
    pmu::enable_interrupt(*p.core, 4);
    pmu::write_control(*p.core, 1);
    const uint64_t before = p.core->instructions;
    p.core->run(1'000'000);
    CHECK(p.core->pmu_interrupt());
    CHECK(p.core->instructions - before >= 5000);
    CHECK(p.core->instructions - before <= 5000 + 64);
    const uint32_t known = pmu::read_events(*p.core);
    CHECK((known & 1U << 0x11) != 0);
    CHECK((known & 1U << 0x08) == 0);  // the Cortex-A9 has no "instruction executed"
}

TEST_CASE("pmu: user mode needs PMUSERENR", "[cpu]") {
    Program p;
    p.core->set_cpsr(0x10);
    p.a32({0xEE19'1F1D});  // mrc PMCCNTR
    CHECK(p.vector() == 0x04);
    p.core->set_cpsr(0x10);
    p.core->system.pmuserenr = 1;
    p.a32({0xEE19'1F1D});
    CHECK(p.vector() == 0);
}
