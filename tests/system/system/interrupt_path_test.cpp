// From a device's line through combiner and GIC to a core's interrupt input, as SysMMU faults travel.
#include <catch2/catch.hpp>

#include "models/system/combiner.hpp"
#include "models/system/gic.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::system;

namespace {
struct Path : test::InstrumentsBench {
    test::BusBench combiner_bus{"combiner_bus"}, dist_bus{"dist_bus"}, cpu_bus{"cpu_bus"};
    sc_core::sc_signal<bool> device{"device"}, spi4{"spi4"}, spi53{"spi53"};
    sc_core::sc_vector<sc_core::sc_signal<bool>> core_irq{"core_irq", 2};
    Combiner combiner{"combiner", {}, instruments};
    Gic gic{"gic", {.cores = 2}, instruments};

    Path() {
        combiner_bus.bus.bind(combiner.bus);
        dist_bus.bus.bind(gic.distributor);
        cpu_bus.bus.bind(gic.cpu_interface);
        combiner.in[8 * 4 + 2].bind(device);
        combiner.out[4].bind(spi4);
        gic.spi[4].bind(spi4);
        gic.spi[53].bind(spi53);
        gic.irq.bind(core_irq);
        test::run(sc_core::SC_ZERO_TIME);
        dist_bus.write32(GicCore::kDistCtlr, 1);
        dist_bus.write32(GicCore::kIsenabler + 4, 1U << 4);
        dist_bus.write32(GicCore::kItargetsr + 36, 0x01);
        for (uint32_t core : {0U, 0x8000U}) {
            cpu_bus.write32(core + GicCore::kPmr, 0xF0);
            cpu_bus.write32(core + GicCore::kCtlr, 1);
        }
        combiner_bus.write32(0x10, 1U << 2);
    }
    void line(bool level) {
        device.write(level);
        test::settle();
    }
};
}  // namespace

TEST_CASE("interrupts: a device line reaches the core through combiner and GIC", "[system][gic]") {
    Path p;
    p.line(true);
    CHECK(p.core_irq[0].read());
    CHECK_FALSE(p.core_irq[1].read());
    CHECK(p.cpu_bus.read32(GicCore::kIar) == 36);
    test::settle();
    CHECK_FALSE(p.core_irq[0].read());
    CHECK(p.combiner_bus.read32(0x1C) == 1U << 2);
    p.line(false);
    p.cpu_bus.write32(GicCore::kEoir, 36);
    test::settle();
    CHECK_FALSE(p.core_irq[0].read());
    CHECK(p.cpu_bus.read32(GicCore::kIar) == 1023);
    CHECK(p.guest_errors.total() == 0);
}

TEST_CASE("interrupts: a line that stays high interrupts again after EOIR", "[system][gic]") {
    Path p;
    p.line(true);
    p.cpu_bus.write32(GicCore::kEoir, p.cpu_bus.read32(GicCore::kIar));
    test::settle();
    CHECK(p.core_irq[0].read());
}

TEST_CASE("interrupts: masking in the combiner lowers the core's line", "[system][gic]") {
    Path p;
    p.line(true);
    p.combiner_bus.write32(0x14, 1U << 2);
    test::settle();
    CHECK_FALSE(p.core_irq[0].read());
}

TEST_CASE("interrupts: each core has its own view at its stride", "[system][gic]") {
    Path p;
    CHECK(p.dist_bus.read32(GicCore::kItargetsr) == 0x0101'0101);
    CHECK(p.dist_bus.read32(0x8000 + GicCore::kItargetsr) == 0x0202'0202);
    p.dist_bus.write32(0x8000 + GicCore::kItargetsr + 36, 0x02);  // shared, through core 1's view
    p.line(true);
    CHECK_FALSE(p.core_irq[0].read());
    CHECK(p.core_irq[1].read());
    CHECK(p.cpu_bus.read32(GicCore::kIar) == 1023);
    CHECK(p.cpu_bus.read32(0x8000 + GicCore::kIar) == 36);
}

TEST_CASE("interrupts: an SGI reaches the other core", "[system][gic]") {
    Path p;
    p.dist_bus.write32(0x8000 + GicCore::kIsenabler, 1);
    p.dist_bus.write32(GicCore::kSgir, 2U << 16);
    test::settle();
    CHECK(p.core_irq[1].read());
    CHECK_FALSE(p.core_irq[0].read());
}

TEST_CASE("interrupts: the view of an absent core is a bus error", "[system][gic]") {
    Path p;
    CHECK_FALSE(p.dist_bus.answers_read(0x1'0000));
}
