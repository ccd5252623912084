// The DRAM controller behind the machine's sockets: the same trace as through the controller alone gives the
// same statistics, in one process and with one master.
#include <catch2/catch.hpp>

#include <random>

#include "models/base/tlm/payload.hpp"
#include "models/dram/dram.hpp"
#include "models/dram/trace_player.hpp"
#include "models/interconnect/bus.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;

namespace {

constexpr uint32_t kRam = 0x4000'0000;
constexpr uint64_t kSize = 64ULL << 20;

struct Item {
    Picoseconds at;
    uint64_t offset;
    uint32_t bytes;
    bool write;
};

std::vector<Item> mixed_trace(uint32_t seed) {
    std::mt19937 random{seed};
    std::vector<Item> made;
    Picoseconds at = 0;
    uint64_t where = 0;
    for (int n = 0; n < 5'000; ++n) {
        if (random() % 6 == 0) where = random() % (kSize / 64 - 4) * 64;
        at += random() % 40'000;
        made.push_back({at, where, 64U << (random() % 3), random() % 3 == 0});
        where = (where + 64) % (kSize - 256);
    }
    return made;
}

/// Plays a trace over the bus from a thread: each burst is submitted at its time, completions are asked in
/// order, at most `outstanding` later.
struct Player : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<Player> socket{"socket"};
    std::vector<Item> trace;
    size_t outstanding;
    Picoseconds last = 0;

    SC_HAS_PROCESS(Player);
    Player(sc_core::sc_module_name name, std::vector<Item> items, size_t n)
        : sc_module{name}, trace{std::move(items)}, outstanding{n} {
        SC_THREAD(run);
    }

private:
    void run() {
        std::vector<uint8_t> data(256);
        tlm::tlm_generic_payload tx;
        Burst burst;
        burst.deferrable = outstanding > 1;
        tx.set_extension(&burst);
        std::vector<Burst::Open> flight;
        for (const Item& item : trace) {
            const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
            if (item.at > now) wait(sc_ps(item.at - now));
            tx.set_command(item.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
            tx.set_address(kRam + item.offset);
            tx.set_data_ptr(data.data());
            tx.set_data_length(item.bytes);
            tx.set_streaming_width(item.bytes);
            burst.restart();
            sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
            socket->b_transport(tx, delay);
            CHECK(tx.is_response_ok());
            flight.insert(flight.end(), burst.open.begin(), burst.open.begin() + burst.opened);
            if (burst.opened == 0) last = std::max(last, picoseconds(sc_core::sc_time_stamp() + delay));
            while (flight.size() >= outstanding) finish(flight);
        }
        while (!flight.empty()) finish(flight);
        tx.clear_extension(&burst);
    }
    void finish(std::vector<Burst::Open>& flight) {
        last = std::max(last, flight.front().by->completion(flight.front().ticket));
        flight.erase(flight.begin());
    }
};

void compare(size_t outstanding) {
    test::InstrumentsBench in;
    dram::ControllerConfig config;
    config.timing = dram::preset("ddr3-800")->timing;
    const std::vector<Item> trace = mixed_trace(4);
    interconnect::Bus bus{"bus", {.latency = sc_core::SC_ZERO_TIME}, in.instruments};
    dram::Dram ram{"ram", {.size = kSize, .controller = config}, in.instruments};
    Player player{"player", trace, outstanding};
    bus.add_master("player", player.socket);
    bus.add_target("ram", {PhysAddr{kRam}, kSize}, ram.socket);
    sc_core::sc_start();

    dram::Controller alone{config};
    std::vector<dram::Ticket> tickets;
    for (const Item& item : trace) {  // the same order of submitting and asking
        tickets.push_back(alone.submit({item.offset, item.bytes, item.write}, item.at));
        if (tickets.size() >= outstanding) {
            alone.completion(tickets.front());
            tickets.erase(tickets.begin());
        }
    }
    alone.finish();
    const dram::Controller& machine = *ram.controller();
    CHECK(player.last == alone.picoseconds_of(alone.stats().last_data));
    CHECK(machine.stats().latency_clocks == alone.stats().latency_clocks);
    CHECK(machine.stats().read_bytes == alone.stats().read_bytes);
    CHECK(machine.stats().latency.quantile(0.99) == alone.stats().latency.quantile(0.99));
    CHECK(machine.channel_stats().row_hits == alone.channel_stats().row_hits);
    CHECK(machine.channel_stats().row_conflicts == alone.channel_stats().row_conflicts);
    CHECK(machine.channel_stats().write_batches == alone.channel_stats().write_batches);
    CHECK(in.statistics.all().at("ram.dram.row_hits").value() ==
          static_cast<double>(alone.channel_stats().row_hits));
}

}  // namespace

TEST_CASE("controller: a master that waits for each burst sees what the trace command computes",
          "[system][dram]") {
    compare(1);
}

TEST_CASE("controller: a master with eight bursts in flight sees what the trace command computes",
          "[system][dram]") {
    compare(8);
}
