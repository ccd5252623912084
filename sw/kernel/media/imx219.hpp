// The raw camera sensor on I2C: a Sony IMX219, whose pixels leave as a Bayer mosaic over two MIPI lanes.
// Registers: Linux 6.1's imx219 driver, by use.
#pragma once

#include "driver/i2c.hpp"
#include "media/camera_source.hpp"

namespace kernel {

/// Mirroring and flipping change the colour that the mosaic begins with, and with it the pad's code.
class Imx219 final : public CameraSensor {
public:
    static constexpr uint32_t kLanes = 2;
    Imx219(I2cBus& bus, uint8_t address);

    /// Errors: kNoDev it is another chip, kNxIo nobody answers.
    Result<> identify();
    /// Of the receiver that its link leads to: not one of a FIMC.
    CameraPort port() const override { return CameraPort::mipi_0; }
    ControlSet* controls() override { return &controls_; }

private:
    Result<> write8(uint16_t reg, uint8_t value);
    Result<> write16(uint16_t reg, uint16_t value);
    Result<uint16_t> read16(uint16_t reg);

    Result<uint32_t> code_number(uint32_t index) const override;
    v4l2_colorspace colours() const override { return V4L2_COLORSPACE_RAW; }
    uint32_t fastest() const override;
    Result<> begin(uint32_t rate) override;
    Result<> end() override;
    bool ten_bits() const;
    static Result<> on_change(void* context, uint32_t control, int32_t value);
    Result<> change(uint32_t control, int32_t value);

    I2cBus& bus_;
    uint8_t address_;
    bool mirrored_ = false, flipped_ = false;
    uint32_t pattern_ = 0;  // of V4L2_CID_TEST_PATTERN's menu
    ControlSet controls_;
};

}  // namespace kernel
