// The SysMMU between a master thread and memory. Expectations: hardware/sysmmu.md, sections 4 to 6.
#include "models/iommu/sysmmu.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <numeric>

#include "models/base/tlm/dma_port.hpp"
#include "models/base/tlm/memory_target.hpp"
#include "tests/support/bus_bench.hpp"

using namespace exysim;
using namespace exysim::iommu;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_US;

namespace {

using Core = SysMmuCore;

/// Runs `work` once in a thread of its own.
struct Master : sc_core::sc_module {
    DmaPort dma{"dma", sc_time(1, SC_US)};
    std::function<void(DmaPort&)> work = [](DmaPort&) {};
    bool done = false;

    SC_HAS_PROCESS(Master);
    explicit Master(sc_core::sc_module_name name) : sc_module{name} { SC_THREAD(run); }
    void run() {
        work(dma);
        done = true;
    }
};

constexpr uint32_t kTable = 0x4000, kSecondLevel = 0x8000;

struct Bench {
    Statistics statistics;
    GuestErrors errors;
    Instruments instruments{statistics, errors};
    test::BusBench cpu{"cpu"};
    SysMmu mmu{"sysmmu", {}, instruments};
    MemoryTarget ram{"ram", 1U << 20, {sc_time(50, SC_NS), 3.2}, instruments};
    Master one{"one"}, two{"two"};

    Bench() {
        cpu.connect(mmu.bus, mmu.irq);
        one.dma.socket.bind(mmu.device);
        two.dma.socket.bind(mmu.device);
        mmu.memory.bind(ram.socket);
        put(kTable, kSecondLevel | 1);  // iova 0..1 MiB goes through one second-level table
    }
    void put(uint32_t at, uint32_t word) { std::memcpy(&ram.bytes()[at], &word, sizeof word); }
    void map(uint32_t page, uint32_t target) { put(kSecondLevel + page * 4, target | 0x12); }
    void enable() {
        cpu.write32(Core::kCfg, 0x785);
        cpu.write32(Core::kPtBase, kTable);
        cpu.write32(Core::kFlush, 1);
        cpu.write32(Core::kCtrl, 0x5);
    }
    void run(double us) { sc_core::sc_start(sc_time(us, SC_US)); }
};

std::vector<uint8_t> counting(size_t size) {
    std::vector<uint8_t> made(size);
    std::iota(made.begin(), made.end(), 1);
    return made;
}

}  // namespace

