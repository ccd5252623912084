// Power domains and clock gates, switched by the device that needs them.
#pragma once

#include "driver/device.hpp"

namespace kernel {

/// Switches on the node's power domain (property power-domains), if it has one. Errors: kTimedOut.
Result<> power_on(Node node);

}  // namespace kernel
