#include "platform/board/media.hpp"

namespace exysim::board {

namespace {

/// FIMC3 is narrower and cannot rotate. Source: Linux 6.1's exynos4210.dtsi.
camera::FimcAbilities abilities_of(std::string_view name) {
    return name == "fimc3" ? camera::FimcAbilities{1920, 8192, 1366, false} : camera::FimcAbilities{};
}

}  // namespace

FimcUnit::FimcUnit(const std::string& name, MediaMemory memory_side, sc_core::sc_time skew,
                   Instruments& instruments)
    : memory{std::move(memory_side)},
      fimc{name.c_str(), {.skew = skew, .abilities = abilities_of(name)}, instruments} {}

Display::Display(MediaMemory memory_side, sc_core::sc_time skew, Instruments& instruments)
    : memory{std::move(memory_side)},
      hdmi{"hdmi", instruments},
      vp{"vp", {.skew = skew}, instruments},
      mixer{"mixer0", vp, hdmi, instruments} {}

}  // namespace exysim::board
