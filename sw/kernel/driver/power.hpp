// Power domains and clock gates, switched on by the device that needs them.
#pragma once

#include "driver/device.hpp"

namespace kernel {

/// Switches on the node's power domain (property power-domains) and the domain's own parent, then opens the
/// gates of its clocks (property clocks). What the node does not name is left alone. Errors: kTimedOut.
Result<> power_on(Node node);

}  // namespace kernel
