// I2C buses by their controller's node.
#pragma once

#include <span>

#include "driver/device.hpp"

namespace kernel {

/// A bus. Transfers sleep until the controller's interrupt says they are done.
struct I2cBus {
    virtual ~I2cBus() = default;
    /// Writes, then (after a repeated start) reads; either part may be empty. Errors: kNxIo no acknowledge,
    /// kTimedOut the bus is stuck.
    virtual Result<> transfer(uint8_t address, std::span<const uint8_t> write, std::span<uint8_t> read) = 0;
};

/// The bus a slave's node hangs on. Errors: kProbeDefer.
Result<I2cBus*> i2c_bus_of(Node slave);

}  // namespace kernel
