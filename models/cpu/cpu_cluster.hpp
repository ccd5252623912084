// The SystemC shell around one to four cores: sockets, lines and time. It decides nothing about instructions.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <systemc>
#include <unordered_set>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/burst_bus.hpp"
#include "models/base/cluster_memory.hpp"
#include "models/base/guest_errors.hpp"
#include "models/base/probe.hpp"
#include "models/base/tlm/lines.hpp"
#include "models/base/tlm/requester.hpp"
#include "models/cpu/core.hpp"
#include "models/cpu/exclusive_monitors.hpp"
#include "models/cpu/semihosting.hpp"

namespace exysim::cpu {

struct ClusterConfig {
    uint32_t count = 1;                         ///< cores, 1 to 4
    uint64_t frequency_hz = 1'000'000'000;      ///< core clock
    sc_core::sc_time slice{1, sc_core::SC_US};  ///< how long one core runs before the next one gets its turn
    bool semihosting = false;                   ///< SVC 0x123456, SVC 0xAB and BKPT 0xAB go to the host
    uint32_t midr = 0x412F'C091;                ///< Exynos4210: Cortex-A9 r2p1
    uint32_t mpidr = 0x8000'0900;               ///< of core 0; the others count up
    ClusterMemory* memory = nullptr;    ///< the caches; nullptr: transparent, memory accessed directly
    uint32_t periphbase = 0x1050'0000;  ///< CBAR: private memory region (SCU)
    bool block_timing = false;          ///< see CoreConfig
    Tlbs tlbs = Tlbs::absent;           ///< the same
};

/// A core can make no progress: the exception vector itself cannot be fetched.
struct LockUp {
    unsigned core;
    VirtAddr pc;
    Picoseconds time;
};

/// A core has been switched on, or has gone off at its WFI.
struct CoreSwitched {
    unsigned core;
    bool on;
};

/// A core's turn begins; it has been idle, or waited for other cores, since its last one.
struct TurnBegin {
    unsigned core;
    uint64_t cycle;
};

/// A core has had a turn.
struct CoreTurn {
    unsigned core;
    uint64_t begin, end;  ///< cycles
};

/// A core has come to where a debugger wants it (Core::set_debug_stops). Watchers may keep the simulation
/// waiting, and change registers and memory.
struct DebugStop {
    unsigned core;
    bool at_address;                ///< else after a single step, or before an access
    std::optional<WatchHit> watch;  ///< what kept the core from going on
};

/// One SC_THREAD drives all cores in turn. Memory that grants DMI is accessed directly; everything else waits
/// until SystemC time has reached the core's own, then costs what the target says. A core in WFI or WFE costs
/// nothing.
struct CpuCluster : sc_core::sc_module, private BusPort {
    tlm_utils::simple_initiator_socket<CpuCluster> bus{"bus"};
    sc_core::sc_vector<sc_core::sc_in<bool>> irq, fiq;  ///< one of each per core, level
    sc_core::sc_vector<LineOut> pmu_irq;                ///< performance monitors' overflow, one a core
    Probe<LockUp> locked_up;                            ///< said once a core
    Probe<CoreSwitched> switched;                       ///< see power()
    Probe<TurnBegin> turn_begin;                        ///< profilers, as the next
    Probe<CoreTurn> turn;
    Probe<DebugStop> stopped;

    SC_HAS_PROCESS(CpuCluster);
    CpuCluster(sc_core::sc_module_name name, const ClusterConfig& config, Instruments& instruments);
    ~CpuCluster() override;

    /// Memory traffic of the caches goes this way where it can, by `bus` where not.
    void use(BurstBus& traffic) { traffic_ = &traffic; }

    /// Releases a core from reset in supervisor mode, MMU off, interrupts masked (bit 0 of `entry`: Thumb).
    /// Cores that were never started stay off.
    void start_at(unsigned core, PhysAddr entry, uint32_t r0 = 0, uint32_t r1 = 0, uint32_t r2 = 0);
    /// Power of a core as the chip's power controller switches it: on means reset at address 0 (the boot
    /// ROM); off takes effect when the core waits for an interrupt, which is then not answered.
    void power(unsigned core, bool on);
    /// Takes effect only with ClusterConfig::semihosting; the host outlives the cluster.
    void set_semihosting(SemihostingHost* host);

