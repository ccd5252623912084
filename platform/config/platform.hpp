// A machine as its platform file states it, checked.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/dram/config.hpp"
#include "platform/config/section.hpp"

namespace exysim::config {

/// One device of the machine that a platform may leave out or connect differently.
struct PlatformDevice {
    std::string name;
    bool iommu = true;                      ///< its memory traffic goes through its SysMMU
    std::string version{};                  ///< of g2d: "3" or "4.1"; empty: the chip's, or no g2d
    bool screen = true;                     ///< of mixer0: one is plugged in at HDMI
    std::string sysmmu{};                   ///< version of its SysMMU; empty: the chip's usual one
    bool sysmmu_first_level_ahead = false;  ///< quirks of that SysMMU (SysMmuConfig says what they do)
    bool sysmmu_prefetch_multi_hit = false;
};

struct Timing {
    uint64_t slice_ns = 1'000;
    uint64_t skew_ns = 1'000;
};

struct Cpu {
    uint64_t count = 1;
    uint64_t clock_hz = 1'000'000'000;
};

/// Level-1 caches of a core, instruction and data alike.
struct L1 {
    uint64_t size = 32 << 10;
    uint64_t ways = 4;
};

struct L2 {
    uint64_t size = 1 << 20;
    uint64_t ways = 16;
    uint64_t latency = 19;  ///< core cycles
    uint64_t miss_ns = 20;
};

struct StoreBuffer {
    uint64_t max_age_ns = 500;
};

struct Ram {
    uint64_t size = 512ULL << 20;
    uint64_t latency_ns = 60;
    uint64_t bandwidth = 3'200'000'000;  ///< bytes a second
    std::string model = "auto";          ///< simple, controller, or what the mode asks for
    dram::ControllerConfig controller;   ///< used by the model `controller`

    /// Whether banks and rows are modelled: `model`, or else the machine's mode.
    bool uses_controller(std::string_view mode) const {
        return model == "controller" || (model == "auto" && mode == "timing");
    }
};

/// Width and clock of one data channel of a port.
struct BusPort {
    uint64_t width = 64;  ///< bits
    uint64_t clock_hz = 200'000'000;
};

/// What a master may do on the bus (mode timing).
struct BusMaster {
    uint64_t width = 64;  ///< bits
    uint64_t clock_hz = 200'000'000;
    uint64_t reads = 8, writes = 8;  ///< bursts in flight
    uint64_t beats = 16;             ///< of the longest burst
    uint64_t priority = 0;
    uint64_t rate = 0;  ///< bytes a second; 0 = not regulated
    uint64_t allowance = 4096;

    uint64_t port_rate() const { return width / 8 * clock_hz; }  ///< bytes a second
};

struct Bus {
    uint64_t latency_ns = 20;
    std::string arbitration = "round_robin";
    BusPort memory{128, 400'000'000};
    std::map<std::string, BusMaster> masters;  ///< those of bus_masters(), whether the file names them or not
};

/// Clock gates and power domains.
struct Power {
    std::string gated_access = "abort";
    bool domains_at_boot = true;
};

struct Platform {
    std::string file;  ///< as found
    std::string name;
    std::string soc = "exynos4210";
    std::string mode = "fast";
    std::string speculation = "off";
    uint64_t seed = 1;
    Timing timing;
    Cpu cpu;
    L1 l1;
    L2 l2;
    StoreBuffer store_buffer;
    Ram ram;
    Bus bus;
    Power power;
    std::vector<std::string> acp;  ///< devices whose DMA goes through the accelerator coherency port
    std::vector<PlatformDevice> devices;

    const PlatformDevice* device(std::string_view device_name) const;
    /// Whether its DMA sees the processor's caches.
    bool coherent(std::string_view device_name) const;
    /// Versions that the chip has, where a device does not say.
    std::string_view usual_sysmmu() const { return soc == "exynos4412" ? "2.0" : "1.0"; }
    std::string_view sysmmu_version(const PlatformDevice& of) const {
        return of.sysmmu.empty() ? usual_sysmmu() : of.sysmmu;
    }
    std::string_view usual_g2d() const { return soc == "exynos4412" ? "4.1" : "3"; }
    std::string_view g2d_version(const PlatformDevice& g2d) const {
        return g2d.version.empty() ? usual_g2d() : g2d.version;
    }
};

/// The settings of a platform file, for reading and for `exysim describe`.
std::span<const Parameter<Platform>> platform_parameters();
std::span<const Parameter<Timing>> timing_parameters();
std::span<const Parameter<Cpu>> cpu_parameters();
std::span<const Parameter<L1>> l1_parameters();
std::span<const Parameter<L2>> l2_parameters();
std::span<const Parameter<StoreBuffer>> store_buffer_parameters();
std::span<const Parameter<Ram>> ram_parameters();
std::span<const Parameter<Bus>> bus_parameters();
std::span<const Parameter<BusPort>> bus_memory_parameters();
std::span<const Parameter<BusMaster>> bus_master_parameters();
/// The masters a machine may have, with their usual ports.
const std::map<std::string, BusMaster>& bus_masters();
std::span<const Parameter<Power>> power_parameters();
std::span<const Parameter<PlatformDevice>> platform_device_parameters();
/// What only device `name` has.
std::span<const Parameter<PlatformDevice>> platform_device_parameters(std::string_view name);

/// Reads a whole platform file. Mistakes go to `diagnostics`; the result is then not to be used.
Platform read_platform(const YamlNode& root, Diagnostics& diagnostics);

}  // namespace exysim::config
