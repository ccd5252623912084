// DMA ports that stream 64-byte bursts through the bus into main memory, as a machine of each mode has them.
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "models/base/tlm/dma_port.hpp"
#include "models/dram/dram.hpp"
#include "models/interconnect/bus.hpp"
#include "tests/bench/memory/memory_bench.hpp"
#include "tests/support/instruments_bench.hpp"

namespace exysim::bench {

namespace {

constexpr uint32_t kRam = 0x4000'0000;
constexpr uint64_t kSize = 64ULL << 20;
constexpr uint32_t kBytes = 64, kTurn = 1 << 14;

enum class Work { read, read_and_wait, write, copy };

/// An engine without end: bursts from its own 8 MiB, for a copy to the 8 MiB after.
struct Engine : sc_core::sc_module {
    DmaPort dma{"dma", sc_core::sc_time(1, sc_core::SC_US)};
    Work work;
    uint32_t from;
    double seconds;
    Measured& measured;

    SC_HAS_PROCESS(Engine);
    Engine(sc_core::sc_module_name name, Work what, uint32_t base, double limit, Measured& into)
        : sc_module{name}, work{what}, from{base}, seconds{limit}, measured{into} {
        SC_THREAD(run);
    }

private:
    void run() {
        uint8_t data[kBytes] = {};
        const double begun = cpu_seconds();
        for (uint32_t at = 0;; at = (at + kBytes) % (8U << 20)) {
            if (work != Work::write) dma.read(Iova{from + at}, data);
            if (work == Work::read_and_wait) dma.settle();
            if (work == Work::write) dma.write(Iova{from + at}, data);
            if (work == Work::copy) dma.write(Iova{from + (8U << 20) + at}, data);
            measured.count += (work == Work::copy ? 2 : 1) / 1e6;
            if (at % (kTurn * kBytes) != 0) continue;
            measured.host = cpu_seconds() - begun;
            if (measured.host > seconds) sc_core::sc_stop();
        }
    }
};

template <bool timing, Work... works>
Measured stream(double seconds) {
    test::InstrumentsBench in;
    interconnect::BusConfig bus_config;
    dram::DramConfig ram_config{.size = kSize};
    if (timing) {
        bus_config.contention = interconnect::ContentionConfig{};
        ram_config.controller = dram::ControllerConfig{};
        ram_config.controller->timing = dram::preset("ddr3-800")->timing;
        ram_config.timed_by_bus = true;
    }
    interconnect::Bus bus{"bus", bus_config, in.instruments};
    dram::Dram ram{"ram", ram_config, in.instruments};
    bus.add_memory("ram", {PhysAddr{kRam}, kSize}, ram.socket, ram);
    Measured measured;
    std::vector<std::unique_ptr<Engine>> engines;
    for (const Work work : {works...}) {
        const std::string name = "engine" + std::to_string(engines.size());
        const auto base = kRam + static_cast<uint32_t>(engines.size()) * (16U << 20);
        engines.push_back(std::make_unique<Engine>(name.c_str(), work, base, seconds, measured));
        bus.add_master(name, engines.back()->dma.socket);
    }
    sc_core::sc_start();
    return measured;
}

constexpr const char* kUnit = "million bursts a second";
constexpr Case kCases[] = {
    {"bursts", "fast: reads", kUnit, 12, stream<false, Work::read>},
    {"bursts", "fast: copy", kUnit, 12, stream<false, Work::copy>},
    {"bursts", "timing: reads", kUnit, 4, stream<true, Work::read>},
    {"bursts", "timing: reads, one at a time, as a core's misses", kUnit, 4,
     stream<true, Work::read_and_wait>},
    {"bursts", "timing: writes", kUnit, 4, stream<true, Work::write>},
    {"bursts", "timing: copy", kUnit, 4, stream<true, Work::copy>},
    {"bursts", "timing: two read, one writes, one copies", kUnit, 4,
     stream<true, Work::read, Work::read, Work::write, Work::copy>},
};

}  // namespace

std::span<const Case> burst_cases() { return kCases; }

}  // namespace exysim::bench
