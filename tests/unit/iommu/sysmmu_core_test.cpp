// Expectations: hardware/sysmmu.md, sections 2, 5 and 6.
#include "models/iommu/sysmmu_core.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace exysim;
using namespace exysim::iommu;

namespace {

using Core = SysMmuCore;

/// A unit with a table at 0x4000'0000 whose single entry maps section 0x123 as `entry` says.
struct Bench {
    Core core{SysMmuConfig{}};
    std::map<uint32_t, uint32_t> words;

    explicit Bench(uint32_t entry) : words{{0x4000'048C, entry}} {
        core.regs.write(Core::kCfg, 0x785);
        core.regs.write(Core::kPtBase, 0x4000'0000);
        core.regs.write(Core::kCtrl, 0x5);
    }
    std::variant<Mapping, Fault> translate(uint32_t at, Direction direction) {
        return core.translate(Iova{at}, direction, [this](PhysAddr a) -> std::optional<uint32_t> {
            const auto found = words.find(a.value);
            if (found == words.end()) return {};
            return found->second;
        });
    }
    Fault fault(uint32_t at, Direction direction) {
        const Fault found = std::get<Fault>(translate(at, direction));
        core.latch(found);
        return found;
    }
    uint32_t reg(uint32_t offset) { return core.regs.read(offset); }
};

}  // namespace

TEST_CASE("sysmmu: reset values", "[iommu]") {
    Core core{SysMmuConfig{}};
    for (const uint32_t offset : {Core::kCtrl, Core::kCfg, Core::kStatus, Core::kIntStatus})
        CHECK(core.regs.read(offset) == 0);
    CHECK(core.regs.read(Core::kVersion) >> 28 == 1);
    CHECK_FALSE(core.enabled());
}

TEST_CASE("sysmmu: each fault has its bit and its address register", "[iommu]") {
    SECTION("page fault") {
        Bench b{0};
        b.fault(0x1234'5678, Direction::write);
        CHECK(b.reg(Core::kIntStatus) == 1U << 0);
        CHECK(b.reg(Core::kPageFaultAddr) == 0x1234'5678);
    }
    SECTION("read of a mapping without access") {
        Bench b{0x5670'0002};
        b.fault(0x1234'5678, Direction::read);
        CHECK(b.reg(Core::kIntStatus) == 1U << 5);
        CHECK(b.reg(Core::kArFaultAddr) == 0x1234'5678);
    }
    SECTION("write to a read-only mapping") {
        Bench b{0x5670'8402};
        CHECK(std::holds_alternative<Mapping>(b.translate(0x1234'5678, Direction::read)));
        b.fault(0x1234'5678, Direction::write);
        CHECK(b.reg(Core::kIntStatus) == 1U << 7);
        CHECK(b.reg(Core::kAwFaultAddr) == 0x1234'5678);
    }
    SECTION("walk the bus refuses") {
        Bench b{0};
        b.fault(0x2000'0000, Direction::read);
        CHECK(b.reg(Core::kIntStatus) == 1U << 3);
    }
}

TEST_CASE("sysmmu: without EAP permissions do not count", "[iommu]") {
    Bench b{0x5670'8402};
    b.core.regs.write(Core::kCfg, 0x781);
    CHECK(std::holds_alternative<Mapping>(b.translate(0x1234'5678, Direction::write)));
}

TEST_CASE("sysmmu: a fault closes the unit until cleared and unblocked", "[iommu]") {
    Bench b{0};
    b.fault(0x1234'5678, Direction::read);
    CHECK(b.core.closed());
    CHECK(b.core.irq());
    b.core.regs.write(Core::kCtrl, 0x5);
    CHECK(b.core.closed());  // still pending
    b.core.regs.write(Core::kIntClear, 1);
    CHECK_FALSE(b.core.irq());
    CHECK(b.core.closed());  // not yet unblocked
    b.core.regs.write(Core::kCtrl, 0x5);
    CHECK_FALSE(b.core.closed());
}

TEST_CASE("sysmmu: the interrupt needs its enable bit", "[iommu]") {
    Bench b{0};
    b.core.regs.write(Core::kCtrl, 0x1);
    b.fault(0x1234'5678, Direction::read);
    CHECK_FALSE(b.core.irq());
}

TEST_CASE("sysmmu: the TLB keeps a changed entry until it is flushed", "[iommu]") {
    Bench b{0x5670'0402};
    const auto target = [&] {
        return std::get<Mapping>(b.translate(0x1234'5678, Direction::read)).translate(Iova{0x1234'5678});
    };
    CHECK(target().value == 0x5674'5678);
    b.words[0x4000'048C] = 0x6000'0402;
    CHECK(target().value == 0x5674'5678);
    b.core.regs.write(Core::kFlushEntry, 0x1230'0000);  // go bit not set: no effect
    CHECK(target().value == 0x5674'5678);
    b.core.regs.write(Core::kFlushEntry, 0x1234'5001);
    CHECK(target().value == 0x6004'5678);
    b.words[0x4000'048C] = 0x7000'0402;
    b.core.regs.write(Core::kFlush, 1);
    CHECK(target().value == 0x7004'5678);
    CHECK(b.core.events().misses == 3);
}

TEST_CASE("sysmmu: BLOCKED appears once bursts have drained", "[iommu]") {
    Bench b{0x5670'0402};
    b.core.regs.write(Core::kCtrl, 0x7);
    b.core.set_busy(true);
    CHECK(b.reg(Core::kStatus) == 0);
    b.core.set_busy(false);
    CHECK(b.reg(Core::kStatus) == 1);
    b.core.regs.write(Core::kCtrl, 0x5);
    b.core.set_busy(false);
    CHECK(b.reg(Core::kStatus) == 0);
}
