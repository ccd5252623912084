// DMA engines that share main memory over the bus: data, conservation, overlap, and what skew costs.
#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>

#include "models/base/tlm/dma_port.hpp"
#include "models/dram/dram.hpp"
#include "models/interconnect/bus.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using sc_core::sc_time;

namespace {

constexpr uint32_t kRam = 0x4000'0000;
constexpr uint64_t kSize = 64ULL << 20;

/// A thread with a DMA port.
struct Engine : sc_core::sc_module {
    DmaPort dma;
    std::function<void(DmaPort&)> work;
    Picoseconds finished = 0;

    SC_HAS_PROCESS(Engine);
    Engine(sc_core::sc_module_name name, sc_time skew, std::function<void(DmaPort&)> what)
        : sc_module{name}, dma{"dma", skew}, work{std::move(what)} {
        SC_THREAD(run);
    }

private:
    void run() {
        work(dma);
        dma.catch_up();
        finished = picoseconds(sc_core::sc_time_stamp());
    }
};

struct Machine : test::InstrumentsBench {
    interconnect::Bus bus;
    dram::Dram ram;
    std::vector<std::unique_ptr<Engine>> engines;

    explicit Machine(const interconnect::ContentionConfig& contention = {})
        : bus{"bus", {.contention = contention}, instruments}, ram{"ram", ram_config(), instruments} {
        bus.add_memory("ram", {PhysAddr{kRam}, kSize}, ram.socket, ram);
    }
    static dram::DramConfig ram_config() {
        dram::DramConfig made{.size = kSize};
        made.controller = dram::ControllerConfig{};
        made.controller->timing = dram::preset("ddr3-800")->timing;
        made.timed_by_bus = true;
        return made;
    }
    Engine& engine(std::function<void(DmaPort&)> work, sc_time skew = {1, sc_core::SC_US}) {
        const std::string name = "engine" + std::to_string(engines.size());
        engines.push_back(std::make_unique<Engine>(name.c_str(), skew, std::move(work)));
        bus.add_master(name, engines.back()->dma.socket);
        return *engines.back();
    }
    double statistic(const std::string& name) { return statistics.all().at(name).value(); }
};

void stream_reads(DmaPort& dma, uint32_t from, uint32_t bursts) {
    std::array<uint8_t, 64> data{};
    for (uint32_t n = 0; n < bursts; ++n) CHECK(dma.read(Iova{from + n * 64}, data));
}
void copy(DmaPort& dma, uint32_t from, uint32_t to, uint32_t bursts) {
    std::array<uint8_t, 64> data{};
    for (uint32_t n = 0; n < bursts; ++n) {
        CHECK(dma.read(Iova{from + n * 64}, data));
        CHECK(dma.write(Iova{to + n * 64}, data));
    }
}

}  // namespace

