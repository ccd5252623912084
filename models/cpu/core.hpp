// One ARMv7-A core: state, memory accesses, exceptions and the run loop. Knows neither SystemC nor time
// beyond its own cycle counter. Read op.hpp first.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/memory_port.hpp"
#include "models/cpu/block.hpp"
#include "models/cpu/block_cache.hpp"
#include "models/cpu/branch_predictor.hpp"
#include "models/cpu/events.hpp"
#include "models/cpu/mmu.hpp"
#include "models/cpu/op.hpp"
#include "models/cpu/registers.hpp"
#include "models/cpu/system_registers.hpp"
#include "models/cpu/timing.hpp"

namespace exysim::cpu {

struct Mutation;
struct SemihostingHost;
class ExclusiveMonitors;

enum class Exception : uint8_t {
    reset,
    undefined,
    supervisor_call,
    prefetch_abort,
    data_abort,
    irq,
    fiq,
    secure_monitor_call
};

/// A value from memory. When `ok` is false the access has aborted: the handler returns core.abort(op) at
/// once. Two registers wide on purpose, so that no handler needs the address of a local (that would end tail
/// calls).
template <class T>
struct Loaded {
    T value;
    bool ok;
};

/// Why run() came back.
enum class Stop : uint8_t { budget, waiting, event_sent, halted, debugger };

enum class WaitKind : uint8_t { none, interrupt, event };

/// Data that a debugger watches: the core stops before the instruction that would touch it.
struct Watchpoint {
    uint32_t address = 0, size = 0;  ///< virtual, bytes
    bool reads = false, writes = false;
    std::optional<uint32_t> space;  ///< TTBR0 of the only address space that is meant
    bool operator==(const Watchpoint&) const = default;
};

/// Where a debugger wants a core to stop. All cost nothing while they are not used.
struct DebugStops {
    std::unordered_set<uint32_t> addresses;  ///< virtual; the core stops before the instruction there
    bool single = false;                     ///< blocks are one instruction long
    std::vector<Watchpoint> watches;         ///< their memory has no entries in the host tables
};

/// An access that a watchpoint has kept from happening.
struct WatchHit {
    Watchpoint watch;
    uint32_t address;  ///< first watched byte that it would have touched
};

/// Told of every block that a core enters, before its first instruction; changes nothing. Cycles and
/// instructions are those of the blocks before.
struct BlockWatcher {
    virtual ~BlockWatcher() = default;
    virtual void entered(const Core& core, uint64_t cycles, uint64_t instructions) = 0;
};

struct CoreConfig {
    uint32_t index = 0;            ///< core number, MPIDR[1:0]
    uint32_t count = 1;            ///< cores in the cluster
    uint32_t midr = 0x412F'C091;   ///< Exynos4210: Cortex-A9 r2p1
    uint32_t mpidr = 0x8000'0900;  ///< Exynos4210, core 0
    uint32_t periphbase = 0x1050'0000;
    bool block_timing =
        false;  ///< blocks cost what timing.hpp says and branches are predicted; else table costs
    Tlbs tlbs = Tlbs::absent;            ///< present in mode `timing`
    const Mutation* mutation = nullptr;  ///< for tests
};

struct Core : Registers, CoreSide {
    // --- hot state first: small offsets
    int64_t countdown = 0;       ///< cycles left until the chain is left
    uint64_t instructions = 0;   ///< executed
    Op* running = nullptr;       ///< head of the block entered last; nullptr outside the chain
    uint64_t data_context = 0;   ///< upper half of host-table tags: generation, ASID, privilege
    uint64_t fetch_context = 0;  ///< the same for the jump cache
    Core(const CoreConfig& config, MemoryPort& port, ExclusiveMonitors& monitors);
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    // --- memory as handlers use it; unaligned addresses as SCTLR.A and the memory type allow
    template <class T>
    [[gnu::always_inline]] Loaded<T> load(uint32_t va) {
        if (const uint8_t* host = reads.find<T>(data_context, va)) [[likely]]
            return {read_host<T>(host), true};
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
    /// Host address of `bytes` (at most a page) at word-aligned `va` if all lie in one granule of the fast
    /// path, else nullptr: then go word by word.
    const uint8_t* read_run(uint32_t va, uint32_t bytes) const {
        return same_granule(va, bytes) ? reads.find<uint32_t>(data_context, va) : nullptr;
    }
    uint8_t* write_run(uint32_t va, uint32_t bytes) const {
        return same_granule(va, bytes) ? writes.find<uint32_t>(data_context, va) : nullptr;
    }

    enum AccessFlags : uint8_t {
        kPlain = 0,
        kForceAligned = 1,
        kAsUser = 2,
        kExclusive = 4,
        kBigEndian = 8,  ///< as CPSR.E says, not for callers
        kGuarded = 16    ///< some memory has watchpoints, not for callers
    };
    /// Everything the fast path does not do; `size` is 1, 2, 4 or 8.
    Loaded<uint64_t> load_slow(uint32_t va, uint32_t size, uint8_t flags = kPlain);
    bool store_slow(uint32_t va, uint64_t value, uint32_t size, uint8_t flags = kPlain);
    Loaded<uint64_t> load_pair_slow(uint32_t va);
    bool store_pair_slow(uint32_t va, uint64_t value);
    /// Words at a word-aligned address, as LDM loads and STM stores them: a granule at a time where that is
    /// the same. For callers that have found no entry of the fast path for all of them.
    bool load_words(uint32_t va, std::span<uint32_t> words);
    bool store_words(uint32_t va, std::span<const uint32_t> words);

    /// PLD: where caches are functional the line is asked for; nothing that goes wrong with it is told.
    void preload(uint32_t va);
    /// STREX: value 0 = stored, 1 = the monitor was lost; not ok = aborted.
    Loaded<uint32_t> store_exclusive(uint32_t va, uint64_t value, uint32_t size);

    // --- exceptions, from inside a block: each returns nullptr, for the handler to return
    /// Takes the data abort that a load or store has just recorded.
    Op* abort(Op* op);
    Op* undefined(Op* op);
    Op* supervisor_call(Op* op);
    Op* secure_monitor_call(Op* op);
    /// BKPT without a debugger: a prefetch abort with the debug status.
    Op* breakpoint(Op* op);
    /// Exception return: CPSR = SPSR, then on to `address` in the state it selects.
    Op* exception_return(uint32_t address, uint32_t new_cpsr);

    // --- ways out of and into the chain
    /// Leaves; execution goes on at `address`.
    Op* leave(uint32_t address, bool in_thumb, uint8_t it_state = 0);
    Op* leave_at_head(Op* head);
    /// Leaves at the instruction after `op`'s, because of `why`.
    Op* leave_after(Op* op, Stop why = Stop::budget);
    /// Head of the block at `target` (bit 0: Thumb); nullptr after a prefetch abort.
    Op* enter(uint32_t target);
    /// Head of the block a link slot means; links it if both lie in one page.
    Op* resolve(Op* slot);

    // --- between blocks
    /// Runs until at least `cycles` have passed or something ends the slice.
    Stop run(int64_t cycles);
    /// Cycles since reset, exact at block granularity. PMCCNTR and probe points use it.
    uint64_t cycles() const { return static_cast<uint64_t>(limit_ - countdown); }
    /// Moves the cycle counter forward without executing: idle time, waits at the bus.
    void skip(uint64_t cycles_passed) { countdown -= static_cast<int64_t>(cycles_passed); }
    /// Makes the chain leave at the next block head, to look at interrupts.
    void cut();
    /// Ends the present slice at the next block head.
    void end_slice();
    /// Reset: supervisor mode, interrupts masked, MMU off, execution at `entry` (bit 0: Thumb).
    void reset(uint32_t entry);
    void set_irq(bool level) { set_line(psr::kI, level); }
    void set_fiq(bool level) { set_line(psr::kF, level); }
    /// An event (SEV) for this core: ends WFE.
    void send_event();
    /// Begins WFI or WFE; a WFE that finds its event does not wait.
    void wait(WaitKind kind);
    /// Ends WFI or WFE whatever the lines say (debuggers).
    void wake() { wait_kind_ = WaitKind::none; }
    /// In WFI or WFE and nothing has happened yet that ends it.
    bool waiting() const;
    bool halted() const { return halted_; }
    /// An exception vector cannot be fetched or executed: the core goes round in circles.
    bool locked_up() const { return locked_up_; }
    /// Address of the block being executed, or of the next instruction between blocks.
    uint32_t current_pc() const { return running != nullptr ? block_of(running).key.va.value : r[15]; }
    /// Changes where the debugger stops the core; between runs.
    void set_debug_stops(const DebugStops& stops);
    const DebugStops& debug_stops() const { return debug_; }
    /// Why the debugger's last stop was one, if a watchpoint made it; forgets it.
    std::optional<WatchHit> take_watch_hit() { return std::exchange(watch_hit_, {}); }
    /// Whether every address space has `va` where this one has it, as far as the tables tell.
    bool debug_global(VirtAddr va) { return mmu.peek(va).global; }
    /// Blocks tell `watcher` from their next use on; null: they do not, and cost nothing. Between runs.
    void set_block_watcher(BlockWatcher* watcher);
    void tell_watcher() { watcher_->entered(*this, cycles() - running->imm, instructions - running->rd); }
    /// Leaves at the head of the running block, whose instructions have not been executed.
    Op* debug_stop();
    /// Stops the core for good (semihosting exit).
    void halt();

    /// Mode or SCR may have changed the security state: takes over the copies of the registers that belong to
    /// it.
    void update_security();
    /// The two states' copies change places.
    void swap_banks();
    /// Tags of cached decisions depend on mode, ASID, SCTLR.M and CPSR.E: call after changing any of them.
    void update_context();
    /// Forgets every translation (TLBIALL).
    void drop_translations();
    /// TLBIASID. Without TLBs this and the next two forget what they must and may forget more.
    void drop_translations_of(uint32_t asid);
    /// TLBIMVA (for the ASID in bits 7:0 of the operand) and TLBIMVAA.
    void drop_translation(uint32_t operand);
    void drop_translation_of_any_asid(uint32_t va);
    /// A register that translations are checked or interpreted with has changed: what was decided with its
    /// old value goes, translations stay.
    void drop_decisions();
    /// TTBR0 or CONTEXTIDR has changed.
    void change_address_space();
    /// Host code has changed memory: decoded blocks are compared with it before their next use.
    void drop_code() { blocks.advance_epoch(); }
    /// Data-cache maintenance by address; records a fault if `va` does not translate.
    void maintain(Maintenance operation, uint32_t va);
    /// Instruction-cache maintenance, by address (records a fault) or of the whole cache.
    void invalidate_code(uint32_t va);
    void invalidate_all_code(bool in_all_cores);
    /// Attributes of a fetch under the present SCTLR.
    MemoryAttributes code_attributes(const Mapping& m) const;

    // --- what the memory port asks for
    void stall(uint64_t cycles_passed) override { skip(cycles_passed); }
    void code_lost(uint32_t place) override { blocks.sleep(place); }
    bool direct_eviction() const override { return (system.diagnostic >> 21 & 1) == 0; }
    bool full_line_of_zeros() const override { return (system.actlr >> 3 & 1) != 0; }
    void line_visible(PhysAddr line) override;
    bool loads_overlap() const override { return running != nullptr && block_of(running).independent_loads; }

    /// CPACR and FPEXC let the present mode use the floating-point unit.
    bool vfp_enabled() const {
        const uint32_t rights = system.cpacr >> 20 & 3;
        const bool denied = !secure && (system.nsacr & nsacr::kFloatingPoint) != nsacr::kFloatingPoint;
        const bool allowed = !denied && (rights == 3 || (rights == 1 && privileged()));
        return allowed && (vfp.fpexc & 1U << 30) != 0;
    }
    /// Parts of the unit that CPACR, and for Non-secure software NSACR, switch off.
    bool simd_disabled() const { return unit_part_disabled(cpacr::kAsedis, nsacr::kNsAsedis); }
    bool upper_doubles_disabled() const { return unit_part_disabled(cpacr::kD32dis, nsacr::kNsD32dis); }
    /// ISR: pending lines at the places of CPSR.A, I, F.
    uint32_t interrupt_status() const { return lines_; }
    /// A load, store or maintenance operation has recorded a fault that is not taken yet.
    bool faulted() const { return fault_.status != Fault::none; }
    /// Records the fault of `m`, for abort() to take.
    void record(const Mapping& m, uint32_t va, bool write);
    /// Where a data access goes, or the recorded fault.
    [[gnu::always_inline]] Mmu::Place locate(uint32_t va, Access access, bool as_privileged) {
        const Mmu::Place place = mmu.locate(VirtAddr{va}, access, as_privileged);
        if (place.mapping->fault != Fault::none) [[unlikely]]
            record(*place.mapping, va, access == Access::write);
        return place;
    }
    /// Side-effect free translation for debuggers; false if unmapped.
    bool debug_translate(VirtAddr va, PhysAddr& pa);

    /// Level of the performance monitors' overflow interrupt.
    bool pmu_interrupt() const { return pmu_level_; }
    /// The monitors' state has changed: a new interrupt level ends the slice.
    void pmu_changed();
    /// Whether blocks add up their EventCounts; takes effect at the next block.
    void count_blocks(bool on);
    /// The end of a block has been foreseen by the predictor, or costs a refill.
    [[gnu::always_inline]] void foreseen(bool right) {
        if (right) [[likely]]
            return;
        countdown -= kMispredictPenalty;
        ++events.mispredicts;
    }
    bool prediction_on() const { return (system.sctlr & sctlr::kZ) != 0; }

    EventCounts events;
    BranchPredictor predictor;
    MemoryPort& port;
    CoreConfig config;
    SystemRegisters system;
    Mmu mmu;
    BlockCache blocks;
    SemihostingHost* semihosting = nullptr;

    ExclusiveMonitors* monitors;  ///< shared by the cores of a cluster

private:
    /// What a failed access leaves behind until the handler calls abort().
    struct RecordedFault {
        Fault status = Fault::none;
        uint32_t address = 0;
        uint8_t domain = 0;
        bool write = false;
    };
    bool unit_part_disabled(uint32_t in_cpacr, uint32_t in_nsacr) const {
        return (system.cpacr & in_cpacr) != 0 || (!secure && (system.nsacr & in_nsacr) != 0);
    }
    /// SCR sends this exception to monitor mode.
    bool goes_to_monitor(Exception kind, bool external) const;
    /// How many of the words at `va` lie in one granule; one, if that lies across a boundary.
    size_t words_of_granule(uint32_t va, size_t words) const {
        return std::clamp<size_t>((granule_ - (va & (granule_ - 1))) / 4, 1, words);
    }
    bool same_granule(uint32_t va, uint32_t bytes) const { return (va & (granule_ - 1)) + bytes <= granule_; }
    void set_line(uint32_t mask, bool level);
    uint32_t unmasked_lines() const { return lines_ & ~control; }
    void take_interrupt();
    /// `external`: an abort that came from the bus.
    void take(Exception kind, uint32_t return_address, bool external = false);
    /// Sets r15, Thumb and ITSTATE to those of `op`'s instruction and takes the rest of its block back.
    uint32_t rewind(Op* op);
    Block* find_block();
    Block* translate_block(const BlockKey& key, const MemoryAttributes& how);
    bool usable(Block& block, const MemoryAttributes& how);
    struct CodeSpan {
        uint32_t offset, bytes;
    };
    bool compare(Block& block, uint32_t n, CodeSpan span, const MemoryAttributes& how);
    bool second_page_holds(const Block& block);
    void settle(Block& block, uint32_t n, uint32_t place);
    /// The longest block and, behind the end of the page, the second half of a T32 instruction.
    struct CodeWindow {
        std::array<uint8_t, kMaxBlockBytes + 2> bytes;
        uint32_t size = 0;
    };
    bool fetch_granule(const BlockKey& key, const MemoryAttributes& how, CodeWindow& code);
    Mapping fetch_second_page(const BlockKey& key, CodeWindow& code);
    Block* keep_block(const BlockKey& key, const BlockDraft& draft, const CodeWindow& code,
                      const Mapping& second, const MemoryAttributes& how);
    void prefetch_abort(Fault fault, uint32_t address);
    void record(Fault fault, uint32_t va, bool write) { fault_ = {fault, va, 0, write}; }
    void remember(HostTable& table, const Mmu::Place& place, uint32_t va, HostBytes host);
    void note_large_mapping(uint32_t va, uint32_t size_log2);
    bool translatable(uint32_t va, Access access);
    void empty_micro_tlbs();
    void drop_page(uint32_t va);
    void drop_fetches();
    void drop_host_entries();
    /// The micro TLB's entry for an access with nothing unusual about it: its own flags, alignment, CPSR.E,
    /// watchpoints; nullptr for others, and where it takes more to translate.
    MicroTlb::Entry* usual(uint32_t va, uint32_t size, uint8_t flags, Access access) {
        const bool unusual = ((flags | all_accesses_) & ~kForceAligned) != 0 || (va & (size - 1)) != 0;
        return unusual ? nullptr : mmu.find_quickly(VirtAddr{va}, access, privileged());
    }
    Loaded<uint64_t> load_from(const Mmu::Place& from, uint32_t va, uint32_t size, uint8_t flags);
    bool store_to(const Mmu::Place& to, uint32_t va, uint64_t value, uint32_t size, uint8_t flags);
    Loaded<uint64_t> load_at_length(uint32_t va, uint32_t size, uint8_t flags);
    bool store_at_length(uint32_t va, uint64_t value, uint32_t size, uint8_t flags);
    Loaded<uint64_t> load_bytes(uint32_t va, uint32_t size, uint8_t flags);
    bool store_bytes(uint32_t va, uint64_t value, uint32_t size, uint8_t flags);
    bool load_runs(uint32_t va, std::span<uint32_t> words);
    bool load_run(uint32_t va, std::span<uint32_t> words);
    bool load_each(uint32_t va, std::span<uint32_t> words);
    bool store_runs(uint32_t va, std::span<const uint32_t> words);
    bool store_run(uint32_t va, std::span<const uint32_t> words);
    bool store_run_to(const Mmu::Place& to, uint32_t va, std::span<const uint32_t> words);
    bool store_run_at_length(uint32_t va, std::span<const uint32_t> words);
    bool store_each(uint32_t va, std::span<const uint32_t> words);
    bool misaligned(uint32_t va, uint32_t size, uint8_t flags) const;
    /// A watchpoint wants the core to stop before this access, which then fails; abort() does the rest.
    bool watched(uint32_t va, uint32_t bytes, Direction direction) {
        return (all_accesses_ & kGuarded) != 0 && hit_watch(va, bytes, direction);
    }
    bool hit_watch(uint32_t va, uint32_t bytes, Direction direction);
    bool granule_watched(uint32_t va) const;

    uint32_t granule_;
    uint8_t all_accesses_ = kPlain;  // flags that all accesses have now
    RecordedFault fault_;
    int64_t limit_ = 0;      // cycles() when countdown reaches zero
    int64_t slice_end_ = 0;  // where run() stops
    uint32_t lines_ = 0;     // IRQ and FIQ at the places of CPSR.I and F
    uint32_t generation_ = 0, fetch_generation_ = 0;
    WaitKind wait_kind_ = WaitKind::none;
    bool event_ = false;
    bool halted_ = false;
    bool locked_up_ = false;
    bool counting_ = false, recount_ = false;  // blocks count events; they have to be translated anew
    bool pmu_level_ = false;
    bool bank_secure_ = true;  // whose copies `system` has at hand
    DebugStops debug_;
    std::optional<WatchHit> watch_hit_;
    BlockWatcher* watcher_ = nullptr;
    Stop stop_ = Stop::budget;
    std::array<uint64_t, 64>
        large_mappings_{};  // a bit a MiB: host-table entries of mappings larger than a page
};

}  // namespace exysim::cpu
