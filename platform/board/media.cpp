#include "platform/board/media.hpp"

namespace exysim::board {

Camera::Camera(MediaMemory memory_side, std::shared_ptr<camera::FrameSource> source, sc_core::sc_time skew,
               Instruments& instruments)
    : memory{std::move(memory_side)},
      sensor{"sensor0", {std::move(source)}, instruments},
      fimc{"fimc0", {.skew = skew}, instruments} {
    sensor.connect(fimc);
}

Display::Display(MediaMemory memory_side, sc_core::sc_time skew, Instruments& instruments)
    : memory{std::move(memory_side)},
      hdmi{"hdmi", instruments},
      vp{"vp", {.skew = skew}, instruments},
      mixer{"mixer0", vp, hdmi, instruments} {}

}  // namespace exysim::board
