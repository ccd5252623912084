// Address decoding, latency, statistics, and what passes through with its address adapted.
#include "models/interconnect/bus.hpp"

#include <catch2/catch.hpp>

#include "models/dram/dram.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using interconnect::Bus;
using sc_core::sc_time;

namespace {
constexpr uint32_t kRam = 0x4000'0000, kRamSize = 0x10'0000, kRom = 0x0200'0000;

/// A master that shows delay, response and direct access.
struct Master : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<Master> socket{"socket"};
    tlm::tlm_generic_payload tx;
    sc_time delay;
    std::vector<std::pair<uint64_t, uint64_t>> invalidated;

    explicit Master(sc_core::sc_module_name name) : sc_module{name} {
        socket.register_invalidate_direct_mem_ptr(this, &Master::invalidate);
    }
    tlm::tlm_response_status transfer(tlm::tlm_command command, uint64_t address, std::span<uint8_t> data) {
        prepare(command, address, data);
        delay = sc_core::SC_ZERO_TIME;
        socket->b_transport(tx, delay);
        return tx.get_response_status();
    }
    unsigned debug(tlm::tlm_command command, uint64_t address, std::span<uint8_t> data) {
        prepare(command, address, data);
        return socket->transport_dbg(tx);
    }
    bool direct(uint64_t address, tlm::tlm_dmi& dmi) {
        std::array<uint8_t, 4> none{};
        prepare(tlm::TLM_READ_COMMAND, address, none);
        return socket->get_direct_mem_ptr(tx, dmi);
    }

private:
    void prepare(tlm::tlm_command command, uint64_t address, std::span<uint8_t> data) {
        tx.set_command(command);
        tx.set_address(address);
        tx.set_data_ptr(data.data());
        tx.set_data_length(static_cast<unsigned>(data.size()));
        tx.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    }
    void invalidate(sc_dt::uint64 first, sc_dt::uint64 last) { invalidated.emplace_back(first, last); }
};

struct Machine : test::InstrumentsBench {
    Bus bus{"bus", {.latency = sc_time{20, sc_core::SC_NS}}, instruments};
    Master cpu{"cpu"}, fimc{"fimc"};
    dram::Dram ram{
        "ram", {.size = kRamSize, .latency = sc_time{40, sc_core::SC_NS}, .bytes_per_ns = 4}, instruments};
    test::FakeMemory rom{"rom", 0, 0x1000};

    Machine() {
        bus.add_master("cpu", cpu.socket);
        bus.add_target("ram", {PhysAddr{kRam}, kRamSize}, ram.socket);
        bus.add_target("rom", {PhysAddr{kRom}, 0x1000}, rom.socket, sc_time{100, sc_core::SC_NS});
        bus.add_master("fimc", fimc.socket);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
    double statistic(const std::string& name) { return statistics.all().at(name).value(); }
};
constexpr auto kRead = tlm::TLM_READ_COMMAND;
constexpr auto kWrite = tlm::TLM_WRITE_COMMAND;
}  // namespace

TEST_CASE("bus: each target gets its own addresses, counted from its base", "[system][interconnect]") {
    Machine m;
    std::array<uint8_t, 4> data{1, 2, 3, 4};
    CHECK(m.cpu.transfer(kWrite, kRam + 0x10, data) == tlm::TLM_OK_RESPONSE);
    CHECK(m.cpu.tx.get_address() == kRam + 0x10);
    CHECK(m.ram.bytes()[0x10] == 1);
    CHECK(m.cpu.transfer(kWrite, kRom + 0xFFC, data) == tlm::TLM_OK_RESPONSE);
    CHECK(m.rom.bytes[0xFFC] == 1);
    CHECK(m.cpu.transfer(kRead, kRam + kRamSize - 4, data) == tlm::TLM_OK_RESPONSE);
    CHECK(data == std::array<uint8_t, 4>{});
}

