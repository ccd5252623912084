// Where a unit's camera wires end: one is listened to, as the unit's registers select.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/camera/frame_source.hpp"

namespace exysim::camera {

/// What comes from the selected port goes on to `Unit`, which has selected(), frame_start(), line() and
/// frame_end() and makes this class its friend; what comes from the others is not seen.
template <class Unit>
class CameraPorts {
public:
    explicit CameraPorts(Unit& unit)
        : ports_{Port{unit, CameraPort::itu_a}, Port{unit, CameraPort::itu_b}, Port{unit, CameraPort::mipi_0},
                 Port{unit, CameraPort::mipi_1}, Port{unit, CameraPort::writeback}} {}

    VideoSink& operator[](CameraPort port) { return ports_[static_cast<size_t>(port)]; }

private:
    struct Port final : VideoSink {
        Unit& unit;
        CameraPort number;
        Port(Unit& owner, CameraPort at) : unit{owner}, number{at} {}
        bool selected() const { return unit.core().selected() == number; }
        void frame_start(uint64_t frame, const SentFormat& format) override {
            if (selected()) unit.frame_start(frame, format);
        }
        void line(uint32_t index, const Line422& pixels) override {
            if (selected()) unit.line(index, pixels);
        }
        void frame_end() override {
            if (selected()) unit.frame_end();
        }
    };
    std::array<Port, kCameraPorts> ports_;
};

}  // namespace exysim::camera
