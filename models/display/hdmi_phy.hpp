// The slaves on HDMI's two I2C buses: the PHY, whose settings choose the pixel clock, and the screen's EDID.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/base/i2c.hpp"

namespace exysim::display {

/// HDMIPHY at address 0x38: thirty-two bytes of settings from register 0 on; a message's first byte names the
/// register. Clocks are known for the settings Linux 6.1 writes (v1.3 PHY of Exynos4210: 27, 27.027, 74.176,
/// 74.25 and 148.5 MHz).
class HdmiPhy : public I2cSlave {
public:
    bool start(bool read) override;
    bool write(uint8_t byte) override;
    uint8_t read() override;
    void stop() override {}

    /// Nothing before software has set a known clock: the mode's usual one is meant then.
    std::optional<uint64_t> pixel_clock_hz() const;

private:
    static constexpr size_t kSize = 32;
    std::array<uint8_t, kSize> settings_{};
    size_t at_ = 0;
    bool addressed_ = false;  // the register has been named
};

/// A screen's EDID memory at address 0x50: 256 bytes, read from an offset written before.
class Edid : public I2cSlave {
public:
    Edid();
    bool start(bool read) override;
    bool write(uint8_t byte) override;
    uint8_t read() override { return bytes_[at_++]; }
    void stop() override {}

    /// Base block and CEA-861 extension of a screen that shows all modes of README.md, 1080p60 preferred.
    const std::array<uint8_t, 256>& bytes() const { return bytes_; }

private:
    std::array<uint8_t, 256> bytes_{};
    uint8_t at_ = 0;
    bool addressed_ = false;
};

}  // namespace exysim::display
