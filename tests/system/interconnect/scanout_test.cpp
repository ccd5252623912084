// What a display that scans out costs the core: a program that misses every cache reads 4 MiB beside a DMA
// port that fetches lines. Rates of 1080p60 ARGB: 1125 lines of 7680 bytes in 16.67 ms, 498 MB/s.
#include <tlm_utils/simple_target_socket.h>

#include <catch2/catch.hpp>

#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "models/base/tlm/dma_port.hpp"
#include "models/cache/hierarchy.hpp"
#include "models/cpu/cpu_cluster.hpp"
#include "models/dram/dram.hpp"
#include "models/interconnect/bus.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using sc_core::sc_time;

namespace {

constexpr PhysAddr kRam{0x4000'0000};
constexpr uint64_t kSize = 64ULL << 20;
constexpr uint32_t kLineBytes = 7680, kBurst = 128, kRead = 4U << 20;

/// The moments at which the program begins to read.
struct Marks : sc_core::sc_module {
    tlm_utils::simple_target_socket<Marks> socket{"socket"};
    std::vector<Picoseconds> at;
    sc_core::sc_event marked;

    explicit Marks(sc_core::sc_module_name name) : sc_module{name} {
        socket.register_b_transport(this, &Marks::b_transport);
    }

private:
    void b_transport(tlm::tlm_generic_payload& tx, sc_time&) {
        at.push_back(picoseconds(sc_core::sc_time_stamp()));
        marked.notify(sc_core::SC_ZERO_TIME);
        tx.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

/// Fetches lines from mark `from` on.
struct ScanOut : sc_core::sc_module {
    DmaPort dma{"dma", sc_time(1, sc_core::SC_US)};
    Marks& marks;
    size_t from;
    uint32_t late = 0, lines = 0;

    SC_HAS_PROCESS(ScanOut);
    ScanOut(sc_core::sc_module_name name, Marks& when, size_t mark)
        : sc_module{name}, marks{when}, from{mark} {
        SC_THREAD(run);
    }

private:
    void run() {
        const sc_time line_time{16'666'667.0 / 1125, sc_core::SC_NS};
        while (marks.at.size() <= from) sc_core::wait(marks.marked);
        for (;; ++lines) {
            const sc_time begun = sc_core::sc_time_stamp();
            std::array<uint8_t, kBurst> data{};
            const uint32_t at = kRam.value + (16U << 20) + lines % 1080 * kLineBytes;
            for (uint32_t done = 0; done < kLineBytes; done += kBurst) dma.read(Iova{at + done}, data);
            dma.catch_up();
            const sc_time next = begun + line_time;
            if (sc_core::sc_time_stamp() > next) {
                ++late;
            } else {
                sc_core::wait(next - sc_core::sc_time_stamp());
            }
        }
    }
};

cpu::ClusterConfig cluster(ClusterMemory& memory) {
    cpu::ClusterConfig made;
    made.block_timing = true;
    made.memory = &memory;
    return made;
}
dram::DramConfig ram_config() {
    dram::DramConfig made{.size = kSize};
    made.controller = dram::ControllerConfig{};
    made.controller->timing = dram::preset("ddr3-800")->timing;
    made.timed_by_bus = true;
    return made;
}
interconnect::ContentionConfig ports() {
    interconnect::ContentionConfig made;
    made.masters["cpu"].port = {16, 250'000'000};
    return made;
}

struct Machine : test::InstrumentsBench {
    cache::Hierarchy hierarchy{{}, statistics};
    cpu::CpuCluster cpu{"cpu", cluster(hierarchy), instruments};
    interconnect::Bus bus{"bus", {.contention = ports()}, instruments};
    dram::Dram ram{"ram", ram_config(), instruments};
    Marks marks{"marks"};
    ScanOut first{"first", marks, 1}, second{"second", marks, 2};
    sc_core::sc_vector<sc_core::sc_signal<bool>> irq{"irq", 1}, fiq{"fiq", 1};

    Machine() {
        cpu.irq.bind(irq);
        cpu.fiq.bind(fiq);
        cpu.use(bus.add_master("cpu", cpu.bus));
        bus.add_master("first", first.dma.socket);
        bus.add_master("second", second.dma.socket);
        bus.add_memory("ram", {kRam, kSize}, ram.socket, ram);
        bus.add_target("marks", {PhysAddr{0x1000'0000}, 0x1000}, marks.socket);
        std::ifstream program{EXYSIM_READER_PROGRAM, std::ios::binary};
        REQUIRE(program);
        const std::string bytes{std::istreambuf_iterator<char>{program}, {}};
        std::copy(bytes.begin(), bytes.end(), ram.bytes().begin());
        cpu.start_at(0, kRam);
    }
};

}  // namespace

TEST_CASE("scan-out: a display takes bandwidth from the core, two take more", "[system][interconnect]") {
    Machine m;
    sc_core::sc_start(100, sc_core::SC_MS);
    REQUIRE(m.marks.at.size() == 4);
    std::array<double, 3> rate{};  // bytes of lines a nanosecond: alone, beside one display, beside two
    for (size_t n = 0; n < rate.size(); ++n)
        rate[n] = kRead / (static_cast<double>(m.marks.at[n + 1] - m.marks.at[n]) / 1000);
    CAPTURE(rate[0], rate[1], rate[2]);
    CHECK(rate[1] < 0.995 * rate[0]);
    CHECK(rate[2] < 0.995 * rate[1]);
    CHECK(rate[2] > 0.5 * rate[0]);  // 1 of 6.4 GB/s is theirs
    CHECK(m.first.late == 0);
    CHECK(m.first.lines > 100);
}
