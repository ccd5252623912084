// An IMX219-like raw camera sensor: its registers behind I2C. Knows neither time nor pixels.
// Source: Linux 6.1's imx219 driver, by use (register addresses, values, pixel rate, line length).
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "models/base/i2c.hpp"
#include "models/camera/frame_source.hpp"

namespace exysim::camera {

/// 16-bit register addresses, 8-bit data that count up; words are big-endian. Reads start at the address of
/// the last write.
class BayerCore final : public I2cSlave {
public:
    static constexpr uint16_t kChipId = 0x0000, kModeSelect = 0x0100, kSoftReset = 0x0103, kLaneMode = 0x0114,
                              kFrameLength = 0x0160, kLineLength = 0x0162, kWidth = 0x016C, kHeight = 0x016E,
                              kOrientation = 0x0172, kDataFormat = 0x018C, kTestPattern = 0x0600,
                              kTestRed = 0x0602, kTestGreenR = 0x0604, kTestBlue = 0x0606,
                              kTestGreenB = 0x0608;
    static constexpr uint16_t kChip = 0x0219;
    static constexpr uint64_t kPixelRate = 182'400'000;  ///< pixels a second at the link's usual 456 MHz

    enum class Pattern : uint8_t { none, solid, bars, grey_bars, pn9 };

    BayerCore();

    /// Called when MODE_SELECT changes.
    std::function<void(bool on)> stream_changed = [](bool) {};

    uint8_t get(uint16_t address) const;
    uint16_t word(uint16_t address) const {
        return static_cast<uint16_t>(get(address) << 8 | get(address + 1));
    }
    bool streaming() const { return (get(kModeSelect) & 1) != 0; }
    FrameSize size() const { return {word(kWidth), word(kHeight)}; }
    /// Frame and line in pixel times; at least what the picture needs.
    uint64_t line_pixels() const;
    uint64_t frame_lines() const;
    uint8_t data_type() const { return get(kDataFormat) == 8 ? kRaw8 : kRaw10; }
    uint8_t lanes() const { return get(kLaneMode) == 1 ? 2 : 4; }
    Pattern pattern() const;
    bool mirrored() const { return (get(kOrientation) & 1) != 0; }
    bool flipped() const { return (get(kOrientation) & 2) != 0; }

    bool start(bool read) override;
    bool write(uint8_t byte) override;
    uint8_t read() override { return get(address_++); }
    void stop() override {}

private:
    void reset();
    void store(uint16_t address, uint8_t value);

    std::map<uint16_t, uint8_t> registers_;
    uint16_t address_ = 0;
    uint32_t bytes_ = 0;  // of the present message
};

}  // namespace exysim::camera
