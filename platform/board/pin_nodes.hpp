// The pin controllers of the device tree.
#pragma once

#include <cstdint>
#include <vector>

#include "platform/board/fdt.hpp"
#include "platform/board/soc.hpp"

namespace exysim::board {

/// Nodes with the bindings of Linux's pinctrl-samsung: a child a bank, with the interrupts of the wake-up
/// banks. `gic` and `gpx3` are phandles: of the interrupt controller, and for the bank with HDMI's hot-plug
/// line. Linux tells the controllers apart by their aliases, pinctrl0 to pinctrl2.
std::vector<FdtNode> pin_controllers(const Soc& soc, uint32_t gic, uint32_t gpx3);

}  // namespace exysim::board