TEST_CASE("disabled, addresses pass unchanged", "[iommu]") {
    Bench b;
    const auto data = counting(64);
    b.one.work = [&](DmaPort& dma) { CHECK(dma.write(Iova{0x2'0000}, data)); };
    b.run(5);
    CHECK(b.one.done);
    CHECK(std::equal(data.begin(), data.end(), &b.ram.bytes()[0x2'0000]));
    CHECK(b.mmu.translate_dbg(Iova{0x1234})->value == 0x1234);
}

TEST_CASE("a transfer across a page boundary lands in both pages", "[iommu]") {
    Bench b;
    b.map(3, 0x3'0000);
    b.map(4, 0x2'0000);  // not adjacent to its neighbour
    b.enable();
    const auto data = counting(200);
    std::vector<uint8_t> back(200);
    b.one.work = [&](DmaPort& dma) {
        CHECK(dma.write(Iova{0x3FC0}, data));
        CHECK(dma.read(Iova{0x3FC0}, back));
    };
    b.run(5);
    CHECK(b.one.done);
    CHECK(std::equal(data.begin(), data.begin() + 64, &b.ram.bytes()[0x3'0FC0]));
    CHECK(std::equal(data.begin() + 64, data.end(), &b.ram.bytes()[0x2'0000]));
    CHECK(back == data);
    CHECK(b.mmu.translate_dbg(Iova{0x4010})->value == 0x2'0010);
    CHECK(b.statistics.all().at("sysmmu.walk_reads").value() == 4);  // two levels, two pages
}

TEST_CASE("a fault stalls the master until software maps, clears and unblocks", "[iommu]") {
    Bench b;
    b.map(3, 0x3'0000);
    b.enable();
    const auto data = counting(16);
    b.one.work = [&](DmaPort& dma) { CHECK(dma.write(Iova{0x5008}, data)); };
    b.two.work = [&](DmaPort& dma) {
        sc_core::wait(1, SC_US);
        CHECK(dma.write(Iova{0x3000}, data));  // mapped, yet it has to wait for the unit
    };
    b.run(5);
    CHECK_FALSE(b.one.done);
    CHECK_FALSE(b.two.done);
    CHECK(b.cpu.irq.read());
    CHECK(b.cpu.read32(Core::kIntStatus) == 1);
    CHECK(b.cpu.read32(Core::kPageFaultAddr) == 0x5008);
    CHECK(b.cpu.read32(Core::kStatus) == 1);
    CHECK_FALSE(b.mmu.translate_dbg(Iova{0x5008}));

    b.map(5, 0x6'0000);
    b.cpu.write32(Core::kIntClear, 1);
    b.run(1);
    CHECK_FALSE(b.cpu.irq.read());
    CHECK_FALSE(b.one.done);
    b.cpu.write32(Core::kCtrl, 0x5);
    b.run(5);
    CHECK(b.one.done);
    CHECK(b.two.done);
    CHECK(std::equal(data.begin(), data.end(), &b.ram.bytes()[0x6'0008]));
    CHECK(std::equal(data.begin(), data.end(), &b.ram.bytes()[0x3'0000]));
}

TEST_CASE("disabling the unit ends a faulted request with an error", "[iommu]") {
    Bench b;
    b.enable();
    b.one.work = [&](DmaPort& dma) { CHECK_FALSE(dma.write(Iova{0x5000}, counting(16))); };
    b.run(5);
    CHECK_FALSE(b.one.done);
    b.cpu.write32(Core::kCtrl, 0);
    b.run(1);
    CHECK(b.one.done);
}

TEST_CASE("BLOCK waits for booked bursts, then holds new ones", "[iommu]") {
    Bench b;
    b.map(3, 0x3'0000);
    b.enable();
    b.one.work = [&](DmaPort& dma) {
        dma.write(Iova{0x3000}, counting(1024));  // 50 ns and 320 ns on the memory bus, plus the walk
        dma.catch_up();
        sc_core::wait(1, SC_US);
        dma.write(Iova{0x3000}, counting(16));
        dma.catch_up();
    };
    b.run(0.1);
    b.cpu.write32(Core::kCtrl, 0x7);
    CHECK(b.cpu.read32(Core::kStatus) == 0);
    b.run(1);
    CHECK(b.cpu.read32(Core::kStatus) == 1);
    b.run(5);
    CHECK_FALSE(b.one.done);
    b.cpu.write32(Core::kCtrl, 0x5);
    b.run(5);
    CHECK(b.one.done);
}

TEST_CASE("without a clock requests wait, and the unit keeps its state", "[iommu]") {
    Bench b;
    b.map(3, 0x3'0000);
    b.enable();
    b.mmu.set_supply(Supply::gated);
    const auto data = counting(16);
    b.one.work = [&](DmaPort& dma) { CHECK(dma.write(Iova{0x3000}, data)); };
    b.run(5);
    CHECK_FALSE(b.one.done);
    CHECK_FALSE(b.cpu.answers_read(Core::kVersion));
    b.mmu.set_supply(Supply::on);
    b.run(5);
    CHECK(b.one.done);
    CHECK(b.ram.bytes()[0x3'0000] == 1);
    CHECK(b.statistics.all().at("sysmmu.stall_time").value() >= 5e6);
}

TEST_CASE("a request that waits on a fault when power goes ends with an error, and all settings are lost",
          "[iommu]") {
    Bench b;
    b.map(3, 0x3'0000);
    b.enable();
    const auto data = counting(16);
    bool first = true, second = false;
    b.one.work = [&](DmaPort& dma) {
        CHECK(dma.write(Iova{0x3000}, data));
        first = dma.write(Iova{0x5000}, data);
        sc_core::wait(2, SC_US);
        second = dma.write(Iova{0x3100}, data);
    };
    b.run(5);
    CHECK(b.cpu.irq.read());
    b.mmu.set_supply(Supply::off);
    b.run(1);
    CHECK_FALSE(first);
    CHECK_FALSE(b.cpu.irq.read());
    b.mmu.set_supply(Supply::on);
    b.run(5);
    CHECK(b.one.done);
    CHECK(second);
    CHECK(b.ram.bytes()[0x3100] == 1);  // disabled: addresses pass unchanged
    CHECK(b.cpu.read32(Core::kCtrl) == 0);
    CHECK(b.cpu.read32(Core::kCfg) == 0);
    CHECK(b.cpu.read32(Core::kIntStatus) == 0);
    CHECK(b.cpu.read32(Core::kVersion) == 0x1000'0000);
}

TEST_CASE("a master that is reset gets its faulted request back, the fault and the others stay", "[iommu]") {
    Bench b;
    b.map(3, 0x3'0000);
    b.enable();
    const auto data = counting(16);
    bool first = true;
    b.one.work = [&](DmaPort& dma) { first = dma.write(Iova{0x5000}, data); };
    b.two.work = [&](DmaPort& dma) {
        sc_core::wait(1, SC_US);
        CHECK(dma.write(Iova{0x3000}, data));
    };
    b.run(5);
    b.mmu.release(0);
    b.run(1);
    CHECK(b.one.done);
    CHECK_FALSE(first);
    CHECK_FALSE(b.two.done);
    CHECK(b.cpu.irq.read());
    b.cpu.write32(Core::kIntClear, 1);
    b.cpu.write32(Core::kCtrl, 0x5);
    b.run(5);
    CHECK(b.two.done);
    CHECK(b.ram.bytes()[0x3'0000] == 1);
}
