// The Cortex-A9's private region in simulated time: who may reach it, whose registers answer, and when its
// interrupts come. Expected: Cortex-A9 MPCore TRM (ARM DDI 0407), 1.5, 3.3 and 4.
#include <catch2/catch.hpp>

#include "models/base/tlm/requester.hpp"
#include "models/system/private_region.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::system;
using sc_core::SC_NS;
using sc_core::sc_time;

namespace {

constexpr uint32_t kEnable = 1, kIrqEnable = 4, kWatchdogMode = 8;
constexpr uint32_t kTimerLoad = PrivateRegion::kTimer, kTimerControl = PrivateRegion::kTimer + 8,
                   kTimerStatus = PrivateRegion::kTimer + 0xC;

/// A bus master with a core's number, or none.
struct CoreBench : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<CoreBench> bus{"bus"};

    explicit CoreBench(sc_core::sc_module_name name) : sc_module{name} { requester_.core = 0; }
    bool transfer(tlm::tlm_command command, std::optional<uint32_t> core, uint32_t offset, uint32_t& value) {
        tlm::tlm_generic_payload tx;
        tx.set_command(command);
        tx.set_address(offset);
        tx.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        tx.set_data_length(4);
        tx.set_streaming_width(4);
        requester_.core = core.value_or(0);
        if (core) tx.set_extension(&requester_);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        bus->b_transport(tx, delay);
        tx.clear_extension(&requester_);
        test::settle();
        return tx.is_response_ok();
    }
    uint32_t read(uint32_t core, uint32_t offset) {
        uint32_t value = 0;
        REQUIRE(transfer(tlm::TLM_READ_COMMAND, core, offset, value));
        return value;
    }
    void write(uint32_t core, uint32_t offset, uint32_t value) {
        REQUIRE(transfer(tlm::TLM_WRITE_COMMAND, core, offset, value));
    }

private:
    Requester requester_;
};

struct Region : test::InstrumentsBench {
    uint64_t hz = 250'000'000;  // a clock is 4 ns
    CoreBench cores{"cores"};
    PrivateRegion region{"region", {2, [this] { return hz; }}, instruments};
    sc_core::sc_vector<sc_core::sc_signal<bool>> pin{"pin", 2}, irq{"irq", 2};

    Region() {
        cores.bus.bind(region.bus);
        for (size_t n = 0; n < 2; ++n) {
            region.irq_pin[n].bind(pin[n]);
            region.irq[n].bind(irq[n]);
        }
        test::run(sc_core::SC_ZERO_TIME);
    }
    void open_controller(uint32_t core) {
        cores.write(core, PrivateRegion::kDistributor, 1);
        cores.write(core, PrivateRegion::kDistributor + GicCore::kIsenabler, 0xF800'0000);
        cores.write(core, PrivateRegion::kInterface + GicCore::kPmr, 0xF0);
        cores.write(core, PrivateRegion::kInterface + GicCore::kCtlr, 1);
    }
};

}  // namespace

TEST_CASE("private region: only cores reach it, and only what is there", "[system][private]") {
    Region r;
    uint32_t value = 0;
    CHECK_FALSE(r.cores.transfer(tlm::TLM_READ_COMMAND, {}, kTimerLoad, value));
    CHECK_FALSE(r.cores.transfer(tlm::TLM_READ_COMMAND, 2, kTimerLoad, value));
    CHECK_FALSE(r.cores.transfer(tlm::TLM_READ_COMMAND, 0, 0x300, value));
    CHECK(r.cores.transfer(tlm::TLM_READ_COMMAND, 1, kTimerLoad, value));
    CHECK((r.cores.read(0, ScuCore::kConfig) & 3) == 1);
}

TEST_CASE("private region: a core's timer interrupts that core, at its clock", "[system][private]") {
    Region r;
    r.open_controller(1);
    r.cores.write(1, kTimerLoad, 100);
    r.cores.write(1, kTimerControl, kEnable | kIrqEnable);
    test::run(sc_time{399, SC_NS});
    CHECK_FALSE(r.irq[1].read());
    test::run(sc_time{1, SC_NS});
    CHECK(r.irq[1].read());
    CHECK_FALSE(r.irq[0].read());
    CHECK(r.cores.read(1, PrivateRegion::kInterface + GicCore::kIar) == PrivateRegion::kTimerId);
    CHECK_FALSE(r.irq[1].read());
    CHECK(r.cores.read(1, kTimerStatus) == 1);
    CHECK(r.cores.read(0, kTimerStatus) == 0);
}

TEST_CASE("private region: timer interrupts are edges that configuration cannot change",
          "[system][private]") {
    Region r;
    constexpr uint32_t kPpiConfig = PrivateRegion::kDistributor + GicCore::kIcfgr + 4;
    r.cores.write(0, kPpiConfig, 0);
    CHECK(r.cores.read(0, kPpiConfig) == 0x7DC0'0000);
    r.open_controller(0);
    r.cores.write(0, kTimerLoad, 10);
    r.cores.write(0, kTimerControl, kEnable | kIrqEnable);
    test::run(sc_time{100, SC_NS});
    r.cores.write(0, PrivateRegion::kInterface + GicCore::kEoir,
                  r.cores.read(0, PrivateRegion::kInterface + GicCore::kIar));
    CHECK_FALSE(r.irq[0].read());  // the flag is still set, but has not risen again
}

TEST_CASE("private region: the external pin goes straight to a core until its interface is enabled",
          "[system][private]") {
    Region r;
    r.pin[1].write(true);
    test::settle();
    CHECK(r.irq[1].read());
    CHECK_FALSE(r.irq[0].read());
    r.cores.write(1, PrivateRegion::kInterface + GicCore::kCtlr, 1);
    CHECK_FALSE(r.irq[1].read());  // PPI 31 now, not enabled
    r.open_controller(1);
    CHECK(r.irq[1].read());
    CHECK(r.cores.read(1, PrivateRegion::kInterface + GicCore::kIar) == PrivateRegion::kPinId);
}

TEST_CASE("private region: a watchdog that nobody loads asks for a reset", "[system][private]") {
    Region r;
    std::vector<uint32_t> resets;
    r.region.watchdog_reset.attach([&](const PrivateWatchdogReset& reset) { resets.push_back(reset.core); });
    r.cores.write(1, PrivateRegion::kWatchdog, 100);
    r.cores.write(1, PrivateRegion::kWatchdog + 8, kEnable | kWatchdogMode);
    test::run(sc_time{399, SC_NS});
    CHECK(resets.empty());
    test::run(sc_time{2, SC_NS});
    CHECK(resets == std::vector<uint32_t>{1});
}

TEST_CASE("private region: timers follow a change of their clock from the next access on",
          "[system][private]") {
    Region r;
    constexpr uint32_t kGlobal = PrivateRegion::kGlobalTimer;
    r.cores.write(0, kGlobal + GlobalTimerCore::kControl, kEnable);
    test::run(sc_time{400, SC_NS});
    CHECK(r.cores.read(1, kGlobal) == 100);
    r.hz = 500'000'000;
    CHECK(r.cores.read(0, kGlobal) == 100);
    test::run(sc_time{400, SC_NS});
    CHECK(r.cores.read(0, kGlobal) == 300);
}
