// PLD and PLDW in every address form, through the MMU to the data cache. Encodings: ARM ARM A8.8.126 to 128.
#include <catch2/catch.hpp>

#include "tests/unit/cpu/machine_fixture.hpp"

using namespace exysim;
using namespace exysim::cpu;
using namespace exysim::test;

namespace {

/// Behind functional caches, all RAM cacheable.
struct Cached : Program {
    static CoreConfig with_tlbs() {
        CoreConfig config;
        config.tlbs = Tlbs::present;
        return config;
    }
    Cached() : Program{with_tlbs(), Caches::functional} {
        enable_mmu();
        core->system.sctlr |= sctlr::kC | sctlr::kI;
        core->r[0] = kData;
        core->r[1] = 64;
    }
    bool held(uint32_t address) { return caches->core(0).holds(PhysAddr{address}); }
    double preloads() { return statistics.all().at("l1_0.preloads").value(); }
};

}  // namespace

TEST_CASE("preload: each form asks for the line of its address", "[cpu]") {
    struct Row {
        uint32_t a32;
        uint32_t thumb;  // the halves in the order of the code, the first above
        uint32_t line;
    };
    const Row rows[] = {
        {0xF5D0'F040, 0xF890'F040, kData + 64},      // pld [r0, #64]
        {0xF550'F040, 0xF810'FC40, kData - 64},      // pld [r0, #-64]
        {0xF7D0'F101, 0xF810'F021, kData + 4 * 64},  // pld [r0, r1, lsl #2]
        {0xF590'F000, 0xF8B0'F000, kData},           // pldw [r0]
        {0xF5DF'F400, 0xF89F'F400, kCode + 0x400},   // pld [pc, #1024]
    };
    for (const Row& row : rows) {
        INFO(std::hex << row.a32);
        Cached a32, thumb;
        a32.a32({row.a32});
        thumb.thumb({static_cast<uint16_t>(row.thumb >> 16), static_cast<uint16_t>(row.thumb)});
        for (Cached* p : {&a32, &thumb}) {
            CHECK(p->vector() == 0);
            CHECK(p->preloads() == 1);
            CHECK(p->held(row.line));
        }
    }
}

TEST_CASE("preload: a register may be subtracted", "[cpu]") {
    Cached p;
    p.a32({0xF750'F001});  // pld [r0, -r1]
    CHECK(p.held(kData - 64));
    CHECK(p.core->r[1] == 64);
}

TEST_CASE("preload: PLI and addresses that are not mapped bring nothing in and raise nothing", "[cpu]") {
    Cached p;
    p.core->r[2] = 0x9000'0000;
    p.a32({0xF4D0'F000, 0xF5D2'F000});  // pli [r0]; pld [r2]
    CHECK(p.vector() == 0);
    CHECK(p.preloads() == 0);
    CHECK_FALSE(p.held(kData));
}

TEST_CASE("preload: without caches it does nothing", "[cpu]") {
    Program p;
    p.core->r[0] = 0x9000'0000;
    p.a32({0xF5D0'F000});
    CHECK(p.vector() == 0);
}
