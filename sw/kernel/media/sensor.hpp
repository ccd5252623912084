// A camera sensor on I2C: an S5K6AA with its command page registers (fimc.md section 11), wired to one of the
// two parallel camera ports.
#pragma once

#include "driver/i2c.hpp"

namespace kernel {

class Sensor {
public:
    Sensor(I2cBus& bus, uint8_t address) : bus_{bus}, address_{address} {}

    /// Reads the chip's API version. Errors: kNoDev it is not the one we know, kNxIo nobody answers.
    Result<> identify();
    /// Lets it send pictures of this size and rate. Several may watch: the others' wishes must be the
    /// first's. Errors: kBusy they are not, kIo.
    Result<> start(uint32_t width, uint32_t height, uint32_t frames_per_second);
    /// The last one stops it. Errors: kIo.
    Result<> stop();

private:
    Result<> write(uint16_t reg, uint16_t value);
    Result<uint16_t> read(uint16_t reg);
    Result<> write_paged(uint16_t reg, uint16_t value);
    Result<uint16_t> read_paged(uint16_t reg);

    Result<> configure();
    Result<> stream(bool on);

    struct Setting {
        uint32_t width = 0, height = 0, rate = 0;
        friend bool operator==(const Setting&, const Setting&) = default;
    };
    Setting setting_;
    uint32_t watchers_ = 0;
    I2cBus& bus_;
    uint8_t address_;
};

}  // namespace kernel
