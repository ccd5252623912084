// The kernel log before drivers are bound, so that an early panic is heard.
#pragma once

namespace kernel {

/// Sends the log to the UART of /chosen's stdout-path, by polling, through a fixed window. Does nothing if
/// the device tree names none. The UART's driver takes over when it is bound.
void start_early_console();

}  // namespace kernel
