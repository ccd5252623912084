// Blocks that are little more than their table. Expected values: hardware pages "System devices" sections 6
// and 10, "CPU subsystem" sections 6 and 8, "Linux bring-up" item 12, and "simctl".
#include <catch2/catch.hpp>
#include <utility>

#include "models/cache/pl310_core.hpp"
#include "models/system/chip_id_core.hpp"
#include "models/system/gpio_core.hpp"
#include "models/system/scu_core.hpp"
#include "models/system/simctl_core.hpp"
#include "models/system/sysreg_core.hpp"

using namespace exysim::system;

TEST_CASE("chip id: an Exynos4210 rev 1.1 on the XUSBXTI crystal", "[system][chip_id]") {
    ChipIdCore id{Chip::exynos4210};
    CHECK(id.regs.read(0x00) == 0x4321'0211);
    CHECK((id.regs.read(0x08) & 1) == 1);
    id.regs.write(0x00, 0);
    CHECK(id.regs.read(0x00) == 0x4321'0211);
}

TEST_CASE("chip id: each chip says its own, after a reset too and in what is listed of it",
          "[system][chip_id]") {
    constexpr std::pair<Chip, uint32_t> kChips[] = {{Chip::exynos4210, 0x4321'0211},
                                                    {Chip::exynos4412, 0xE441'2011}};
    for (const auto& [chip, said] : kChips) {
        ChipIdCore id{chip};
        CHECK(id.regs.read(ChipIdCore::kProId) == said);
        id.regs.reset();
        CHECK(id.regs.read(ChipIdCore::kProId) == said);
        uint32_t listed = 0;
        for (const exysim::FieldUse& use : id.regs.use()) {
            if (use.field.offset == ChipIdCore::kProId) listed |= use.field.reset << use.field.low;
        }
        CHECK(listed == said);
    }
}

TEST_CASE("scu: configuration says how many cores there are", "[system][scu]") {
    CHECK((ScuCore{1}.regs.read(ScuCore::kConfig) & 0x3) == 0);
    CHECK((ScuCore{4}.regs.read(ScuCore::kConfig) & 0x3) == 3);
    ScuCore scu{2};
    scu.regs.write(ScuCore::kCtrl, 0x21);
    CHECK(scu.regs.read(ScuCore::kCtrl) == 0x21);
}

TEST_CASE("pl310: identification and reset values", "[system][pl310]") {
    exysim::cache::Pl310Core l2{nullptr};
    CHECK(l2.regs.read(exysim::cache::Pl310Core::kCacheId) == 0x4100'C4C8);
    CHECK(l2.regs.read(exysim::cache::Pl310Core::kAuxCtrl) == 0x0207'0000);
    CHECK(l2.regs.read(exysim::cache::Pl310Core::kCtrl) == 0);
}

TEST_CASE("pl310: maintenance is done when written", "[system][pl310]") {
    exysim::cache::Pl310Core l2{nullptr};
    for (uint32_t way_operation : {0x77CU, 0x7BCU, 0x7FCU}) {
        l2.regs.write(way_operation, 0xFFFF);
        CHECK(l2.regs.read(way_operation) == 0);
    }
    l2.regs.write(exysim::cache::Pl310Core::kCleanInvLinePa, 0x4000'0020);
    l2.regs.write(exysim::cache::Pl310Core::kCacheSync, 0);
    CHECK(l2.regs.read(exysim::cache::Pl310Core::kCacheSync) == 0);
}

TEST_CASE("pl310: the prefetch enables are seen in two registers", "[system][pl310]") {
    exysim::cache::Pl310Core l2{nullptr};
    l2.regs.write(exysim::cache::Pl310Core::kAuxCtrl, 0x3247'0000);
    CHECK(l2.regs.read(exysim::cache::Pl310Core::kPrefetchCtrl) == 0x3000'0000);
    l2.regs.write(exysim::cache::Pl310Core::kPrefetchCtrl, 0);
    CHECK(l2.regs.read(exysim::cache::Pl310Core::kAuxCtrl) == 0x0247'0000);
}

TEST_CASE("sysreg: camera block configuration is storage", "[system][sysreg]") {
    SysregCore sysreg;
    sysreg.regs.write(0x218, 0x1234'5678);
    CHECK(sysreg.regs.read(0x218) == 0x1234'5678);
    CHECK(sysreg.regs.read(0x3FC) == 0);
}

TEST_CASE("pin controller: banks are storage, masks are set out of reset, nothing is pending",
          "[system][gpio]") {
    GpioCore gpio;
    for (const uint32_t bank : {0x000U, 0x024U, 0x8FCU, 0xC00U, 0xC60U, 0xEFCU}) {
        CHECK(gpio.regs.read(bank) == 0);
        gpio.regs.write(bank, 0x1234'5678 + bank);
        CHECK(gpio.regs.read(bank) == 0x1234'5678 + bank);
        CHECK(gpio.regs.read(bank ^ 4) == 0);
    }
    for (const uint32_t mask : {0x900U, 0x93CU, 0xF00U, 0xF3CU}) {
        CHECK(gpio.regs.read(mask) == 0xFF);
        gpio.regs.write(mask, 0x12);
        CHECK(gpio.regs.read(mask) == 0x12);
    }
    for (const uint32_t pending : {0xA00U, 0xA3CU, 0xF40U, 0xF7CU}) {
        gpio.regs.write(pending, 0xFF);
        CHECK(gpio.regs.read(pending) == 0);
    }
    gpio.regs.reset();
    CHECK(gpio.regs.read(0x024) == 0);
    CHECK(gpio.regs.read(0xF00) == 0xFF);
}

TEST_CASE("simctl: says that it is there", "[system][simctl]") {
    SimctlCore simctl;
    CHECK(simctl.regs.read(0x00) == 0x5349'4D43);
    CHECK(simctl.regs.read(0x04) == 1);
}

TEST_CASE("simctl: reading TIME_LO latches TIME_HI", "[system][simctl]") {
    SimctlCore simctl;
    simctl.now_ns = 0x7'FFFF'FFFF;
    CHECK(simctl.regs.read(0x10) == 0xFFFF'FFFF);
    simctl.now_ns = 0x8'0000'0001;
    CHECK(simctl.regs.read(0x14) == 7);
    CHECK(simctl.regs.read(0x10) == 1);
    CHECK(simctl.regs.read(0x14) == 8);
}

TEST_CASE("simctl: records are checked for size and kind", "[system][simctl]") {
    EventRecord record{};
    record.size = 64;
    record.kind = static_cast<uint32_t>(EventKind::program);  // the last one
    CHECK(record.well_formed());
    ++record.kind;
    CHECK_FALSE(record.well_formed());
    record.kind = 0;
    CHECK_FALSE(record.well_formed());
    record = {};
    record.size = 60;
    record.kind = 1;
    CHECK_FALSE(record.well_formed());
}
