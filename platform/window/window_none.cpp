#include <stdexcept>

#include "platform/window/window.hpp"

namespace exysim::window {

bool available() { return false; }

struct Window::Screen {};

Window::Window(const std::string&) {
    throw std::runtime_error{"window: this program was built without SDL2 (Debian: libsdl2-dev)"};
}
Window::~Window() = default;
void Window::show(const DisplayFrame&) {}
void Window::poll() {}

}  // namespace exysim::window
