// Expected values: hardware pages "System devices" section 3 and "Memory map" section 6.
#include "models/system/combiner_core.hpp"

#include <catch2/catch.hpp>

using exysim::system::CombinerCore;

namespace {
constexpr uint32_t kSysmmuFimc0 = 8 * 4 + 2,
                   kSysmmuTv = 8 * 5 + 4;  // groups 4 and 5: second block, lanes 0 and 1
constexpr uint32_t kBlock1 = 0x10;
}  // namespace

TEST_CASE("combiner: inputs are disabled at reset", "[system][combiner]") {
    CombinerCore c;
    c.set_input(kSysmmuFimc0, true);
    CHECK_FALSE(c.output(4));
    CHECK(c.regs.read(kBlock1 + CombinerCore::kEnableSet) == 0);
    CHECK(c.regs.read(kBlock1 + CombinerCore::kRawStatus) == 0x04);
    CHECK(c.regs.read(kBlock1 + CombinerCore::kMaskedStatus) == 0);
}

TEST_CASE("combiner: an enabled input drives its group's output as a level", "[system][combiner]") {
    CombinerCore c;
    c.regs.write(kBlock1 + CombinerCore::kEnableSet, 0x1004);
    c.set_input(kSysmmuTv, true);
    CHECK(c.output(5));
    CHECK_FALSE(c.output(4));
    CHECK(c.regs.read(kBlock1 + CombinerCore::kMaskedStatus) == 0x1000);
    CHECK(c.regs.read(CombinerCore::kCombinedPending) == 1U << 5);
    c.set_input(kSysmmuTv, false);
    CHECK_FALSE(c.output(5));
    CHECK(c.regs.read(CombinerCore::kCombinedPending) == 0);
}

TEST_CASE("combiner: set and clear registers both read as the enabled mask", "[system][combiner]") {
    CombinerCore c;
    c.regs.write(kBlock1 + CombinerCore::kEnableSet, 0x1004);
    c.regs.write(kBlock1 + CombinerCore::kEnableSet, 0x0100);
    c.regs.write(kBlock1 + CombinerCore::kEnableClear, 0x0004);
    CHECK(c.regs.read(kBlock1 + CombinerCore::kEnableSet) == 0x1100);
    CHECK(c.regs.read(kBlock1 + CombinerCore::kEnableClear) == 0x1100);
}

TEST_CASE("combiner: disabling lowers the output while the input stays high", "[system][combiner]") {
    CombinerCore c;
    c.regs.write(kBlock1 + CombinerCore::kEnableSet, 0x04);
    c.set_input(kSysmmuFimc0, true);
    REQUIRE(c.output(4));
    c.regs.write(kBlock1 + CombinerCore::kEnableClear, 0x04);
    CHECK_FALSE(c.output(4));
    CHECK(c.regs.read(kBlock1 + CombinerCore::kRawStatus) == 0x04);
}