TEST_CASE("contention: a copy arrives, and every byte is accounted for at every place",
          "[system][interconnect]") {
    Machine m;
    std::iota(m.ram.bytes().begin(), m.ram.bytes().begin() + 65536, uint8_t{3});
    m.engine([](DmaPort& dma) { copy(dma, kRam, kRam + 0x10'0000, 1024); });
    m.engine([](DmaPort& dma) { stream_reads(dma, kRam + 0x20'0000, 2000); });
    sc_core::sc_start();
    const auto bytes = m.ram.bytes();
    CHECK(std::equal(bytes.begin(), bytes.begin() + 65536, bytes.begin() + 0x10'0000));
    const double read = 1024 * 64 + 2000 * 64, written = 1024 * 64;
    CHECK(m.statistic("bus.engine0.read_bytes") + m.statistic("bus.engine1.read_bytes") == read);
    CHECK(m.statistic("bus.engine0.read.burst_bytes") + m.statistic("bus.engine1.read.burst_bytes") == read);
    CHECK(m.statistic("bus.to_ram.read.bytes") == read);
    CHECK(m.statistic("ram.read_bytes") == read);
    CHECK(m.ram.controller()->stats().read_bytes == static_cast<uint64_t>(read));
    CHECK(m.statistic("bus.engine0.write.burst_bytes") == written);
    CHECK(m.statistic("bus.to_ram.write.bytes") == written);
    CHECK(m.ram.controller()->stats().write_bytes == static_cast<uint64_t>(written));
    for (const char* direction : {"read.", "write."}) {
        double parts = 0;
        for (const char* part : {"stall_limit", "stall_regulation", "stall_channel", "stall_arbitration",
                                 "in_memory", "passing"})
            parts += m.statistic(std::string{"bus.engine0."} + direction + part);
        CHECK(parts == Approx(m.statistic(std::string{"bus.engine0."} + direction + "latency_sum")));
    }
}

TEST_CASE("contention: at a memory on the chip a transfer waits for the beats of others",
          "[system][interconnect]") {
    Machine m;
    constexpr uint32_t kSysram = 0x0202'0000, kBytes = 0x1'0000;
    dram::Dram sysram{"sysram",
                      {.size = kBytes, .latency = sc_time{10, sc_core::SC_NS}, .bytes_per_ns = 1.6},
                      m.instruments};
    m.bus.add_on_chip_memory("sysram", {PhysAddr{kSysram}, kBytes}, sysram.socket);
    const auto read = [](DmaPort& dma) { stream_reads(dma, kSysram, 1); };
    const Engine &first = m.engine(read), &second = m.engine(read);
    sc_core::sc_start();
    // 20 ns through the bus, 10 ns and 64 bytes at 1.6 bytes a nanosecond in the memory.
    constexpr Picoseconds kAlone = 70'000, kBeats = 8 * 5'000;
    CHECK(std::min(first.finished, second.finished) == kAlone);
    CHECK(std::max(first.finished, second.finished) == kAlone + kBeats);
    CHECK(m.statistic("bus.to_sysram.waited") == 40);
    CHECK(m.statistic("bus.to_sysram.busy") == 80);
}

TEST_CASE("contention: reads in flight overlap up to the port's rate", "[system][interconnect]") {
    Machine m;
    const Engine& engine = m.engine([](DmaPort& dma) { stream_reads(dma, kRam, 1000); });
    sc_core::sc_start();
    // 64 bytes over eight bytes at 200 MHz: 40 ns each. One at a time would take about 100 ns each.
    CHECK(engine.finished >= 1000 * 40'000);
    CHECK(engine.finished < 1000 * 45'000);
}

TEST_CASE("contention: a limit of one burst in flight takes the whole latency each time",
          "[system][interconnect]") {
    interconnect::ContentionConfig contention;
    contention.master.reads = 1;
    Machine m{contention};
    const Engine& engine = m.engine([](DmaPort& dma) { stream_reads(dma, kRam, 1000); });
    sc_core::sc_start();
    // Crossbar 20 ns, memory 25 ns (row hit, two bursts on one channel 35 ns), 40 ns over the port less 10.
    CHECK(engine.finished > 1000 * 75'000);
    CHECK(m.statistic("bus.engine0.read.stall_limit") > 0);
}

TEST_CASE("contention: writes are posted, but carry what was read", "[system][interconnect]") {
    Machine m;
    Picoseconds posted = 0;
    const Engine& engine = m.engine([&](DmaPort& dma) {
        std::array<uint8_t, 64> data{};
        dma.write(Iova{kRam}, data);
        posted = picoseconds(dma.now());
        dma.catch_up();
    });
    const Engine& copier = m.engine([](DmaPort& dma) {
        sc_core::wait(sc_time(10, sc_core::SC_US));
        copy(dma, kRam, kRam + 4096, 1);
    });
    sc_core::sc_start();
    CHECK(posted == 40'000);  // its beats have left
    CHECK(engine.finished > posted);
    // One read and then one write, not both at once: twice crossbar, beats and memory.
    CHECK(copier.finished - 10'000'000 > 2 * (20'000 + 40'000 + 25'000));
}

TEST_CASE("contention: WRAP brings the wanted word first, and impossible bursts are refused",
          "[system][interconnect]") {
    Machine m;
    std::iota(m.ram.bytes().begin(), m.ram.bytes().begin() + 256, uint8_t{0});
    struct Master : sc_core::sc_module {
        tlm_utils::simple_initiator_socket<Master> socket{"socket"};
        explicit Master(sc_core::sc_module_name name) : sc_module{name} {}
        tlm::tlm_response_status read(uint32_t address, std::span<uint8_t> data) {
            Burst burst;
            burst.wrap = true;
            tlm::tlm_generic_payload tx;
            tx.set_extension(&burst);
            tx.set_command(tlm::TLM_READ_COMMAND);
            tx.set_address(address);
            tx.set_data_ptr(data.data());
            tx.set_data_length(static_cast<unsigned>(data.size()));
            sc_time delay = sc_core::SC_ZERO_TIME;
            socket->b_transport(tx, delay);
            CHECK(tx.get_address() == address);
            CHECK(tx.get_data_length() == data.size());
            tx.clear_extension(&burst);
            return tx.get_response_status();
        }
    } master{"master"};
    m.bus.add_master("master", master.socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    std::array<uint8_t, 32> line{};
    CHECK(master.read(kRam + 0x38, line) == tlm::TLM_OK_RESPONSE);
    CHECK(line[0] == 0x38);
    CHECK(line[7] == 0x3F);
    CHECK(line[8] == 0x20);
    CHECK(line[31] == 0x37);
    CHECK(master.read(kRam + 0x34, line) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(master.read(kRam, std::span{line}.first(24)) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(m.statistic("bus.master.errors") == 2);
    CHECK(m.statistic("bus.master.decode_errors") == 0);
}

TEST_CASE("contention: masters slow each other down, and an urgent one less", "[system][interconnect]") {
    interconnect::ContentionConfig contention;
    contention.master.port = {16, 400'000'000};  // each could use all of the memory
    contention.arbitration = interconnect::Arbitration::qos;
    contention.masters["engine2"] = contention.master;
    contention.masters["engine2"].priority = 3;
    Machine m{contention};
    for (uint32_t n = 0; n < 3; ++n)
        m.engine([n](DmaPort& dma) { stream_reads(dma, kRam + n * 0x40'0000 + n * 4096, 20'000); },
                 sc_time(100, sc_core::SC_NS));
    sc_core::sc_start();
    const Picoseconds urgent = m.engines[2]->finished;
    CHECK(m.engines[0]->finished > urgent);
    CHECK(m.engines[1]->finished > urgent);
    CHECK(m.statistic("bus.engine0.read.stall_arbitration") + m.statistic("bus.engine0.read.in_memory") >
          m.statistic("bus.engine2.read.stall_arbitration") + m.statistic("bus.engine2.read.in_memory"));
}

TEST_CASE("contention: a master may be held to a rate", "[system][interconnect]") {
    interconnect::ContentionConfig contention;
    contention.masters["engine0"].bytes_per_ns = 0.1;
    contention.masters["engine0"].allowance = 1024;
    Machine m{contention};
    const Engine& held = m.engine([](DmaPort& dma) { stream_reads(dma, kRam, 1000); });
    sc_core::sc_start();
    CHECK(held.finished >= (64'000 - 2048) * 10'000ULL);
    CHECK(held.finished <= 64'000 * 10'000ULL);
    CHECK(m.statistic("bus.engine0.read.stall_regulation") > 0);
}
