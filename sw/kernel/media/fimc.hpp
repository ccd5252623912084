// FIMC at register level: from the camera port or from memory, through scaler, flips and rotator, to memory.
#pragma once

#include "arch/mmio.hpp"
#include "media/camera_source.hpp"
#include "media/video_device.hpp"

namespace kernel {

struct Rect {
    uint32_t x = 0, y = 0, width = 0, height = 0;  ///< pixels
    friend bool operator==(const Rect&, const Rect&) = default;
};

/// A picture in memory (or, without a format, as the camera sends it) and the part of it that counts.
struct FimcFrame {
    const PixelFormat* format = nullptr;
    uint32_t width = 0, height = 0;
    Rect part;
};

/// What comes in through a camera port.
struct FimcCamera {
    CameraPort port = CameraPort::itu_a;
    bool raw = false;        ///< bytes that pass uninterpreted; no cropping, no scaling
    uint32_t data_type = 0;  ///< on MIPI ports, CSI-2's
    FimcFrame frame;
};
/// CSI-2's data type for a MEDIA_BUS_FMT_*.
uint32_t bus_data_type(uint32_t bus_code);

struct FimcTurn {
    uint32_t rotation = 0;  ///< clockwise, 0, 90, 180 or 270 degrees, after the flips
    bool hflip = false, vflip = false;
    bool sideways() const { return rotation == 90 || rotation == 270; }
};

class Fimc {
public:
    static constexpr uint32_t kSlots = 4;      ///< output address registers in use, as Linux's driver
    static constexpr uint32_t kMostDown = 64;  ///< the scaler makes less than this much smaller

    explicit Fimc(Mmio regs) : regs_{regs} {}

    /// Software reset; the output ring starts at slot 0 again.
    void reset() const;
    /// For capture: what the camera sends, what lands in memory.
    void configure_capture(const FimcCamera& camera, const FimcFrame& target) const;
    void set_output(uint32_t slot, const PictureAddresses& at) const;
    void start_capture() const;
    /// The frame in progress is the last one; its end raises the last interrupt.
    void stop_capture() const;
    /// One picture from memory to memory; its end raises the interrupt.
    void run_job(const FimcFrame& source, const PictureAddresses& from, const FimcFrame& target,
                 const PictureAddresses& to, const FimcTurn& turn) const;
    void acknowledge() const;
    /// Reads and clears the overflow flags; true when the last frame is damaged.
    bool take_overflow() const;

private:
    void configure_camera(const FimcCamera& camera) const;
    void configure_raw(const FimcFrame& target) const;
    void configure_input(const FimcFrame& source, const PictureAddresses& from) const;
    void configure_scaler(const FimcFrame& source, const FimcFrame& target, const FimcTurn& turn) const;
    void configure_output(const FimcFrame& target, const FimcTurn& turn) const;

    Mmio regs_;
};

}  // namespace kernel
