// Which sensors a camera node of the device tree leads to.
#pragma once

#include "driver/device.hpp"
#include "media/sensor.hpp"

namespace kernel {

/// A camera port of the device tree (1 = A, 2 = B) and the sensor on it.
struct CameraInput {
    uint32_t port = 0;
    Sensor* sensor = nullptr;
};

/// What the camera interfaces can choose from, in the order of their ports.
struct CameraInputs {
    static constexpr uint32_t kMost = 2;
    CameraInput at[kMost];
    uint32_t count = 0;
};

/// The inputs of a camera node. Errors: kProbeDefer until the drivers of all its sensors are bound.
Result<CameraInputs> camera_inputs(Node camera);

}  // namespace kernel
