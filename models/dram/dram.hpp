// Main memory on the bus: host memory, and the time an access takes: a fixed latency with a rate, or the
// controller.
#pragma once

#include <memory>
#include <optional>

#include "models/base/busy_calendar.hpp"
#include "models/base/tlm/burst.hpp"
#include "models/base/tlm/memory_target.hpp"
#include "models/dram/controller.hpp"

namespace exysim::dram {

struct DramConfig {
    uint64_t size = 512ULL << 20;  ///< bytes
    /// First data of a read or write. Default: DDR3-800, row closed: tRCD + RL + BL/2 = 16 clocks of 2.5 ns.
    sc_core::sc_time latency{40, sc_core::SC_NS};
    /// Sustained rate. Default: Exynos4210's two 32-bit channels at 800 MT/s, 6.4 GB/s.
    double bytes_per_ns = 6.4;
    /// Banks, rows and queues in place of the two figures above; holds at least `size` bytes.
    std::optional<ControllerConfig> controller{};
    /// Transactions move data and take no time; the bus books it by submit() and completion().
    bool timed_by_bus = false;
};

/// DRAM at 0x4000_0000. Facts: hardware page "DRAM and memory controllers" sections 1 and 4. With a
/// controller, a burst that is deferrable (see Burst) is only submitted; its completion is the controller's.
/// Statistics with a controller: `<name>.dram.{row_hits,row_misses,...}`.
class Dram : public MemoryTarget, public BurstTarget {
public:
    Dram(const sc_core::sc_module_name& name, const DramConfig& config, Instruments& instruments);
    ~Dram() override = default;

    /// Null without a controller.
    const Controller* controller() const { return controller_.get(); }
    Controller* controller() { return controller_.get(); }
    /// Without a controller: one data bus at the rate given, which all masters share; latencies overlap.
    uint64_t submit(const BurstRequest& request, Picoseconds at) override;
    Picoseconds completion(uint64_t ticket) override;
    Picoseconds complete(const BurstRequest& request, Picoseconds at) override;
    Picoseconds acceptance(uint64_t ticket) override;
    Picoseconds accept(const BurstRequest& request, Picoseconds at) override;

private:
    void take_time(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) override;
    void register_statistics(Instruments& instruments);
    void register_energy(Statistics& statistics, const std::string& prefix);

    bool timed_by_bus_;
    std::unique_ptr<Controller> controller_;
    BusyCalendar data_;  // without a controller
};

}  // namespace exysim::dram
