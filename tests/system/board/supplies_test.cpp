// Clock gates and power domains from the controllers' registers to a block. Expectations: hardware page
// "System devices" sections 4 and 5; DESIGN section 8 for what an access to a stopped block comes to.
#include "platform/board/supplies.hpp"

#include <catch2/catch.hpp>

#include "models/system/wdt.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::board;

namespace {

constexpr uint32_t kGateCam = 0xC920, kGateTv = 0xC924, kGatePerir = 0xC960;
constexpr uint32_t kCam = 0x3C00, kTv = 0x3C20, kLcd0 = 0x3C80;

/// A block that only notes its supply.
struct Noted : Supplied {
    int changes = 0;
    void supply_changed(Supply) override { ++changes; }
};

struct Bench : test::InstrumentsBench {
    test::BusBench cmu_bus{"cmu_bus"}, pmu_bus{"pmu_bus"}, wdt_bus{"wdt_bus"};
    system::Cmu cmu;
    system::Pmu pmu{"pmu", {}, instruments};
    system::Wdt wdt{"wdt", {}, instruments};
    SupplyTree tree;

    explicit Bench(GatedAccess policy = GatedAccess::abort, system::Chip chip = system::Chip::exynos4210)
        : cmu{"cmu", {chip}, instruments}, tree{cmu, pmu, policy} {
        cmu_bus.bus.bind(cmu.bus);
        pmu_bus.bus.bind(pmu.bus);
        wdt_bus.connect(wdt.bus, wdt.irq);
        tree.add("wdt", wdt);
    }
    void start() { test::run(sc_core::SC_ZERO_TIME); }
    void gate(uint32_t reg, uint32_t bits, bool open) {
        const uint32_t word = cmu_bus.read32(reg);
        cmu_bus.write32(reg, open ? word | bits : word & ~bits);
    }
};

/// Reads a register from a thread of its own, as a core does.
struct Reader : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<Reader> bus{"bus"};
    bool done = false;
    tlm::tlm_generic_payload tx;  // not in run(), which may never end
    uint32_t value = 0;

    SC_HAS_PROCESS(Reader);
    explicit Reader(sc_core::sc_module_name name) : sc_module{name} { SC_THREAD(run); }
    void run() {
        sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
        tx.set_command(tlm::TLM_READ_COMMAND);
        tx.set_address(4);
        tx.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        tx.set_data_length(4);
        tx.set_streaming_width(4);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        bus->b_transport(tx, delay);
        done = true;
    }
};

}  // namespace

TEST_CASE("supplies: a block has its clock while its gate bits are set, and power with its domain",
          "[board]") {
    Bench b;
    Noted fimc, mmu;
    b.tree.add("fimc1", fimc);
    b.tree.add("sysmmu_fimc1", mmu);
    b.start();
    CHECK(fimc.supply() == Supply::on);
    b.gate(kGateCam, 1U << 0, false);  // FIMC0's
    CHECK(fimc.changes == 0);
    b.gate(kGateCam, 1U << 8, false);
    CHECK(fimc.supply() == Supply::on);
    CHECK(mmu.supply() == Supply::gated);
    b.gate(kGateCam, 1U << 8, true);
    b.gate(kGateCam, 1U << 1, false);  // the master's clock, which its SysMMU needs too
    CHECK(fimc.supply() == Supply::gated);
    CHECK(mmu.supply() == Supply::gated);
    b.pmu_bus.write32(kCam, 0);
    CHECK(fimc.supply() == Supply::off);
    b.gate(kGateCam, 1U << 1, true);
    CHECK(fimc.supply() == Supply::off);
    b.pmu_bus.write32(kCam, 7);
    CHECK(fimc.supply() == Supply::on);
    CHECK(mmu.supply() == Supply::on);
}

TEST_CASE("supplies: the Exynos4412's 2D engine hangs on the memory controller's gates and on no domain",
          "[board]") {
    Bench b{GatedAccess::abort, system::Chip::exynos4412};
    Noted g2d, mmu, mdma;
    b.tree.add("g2d", g2d);
    b.tree.add("sysmmu_g2d", mmu);
    b.tree.add("mdma1", mdma);
    b.start();
    b.pmu_bus.write32(kLcd0, 0);
    test::settle();
    CHECK(g2d.supply() == Supply::on);
    CHECK(mdma.supply() == Supply::off);
    b.gate(0x10900, 1U << 24, false);
    CHECK(mmu.supply() == Supply::gated);
    CHECK(g2d.supply() == Supply::on);
    b.gate(0x10900, 1U << 23, false);
    CHECK(g2d.supply() == Supply::gated);
    b.pmu_bus.write32(kLcd0, 7);
    test::settle();
    b.gate(0x4930, 1U << 2, false);
    CHECK(mdma.supply() == Supply::gated);
}

