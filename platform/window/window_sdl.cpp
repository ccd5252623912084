#include <SDL.h>

#include <stdexcept>

#include "platform/window/window.hpp"

namespace exysim::window {

namespace {

constexpr uint64_t kMillisecondsBetween = 1000 / 60;

template <class Object>
using Owned = std::unique_ptr<Object, void (*)(Object*)>;

[[noreturn]] void fail(const char* what) {
    throw std::runtime_error{std::string{"window: "} + what + ": " + SDL_GetError()};
}

/// SDL's video part while it lives.
struct Video {
    Video() {
        SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");  // Ctrl-C belongs to the run
        if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) fail("no screen");
    }
    ~Video() { SDL_QuitSubSystem(SDL_INIT_VIDEO); }
    Video(const Video&) = delete;
    Video& operator=(const Video&) = delete;
};

}  // namespace

bool available() { return true; }

struct Window::Screen {
    explicit Screen(const std::string& title)
        : window{SDL_CreateWindow(title.c_str(), SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, 1280, 720,
                                  SDL_WINDOW_RESIZABLE),
                 SDL_DestroyWindow} {
        if (!window) fail("cannot be opened");
        renderer.reset(SDL_CreateRenderer(window.get(), -1, 0));
        if (!renderer) fail("cannot be drawn on");
    }
    void poll() {
        SDL_Event event;
        while (SDL_PollEvent(&event) != 0) {
            if (event.type == SDL_QUIT) closed = true;
        }
        if (closed) SDL_HideWindow(window.get());
    }
    void fit(uint32_t new_width, uint32_t new_height) {
        if (picture && new_width == width && new_height == height) return;
        width = new_width;
        height = new_height;
        picture.reset(SDL_CreateTexture(renderer.get(), SDL_PIXELFORMAT_RGB24, SDL_TEXTUREACCESS_STREAMING,
                                        static_cast<int>(width), static_cast<int>(height)));
        SDL_RenderSetLogicalSize(renderer.get(), static_cast<int>(width), static_cast<int>(height));
    }
    void draw(const DisplayFrame& frame) {
        fit(frame.width, frame.height);
        if (!picture) return;
        SDL_UpdateTexture(picture.get(), nullptr, frame.rgb, static_cast<int>(frame.width * 3));
        SDL_RenderClear(renderer.get());
        SDL_RenderCopy(renderer.get(), picture.get(), nullptr, nullptr);
        SDL_RenderPresent(renderer.get());
    }

    Video video;
    Owned<SDL_Window> window;
    Owned<SDL_Renderer> renderer{nullptr, SDL_DestroyRenderer};
    Owned<SDL_Texture> picture{nullptr, SDL_DestroyTexture};
    uint32_t width = 0, height = 0;
    uint64_t drawn = 0;  // when, in milliseconds of the host
    bool closed = false;
};

Window::Window(const std::string& title) : screen_{std::make_unique<Screen>(title)} {}
Window::~Window() = default;

void Window::show(const DisplayFrame& frame) {
    const uint64_t now = SDL_GetTicks64();
    if (screen_->closed || now - screen_->drawn < kMillisecondsBetween) return;
    screen_->drawn = now;
    screen_->draw(frame);
    screen_->poll();
}

void Window::poll() { screen_->poll(); }

}  // namespace exysim::window
