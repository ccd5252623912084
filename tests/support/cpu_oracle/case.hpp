// What the CPU case runner (runner.cpp, an ARM program) and its host side exchange: plain little-endian
// records. A case is a machine state and some code; its result is the state at the first exception. Code
// normally ends in SVC.
#pragma once

#include <cstdint>

namespace exysim::test::oracle {

// Fixed places in RAM, which starts at 0x4000'0000 on smdkc210 as on our machine.
inline constexpr uint32_t kBatchAddress = 0x4400'0000;   // struct Batch, loaded by the host
inline constexpr uint32_t kResultAddress = 0x4800'0000;  // results, in the order of the cases
inline constexpr uint32_t kScratchAddress = 0x4300'0100;
inline constexpr uint32_t kScratchBytes = 256;

inline constexpr uint32_t kUserMode = 0x10;
inline constexpr uint32_t kSystemMode = 0x1F;
inline constexpr uint32_t kThumb = 1u << 5;

/// State before the first instruction. The mode in `cpsr` is user or system; other bits are loaded as given.
struct Case {
    uint32_t cpsr;
    uint32_t fpscr;
    uint32_t scratch_seed;  // scratch memory is filled from it, see scratch_word()
    uint32_t code_bytes;    // informative; the runner does not look at it
    uint32_t r[15];
    uint32_t reserved;
    uint64_t d[32];
    uint32_t code[108];
};
static_assert(sizeof(Case) == 768);

/// State at the first exception, as its handler found it.
struct Result {
    uint32_t r[15];  // of the interrupted mode
    uint32_t lr;     // the exception's return address register
    uint32_t cpsr;   // SPSR of the exception
    uint32_t fpscr;
    uint32_t vector;  // offset of the exception vector: 4 undefined, 8 SVC, 12 prefetch abort, 16 data abort
    uint32_t dfsr, dfar, ifsr, ifar;
    uint32_t reserved;
    uint64_t d[32];
    uint32_t scratch[kScratchBytes / 4];
};
static_assert(sizeof(Result) == 608);

struct Batch {
    uint32_t magic;  // kBatchMagic
    uint32_t count;
    uint32_t reserved[14];
    // Case cases[count] follows
};
inline constexpr uint32_t kBatchMagic = 0x43505543;

/// Word `index` of scratch memory before a case: a Weyl sequence, mixed.
inline uint32_t scratch_word(uint32_t seed, uint32_t index) {
    uint32_t x = seed + index * 0x9E37'79B9u;
    x ^= x >> 15;
    x *= 0x85EB'CA6Bu;
    return x ^ (x >> 13);
}

inline constexpr uint32_t case_address(uint32_t index) {
    return kBatchAddress + sizeof(Batch) + index * sizeof(Case);
}
inline constexpr uint32_t code_address(uint32_t index) {
    return case_address(index) + sizeof(Case) - sizeof(Case::code);
}

}  // namespace exysim::test::oracle
