// TLBs: what they keep, what each operation takes away, and what a miss costs. Expected values: ARM ARM
// ARMv7-A, B3.9 and B3.10 (what may be held, ASIDs, maintenance); Cortex-A9 TRM, chapter 6 (sizes, micro
// TLBs); hardware page "CPU subsystem" section 10 (7 cycles for a micro TLB miss, 7 more for a walk).
#include <catch2/catch.hpp>

#include "models/cpu/performance_monitor.hpp"
#include "tests/unit/cpu/machine_fixture.hpp"

using namespace exysim;
using namespace exysim::cpu;
using namespace exysim::test;

namespace {

constexpr uint32_t kVa = 0x8000'0000, kOne = kData, kOther = kData + 0x1000;
constexpr uint32_t kNotGlobal = 1U << 11;
constexpr uint32_t small_page(uint32_t pa) { return pa | 3U << 4 | 3U << 2 | 2; }  // AP = 011, write-back

CoreConfig with_tlbs() {
    CoreConfig config;
    config.tlbs = Tlbs::present;
    return config;
}

/// Two pages with different words, and page tables that a test changes without any maintenance.
struct TlbProgram : Program {
    TlbProgram() : Program{with_tlbs()} {
        memory.set_word(kOne, 1);
        memory.set_word(kOther, 2);
        enable_mmu();
        map_page(kVa, small_page(kOne));
    }
    void change_entry(uint32_t va, uint32_t entry) {
        memory.set_word(kSecondLevel + (va >> 12 & 0xFF) * 4, entry);
    }
    void mcr(uint32_t crn, uint32_t crm, uint32_t opc2, uint32_t value) {
        system_register_rows()[static_cast<size_t>(find_system_register(15, 0, crn, crm, opc2))].write(*core,
                                                                                                       value);
    }
    uint32_t load(uint32_t va) { return core->load<uint32_t>(va).value; }
    /// Empties the micro TLBs and nothing else: a write of what DACR holds.
    void empty_micro_tlbs() { mcr(3, 0, 0, core->system.dacr); }
    void set_asid(uint32_t asid) { mcr(13, 0, 1, asid); }
    /// The data-side misses that `use` brings: of the micro TLB, and of both.
    template <class Use>
    std::pair<uint64_t, uint64_t> misses(Use use) {
        const TlbCounts before = core->mmu.counts;
        use();
        const TlbCounts& after = core->mmu.counts;
        return {after.data_refills - before.data_refills, after.data_walks - before.data_walks};
    }
};

using Misses = std::pair<uint64_t, uint64_t>;

}  // namespace

TEST_CASE("tlb: a changed page table counts only once the entry is invalidated", "[cpu][tlb]") {
    TlbProgram p;
    CHECK(p.load(kVa) == 1);
    p.change_entry(kVa, small_page(kOther));
    CHECK(p.load(kVa) == 1);
    p.empty_micro_tlbs();
    CHECK(p.load(kVa) == 1);
    p.mcr(8, 7, 1, kVa + 0x1000);  // TLBIMVA of another page
    CHECK(p.load(kVa) == 1);
    p.mcr(8, 7, 1, kVa);
    CHECK(p.load(kVa) == 2);
}

TEST_CASE("tlb: entries belong to their ASID unless global", "[cpu][tlb]") {
    TlbProgram p;
    p.change_entry(kVa, small_page(kOne) | kNotGlobal);
    p.set_asid(1);
    CHECK(p.load(kVa) == 1);
    p.change_entry(kVa, small_page(kOther) | kNotGlobal);
    p.set_asid(2);
    CHECK(p.load(kVa) == 2);
    p.set_asid(1);
    CHECK(p.load(kVa) == 1);
    p.mcr(8, 7, 1, kVa | 2);  // TLBIMVA for ASID 2
    CHECK(p.load(kVa) == 1);
    p.mcr(8, 7, 2, 1);  // TLBIASID
    CHECK(p.load(kVa) == 2);
}

TEST_CASE("tlb: TLBIASID spares global entries, TLBIMVA and TLBIMVAA do not", "[cpu][tlb]") {
    for (const uint32_t opc2 : {1U, 3U}) {
        TlbProgram p;
        p.set_asid(1);
        CHECK(p.load(kVa) == 1);
        p.change_entry(kVa, small_page(kOther));
        p.mcr(8, 7, 2, 1);
        CHECK(p.load(kVa) == 1);
        p.mcr(8, 7, opc2, kVa | 7);  // any ASID
        CHECK(p.load(kVa) == 2);
    }
}

