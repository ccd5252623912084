// The camera sensor on I2C: an S5K6AA with its command page registers (fimc.md section 11).
#pragma once

#include "driver/i2c.hpp"

namespace kernel {

class Sensor {
public:
    Sensor(I2cBus& bus, uint8_t address) : bus_{bus}, address_{address} {}

    /// Reads the chip's API version. Errors: kNoDev it is not the one we know, kNxIo nobody answers.
    Result<> identify();
    /// Picture size and frame interval of the next stream. Errors: kIo.
    Result<> configure(uint32_t width, uint32_t height, uint32_t frames_per_second);
    Result<> stream(bool on);

private:
    Result<> write(uint16_t reg, uint16_t value);
    Result<uint16_t> read(uint16_t reg);
    Result<> write_paged(uint16_t reg, uint16_t value);
    Result<uint16_t> read_paged(uint16_t reg);

    I2cBus& bus_;
    uint8_t address_;
};

/// The sensor whose driver is bound. Errors: kProbeDefer.
Result<Sensor*> the_sensor();

}  // namespace kernel
