// The cluster's shell: true time at registers, interrupts at block heads, idle cores that cost nothing.
#include <tlm_utils/simple_target_socket.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <vector>

#include "models/base/statistics.hpp"
#include "models/cpu/cpu_cluster.hpp"

using namespace exysim;
using namespace exysim::cpu;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_US;

namespace {

constexpr uint32_t kRam = 0x4000'0000, kDevice = 0x1000'0000;

/// RAM with DMI at 0x4000'0000 and one register at 0x1000'0000 that takes 50 ns and records when it is used.
struct World : sc_core::sc_module {
    tlm_utils::simple_target_socket<World> socket{"socket"};
    std::vector<uint8_t> ram = std::vector<uint8_t>(1U << 20);
    struct Access {
        sc_time time;
        bool write;
        uint32_t value;
    };
    std::vector<Access> accesses;

    explicit World(sc_core::sc_module_name name) : sc_module{name} {
        socket.register_b_transport(this, &World::b_transport);
        socket.register_get_direct_mem_ptr(this, &World::direct);
    }
    void load(uint32_t address, std::initializer_list<uint32_t> words) {
        for (const uint32_t w : words) {
            std::memcpy(&ram[address - kRam], &w, 4);
            address += 4;
        }
    }
    uint32_t word(uint32_t address) const {
        uint32_t w;
        std::memcpy(&w, &ram[address - kRam], 4);
        return w;
    }

private:
    void b_transport(tlm::tlm_generic_payload& tx, sc_time& delay) {
        if (tx.get_address() != kDevice) {
            tx.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        uint32_t value = 0x1234;
        if (tx.is_read()) std::memcpy(tx.get_data_ptr(), &value, tx.get_data_length());
        if (tx.is_write()) std::memcpy(&value, tx.get_data_ptr(), tx.get_data_length());
        accesses.push_back({sc_core::sc_time_stamp() + delay, tx.is_write(), value});
        delay += sc_time{50, SC_NS};
        tx.set_response_status(tlm::TLM_OK_RESPONSE);
    }
    bool direct(tlm::tlm_generic_payload& tx, tlm::tlm_dmi& dmi) {
        if (tx.get_address() < kRam || tx.get_address() >= kRam + ram.size()) return false;
        dmi.set_start_address(kRam);
        dmi.set_end_address(kRam + ram.size() - 1);
        dmi.set_dmi_ptr(ram.data());
        dmi.allow_read_write();
        return true;
    }
};

struct Bench {
    Statistics statistics;
    GuestErrors errors;
    Instruments instruments{statistics, errors};
    World world{"world"};
    CpuCluster cluster;
    sc_core::sc_vector<sc_core::sc_signal<bool>> irq, fiq;

