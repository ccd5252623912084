#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <deque>
#include <optional>
#include <span>
#include <systemc>

#include "models/base/clock.hpp"
#include "models/base/guest_errors.hpp"
#include "models/base/probe.hpp"
#include "models/base/tlm/lines.hpp"
#include "models/system/gic_core.hpp"
#include "models/system/global_timer_core.hpp"
#include "models/system/private_timer_core.hpp"
#include "models/system/scu_core.hpp"

namespace exysim::system {

struct PrivateRegionConfig {
    uint32_t cores = 1;                              ///< 1 to 4
    ClockRate periphclk = fixed_clock(250'000'000);  ///< of the timers
};

/// A private watchdog in watchdog mode has reached zero.
struct PrivateWatchdogReset {
    uint32_t core;
};

/// The Cortex-A9 MPCore's private memory region at PERIPHBASE, 0x1050_0000 (0x2000 bytes): SCU, the cores'
/// own interrupt controller with its CPU interfaces, the global timer, private timers and watchdogs. Most
/// registers are the requesting core's own; masters that are no cores (see Requester) get an error. Debug
/// views that name no core show core 0's.
///
/// Facts: Cortex-A9 MPCore TRM (ARM DDI 0407), 1.5, 3 and 4. While a core's CPU interface is disabled, the
/// pin from the chip's external controller goes straight to the core; once enabled, it is PPI 31. Assumed: no
/// shared interrupts are wired to this controller (software for this chip uses the external one), and a
/// change of PERIPHCLK's rate counts from the next access on.
class PrivateRegion : public sc_core::sc_module {
public:
    static constexpr uint32_t kGlobalTimerId = 27, kTimerId = 29, kWatchdogId = 30, kPinId = 31;
    static constexpr uint32_t kInterface = 0x100, kGlobalTimer = 0x200, kTimer = 0x600, kWatchdog = 0x620,
                              kDistributor = 0x1000;

    tlm_utils::simple_target_socket<PrivateRegion> bus{"bus"};
    sc_core::sc_vector<LineIn> irq_pin;             ///< nIRQ, one a core
    sc_core::sc_vector<sc_core::sc_out<bool>> irq;  ///< to the core, one a core
    Probe<PrivateWatchdogReset> watchdog_reset;

    PrivateRegion(sc_core::sc_module_name name, const PrivateRegionConfig& config, Instruments& instruments);

private:
    SC_HAS_PROCESS(PrivateRegion);
    struct Area {
        uint32_t base, size;
        RegisterBank& (PrivateRegion::*bank)(uint32_t core, uint32_t offset);
    };
    /// Counts periods of a clock whose rate may change.
    class Clock {
    public:
        uint64_t at(Picoseconds time, uint64_t hz);
        std::optional<Picoseconds> time_of(uint64_t tick) const;

    private:
        uint64_t hz_ = 0, ticks_ = 0;  // ticks_ had passed at since_, when the rate became hz_
        Picoseconds since_ = 0;
    };

    void end_of_elaboration() override;
    void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& tx);
    static std::span<const Area> areas();
    static const Area* area_of(uint64_t address);
    RegisterBank& scu_bank(uint32_t core, uint32_t offset);
    RegisterBank& interface_bank(uint32_t core, uint32_t offset);
    RegisterBank& global_timer_bank(uint32_t core, uint32_t offset);
    RegisterBank& timer_bank(uint32_t core, uint32_t offset);
    RegisterBank& watchdog_bank(uint32_t core, uint32_t offset);
    RegisterBank& distributor_bank(uint32_t core, uint32_t offset);
    void advance();
    void update();
    void drive_lines(uint32_t core);
    void plan();

    PrivateRegionConfig config_;
    ScuCore scu_;
    GicCore gic_;
    GlobalTimerCore global_timer_;
    std::deque<PrivateTimerCore> timers_;
    std::deque<PrivateWatchdogCore> watchdogs_;
    Clock clock_;
    sc_core::sc_event changed_;
};

}  // namespace exysim::system
