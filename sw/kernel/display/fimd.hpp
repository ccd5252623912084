// FIMD at register level: five RGB windows over each other on a panel with a fixed raster. Settings take
// effect at a vsync.
#pragma once

#include "display/display_mode.hpp"
#include "dma/dma_device.hpp"

namespace kernel {

/// Codes of WINCON's format field (Linux's samsung_fimd.h).
enum class FimdFormat : uint8_t { rgb565 = 5, xrgb1555 = 7, xrgb8888 = 11, argb8888 = 13 };

/// What a window shows.
struct FimdWindow {
    Iova base;           ///< of the first pixel shown
    uint32_t pitch = 0;  ///< bytes from line to line
    uint32_t pixel_bytes = 0;
    FimdFormat format = FimdFormat::xrgb8888;
    uint32_t x = 0, y = 0, width = 0, height = 0;  ///< on the screen, pixels
    bool pixel_alpha = false;                      ///< not for window 0
    bool premultiplied = false;
};

class Fimd {
public:
    static constexpr uint32_t kWindows = 5;
    using VsyncHandler = void (*)(void* context);

    Fimd(Mmio regs, const DisplayMode& panel, const DmaDevice& dma) : regs_{regs}, panel_{panel}, dma_{dma} {}

    /// Lets the raster run with all windows off.
    void start(VsyncHandler handler, void* context);
    void stop();
    /// Windows change together: all that is set between these two takes effect at one vsync.
    void begin_update() const;
    void end_update() const;
    void set_window(uint32_t index, const FimdWindow& window) const;
    void clear_window(uint32_t index) const;
    /// Whether a vsync has taken the last update over.
    bool latched() const;

    void handle_vsync();

    const DisplayMode& panel() const { return panel_; }
    const DmaDevice& dma() const { return dma_; }

private:
    void program_raster() const;

    Mmio regs_;
    DisplayMode panel_;
    DmaDevice dma_;
    VsyncHandler handler_ = nullptr;
    void* context_ = nullptr;
};

/// The machine's controller, or null when it has none.
Fimd* the_fimd();

}  // namespace kernel