    unsigned count() const { return static_cast<unsigned>(cores_.size()); }
    /// Address of the instruction a core is at; within a slice exact to the block.
    uint32_t pc(unsigned core) const;
    uint32_t reg(unsigned core, unsigned n) const;  ///< r0-r14 of the current mode, 15 = pc()
    uint32_t cpsr(unsigned core) const;
    uint64_t instructions(unsigned core) const;
    uint64_t cycles(unsigned core) const;  ///< since the start of the simulation, idle time included
    /// When a core's counter is there.
    Picoseconds time_of(uint64_t cycles) const;
    /// The core whose access to a device is under way, if there is one.
    std::optional<unsigned> accessing() const { return accessing_; }
    bool idle(unsigned core) const;  ///< off, halted, or in WFI or WFE
    /// The view of a core: MMU, then memory. No side effects; false if any byte cannot be had.
    bool debug_read(unsigned core, VirtAddr va, std::span<uint8_t> bytes);
    bool debug_translate(unsigned core, VirtAddr va, PhysAddr& pa) const;
    /// A core itself, for debuggers, between turns.
    Core& debug_core(unsigned core);
    /// Writes memory and every copy of it in caches and buffers; false if any byte cannot be written.
    bool debug_write(unsigned core, VirtAddr va, std::span<const uint8_t> bytes);
    /// Physical memory and device registers, without side effects.
    bool debug_read(PhysAddr pa, std::span<uint8_t> bytes) { return peek(pa, bytes); }
    /// Physical memory as a core sees it, through its caches and buffers, without side effects.
    bool debug_read(unsigned core, PhysAddr pa, std::span<uint8_t> bytes) {
        return cores_.at(core)->core.port.peek(pa, bytes);
    }
    /// Drops decoded code of all cores: after the host has changed memory behind their backs.
    void drop_code();

private:
    struct Window {
        PhysRange range;
        uint8_t* data;
        bool writable;
        uint8_t* page(PhysAddr address) const {
            return data + (PhysAddr{address.value & ~(kPageSize - 1)} - range.base);
        }
    };
    /// A core with its place in time and its way to memory.
    struct Seat : MemoryPort {
        Seat(CpuCluster& owner, unsigned n, const CoreConfig& config);
        HostBytes direct(PhysAddr address, const MemoryAttributes& how, Direction direction) override;
        CodeBytes code(PhysAddr address, VirtAddr va, const MemoryAttributes& how) override;
        bool read(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> data) override;
        bool write(PhysAddr address, const MemoryAttributes& how, std::span<const uint8_t> data) override;
        bool walk(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> word) override;
        bool peek(PhysAddr address, std::span<uint8_t> data) override;
        const Window* page(PhysAddr address);

        CpuCluster& cluster;
        unsigned index;
        Core core;
        bool started = false, running = false, reported = false;
        bool switched_off = false;  // goes off at its next WFI
        bool pmu_level = false;     // as pmu_irq shows it
        uint64_t idle_cycles = 0;
    };

    // --- what the caches want of the bus
    Finished burst(BurstKind kind, PhysAddr address, std::span<uint8_t> data, Picoseconds at) override;
    void expect(PhysAddr address) override;
    bool access(unsigned core, Direction direction, PhysAddr address, std::span<uint8_t> data) override;
    Picoseconds now(unsigned core) const override;
    void stall_until(unsigned core, Picoseconds at) override;
    bool peek(PhysAddr address, std::span<uint8_t> data) override;

    void run();
    void lines_changed();
    void invalidate(sc_dt::uint64 first, sc_dt::uint64 last);
    sc_core::sc_time end_of_slice() const;
    void run_until(Seat& seat, sc_core::sc_time end);
    void run_others(const Seat& seat, sc_core::sc_time end);
    void align(Seat& seat);
    void pass_until(sc_core::sc_time end);
    void sleep();
    void report_lock_up(Seat& seat);
    bool transfer(Seat& seat, tlm::tlm_command command, PhysAddr address, uint8_t* data, size_t size);
    const Window* window(PhysAddr address);
    sc_core::sc_time local_time(const Seat& seat) const;
    uint64_t to_cycles(Picoseconds t) const;
    uint64_t to_cycles(sc_core::sc_time t) const { return to_cycles(Picoseconds{t.value()}); }
    void wake_waiting(const Seat& sender);
    void drive_lines(Seat& seat);
    void switch_off(Seat& seat);
    static bool sleeping(const Seat& seat);
    void register_statistics(Instruments& instruments);

    ClusterConfig config_;
    ExclusiveMonitors monitors_;
    std::vector<std::unique_ptr<Seat>> cores_;
    std::vector<Window> windows_;
    std::unordered_set<uint32_t> device_pages_;  // pages that gave no DMI
    Picoseconds cycle_ = 0;                      // of the core clock if that is a whole number, else 0
    uint64_t cycle_parts_ = 0, parts_ = 0;  // else a cycle is this quotient of small numbers, if there is one
    tlm::tlm_generic_payload tx_;           // of the access a core waits for
    Requester* requester_ = new Requester;  // which core that is; tx_'s own, as TLM has it
    tlm::tlm_generic_payload burst_;        // of memory traffic, which may happen during that access
    BurstBus* traffic_ = nullptr;
    sc_core::sc_event wake_;
    std::optional<unsigned> accessing_;
};

}  // namespace exysim::cpu
