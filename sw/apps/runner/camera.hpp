// A capture device as a scenario's source: programmed, its buffers allocated and exported.
#pragma once

#include <vector>

#include "apps/runner/scenario.hpp"
#include "apps/runner/v4l2_device.hpp"

namespace apps::runner {

/// Opens the source's device and sets its input, format, the sensor's picture size and the rate. Throws
/// Error.
V4l2Device open_camera(const Source& source);

/// Makes the driver allocate the buffers, or as many as it allows, and exports each. Throws Error.
std::vector<Fd> make_buffers(V4l2Device& device, const Buffers& wanted);

}  // namespace apps::runner
