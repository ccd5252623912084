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

FimcLiteUnit::FimcLiteUnit(const std::string& name, MediaMemory memory_side, sc_core::sc_time skew,
                           Instruments& instruments)
    : memory{std::move(memory_side)}, lite{name.c_str(), {.skew = skew}, instruments} {}

Display::Display(MediaMemory memory_side, const display::LineFetcherConfig& fetching, const Outputs& outputs,
                 Instruments& instruments)
    : memory{std::move(memory_side)},
      hdmi{"hdmi", outputs.hdmi, instruments},
      sdo{outputs.sdo ? std::make_unique<display::Sdo>("sdo", instruments) : nullptr},
      vp{"vp", fetching, instruments},
      mixer{"mixer0",   fetching, vp, hdmi, sdo ? static_cast<const display::Sink&>(*sdo) : no_sdo,
            instruments} {}

Panel::Panel(MediaMemory memory_side, const display::LineFetcherConfig& fetching, ClockRate clock,
             Instruments& instruments)
    : memory{std::move(memory_side)}, fimd{"fimd0", fetching, std::move(clock), instruments} {}

Gpu::Gpu(MediaMemory memory_side, const gpu::G2dConfig& config, Instruments& instruments)
    : memory{std::move(memory_side)}, g2d{"g2d", config, instruments} {}

}  // namespace exysim::board