    explicit Bench(const ClusterConfig& config = {})
        : cluster{"cpu", config, instruments}, irq{"irq", config.count}, fiq{"fiq", config.count} {
        cluster.bus.bind(world.socket);
        cluster.irq.bind(irq);
        cluster.fiq.bind(fiq);
    }
};

constexpr uint32_t kWfi = 0xE320'F003, kSelf = 0xEAFF'FFFE, kNop = 0xE320'F000;

}  // namespace

TEST_CASE("cluster: registers are accessed at the core's own time and cost their latency", "[system][cpu]") {
    Bench bench;
    // 100 times NOP, then two loads of the device, then WFI
    std::vector<uint32_t> code(100, kNop);
    for (const uint32_t w : {0xE590'1000U /* ldr r1,[r0] */, 0xE590'2000U /* ldr r2,[r0] */, kWfi, kSelf})
        code.push_back(w);
    std::memcpy(bench.world.ram.data(), code.data(), code.size() * 4);
    bench.cluster.start_at(0, PhysAddr{kRam}, kDevice);
    sc_core::sc_start(10, SC_US);
    const auto& accesses = bench.world.accesses;
    REQUIRE(accesses.size() == 2);
    // One cycle is 1 ns; time is exact to a block of at most 64 instructions.
    CHECK(accesses[0].time >= sc_time(100, SC_NS));
    CHECK(accesses[0].time <= sc_time(164, SC_NS));
    CHECK(accesses[1].time - accesses[0].time == sc_time(50, SC_NS));
    CHECK(bench.cluster.reg(0, 1) == 0x1234);
    CHECK(bench.cluster.idle(0));
    CHECK(bench.cluster.instructions(0) == 103);
}

TEST_CASE("cluster: an interrupt wakes WFI at its own time and is taken through the vector",
          "[system][cpu]") {
    Bench bench;
    bench.world.load(kRam, {
                               0xEE0C'0F10,  // mcr p15,0,r0,c12,c0,0  VBAR = r0
                               0xE59F'1008,  // ldr r1,[pc,#8]: the device
                               0xF108'0080,  // cpsie i
                               kWfi,
                               kSelf,
                               kDevice,
                           });
    bench.world.load(kRam + 0x118, {0xE581'1000 /* str r1,[r1] */, kWfi, kSelf});
    bench.cluster.start_at(0, PhysAddr{kRam}, kRam + 0x100);
    sc_core::sc_start(100, SC_US);
    CHECK(bench.cluster.idle(0));
    const uint64_t before = bench.cluster.instructions(0);
    bench.irq[0].write(true);
    sc_core::sc_start(1, SC_US);
    CHECK(bench.cluster.instructions(0) > before);
    REQUIRE(bench.world.accesses.size() == 1);
    const sc_time taken = bench.world.accesses[0].time;
    CHECK(taken >= sc_time(100, SC_US));
    CHECK(taken <= sc_time(100, SC_US) + sc_time(64, SC_NS));
    CHECK((bench.cluster.cpsr(0) & 0x1F) == 0x12);
}

TEST_CASE("cluster: a bus error is an external abort", "[system][cpu]") {
    Bench bench;
    bench.world.load(kRam, {
                               0xEE0C'0F10,  // VBAR = r0
                               0xE591'2000,  // ldr r2,[r1]: nobody there
                               kSelf,
                           });
    bench.world.load(kRam + 0x110, {0xEE15'3F10 /* mrc DFSR */, 0xEE16'4F10 /* mrc DFAR */, kWfi, kSelf});
    bench.cluster.start_at(0, PhysAddr{kRam}, kRam + 0x100, 0x2000'0000);
    sc_core::sc_start(10, SC_US);
    CHECK(bench.cluster.reg(0, 3) == 0b01000);  // synchronous external abort, read
    CHECK(bench.cluster.reg(0, 4) == 0x2000'0000);
    CHECK(bench.cluster.reg(0, 14) == kRam + 4 + 8);
}

TEST_CASE("cluster: a core without an executable vector is reported as locked up", "[system][cpu]") {
    Bench bench;
    unsigned reports = 0;
    bench.cluster.locked_up.attach([&](const LockUp& lock) {
        ++reports;
        CHECK(lock.pc.value == 0x0C);
    });
    bench.cluster.start_at(0, PhysAddr{0x3000'0000});
    sc_core::sc_start(10, SC_US);
    CHECK(reports == 1);
}

TEST_CASE("cluster: debug reads see memory through the core's MMU", "[system][cpu]") {
    Bench bench;
    bench.world.load(kRam, {kWfi, kSelf, 0x1122'3344});
    bench.cluster.start_at(0, PhysAddr{kRam});
    sc_core::sc_start(1, SC_US);
    uint32_t word = 0;
    PhysAddr pa;
    REQUIRE(bench.cluster.debug_translate(0, VirtAddr{kRam + 8}, pa));
    CHECK(pa.value == kRam + 8);
    CHECK_FALSE(bench.cluster.debug_read(0, VirtAddr{0x2000'0000}, {reinterpret_cast<uint8_t*>(&word), 4}));
}

TEST_CASE("cluster: two cores count under LDREX and STREX without losing an increment", "[system][cpu]") {
    ClusterConfig config;
    config.count = 2;
    Bench bench{config};
    bench.world.load(kRam, {
                               0xE59F'1024,  // ldr r1,[pc,#36]: counter
                               0xE3A0'2E3E,  // mov r2,#992
                               0xE191'3F9F,  // loop: ldrex r3,[r1]
                               0xE283'3001,  // add r3,r3,#1
                               0xE181'4F93,  // strex r4,r3,[r1]
                               0xE354'0000,  // cmp r4,#0
                               0x1AFF'FFFA,  // bne loop
                               0xE252'2001,  // subs r2,r2,#1
                               0x1AFF'FFF8,  // bne loop
                               kWfi,
                               kSelf,
                               kRam + 0x1000,
                           });
    bench.cluster.start_at(0, PhysAddr{kRam});
    bench.cluster.start_at(1, PhysAddr{kRam});
    sc_core::sc_start(200, SC_US);
    CHECK(bench.cluster.idle(0));
    CHECK(bench.cluster.idle(1));
    CHECK(bench.world.word(kRam + 0x1000) == 2 * 992);
}
