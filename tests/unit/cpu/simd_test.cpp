// Advanced SIMD where QEMU cannot be the oracle: alignment of 256 bits, accesses across pages and into
// nothing, byte order, the enabling bits, and the mapping between A32 and T32. The architecture gives the
// expected values. Words from GNU as 2.40 (arm-linux-gnueabihf), each beside its source line.
#include <catch2/catch.hpp>

#include "models/cpu/instruction_table.hpp"
#include "tests/unit/cpu/machine_fixture.hpp"

using namespace exysim;
using namespace exysim::test;

namespace {

constexpr uint32_t kUndefined = 4, kDataAbort = 16;
constexpr uint32_t kAlignmentFault = 1, kPageFault = 7;
constexpr uint32_t kLoad256 = 0xF420'023F;      // vld1.8 {d0-d3}, [r0:256]
constexpr uint32_t kLoadHalves = 0xF420'074F;   // vld1.16 {d0}, [r0]
constexpr uint32_t kLoadDouble = 0xF420'17CF;   // vld1.64 {d1}, [r0]
constexpr uint32_t kStoreHalves = 0xF400'074F;  // vst1.16 {d0}, [r0]
constexpr uint32_t kAdd = 0xF222'0844;          // vadd.i32 q0, q1, q2

/// The unit switched on, RAM mapped as Normal memory, bytes 0, 1, 2 ... at kData.
struct SimdProgram : Program {
    SimdProgram() {
        enable_mmu();
        core->system.cpacr = 0xF << 20;
        core->vfp.fpexc = 1U << 30;
        for (uint32_t i = 0; i < 256; i += 4) memory.set_word(kData + i, i * 0x0101'0101U + 0x0302'0100U);
        core->r[0] = kData;
    }
};

}  // namespace

TEST_CASE("SIMD: 256-bit alignment is 256 bits", "[cpu][simd]") {
    SimdProgram p;
    p.core->r[0] = kData + 32;
    CHECK(p.a32({kLoad256}).vfp.d[3] == 0x3F3E'3D3C'3B3A'3938);
    CHECK(p.vector() == 0);
    p.core->r[0] = kData + 16;
    p.a32({kLoad256});
    CHECK(p.vector() == kDataAbort);
    CHECK((p.core->system.dfsr & 0x40F) == kAlignmentFault);
    CHECK(p.core->system.dfar == kData + 16);
}

TEST_CASE("SIMD: elements are aligned to their own size if SCTLR.A is set", "[cpu][simd]") {
    SimdProgram p;
    p.core->r[0] = kData + 1;
    CHECK(p.a32({kLoadHalves}).vfp.d[0] == 0x0807'0605'0403'0201);
    p.core->system.sctlr |= cpu::sctlr::kA;
    p.a32({kLoadHalves});
    CHECK(p.vector() == kDataAbort);
    p.core->r[0] = kData + 2;
    CHECK(p.a32({kLoadHalves}).vfp.d[0] == 0x0908'0706'0504'0302);
    CHECK(p.vector() == 0);
}

TEST_CASE("SIMD: an access across two pages takes both, and faults without write-back if one is missing",
          "[cpu][simd]") {
    SimdProgram p;
    const uint32_t va = 0x4030'0000, small_page = 0x36 | 0x40;  // Normal, AP = 011
    p.map_page(va, kData | small_page);
    p.map_page(va + 0x1000, kData | small_page);
    p.core->r[0] = va + 0xFFE;
    p.memory.set_word(kData + 0xFFC, 0xBBAA'0000);
    CHECK(p.a32({kLoadHalves}).vfp.d[0] == 0x0504'0302'0100'BBAA);
    p.map_page(va + 0x1000, 0);
    p.a32({0xF420'074D});  // vld1.16 {d0}, [r0]!
    CHECK(p.vector() == kDataAbort);
    CHECK((p.core->system.dfsr & 0x40F) == kPageFault);
    CHECK(p.core->system.dfar == va + 0x1000);
    CHECK(p.core->r[0] == va + 0xFFE);
}

TEST_CASE("SIMD: with CPSR.E every element is swapped by itself", "[cpu][simd]") {
    SimdProgram p;
    const uint32_t setend_be = 0xF101'0200;  // setend be
    p.a32({setend_be, kLoadHalves, kLoadDouble, kStoreHalves});
    CHECK(p.vector() == 0);
    CHECK(p.core->vfp.d[0] == 0x0607'0405'0203'0001);
    CHECK(p.core->vfp.d[1] == 0x0001'0203'0405'0607);
    CHECK(p.memory.word(kData) == 0x0302'0100);
    CHECK(p.memory.word(kData + 4) == 0x0706'0504);
}

TEST_CASE("SIMD: CPACR.ASEDIS makes it undefined, VFP stays", "[cpu][simd]") {
    SimdProgram p;
    p.a32({kAdd});
    CHECK(p.vector() == 0);
    p.core->system.cpacr |= 1U << 31;
    p.a32({kAdd});
    CHECK(p.vector() == kUndefined);
    p.a32({0xEEF1'0A10});  // vmrs r0, fpscr
    CHECK(p.vector() == 0);
    p.core->system.cpacr = 0;
    p.a32({kAdd});
    CHECK(p.vector() == kUndefined);
}

TEST_CASE("SIMD: a Cortex-A9 has no fused multiply-add", "[cpu][simd]") {
    SimdProgram p;
    p.a32({0xF202'0C54});  // vfma.f32 q0, q1, q2
    CHECK(p.vector() == kUndefined);
}

TEST_CASE("SIMD: T32 words are A32 words with another top byte", "[cpu][simd]") {
    struct Pair {
        uint32_t a32, t32;
    };
    const Pair pairs[] = {
        {0xF222'0844, 0xEF22'0844},  // vadd.i32 q0, q1, q2
        {0xF420'023D, 0xF920'023D},  // vld1.8 {d0-d3}, [r0:256]!
        {0xF387'021F, 0xFF87'021F},  // vmov.i32 d0, #0xff00
    };
    for (const Pair& pair : pairs) {
        const auto *a = cpu::a32().find(pair.a32), *t = cpu::t32().find(pair.t32);
        REQUIRE(a != nullptr);
        REQUIRE(t != nullptr);
        CHECK(a->row == t->row);
        for (char letter : {'d', 'n', 'm', 'i', 's', 'Q'})
            CHECK(cpu::Fields{*a, pair.a32}(letter) == cpu::Fields{*t, pair.t32}(letter));
    }
}
