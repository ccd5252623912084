// The litmus programs on one core with caches, a PL310, a bus and a DMA engine: each mistake shows the old
// data, each fix the new, whatever the slice.
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "models/base/tlm/memory_target.hpp"
#include "models/cache/acp.hpp"
#include "models/cache/hierarchy.hpp"
#include "models/cache/pl310.hpp"
#include "models/cpu/cpu_cluster.hpp"
#include "models/interconnect/bus.hpp"

using namespace exysim;
using sc_core::sc_time;

namespace {

constexpr PhysAddr kRam{0x4000'0000};

/// SOURCE, TARGET, GO (copies 32 bytes at once), RESULT (collects what is written).
struct DmaEngine : sc_core::sc_module {
    tlm_utils::simple_target_socket<DmaEngine> registers{"registers"};
    tlm_utils::simple_initiator_socket<DmaEngine> memory{"memory"};
    std::vector<uint32_t> results;

    explicit DmaEngine(sc_core::sc_module_name name) : sc_module{name} {
        registers.register_b_transport(this, &DmaEngine::b_transport);
    }

private:
    void b_transport(tlm::tlm_generic_payload& tx, sc_time&) {
        uint32_t value = 0;
        std::memcpy(&value, tx.get_data_ptr(), 4);
        const uint64_t offset = tx.get_address();
        if (offset < 8) address_[offset / 4] = value;
        if (offset == 8) copy();
        if (offset == 12) results.push_back(value);
        tx.set_response_status(tlm::TLM_OK_RESPONSE);
    }
    void copy() {
        std::array<uint8_t, 32> data{};
        transfer(tlm::TLM_READ_COMMAND, address_[0], data);
        transfer(tlm::TLM_WRITE_COMMAND, address_[1], data);
    }
    void transfer(tlm::tlm_command command, uint32_t at, std::span<uint8_t> data) {
        tlm::tlm_generic_payload tx;
        tx.set_command(command);
        tx.set_address(at);
        tx.set_data_ptr(data.data());
        tx.set_data_length(static_cast<unsigned>(data.size()));
        tx.set_streaming_width(static_cast<unsigned>(data.size()));
        sc_time delay;
        memory->b_transport(tx, delay);
    }
    std::array<uint32_t, 2> address_{};
};

cache::Config caches(cache::Speculation speculation) {
    cache::Config c;
    c.speculation = speculation;
    c.max_age = kNever;
    return c;
}

cpu::ClusterConfig cluster(sc_time slice, ClusterMemory& memory) {
    cpu::ClusterConfig c;
    c.slice = slice;
    c.memory = &memory;
    return c;
}

struct Machine {
    Statistics statistics;
    GuestErrors errors;
    Instruments instruments{statistics, errors};
    cache::Hierarchy hierarchy;
    cpu::CpuCluster cpu;
    interconnect::Bus bus{"bus", {}, instruments};
    MemoryTarget ram{"ram", 16 << 20, {sc_time{60, sc_core::SC_NS}, 3.2}, instruments};
    cache::Pl310 l2c;
    DmaEngine dma{"dma"};
    std::unique_ptr<cache::Acp> acp;
    sc_core::sc_vector<sc_core::sc_signal<bool>> irq{"irq", 1}, fiq{"fiq", 1};

    enum class DmaWay : uint8_t { past_caches, coherent };
    Machine(sc_time slice, cache::Speculation speculation, DmaWay way = DmaWay::past_caches)
        : hierarchy{caches(speculation), statistics},
          cpu{"cpu", cluster(slice, hierarchy), instruments},
          l2c{"l2c", &hierarchy.level2(), instruments} {
        cpu.irq.bind(irq);
        cpu.fiq.bind(fiq);
        cpu.use(bus.add_master("cpu", cpu.bus));
        connect_dma(way);
        bus.add_target("ram", {kRam, 16 << 20}, ram.socket);
        bus.add_target("dma", {PhysAddr{0x1000'0000}, 0x1000}, dma.registers);
        bus.add_target("l2c", {PhysAddr{0x1050'2000}, 0x1000}, l2c.bus);
        std::ifstream program{EXYSIM_LITMUS_PROGRAM, std::ios::binary};
        REQUIRE(program);
        const std::string bytes{std::istreambuf_iterator<char>{program}, {}};
        std::copy(bytes.begin(), bytes.end(), ram.bytes().begin());
        cpu.start_at(0, kRam);
    }
    void connect_dma(DmaWay way) {
        if (way == DmaWay::past_caches) {
            bus.add_master("dma", dma.memory);
            return;
        }
        acp = std::make_unique<cache::Acp>("acp", hierarchy, PhysRange{kRam, 16 << 20});
        dma.memory.bind(acp->device);
        bus.add_master("acp", acp->bus);
    }
};

constexpr const char* kRules[] = {
    "clean missing",    "invalidate missing",   "invalidate too early",
    "barrier missing",  "CACHE_SYNC missing",   "DSB missing",
    "aliased types",    "shared line",          "table entry in the cache",
    "code not cleaned", "code not invalidated", "shared attribute override missing"};
constexpr size_t kNotInvalidated = 1, kTooEarly = 2, kNoOverride = 11;

void run(sc_time slice, cache::Speculation speculation) {
    Machine machine{slice, speculation};
    sc_core::sc_start(20, sc_core::SC_MS);
    CHECK(machine.cpu.idle(0));
    const std::vector<uint32_t>& seen = machine.dma.results;
    REQUIRE(seen.size() == 2 * std::size(kRules));
    for (size_t n = 0; n < std::size(kRules); ++n) {
        INFO(kRules[n]);
        // Without speculation nothing brings in old data that nobody asked for.
        const bool by_guess = n == kTooEarly || n == kNoOverride;
        const bool harmless = by_guess && speculation != cache::Speculation::aggressive;
        CHECK(seen[2 * n] == (harmless ? 1U : 0U));
        CHECK(seen[2 * n + 1] == 1U);
    }
}

}  // namespace

TEST_CASE("litmus: every mistake shows in slices of 100 ns", "[system][cache]") {
    run({100, sc_core::SC_NS}, cache::Speculation::aggressive);
}
TEST_CASE("litmus: every mistake shows in slices of 1 us", "[system][cache]") {
    run({1, sc_core::SC_US}, cache::Speculation::aggressive);
}
TEST_CASE("litmus: every mistake shows in slices of 10 us", "[system][cache]") {
    run({10, sc_core::SC_US}, cache::Speculation::aggressive);
}
TEST_CASE("litmus: without speculation an early invalidate goes unpunished", "[system][cache]") {
    run({1, sc_core::SC_US}, cache::Speculation::off);
}

TEST_CASE("litmus: what a DMA engine on the ACP writes lies in level 2, where an invalidation destroys it",
          "[system][cache]") {
    Machine machine{{1, sc_core::SC_US}, cache::Speculation::aggressive, Machine::DmaWay::coherent};
    sc_core::sc_start(20, sc_core::SC_MS);
    const std::vector<uint32_t>& seen = machine.dma.results;
    REQUIRE(seen.size() == 2 * std::size(kRules));
    for (const size_t rule : {kNotInvalidated, kTooEarly}) {
        INFO(kRules[rule]);
        CHECK(seen[2 * rule] == 1U);
        CHECK(seen[2 * rule + 1] == 0U);
    }
}
