// Block timing against the figures it is made from: hardware page "CPU subsystem" section 10 (load-use four
// cycles), Cortex-A9 TRM appendix B (dual issue; MUL and MLA results after four cycles, long ones after
// five).
#include <catch2/catch.hpp>

#include <vector>

#include "tests/unit/cpu/machine_fixture.hpp"

using namespace exysim;
using namespace exysim::cpu;
using namespace exysim::test;

namespace {

constexpr uint32_t kBackTo0 = 0xEA00'0000;

/// A core with block timing whose loop of `body` runs for a while; cycles of one iteration.
double cycles_of(const std::vector<uint32_t>& body) {
    Program p;
    CoreConfig config;
    config.block_timing = true;
    ExclusiveMonitors monitors;
    Core core{config, p.memory, monitors};
    core.system = p.core->system;
    core.system.sctlr |= sctlr::kZ;
    core.update_context();
    uint32_t at = kCode;
    for (const uint32_t word : body) p.memory.set_word(at, word), at += 4;
    const uint32_t back = static_cast<uint32_t>(-static_cast<int32_t>(body.size()) - 2) & 0xFF'FFFF;
    p.memory.set_word(at, kBackTo0 | back);
    p.memory.set_word(kData, kData);
    core.r.fill(kData);
    core.leave(kCode, false);
    core.run(1000);
    const uint64_t cycles = core.cycles(), instructions = core.instructions;
    core.run(100'000);
    const auto iterations =
        static_cast<double>(core.instructions - instructions) / static_cast<double>(body.size() + 1);
    return static_cast<double>(core.cycles() - cycles) / iterations;
}

std::vector<uint32_t> times(size_t n, uint32_t word) { return std::vector<uint32_t>(n, word); }

}  // namespace

TEST_CASE("timing: every row of the instruction tables has an entry of its own kind", "[cpu]") {
    for (const auto* rows : {&a32(), &t16(), &t32()}) {
        for (const Encoding& e : rows->encodings()) {
            const std::string_view name = e.row->name;
            const Unit unit = timing_of(*e.row).unit;
            INFO(name);
            if (name.starts_with("LDR") || name.starts_with("LDM") || name == "POP")
                CHECK(unit == Unit::load);
            if (name.starts_with("STR") || name.starts_with("STM") || name == "PUSH")
                CHECK(unit == Unit::store);
            if (name == "B" || name == "BL" || name == "BX") CHECK(unit == Unit::branch);
            if (name.starts_with("BIC") || name.starts_with("ADD") || name.starts_with("SUB ("))
                CHECK(unit == Unit::alu);
        }
    }
}

TEST_CASE("timing: a load's address that comes from a load costs the load-use latency", "[cpu]") {
    CHECK(cycles_of(times(20, 0xE590'0000)) == Approx(20 * 4).epsilon(0.03));  // ldr r0,[r0]
}

TEST_CASE("timing: two independent instructions a cycle, one if each needs the last", "[cpu]") {
    std::vector<uint32_t> independent;
    for (uint32_t i = 0; i < 20; ++i)
        independent.push_back(0xE280'0001 | (i % 10) << 12 | 11U << 16);  // add rI,r11,#1
    CHECK(cycles_of(independent) == Approx(10.5).epsilon(0.06));
    CHECK(cycles_of(times(20, 0xE280'0001)) == Approx(20).epsilon(0.06));  // add r0,r0,#1
    CHECK(cycles_of(times(20, 0xE080'0100)) ==
          Approx(40).epsilon(0.06));  // add r0,r0,r0,lsl #2: a shift costs one
}

TEST_CASE("timing: multiplies issue every second cycle and deliver after four", "[cpu]") {
    CHECK(cycles_of(times(20, 0xE000'0090)) == Approx(80).epsilon(0.03));  // mul r0,r0,r0
    CHECK(cycles_of(times(20, 0xE001'0392)) == Approx(40).epsilon(0.06));  // mul r1,r2,r3
    // mla r1,r2,r3,r1: the accumulator is wanted late, so a chain runs at the issue rate
    CHECK(cycles_of(times(20, 0xE021'1392)) == Approx(40).epsilon(0.06));
    CHECK(cycles_of(times(20, 0xE080'1091)) >= 60);  // umull r1,r0,r1,r0
}

TEST_CASE("timing: one load or store a cycle, LDM moves two words a cycle", "[cpu]") {
    CHECK(cycles_of({0xE59A'1000, 0xE59A'2004, 0xE59A'3008, 0xE59A'400C}) == Approx(4).epsilon(0.3));
    CHECK(cycles_of(times(10, 0xE89A'00FF)) == Approx(40).epsilon(0.1));  // ldm r10,{r0-r7}
}

TEST_CASE("timing: what the predictor cannot know costs a refill", "[cpu]") {
    // The low bit of a shift register with taps decides a branch: lfsr in r0; half of the branches go wrong.
    //   movs r0,r0,lsr #1 ; eorcs r0,r0,r1 ; tst r0,#1 ; beq +0 ; add ; b
    const std::vector<uint32_t> random{0xE1B0'00A0, 0x2020'0001, 0xE310'0001, 0x0A00'0000, 0xE283'3001};
    const std::vector<uint32_t> steady{0xE1B0'00A0, 0x2020'0001, 0xE150'0000, 0x0A00'0000, 0xE283'3001};
    const double unforeseen = cycles_of(random), foreseen = cycles_of(steady);
    CHECK(unforeseen > foreseen + 0.25 * kMispredictPenalty);
}

TEST_CASE("predictor: loops, alternation and returns are learnt", "[cpu]") {
    BranchPredictor p;
    unsigned wrong = 0;
    for (unsigned i = 0; i < 1000; ++i) wrong += p.direction(0x1000, i % 2 == 0) ? 0U : 1U;
    CHECK(wrong < 40);
    for (uint32_t depth = 0; depth < 8; ++depth) p.call(0x100 * depth);
    for (uint32_t depth = 8; depth-- > 0;) CHECK(p.returned(0x100 * depth));
    CHECK_FALSE(p.target(5, 0x2000));
    CHECK(p.target(5, 0x2000));
    CHECK_FALSE(p.target(5, 0x3000));
}

TEST_CASE("timing: code that comes from memory each time ends its slice like any other", "[cpu]") {
    constexpr uint32_t kBlocks = 1000, kToNext = 0xEAFF'FFFF;  // b to the next instruction
    constexpr uint64_t kSlice = 1000, kFetch = 1000;           // cycles; a block's fetch is a few lines of 90
    Program p{{}, Caches::functional};
    if (GENERATE(false, true)) {  // Normal non-cacheable code, caches on; else as out of reset
        p.core->system.sctlr |= sctlr::kI | sctlr::kC;
        p.enable_mmu();
        p.map_section(kCode, kCode | 1U << 12 | 3U << 10 | 2);
    }
    for (uint32_t n = 0; n < kBlocks; ++n) p.memory.set_word(kCode + 0x8000 + 4 * n, kToNext);
    p.memory.set_word(kCode + 0x8000 + 4 * kBlocks, kWfi);
    p.core->wake();
    p.core->leave(kCode + 0x8000, false);
    uint32_t slices = 0;
    for (; !p.core->waiting() && slices < kBlocks; ++slices) {
        const uint64_t before = p.core->cycles();
        p.core->run(kSlice);
        CHECK(p.core->cycles() < before + kSlice + kFetch);
    }
    CHECK(slices > 50);  // 90 cycles a block at least
    CHECK(p.core->instructions == kBlocks + 1);
}
