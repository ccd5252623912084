// A live view of a display. It only looks: the run does not depend on it.
#pragma once

#include <memory>
#include <string>

#include "models/base/frame_events.hpp"

namespace exysim::window {

/// Whether this program was built with SDL2.
bool available();

/// Shows the newest frame, at most 60 a second of the host's time; frames in between are left out. Closing it
/// ends the view, not the run. Where SDL_VIDEODRIVER is `dummy`, nothing is seen.
class Window {
public:
    /// Throws std::runtime_error when there is no screen to open it on.
    explicit Window(const std::string& title);
    ~Window();
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    void show(const DisplayFrame& frame);
    /// Answers the desktop; call now and then, also while no frames come.
    void poll();

private:
    struct Screen;
    std::unique_ptr<Screen> screen_;
};

}  // namespace exysim::window
