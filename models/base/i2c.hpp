// The two wires between an I2C controller and its slaves, one call a byte.
#pragma once

#include <cstdint>

namespace exysim {

/// A slave on an I2C bus. Calls come in bus order: start, bytes, stop (a repeated start comes without stop).
struct I2cSlave {
    virtual ~I2cSlave() = default;
    /// START with this slave's 7-bit address; returns false for NAK. `read` is the R/W bit.
    virtual bool start(bool read) = 0;
    /// One byte from the master; returns false for NAK.
    virtual bool write(uint8_t byte) = 0;
    /// One byte to the master.
    virtual uint8_t read() = 0;
    virtual void stop() = 0;
};

}  // namespace exysim
