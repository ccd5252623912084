// Display modes: CEA-861 timings of what the HDMI block can send (mixer.md section 8).
#pragma once

#include <cstdint>
#include <span>

namespace kernel {

struct DisplayMode {
    uint32_t width, h_front, h_sync, h_back;   ///< pixels
    uint32_t height, v_front, v_sync, v_back;  ///< lines
    uint32_t pixel_clock_hz;
    bool positive_syncs;
    uint8_t vic;  ///< CEA-861 video identification code

    constexpr uint32_t h_total() const { return width + h_front + h_sync + h_back; }
    constexpr uint32_t v_total() const { return height + v_front + v_sync + v_back; }
    constexpr uint64_t frame_ns() const {
        return uint64_t{h_total()} * v_total() * 1'000'000'000 / pixel_clock_hz;
    }
};

/// Progressive modes, smallest first.
std::span<const DisplayMode> display_modes();

}  // namespace kernel