TEST_CASE("tlb: an invalidated section goes as a whole, whichever of its addresses is given", "[cpu][tlb]") {
    TlbProgram p;
    p.map_section(kVa, Program::section(0x400));
    CHECK(p.load(kVa + (kOne - kCode)) == 1);
    p.memory.set_word(kTable + (kVa >> 20) * 4, 0);
    CHECK(p.load(kVa + (kOther - kCode)) == 2);  // still mapped by the entry
    p.mcr(8, 7, 1, kVa + 0xF'0000);
    CHECK_FALSE(p.core->load<uint32_t>(kVa + (kOne - kCode)).ok);
}

TEST_CASE("tlb: faults are not kept", "[cpu][tlb]") {
    TlbProgram p;
    p.change_entry(kVa, 0);
    CHECK_FALSE(p.core->load<uint32_t>(kVa).ok);
    p.change_entry(kVa, small_page(kOther));
    CHECK(p.load(kVa) == 2);
}

TEST_CASE("tlb: permissions are kept with the entry, DACR counts at once", "[cpu][tlb]") {
    TlbProgram p;
    constexpr uint32_t kReadOnly = 1U << 9;  // APX
    p.change_entry(kVa, small_page(kOne) | kReadOnly);
    CHECK_FALSE(p.core->store<uint32_t>(kVa, 5));
    p.change_entry(kVa, small_page(kOne));
    CHECK_FALSE(p.core->store<uint32_t>(kVa, 5));
    p.mcr(3, 0, 0, 3);  // manager
    CHECK(p.core->store<uint32_t>(kVa, 5));
    p.mcr(3, 0, 0, 0);  // no access
    CHECK_FALSE(p.core->load<uint32_t>(kVa).ok);
    p.mcr(3, 0, 0, 1);
    CHECK(p.load(kVa) == 5);
    CHECK_FALSE(p.core->store<uint32_t>(kVa, 6));
}

TEST_CASE("tlb: 32 pages fit a micro TLB, the 33rd takes the oldest one's place", "[cpu][tlb]") {
    TlbProgram p;
    for (uint32_t n = 0; n < 33; ++n) p.change_entry(kVa + n * kPageSize, small_page(kOne));
    const auto touch = [&p](uint32_t first, uint32_t count) {
        for (uint32_t n = first; n < first + count; ++n) p.load(kVa + n * kPageSize);
    };
    CHECK(p.misses([&] { touch(0, 32); }) == Misses{32, 32});
    CHECK(p.misses([&] { touch(0, 32); }) == Misses{0, 0});
    CHECK(p.misses([&] { touch(32, 1); }) == Misses{1, 1});
    CHECK(p.misses([&] { touch(1, 31); }) == Misses{0, 0});
    CHECK(p.misses([&] { touch(0, 1); }) == Misses{1, 0});
}

TEST_CASE("tlb: the performance monitors see refills as events 2 and 5", "[cpu][tlb]") {
    TlbProgram p;
    const auto count = [&p](uint8_t number) {
        for (const pmu::Event& e : pmu::events()) {
            if (e.number == number) return e.count(*p.core);
        }
        return ~uint64_t{0};
    };
    p.load(kVa);
    p.empty_micro_tlbs();
    p.load(kVa);
    CHECK(count(5) == 2);
    CHECK(count(2) == 0);
    p.memory.set_word(kOne, kWfi);
    p.go(kVa, false);
    CHECK(count(2) == 1);
}

TEST_CASE("tlb: three pages of one set do not fit the two ways of the main TLB", "[cpu][tlb]") {
    TlbProgram p;
    const auto va = [](uint32_t n) { return kVa + n * MainTlb::kSets * kPageSize; };
    for (uint32_t n = 0; n < 3; ++n) p.change_entry(va(n), small_page(kOne));
    const auto touch = [&](uint32_t n) {
        p.empty_micro_tlbs();
        p.load(va(n));
    };
    CHECK(p.misses([&] { touch(0), touch(1); }) == Misses{2, 2});
    CHECK(p.misses([&] { touch(0), touch(1); }) == Misses{2, 0});
    CHECK(p.misses([&] { touch(2); }) == Misses{1, 1});
    CHECK(p.misses([&] { touch(0); }) == Misses{1, 1});
    // Elsewhere nothing is disturbed.
    p.change_entry(kVa + kPageSize, small_page(kOne));
    CHECK(p.misses([&] { p.load(kVa + kPageSize); }) == Misses{1, 1});
    CHECK(p.misses([&] { p.empty_micro_tlbs(), p.load(kVa + kPageSize); }) == Misses{1, 0});
}

TEST_CASE("tlb: a micro TLB miss costs 7 cycles, a walk 7 more besides its reads", "[cpu][tlb]") {
    TlbProgram p;
    const auto cycles = [&p](uint32_t va) {
        const uint64_t before = p.core->cycles();
        p.load(va);
        return p.core->cycles() - before;
    };
    CHECK(cycles(kVa) == 14);  // the memory of this machine answers at once
    CHECK(cycles(kVa) == 0);
    p.empty_micro_tlbs();
    CHECK(cycles(kVa) == 7);
}

TEST_CASE("tlb: the debugger's view goes through stale entries and makes none", "[cpu][tlb]") {
    TlbProgram p;
    PhysAddr pa;
    const auto seen = p.misses([&] { CHECK(p.core->debug_translate(VirtAddr{kVa}, pa)); });
    CHECK(seen == Misses{0, 0});
    CHECK(pa.value == kOne);
    p.change_entry(kVa, small_page(kOther));
    CHECK(p.core->debug_translate(VirtAddr{kVa}, pa));
    CHECK(pa.value == kOther);
    CHECK(p.load(kVa) == 2);
    p.change_entry(kVa, small_page(kOne));
    CHECK(p.core->debug_translate(VirtAddr{kVa}, pa));
    CHECK(pa.value == kOther);
}

TEST_CASE("tlb: code is translated through it too", "[cpu][tlb]") {
    TlbProgram p;
    p.memory.set_word(kOne, 0xE3A0'0001);  // mov r0, #1
    p.memory.set_word(kOne + 4, kWfi);
    p.memory.set_word(kOther, 0xE3A0'0002);
    p.memory.set_word(kOther + 4, kWfi);
    CHECK(p.go(kVa, false).r[0] == 1);
    p.change_entry(kVa, small_page(kOther));
    CHECK(p.go(kVa, false).r[0] == 1);
    CHECK(p.core->mmu.counts.code_walks == 1);
    p.mcr(8, 7, 1, kVa);
    CHECK(p.go(kVa, false).r[0] == 2);
    CHECK(p.core->mmu.counts.code_walks == 2);
}
