#include "platform/board/pin_nodes.hpp"

#include <fmt/format.h>

#include <span>

#include "platform/board/memory_map.hpp"

namespace exysim::board {

namespace {

constexpr uint32_t kLevelHigh = 4, kShared = 0;  // IRQ_TYPE_LEVEL_HIGH, GIC_SPI
constexpr uint32_t kOrdinary0Spi = 47,
                   kOrdinary1Spi = 46;  // interrupts of all ordinary banks of a controller

// Source: hardware page "Memory map" section 8.
constexpr std::string_view kBanks0[] = {"gpa0", "gpa1", "gpb",  "gpc0", "gpc1", "gpd0", "gpd1", "gpe0",
                                        "gpe1", "gpe2", "gpe3", "gpe4", "gpf0", "gpf1", "gpf2", "gpf3"};
constexpr std::string_view kBanks0Of4412[] = {"gpa0", "gpa1", "gpb",  "gpc0", "gpc1", "gpd0", "gpd1",
                                              "gpf0", "gpf1", "gpf2", "gpf3", "gpj0", "gpj1"};
constexpr std::string_view kBanks1[] = {"gpj0", "gpj1", "gpk0", "gpk1", "gpk2",
                                        "gpk3", "gpl0", "gpl1", "gpl2"};
constexpr std::string_view kBanks1Of4412[] = {"gpk0", "gpk1", "gpk2", "gpk3", "gpl0", "gpl1",
                                              "gpl2", "gpm0", "gpm1", "gpm2", "gpm3", "gpm4"};
constexpr std::string_view kSilentBanks[] = {"gpy0", "gpy1", "gpy2", "gpy3", "gpy4", "gpy5", "gpy6"};

FdtNode bank(std::string_view name, bool interrupts) {
    FdtNode node{std::string{name}};
    node.empty("gpio-controller").cells("#gpio-cells", {2});
    if (interrupts) node.empty("interrupt-controller").cells("#interrupt-cells", {2});
    return node;
}

void add_banks(FdtNode& controller, std::span<const std::string_view> names, bool interrupts) {
    for (const std::string_view name : names) controller.add(bank(name, interrupts));
}

FdtNode controller(std::string_view block, const Soc& soc) {
    const PhysRange range = range_of(block);
    FdtNode node{fmt::format("pinctrl@{:x}", range.base.value)};
    node.text("compatible", soc.pinctrl_compatible);
    node.cells("reg", {range.base.value, static_cast<uint32_t>(range.size)});
    return node;
}

/// GPX0 and GPX1 have a line a pin, GPX2 and GPX3 share one, which the controller's child has.
void add_wake_up_banks(FdtNode& controller, uint32_t gic, uint32_t gpx3) {
    FdtNode child{"wakeup-interrupt-controller"};
    child.text("compatible", "samsung,exynos4210-wakeup-eint").cells("interrupt-parent", {gic});
    controller.add(std::move(child.cells("interrupts", {kShared, kUpperEintsSpi, kLevelHigh})));
    for (uint32_t n = 0; n < 4; ++n) {
        FdtNode node = bank(fmt::format("gpx{}", n), true);
        if (n < 2) {
            std::vector<uint32_t> lines;
            for (uint32_t pin = 0; pin < 8; ++pin) {
                for (const uint32_t cell : {kShared, kFirstEintSpi + 8 * n + pin, kLevelHigh})
                    lines.push_back(cell);
            }
            node.cells("interrupt-parent", {gic}).cells("interrupts", lines);
        }
        if (n == kHotPlugBank) node.cells("phandle", {gpx3});
        controller.add(std::move(node));
    }
}

}  // namespace

std::vector<FdtNode> pin_controllers(const Soc& soc, uint32_t gic, uint32_t gpx3) {
    const bool is_4412 = soc.name == "exynos4412";
    std::vector<FdtNode> made;
    FdtNode& first = made.emplace_back(controller("gpio0", soc));
    first.cells("interrupts", {kShared, kOrdinary0Spi, kLevelHigh});
    add_banks(first, is_4412 ? std::span<const std::string_view>{kBanks0Of4412} : kBanks0, true);
    FdtNode& second = made.emplace_back(controller("gpio1", soc));
    second.cells("interrupts", {kShared, kOrdinary1Spi, kLevelHigh});
    add_banks(second, is_4412 ? std::span<const std::string_view>{kBanks1Of4412} : kBanks1, true);
    add_banks(second, kSilentBanks, false);
    add_wake_up_banks(second, gic, gpx3);
    made.emplace_back(controller("gpio2", soc)).add(bank("gpz", false));
    return made;
}

}  // namespace exysim::board
