// LDM and STM of register lists of every shape, inside and across cache lines and pages: the lowest register
// belongs to the lowest address (ARM ARM A8.8.58 and A8.8.199).
#include <catch2/catch.hpp>
#include <vector>

#include "tests/unit/cpu/machine_fixture.hpp"

using namespace exysim;
using namespace exysim::cpu;
using namespace exysim::test;

namespace {

constexpr uint32_t kLoad = 0xE890'0000, kStore = 0xE880'0000;  // ldm r0, stm r0
constexpr uint32_t kLists[] = {0x001E, 0x0FF0, 0x3FFE, 0x000E, 0x0002, 0x00AA, 0x5012, 0x401E};
constexpr uint32_t kOffsets[] = {0, 4, 0x14, 0x1C, 0x20, 0xFE4, 0xFF8, 0xFFC};  // of a page; lines have 0x20

std::vector<unsigned> registers_of(uint32_t list) {
    std::vector<unsigned> numbers;
    for (unsigned n = 0; n < 16; ++n) {
        if ((list >> n & 1) != 0) numbers.push_back(n);
    }
    return numbers;
}

/// RAM mapped by sections, behind functional caches if asked for.
struct Machine : Program {
    static CoreConfig with_tlbs() {
        CoreConfig config;
        config.tlbs = Tlbs::present;
        return config;
    }
    explicit Machine(Caches kind) : Program{kind == Caches::functional ? with_tlbs() : CoreConfig{}, kind} {
        enable_mmu();
        core->system.sctlr |= sctlr::kC | sctlr::kI;
    }
    uint32_t seen(uint32_t address) {
        std::array<uint8_t, 4> bytes{};
        REQUIRE(core->port.peek(PhysAddr{address}, bytes));
        return read_host<uint32_t>(bytes.data());
    }
};

}  // namespace

TEST_CASE("ldm: each register has its word, the others keep theirs", "[cpu]") {
    for (const Caches kind : {Caches::transparent, Caches::functional}) {
        for (const uint32_t list : kLists) {
            for (const uint32_t offset : kOffsets) {
                INFO(std::hex << "list " << list << " offset " << offset);
                Machine p{kind};
                const uint32_t at = kData + offset;
                for (uint32_t n = 0; n < 16; ++n) p.memory.set_word(at + 4 * n, 0xAB00 + n);
                for (uint32_t n = 1; n < 15; ++n) p.core->r[n] = 0xCD00 + n;
                p.core->r[0] = at;
                std::array<uint32_t, 15> expected{at};
                for (uint32_t n = 1; n < 15; ++n) expected[n] = 0xCD00 + n;
                uint32_t place = 0;
                for (const unsigned n : registers_of(list)) expected[n] = 0xAB00 + place++;
                const Core& core = p.a32({kLoad | list});
                CHECK(p.vector() == 0);
                for (uint32_t n = 0; n < 15; ++n) CHECK(core.r[n] == expected[n]);
            }
        }
    }
}

TEST_CASE("stm: each register goes to its word, the words around keep theirs", "[cpu]") {
    for (const Caches kind : {Caches::transparent, Caches::functional}) {
        for (const uint32_t list : kLists) {
            for (const uint32_t offset : kOffsets) {
                INFO(std::hex << "list " << list << " offset " << offset);
                Machine p{kind};
                const uint32_t at = kData + 0x100 + offset;
                for (uint32_t n = 0; n < 18; ++n) p.memory.set_word(at - 4 + 4 * n, 0xEE);
                for (uint32_t n = 1; n < 15; ++n) p.core->r[n] = 0xCD00 + n;
                p.core->r[0] = at;
                p.a32({kStore | list});
                CHECK(p.vector() == 0);
                CHECK(p.seen(at - 4) == 0xEE);
                const std::vector<unsigned> registers = registers_of(list);
                for (uint32_t n = 0; n < registers.size(); ++n)
                    CHECK(p.seen(at + 4 * n) == 0xCD00 + registers[n]);
                CHECK(p.seen(at + 4 * static_cast<uint32_t>(registers.size())) == 0xEE);
            }
        }
    }
}

TEST_CASE("stm: lines in a row that come whole are not fetched", "[cpu]") {
    Machine p{Caches::functional};
    p.core->r[0] = kData;
    p.core->r[1] = 64;
    p.a32({0xE8A0'0FF0,    // 1: stm r0!, {r4-r11}
           0xE251'1001,    // subs r1, r1, #1
           0x1AFF'FFFC});  // bne 1b
    CHECK(p.statistics.all().at("l1_0.whole_lines").value() == 64 - cache::CoreCaches::kWholeLines);
}
