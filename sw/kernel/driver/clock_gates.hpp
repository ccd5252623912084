// Gates of the clock controller (system.md section 4) by the clock numbers of the device tree's binding
// (include/dt-bindings/clock/exynos4.h). A set bit lets the clock through.
#pragma once

#include <cstdint>

namespace kernel {

struct ClockGate {
    uint32_t offset = 0;  ///< register of the controller; 0: the clock has no gate of a block's own
    uint32_t mask = 0;
};

/// `count` clocks with rising numbers and rising bits.
struct ClockGateRow {
    uint32_t first, count, offset, bit;
};
constexpr ClockGateRow kClockGates[] = {
    {256, 12, 0xC920, 0},  // FIMC0-3, CSIS0-1, JPEG and their SysMMUs
    {268, 5, 0xC924, 0},   // VP, mixer, TV encoder, HDMI, SysMMU
    {277, 6, 0xC930, 0},   // G2D, rotator, MDMA, SysMMUs
    {283, 5, 0xC934, 0},   // FIMD0, MIE0, MDNIE0, DSIM0, SysMMU
    {292, 2, 0xC940, 0},   // PDMA0-1
    {312, 5, 0xC950, 0},   // UART0-4
    {317, 9, 0xC950, 6},   // I2C0-7, HDMIPHY's
    {336, 1, 0xC950, 24},  // PWM
    {344, 2, 0xC960, 13},  // MCT, watchdog
};

constexpr ClockGate clock_gate(uint32_t number) {
    for (const ClockGateRow& row : kClockGates) {
        if (number - row.first < row.count) return {row.offset, 1U << (row.bit + number - row.first)};
    }
    return {};
}

}  // namespace kernel
