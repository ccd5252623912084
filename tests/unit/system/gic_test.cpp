// Expected values: GIC architecture 1.0 (ARM IHI 0048A) and the hardware page "CPU subsystem" section 6.
#include "models/system/gic_core.hpp"

#include <catch2/catch.hpp>

using namespace exysim::system;
using G = GicCore;

namespace {
constexpr uint32_t kUart1 = 32 + 53;  // SPI 53

/// A controller with everything switched on as Linux does: PMR 0xF0, priorities 0xA0, all SPIs to core 0.
struct Bench {
    G gic;
    explicit Bench(uint32_t cores = 1) : gic{cores} {
        dist(0, G::kDistCtlr, 1);
        for (uint32_t id = 0; id < G::kIds; id += 4) dist(0, G::kIpriorityr + id, 0xA0A0'A0A0);
        for (uint32_t id = 32; id < G::kIds; id += 4) dist(0, G::kItargetsr + id, 0x0101'0101);
        for (uint32_t core = 0; core < cores; ++core) {
            for (uint32_t id = 0; id < 32; id += 4) dist(core, G::kIpriorityr + id, 0xA0A0'A0A0);
            cpu(core).write(G::kPmr, 0xF0);
            cpu(core).write(G::kCtlr, 1);
        }
    }
    exysim::RegisterBank& cpu(uint32_t core = 0) { return gic.cpu_interface(core); }
    void dist(uint32_t core, uint32_t offset, uint32_t value, uint32_t mask = ~0U) {
        gic.distributor(core, offset).write(offset, value, mask);
    }
    uint32_t dist(uint32_t core, uint32_t offset) { return gic.distributor(core, offset).read(offset); }
    void enable(uint32_t id, uint32_t core = 0) { dist(core, G::kIsenabler + id / 32 * 4, 1U << id % 32); }
    void priority(uint32_t id, uint32_t value) {
        dist(0, G::kIpriorityr + (id & ~3U), value << 8 * (id % 4), 0xFFU << 8 * (id % 4));
    }
    uint32_t acknowledge(uint32_t core = 0) { return cpu(core).read(G::kIar); }
    void end(uint32_t value, uint32_t core = 0) { cpu(core).write(G::kEoir, value); }
};
}  // namespace

TEST_CASE("gic: identification registers", "[system][gic]") {
    Bench one{1}, two{2};
    CHECK(one.dist(0, G::kTyper) == 0x04);  // 160 interrupts, one core
    CHECK(two.dist(0, G::kTyper) == 0x24);
    CHECK(two.dist(0, G::kDistIidr) == 0x0102'043B);
    CHECK(two.cpu().read(G::kIidr) == 0x3901'243B);
}

TEST_CASE("gic: ITARGETSR0-7 read as the reading core's own bit", "[system][gic]") {
    Bench b{2};
    for (uint32_t offset = 0; offset < 0x20; offset += 4) {
        CHECK(b.dist(0, G::kItargetsr + offset) == 0x0101'0101);
        CHECK(b.dist(1, G::kItargetsr + offset) == 0x0202'0202);
    }
}

TEST_CASE("gic: a level interrupt is pending while its line is high", "[system][gic]") {
    Bench b;
    b.gic.set_line(kUart1, 0, true);
    CHECK_FALSE(b.gic.irq(0));
    b.enable(kUart1);
    CHECK(b.gic.irq(0));
    CHECK(b.dist(0, G::kIspendr + 8) == 1U << (kUart1 - 64));
    b.gic.set_line(kUart1, 0, false);
    CHECK_FALSE(b.gic.irq(0));
    CHECK(b.acknowledge() == 1023);
}

TEST_CASE("gic: acknowledge lowers the request, end with a line still high raises it again",
          "[system][gic]") {
    Bench b;
    b.enable(kUart1);
    b.gic.set_line(kUart1, 0, true);
    CHECK(b.acknowledge() == kUart1);
    CHECK_FALSE(b.gic.irq(0));
    CHECK(b.dist(0, G::kIsactiver + 8) == 1U << (kUart1 - 64));
    CHECK(b.cpu().read(G::kRpr) == 0xA0);
    b.end(kUart1);
    CHECK(b.cpu().read(G::kRpr) == 0xFF);
    CHECK(b.gic.irq(0));
}

TEST_CASE("gic: an edge interrupt stays pending after its line fell, until acknowledged", "[system][gic]") {
    Bench b;
    b.dist(0, G::kIcfgr + 4 * (kUart1 / 16), 2U << 2 * (kUart1 % 16));
    b.enable(kUart1);
    b.gic.set_line(kUart1, 0, true);
    b.gic.set_line(kUart1, 0, false);
    CHECK(b.acknowledge() == kUart1);
    b.end(kUart1);
    CHECK_FALSE(b.gic.irq(0));
    b.gic.set_line(kUart1, 0, true);
    b.gic.set_line(kUart1, 0, true);  // no second edge
    b.end(b.acknowledge());
    CHECK_FALSE(b.gic.irq(0));
}

TEST_CASE("gic: the highest priority wins, then the lowest number", "[system][gic]") {
    Bench b;
    for (uint32_t id : {40U, 41U, 42U}) {
        b.enable(id);
        b.gic.set_line(id, 0, true);
    }
    b.priority(42, 0x80);
    CHECK(b.cpu().read(G::kHppir) == 42);
    CHECK(b.acknowledge() == 42);
    CHECK(b.acknowledge() == 1023);  // equal or lower priorities do not preempt
    b.end(42);
    b.dist(0, G::kIcenabler + 4, 1U << 10);
    CHECK(b.acknowledge() == 40);
}

TEST_CASE("gic: a higher priority preempts, and both are ended in turn", "[system][gic]") {
    Bench b;
    b.enable(40);
    b.enable(41);
    b.priority(41, 0x40);
    b.gic.set_line(40, 0, true);
    CHECK(b.acknowledge() == 40);
    b.gic.set_line(41, 0, true);
    CHECK(b.gic.irq(0));
    CHECK(b.acknowledge() == 41);
    CHECK(b.cpu().read(G::kRpr) == 0x40);
    b.end(41);
    CHECK(b.cpu().read(G::kRpr) == 0xA0);
    b.end(40);
    CHECK(b.cpu().read(G::kRpr) == 0xFF);
}

TEST_CASE("gic: the binary point keeps priorities of one group from preempting", "[system][gic]") {
    Bench b;
    b.cpu().write(G::kBpr, 5);  // group priority is bits 7:6
    b.enable(40);
    b.enable(41);
    b.priority(41, 0x90);  // same group as 0xA0
    b.gic.set_line(40, 0, true);
    CHECK(b.acknowledge() == 40);
    b.gic.set_line(41, 0, true);
    CHECK_FALSE(b.gic.irq(0));
    b.priority(41, 0x40);
    CHECK(b.gic.irq(0));
}

TEST_CASE("gic: the priority mask and both enables silence the request", "[system][gic]") {
    Bench b;
    b.enable(40);
    b.gic.set_line(40, 0, true);
    REQUIRE(b.gic.irq(0));
    b.cpu().write(G::kPmr, 0xA0);  // only higher than the mask passes
    CHECK_FALSE(b.gic.irq(0));
    b.cpu().write(G::kPmr, 0xF0);
    b.cpu().write(G::kCtlr, 0);
    CHECK_FALSE(b.gic.irq(0));
    b.cpu().write(G::kCtlr, 1);
    b.dist(0, G::kDistCtlr, 0);
    CHECK_FALSE(b.gic.irq(0));
    CHECK(b.acknowledge() == 1023);
}

TEST_CASE("gic: byte writes reach one interrupt's priority and targets", "[system][gic]") {
    Bench b{2};
    b.priority(42, 0x5F);
    CHECK(b.dist(0, G::kIpriorityr + 40) == 0xA058'A0A0);  // 32 levels: the low three bits read zero
    b.dist(0, G::kItargetsr + 40, 0xFF00, 0xFF00);
    CHECK(b.dist(1, G::kItargetsr + 40) == 0x0101'0301);  // two cores; seen from the other core's view too
}

TEST_CASE("gic: an SPI goes to the cores it targets", "[system][gic]") {
    Bench b{2};
    b.enable(40);
    b.dist(0, G::kItargetsr + 40, 0x02, 0xFF);
    b.gic.set_line(40, 0, true);
    CHECK_FALSE(b.gic.irq(0));
    CHECK(b.gic.irq(1));
    CHECK(b.acknowledge(1) == 40);
}

TEST_CASE("gic: a PPI belongs to one core", "[system][gic]") {
    Bench b{2};
    b.enable(28, 0);
    b.enable(28, 1);
    b.gic.set_line(28, 1, true);
    CHECK_FALSE(b.gic.irq(0));
    CHECK(b.gic.irq(1));
    CHECK(b.dist(0, G::kIspendr) == 0);
    CHECK(b.dist(1, G::kIspendr) == 1U << 28);
}

TEST_CASE("gic: an SGI carries its sender, once for each, and EOIR wants it back", "[system][gic]") {
    Bench b{2};
    b.enable(3, 1);
    b.dist(0, G::kSgir, 2U << 16 | 3);  // core 0 to the list {1}
    b.dist(1, G::kSgir, 2U << 24 | 3);  // core 1 to itself
    CHECK(b.acknowledge(1) == 3);
    CHECK_FALSE(b.gic.irq(1));  // active
    b.end(1U << 10 | 3, 1);     // wrong sender
    CHECK_FALSE(b.gic.irq(1));
    b.end(3, 1);
    CHECK(b.acknowledge(1) == (1U << 10 | 3));
    b.end(1U << 10 | 3, 1);
    CHECK(b.acknowledge(1) == 1023);
}

TEST_CASE("gic: SGIR filter 1 means all but the sender", "[system][gic]") {
    Bench b{4};
    for (uint32_t core = 0; core < 4; ++core) b.enable(0, core);
    b.dist(2, G::kSgir, 1U << 24);
    CHECK(b.gic.irq(0));
    CHECK(b.gic.irq(1));
    CHECK_FALSE(b.gic.irq(2));
    CHECK(b.acknowledge(3) == 2U << 10);
}

TEST_CASE("gic: software sets and clears pending, but not of an SGI", "[system][gic]") {
    Bench b;
    b.enable(0);
    b.dist(0, G::kIspendr, 1);
    CHECK_FALSE(b.gic.irq(0));
    b.enable(40);
    b.dist(0, G::kIspendr + 4, 1U << 8);
    CHECK(b.gic.irq(0));
    b.dist(0, G::kIcpendr + 4, 1U << 8);
    CHECK_FALSE(b.gic.irq(0));
}

TEST_CASE("gic: an SGI reaches a core that has enabled none, and none can be disabled", "[system][gic]") {
    Bench b{2};
    b.dist(0, G::kSgir, 2U << 16 | 0);
    CHECK(b.gic.irq(1));
    b.dist(1, G::kIcenabler, 0xFFFF'FFFF);
    CHECK(b.gic.irq(1));
    CHECK((b.dist(1, G::kIsenabler) & 0xFFFF) == 0xFFFF);
    CHECK(b.acknowledge(1) == 0);
}
