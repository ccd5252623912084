// One ARMv7-A core: state, memory accesses, exceptions and the run loop. Knows neither SystemC nor time beyond its
// own cycle counter. Read op.hpp first.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "models/base/address.hpp"
#include "models/cpu/block.hpp"
#include "models/cpu/block_cache.hpp"
#include "models/cpu/host_table.hpp"
#include "models/cpu/memory_port.hpp"
#include "models/cpu/mmu.hpp"
#include "models/cpu/op.hpp"
#include "models/cpu/registers.hpp"
#include "models/cpu/system_registers.hpp"

namespace exysim::cpu {

struct SemihostingHost;

enum class Exception : uint8_t { reset, undefined, supervisor_call, prefetch_abort, data_abort, irq, fiq };

/// A value from memory. When `ok` is false the access has aborted: the handler returns core.abort(op) at once.
/// Two registers wide on purpose, so that no handler needs the address of a local (that would end tail calls).
template <class T>
struct Loaded {
    T value;
    bool ok;
};

/// Why run() came back.
enum class Stop : uint8_t { budget, wait_for_interrupt, wait_for_event, event_sent, halted };

struct CoreConfig {
    uint32_t index = 0;          ///< core number, MPIDR[1:0]
    uint32_t count = 1;          ///< cores in the cluster
    uint32_t midr = 0x412F'C091;   ///< Exynos4210: Cortex-A9 r2p1
    uint32_t mpidr = 0x8000'0900;  ///< Exynos4210, core 0
    uint32_t periphbase = 0x1050'0000;
};

struct Core : Registers {
    // --- hot state first: small offsets
    int64_t countdown = 0;      ///< cycles left until the chain is left
    uint64_t instructions = 0;  ///< executed
    uint64_t data_context = 0;  ///< upper half of host-table tags: generation, ASID, privilege
    HostTable reads, writes;

    Core(const CoreConfig& config, MemoryPort& port);
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    // --- memory as handlers use it; unaligned addresses as SCTLR.A and the memory type allow
    template <class T>
    [[gnu::always_inline]] Loaded<T> load(uint32_t va) {
        if (const uint8_t* host = reads.find<T>(data_context, va)) [[likely]] return {read_host<T>(host), true};
        const Loaded<uint64_t> slow = load_slow(va, sizeof(T));
        return {static_cast<T>(slow.value), slow.ok};
    }
    template <class T>
    [[gnu::always_inline]] bool store(uint32_t va, T value) {
        if (uint8_t* host = writes.find<T>(data_context, va)) [[likely]] {
            write_host(host, value);
            return true;
        }
        return store_slow(va, value, sizeof(T));
    }
    /// Word access that faults on a misaligned address whatever SCTLR.A says: LDM, LDRD, VLDR and their like.
    [[gnu::always_inline]] Loaded<uint32_t> load_aligned(uint32_t va) {
        if (const uint8_t* host = reads.find<uint32_t>(data_context, va)) [[likely]] {
            return {read_host<uint32_t>(host), true};
        }
        const Loaded<uint64_t> slow = load_slow(va, 4, kForceAligned);
        return {static_cast<uint32_t>(slow.value), slow.ok};
    }
    [[gnu::always_inline]] bool store_aligned(uint32_t va, uint32_t value) {
        if (uint8_t* host = writes.find<uint32_t>(data_context, va)) [[likely]] {
            write_host(host, value);
            return true;
        }
        return store_slow(va, value, 4, kForceAligned);
    }
    /// Two words at a word-aligned address, the lower one in bits 31:0 (a double, LDRD).
    [[gnu::always_inline]] Loaded<uint64_t> load_double(uint32_t va) {
        if (const uint8_t* host = reads.find<uint64_t>(data_context, va)) [[likely]] {
            return {read_host<uint64_t>(host), true};
        }
        return load_pair_slow(va);
    }
    [[gnu::always_inline]] bool store_double(uint32_t va, uint64_t value) {
        if (uint8_t* host = writes.find<uint64_t>(data_context, va)) [[likely]] {
            write_host(host, value);
            return true;
        }
        return store_pair_slow(va, value);
    }
    /// Host address of `bytes` (at most a page) at word-aligned `va` if all lie in one page of the fast path, else
    /// nullptr: then go word by word.
    const uint8_t* read_run(uint32_t va, uint32_t bytes) const {
        return same_page(va, bytes) ? reads.find<uint32_t>(data_context, va) : nullptr;
    }
    uint8_t* write_run(uint32_t va, uint32_t bytes) const {
        return same_page(va, bytes) ? writes.find<uint32_t>(data_context, va) : nullptr;
    }

    enum AccessFlags : uint8_t { kPlain = 0, kForceAligned = 1, kAsUser = 2, kExclusive = 4 };
    /// Everything the fast path does not do; `size` is 1, 2, 4 or 8.
    Loaded<uint64_t> load_slow(uint32_t va, uint32_t size, uint8_t flags = kPlain);
    bool store_slow(uint32_t va, uint64_t value, uint32_t size, uint8_t flags = kPlain);
    Loaded<uint64_t> load_pair_slow(uint32_t va);
    bool store_pair_slow(uint32_t va, uint64_t value);

    // --- exceptions, from inside a block: each returns nullptr, for the handler to return
    /// Takes the data abort that a load or store has just recorded.
    Op* abort(Op* op);
    Op* undefined(Op* op);
    Op* supervisor_call(Op* op);
    /// BKPT without a debugger: a prefetch abort with the debug status.
    Op* breakpoint(Op* op);
    /// Leaves the chain; execution goes on at `address` (bit 0 is not a state bit here).
    Op* leave(uint32_t address, bool in_thumb, uint8_t it_state = 0);
    /// Leaves the chain at the instruction after `op`'s.
    Op* leave_after(Op* op);

    // --- between blocks
    /// Runs until at least `cycles` have passed or something ends the slice.
    Stop run(int64_t cycles);
    /// Cycles since reset, exact at block granularity. PMCCNTR and probe points use it.
    uint64_t cycles() const { return static_cast<uint64_t>(limit_ - countdown); }
    /// Moves the cycle counter forward without executing: idle time, waits at the bus.
    void skip(uint64_t cycles_passed) { limit_ += static_cast<int64_t>(cycles_passed); }
    /// Makes the chain leave at the next block head.
    void cut();
    void reset(uint32_t entry);
    void set_irq(bool level);
    void set_fiq(bool level);
    /// SEV from another core, or any event: ends WFE.
    void send_event() { event_ = true; }
    bool waiting() const { return waiting_ != Stop::budget; }
    bool halted() const { return halted_; }
    void halt();

    /// Tags and cached decisions depend on mode, ASID, SCTLR, CPSR.E: call after changing any of them.
    void update_context();
    /// Forgets every translation (TLB maintenance, table base or domain changes).
    void drop_translations();
    void drop_translation(uint32_t va);
    /// Instruction-cache maintenance: decoded blocks are compared with memory before their next use.
    void drop_code() { blocks.advance_epoch(); }

    MemoryPort& port;
    CoreConfig config;
    SystemRegisters system;
    Mmu mmu;
    BlockCache blocks;
    SemihostingHost* semihosting = nullptr;

private:
    static bool same_page(uint32_t va, uint32_t bytes) { return (va & 0xFFF) + bytes <= 0x1000; }
};

}  // namespace exysim::cpu