TEST_CASE("supplies: the TV domain needs LCD0", "[board]") {
    Bench b;
    Noted mixer, fimd;
    b.tree.add("mixer0", mixer);
    b.tree.add("fimd0", fimd);
    b.start();
    b.pmu_bus.write32(kTv, 0);
    CHECK(mixer.supply() == Supply::off);
    CHECK(fimd.supply() == Supply::on);
    b.pmu_bus.write32(kTv, 7);
    b.pmu_bus.write32(kLcd0, 0);
    CHECK(mixer.supply() == Supply::off);
    CHECK(fimd.supply() == Supply::off);
    b.pmu_bus.write32(kLcd0, 7);
    b.gate(kGateTv, 1U << 1, false);
    CHECK(mixer.supply() == Supply::gated);
}

TEST_CASE("supplies: a thrifty boot loader leaves the domains off, software can switch them on", "[board]") {
    Bench b;
    Noted fimc, uart;
    b.tree.add("fimc0", fimc);
    b.tree.add("uart0", uart);
    b.tree.switch_off_domains();
    b.start();
    CHECK(fimc.supply() == Supply::off);
    CHECK(uart.supply() == Supply::on);
    CHECK(b.pmu_bus.read32(kCam + 4) == 0);
    b.pmu_bus.write32(kCam, 7);
    CHECK(fimc.supply() == Supply::gated);
    b.gate(kGateCam, 1, true);
    CHECK(fimc.supply() == Supply::on);
}

TEST_CASE("supplies: by default an access without clock is a bus error and a guest error", "[board]") {
    Bench b;
    b.start();
    b.wdt_bus.write32(4, 0x1234);
    b.gate(kGatePerir, 1U << 14, false);
    CHECK_FALSE(b.wdt_bus.answers_read(4));
    CHECK_FALSE(b.wdt_bus.answers_write(4, 1));
    b.gate(kGatePerir, 1U << 14, true);
    CHECK(b.wdt_bus.read32(4) == 0x1234);
    REQUIRE(b.guest_errors.entries().size() == 1);
    CHECK(b.guest_errors.entries()[0].first.instance == "wdt");
    CHECK(b.guest_errors.entries()[0].count == 2);
}

TEST_CASE("supplies: a watchdog without its clock stands still and goes on where it was", "[board]") {
    Bench b;
    b.start();
    const auto pass = [](double us) { test::run(sc_core::sc_time(us, sc_core::SC_US)); };
    // PCLK / (0 + 1) / 16 = 6.25 MHz: 625 counts are 100 us.
    b.wdt_bus.write32(4, 625);
    b.wdt_bus.write32(8, 625);
    b.wdt_bus.write32(0, 1U << 5 | 1U << 2);
    pass(60);
    CHECK_FALSE(b.wdt_bus.irq.read());
    b.gate(kGatePerir, 1U << 14, false);
    pass(1000);
    CHECK_FALSE(b.wdt_bus.irq.read());
    b.gate(kGatePerir, 1U << 14, true);
    pass(39);
    CHECK_FALSE(b.wdt_bus.irq.read());
    CHECK(b.wdt_bus.read32(8) <= 625 / 50);
    pass(2);
    CHECK(b.wdt_bus.irq.read());
}

TEST_CASE("supplies: ignored, an access reads zero and writes nothing", "[board]") {
    Bench b{GatedAccess::ignore};
    b.start();
    b.wdt_bus.write32(4, 0x1234);
    b.gate(kGatePerir, 1U << 14, false);
    CHECK(b.wdt_bus.read32(4) == 0);
    b.wdt_bus.write32(4, 1);
    b.gate(kGatePerir, 1U << 14, true);
    CHECK(b.wdt_bus.read32(4) == 0x1234);
    CHECK(b.guest_errors.total() == 2);
}

TEST_CASE("supplies: hanging, an access never ends and is said", "[board]") {
    Statistics statistics;
    GuestErrors errors;
    Instruments instruments{statistics, errors};
    system::Cmu cmu{"cmu", {}, instruments};
    system::Pmu pmu{"pmu", {}, instruments};
    system::Wdt wdt{"wdt", {}, instruments};
    sc_core::sc_signal<bool> irq{"irq"};
    test::BusBench cmu_bus{"cmu_bus"}, pmu_bus{"pmu_bus"};
    Reader reader{"reader"};
    SupplyTree tree{cmu, pmu, GatedAccess::hang};
    cmu_bus.bus.bind(cmu.bus);
    pmu_bus.bus.bind(pmu.bus);
    reader.bus.bind(wdt.bus);
    wdt.irq.bind(irq);
    tree.add("wdt", wdt);
    std::vector<HungAccess> hung;
    tree.hung.attach([&](const HungAccess& access) { hung.push_back(access); });
    test::run(sc_core::SC_ZERO_TIME);
    cmu_bus.write32(kGatePerir, 0);
    test::run(sc_core::sc_time(10, sc_core::SC_US));
    CHECK_FALSE(reader.done);
    REQUIRE(hung.size() == 1);
    CHECK(hung[0].block == "wdt");
    CHECK(hung[0].offset == 4);
    CHECK_FALSE(hung[0].is_write);
}
