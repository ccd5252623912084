#include "platform/board/media.hpp"

namespace exysim::board {

FimcUnit::FimcUnit(const std::string& name, MediaMemory memory_side, sc_core::sc_time skew,
                   Instruments& instruments)
    : memory{std::move(memory_side)}, fimc{name.c_str(), {.skew = skew}, instruments} {}

Display::Display(MediaMemory memory_side, sc_core::sc_time skew, Instruments& instruments)
    : memory{std::move(memory_side)},
      hdmi{"hdmi", instruments},
      vp{"vp", {.skew = skew}, instruments},
      mixer{"mixer0", vp, hdmi, instruments} {}

Gpu::Gpu(MediaMemory memory_side, const gpu::G2dConfig& config, Instruments& instruments)
    : memory{std::move(memory_side)}, g2d{"g2d", config, instruments} {}

}  // namespace exysim::board
