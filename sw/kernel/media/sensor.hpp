// The YUV camera sensor on I2C: an S5K6AA with its command page registers (fimc.md section 11).
#pragma once

#include "driver/i2c.hpp"
#include "media/camera_source.hpp"

namespace kernel {

class Sensor final : public CameraSensor {
public:
    Sensor(I2cBus& bus, uint8_t address, CameraPort port = CameraPort::itu_a);

    /// Reads the chip's API version. Errors: kNoDev it is not the one we know, kNxIo nobody answers.
    Result<> identify();
    CameraPort port() const override { return port_; }

private:
    Result<> write(uint16_t reg, uint16_t value);
    Result<uint16_t> read(uint16_t reg);
    Result<> write_paged(uint16_t reg, uint16_t value);
    Result<uint16_t> read_paged(uint16_t reg);

    Result<uint32_t> code_number(uint32_t index) const override;
    v4l2_colorspace colours() const override { return V4L2_COLORSPACE_REC709; }
    uint32_t fastest() const override { return 120; }
    Result<> begin(uint32_t rate) override;
    Result<> end() override { return stream(false); }
    Result<> configure(uint32_t rate);
    Result<> stream(bool on);

    I2cBus& bus_;
    uint8_t address_;
    CameraPort port_;
};

}  // namespace kernel