TEST_CASE("bus: no device, or a burst over a device's end, is an address error and reported",
          "[system][interconnect]") {
    Machine m;
    std::array<uint8_t, 4> data{};
    for (uint64_t address :
         {uint64_t{0}, uint64_t{kRom} + 0x1000, uint64_t{kRam} - 1, uint64_t{kRam} + kRamSize - 3,
          uint64_t{kRam} + kRamSize, uint64_t{0x1'4000'0000}}) {
        CHECK(m.cpu.transfer(kRead, address, data) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    CHECK(m.guest_errors.total() == 6);
    CHECK(m.statistic("bus.cpu.errors") == 6);
    CHECK(m.statistic("bus.cpu.reads") == 0);
}

TEST_CASE("bus: latency is the target's own or the default, memory time comes on top",
          "[system][interconnect]") {
    Machine m;
    std::array<uint8_t, 32> line{};
    m.cpu.transfer(kRead, kRam, line);
    CHECK(m.cpu.delay == sc_time{20 + 40 + 8, sc_core::SC_NS});
    m.cpu.transfer(kRead, kRom, line);
    CHECK(m.cpu.delay == sc_time{100, sc_core::SC_NS});
}

TEST_CASE("bus: traffic is counted for each master", "[system][interconnect]") {
    Machine m;
    std::array<uint8_t, 64> burst{};
    m.cpu.transfer(kRead, kRam, std::span{burst}.first(4));
    m.fimc.transfer(kWrite, kRam, burst);
    m.fimc.transfer(kWrite, kRam + 64, burst);
    CHECK(m.statistic("bus.cpu.read_bytes") == 4);
    CHECK(m.statistic("bus.cpu.write_bytes") == 0);
    CHECK(m.statistic("bus.fimc.writes") == 2);
    CHECK(m.statistic("bus.fimc.write_bytes") == 128);
    CHECK(m.statistic("ram.write_bytes") == 128);
}

TEST_CASE("bus: debug accesses find their target, take no time and are not counted",
          "[system][interconnect]") {
    Machine m;
    std::array<uint8_t, 4> data{9, 8, 7, 6};
    CHECK(m.cpu.debug(kWrite, kRam + 8, data) == 4);
    CHECK(m.ram.bytes()[8] == 9);
    CHECK(m.cpu.debug(kRead, 0x3000'0000, data) == 0);
    CHECK(m.statistic("bus.cpu.writes") == 0);
    CHECK(m.guest_errors.total() == 0);
}

TEST_CASE("bus: direct access carries machine addresses and the bus's latency", "[system][interconnect]") {
    Machine m;
    tlm::tlm_dmi dmi;
    REQUIRE(m.cpu.direct(kRam + 0x123, dmi));
    CHECK(dmi.get_start_address() == kRam);
    CHECK(dmi.get_end_address() == kRam + kRamSize - 1);
    CHECK(dmi.get_dmi_ptr() == m.ram.bytes().data());
    CHECK(dmi.get_read_latency() == sc_time{60, sc_core::SC_NS});
    CHECK_FALSE(m.cpu.direct(kRom, dmi));
    CHECK_FALSE(m.cpu.direct(0x3000'0000, dmi));
}

TEST_CASE("bus: a target's withdrawal of direct access reaches every master", "[system][interconnect]") {
    Machine m;
    m.ram.socket->invalidate_direct_mem_ptr(0x1000, 0x1FFF);
    m.ram.socket->invalidate_direct_mem_ptr(0, ~0ULL);
    const std::vector<std::pair<uint64_t, uint64_t>> expected{{kRam + 0x1000, kRam + 0x1FFF},
                                                              {kRam, kRam + kRamSize - 1}};
    CHECK(m.cpu.invalidated == expected);
    CHECK(m.fimc.invalidated == expected);
}

TEST_CASE("bus: overlapping targets are refused at elaboration", "[system][interconnect]") {
    test::InstrumentsBench in;
    Bus bus{"bus", {}, in.instruments};
    test::FakeMemory a{"a", 0, 0x1000}, b{"b", 0, 0x1000};
    bus.add_target("a", {PhysAddr{0x1000}, 0x1000}, a.socket);
    bus.add_target("b", {PhysAddr{0x1FFF}, 0x1000}, b.socket);
    CHECK_THROWS(sc_core::sc_start(sc_core::SC_ZERO_TIME));
}
