#include "platform/board/media.hpp"

namespace exysim::board {

FimcUnit::FimcUnit(const std::string& name, MediaMemory memory_side, sc_core::sc_time skew,
                   Instruments& instruments)
    : memory{std::move(memory_side)}, fimc{name.c_str(), {.skew = skew}, instruments} {}

Display::Display(MediaMemory memory_side, const display::LineFetcherConfig& fetching,
                 Instruments& instruments)
    : memory{std::move(memory_side)},
      hdmi{"hdmi", instruments},
      sdo{"sdo", instruments},
      vp{"vp", fetching, instruments},
      mixer{"mixer0", fetching, vp, hdmi, sdo, instruments} {}

Panel::Panel(MediaMemory memory_side, const display::LineFetcherConfig& fetching, ClockRate clock,
             Instruments& instruments)
    : memory{std::move(memory_side)}, fimd{"fimd0", fetching, std::move(clock), instruments} {}

}  // namespace exysim::board
