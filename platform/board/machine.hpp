// The machine: every model of the board, built from the checked platform and wired up. Elaboration happens in
// the constructor; the members are there for loaders, watchers and the debug views.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "models/base/guest_errors.hpp"
#include "models/base/statistics.hpp"
#include "models/cache/acp.hpp"
#include "models/cache/pl310.hpp"
#include "models/cpu/cpu_cluster.hpp"
#include "models/dram/dram.hpp"
#include "models/interconnect/bus.hpp"
#include "models/system/boot_rom.hpp"
#include "models/system/chip_id.hpp"
#include "models/system/cmu.hpp"
#include "models/system/combiner.hpp"
#include "models/system/gic.hpp"
#include "models/system/i2c.hpp"
#include "models/system/mct.hpp"
#include "models/system/pmu.hpp"
#include "models/system/private_region.hpp"
#include "models/system/simctl.hpp"
#include "models/system/sysram.hpp"
#include "models/system/sysreg.hpp"
#include "models/system/uart.hpp"
#include "platform/board/media.hpp"
#include "platform/board/memory_map.hpp"
#include "platform/board/peripherals.hpp"
#include "platform/board/soc.hpp"
#include "platform/board/supplies.hpp"
#include "platform/config/platform.hpp"
#include "platform/config/scenario.hpp"

namespace exysim::cache {
class Hierarchy;
}

namespace exysim::board {

/// A wire that says when its level changes: at the end of the delta cycle, with no process of its own, so
/// that who watches is nothing that the simulation could wait for.
class Wire : public sc_core::sc_signal<bool> {
public:
    using sc_signal::sc_signal;
    std::string from, to;  ///< ports, "fimc0.irq"; empty for a line that leads nowhere
    Probe<bool> changed;

private:
    void update() override {
        const bool before = read();
        sc_signal::update();
        if (changed.watched() && read() != before) changed(read());
    }
};

/// The wires between blocks' lines.
class Wires {
public:
    template <class Out, class In>
    void connect(Out& from, In& to) {
        Wire& wire = add();
        wire.from = from.name();
        wire.to = to.name();
        from.bind(wire);
        to.bind(wire);
    }
    std::deque<Wire>& all() { return wires_; }
    /// An input that is always low.
    template <class In>
    void tie_low(In& to) {
        to.bind(add());
    }
    /// An output that leads nowhere.
    template <class Out>
    void leave_open(Out& from) {
        from.bind(add());
    }

private:
    Wire& add() { return wires_.emplace_back(sc_core::sc_gen_unique_name("wire")); }
    std::deque<Wire> wires_;
};

class Machine {
public:
    struct Options {
        bool semihosting = false;
        const config::Scenario* scenario = nullptr;  ///< says what the sensor sees; else colour bars
    };
    Machine(const config::Platform& platform, const Options& options);
    ~Machine();  // of many models: generated once, in machine.cpp

    Statistics statistics;
    GuestErrors guest_errors;

private:
    Instruments instruments_{statistics, guest_errors};
    Wires wires_;

public:
    dram::Dram ram;
    std::unique_ptr<cache::Hierarchy> caches;  ///< null in mode `fast`
    cpu::CpuCluster cpu;
    interconnect::Bus bus;
    system::BootRom boot_rom;
    system::Sysram sysram;
    system::ChipId chipid;
    system::Sysreg sysreg;
    system::Cmu cmu;
    system::Pmu pmu;
    SupplyTree supplies;
    system::Mct mct;
    system::Combiner combiner;
    system::Gic gic;
    system::PrivateRegion private_region;
    cache::Pl310 l2c;
    std::deque<system::Uart> uarts;
    system::I2c i2c0;
    Peripherals parts;
    std::unique_ptr<system::Simctl> simctl;
    std::unique_ptr<camera::Sensor> sensor0;       ///< null where the platform has no FIMC
    std::unique_ptr<camera::BayerSensor> sensor1;  ///< on CSIS0, where the platform has one
    std::unique_ptr<camera::Sensor> sensor2;       ///< on camera port B, where the platform has sensor_b
    std::map<std::string, std::unique_ptr<camera::Csis>> csis;
    std::map<std::string, std::unique_ptr<FimcUnit>> fimcs;  ///< those the platform has, by name
    std::map<std::string, std::unique_ptr<FimcLiteUnit>> fimc_lites;
    std::unique_ptr<Display> display;  ///< null where the platform has no mixer0
    std::unique_ptr<Panel> panel;      ///< null where the platform has no fimd0
    std::unique_ptr<Gpu> gpu;          ///< null where the platform has no g2d

