// What the system fuzzer's ARM program and its host side exchange.
#pragma once

#include <cstdint>

namespace exysim::test::system_fuzz {

inline constexpr uint32_t kOrderAddress = 0x43F0'0000;  // struct Order, loaded by the host
inline constexpr uint32_t kTraceAddress = 0x4600'0000;  // records, one a step

enum class Class : uint32_t { mmu = 1, exceptions = 2 };

struct Order {
    uint32_t magic;  // kMagic
    Class kind;
    uint32_t seed, steps;
};
inline constexpr uint32_t kMagic = 0x5359'5354;

/// What a step did and what came of it. Every word must be the same on both machines.
struct Record {
    uint32_t step;
    uint32_t action;       // Action, or the exception vector that ended a snippet
    uint32_t subject;      // the instruction under test, or the operation's number
    uint32_t address;      // virtual address used; of a snippet its start state (CPSR)
    uint32_t first_entry;  // first-level descriptor of that address; of a snippet the return address
    uint32_t result;       // value loaded, PAR, hash of registers
    uint32_t status;       // DFSR or IFSR after a fault, else zero
    uint32_t fault_address, fault_link, fault_psr;
    uint32_t control;  // SCTLR
    uint32_t other;    // DACR; of a snippet the CPSR at entry
};

enum Action : uint32_t { kLoad = 0x100, kStore, kLoadUser, kStoreUser, kFetch, kTranslate };

}  // namespace exysim::test::system_fuzz