    /// What devices on the accelerator coherency port have moved, by the names of their masters.
    Probe<interconnect::BusTransfer> coherent_transferred;
    std::map<std::string, iommu::SysMmu*, std::less<>> mmus;  ///< by the name of the device behind each
    std::deque<iommu::SysMmu> lone_mmus;                      ///< whose masters are not modelled

    /// Sets core 0 to `entry`; the others begin in the boot ROM.
    void start(PhysAddr entry, uint32_t r0, uint32_t r1, uint32_t r2);
    std::deque<Wire>& wires() { return wires_.all(); }
    PhysRange ram_range() const { return ram_range_; }
    system::Chip chip() const { return soc_.chip; }
    /// Memory as devices see it; nothing outside RAM.
    std::span<uint8_t> memory(PhysRange range);
    /// Null where the platform has no FIMC of that name.
    FimcUnit* fimc(const std::string& name);
    /// The Y'CbCr sensor that a scenario calls `name`, yuv or yuv_b; null where there is none.
    camera::Sensor* sensor(std::string_view name) { return (name == "yuv_b" ? sensor2 : sensor0).get(); }

private:
    void build_uarts();
    void build_simctl();
    void build_cameras(const config::Platform& platform, const Options& options);
    void build_csis(const std::string& name, uint32_t lanes, uint32_t phy_control, camera::CameraPort port);
    void build_fimc(const config::PlatformDevice& device, const config::Platform& platform);
    void build_fimc_lite(const config::PlatformDevice& device, const config::Platform& platform);
    void build_display(const config::PlatformDevice& device, const config::Platform& platform);
    void build_panel(const config::PlatformDevice& device, const config::Platform& platform);
    camera::VideoSink* writeback_sink();
    void build_gpu(const config::PlatformDevice& device, const config::Platform& platform);
    void build_lone_mmus(const config::Platform& platform);
    MediaMemory build_memory(const config::PlatformDevice& device, const config::Platform& platform,
                             const std::string& mmu_name);
    /// Binds a device's DMA port to its SysMMU or to the bus, there with the settings of master `settings`.
    template <class Socket>
    void connect_dma(const MediaMemory& memory, const std::string& master, const std::string& settings,
                     Socket& dma) {
        if (memory.mmu) {
            dma.bind(memory.mmu->device);
        } else {
            add_dma_master(master, settings, dma);
        }
    }
    /// A device's way to the bus, through the accelerator coherency port if the platform says so.
    template <class Socket>
    void add_dma_master(const std::string& master, const std::string& settings, Socket& initiator) {
        if (!coherent_.contains(settings)) {
            bus.add_master(master, initiator, settings);
            return;
        }
        cache::Acp& acp = new_acp(master);
        initiator.bind(acp.device);
        bus.add_master(master, acp.bus, settings);
    }
    cache::Acp& new_acp(const std::string& master);
    /// An engine that is reset lets go of what waits at those ports of its SysMMU.
    template <class Engine>
    void release_on_reset(const MediaMemory& memory, Engine& engine, std::vector<size_t> ports) {
        if (!memory.mmu) return;
        engine.was_reset.attach([mmu = memory.mmu.get(), ports = std::move(ports)](const EngineReset&) {
            for (const size_t port : ports) mmu->release(port);
        });
    }
    void map_targets();
    void map_parts();
    void wire_interrupts();
    void wire_timers();
    void wire_power();
    void wire_parts();
    /// Puts a block's registers where the memory map has them, and the block under its gates and domain.
    template <class Target>
    void place(const std::string& name, Target& block) {
        bus.add_target(name, range_of(name, soc_.chip), block.bus);
        supplies.add(name, block);
    }
    template <class Line>
    void wire_spi(std::string_view from, Line& line) {
        wires_.connect(line, gic.spi[spi_of(from)]);
    }
    template <class Line>
    void wire_combiner(std::string_view from, Line& line) {
        const CombinerLine to = combiner_line_of(from);
        wires_.connect(line, combiner.in[8 * to.group + to.bit]);
    }

    const Soc& soc_;
    PhysRange ram_range_;
    std::set<std::string> coherent_;  // devices whose DMA goes through the accelerator coherency port
    std::vector<std::unique_ptr<cache::Acp>> acps_;
};

}  // namespace exysim::board
