// S5K6AA-like camera sensor: its command page behind I2C (hardware/fimc.md section 11). Knows neither time
// nor pixels.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "models/base/i2c.hpp"

namespace exysim::camera {

/// The sensor's I2C slave. Register address and data are 16 bits, big-endian; a write of the address without
/// data selects what a following read returns. Direct registers 0x0028-0x002E hold page and address of the
/// windows that 0x0F12 writes and reads through, counting up by two.
class SensorCore final : public I2cSlave {
public:
    // Direct registers.
    static constexpr uint16_t kWritePage = 0x0028, kWriteAddress = 0x002A, kReadPage = 0x002C,
                              kReadAddress = 0x002E, kData = 0x0F12;
    // Command page 0x7000, as public S5K6AA drivers use it.
    static constexpr uint16_t kCommandPage = 0x7000;
    static constexpr uint16_t kApiVersion = 0x012E, kRevision = 0x0130, kEnablePreview = 0x01F0,
                              kEnablePreviewChanged = 0x01F2, kOutWidth = 0x0242, kOutHeight = 0x0244,
                              kMaxFrameTime = 0x0254;

    SensorCore();

    /// Called when a write to ENABLE_PREV_CHG makes ENABLE_PREV effective.
    std::function<void(bool on)> stream_changed = [](bool) {};

    uint16_t command(uint16_t address) const;
    /// Whole frames a second. Assumed: the sensor's PLL meets the nearest whole rate to 1 / MAX_FR_TIME (0.1
    /// ms units), so that 333 means 30 exactly; 30 while the register is zero.
    uint32_t frames_per_second() const;

    bool start(bool read) override;
    bool write(uint8_t byte) override;
    uint8_t read() override;
    void stop() override {}

private:
    void write_word(uint16_t value);
    uint16_t read_word();
    static uint32_t window(uint16_t page, uint16_t address) { return uint32_t{page} << 16 | address; }

    std::map<uint32_t, uint16_t> paged_;  // by page << 16 | address
    std::map<uint16_t, uint16_t> direct_;
    uint16_t address_ = 0;   // direct register selected
    uint32_t bytes_ = 0;     // of the present message
    uint8_t high_ = 0;       // first byte of a word
    bool low_next_ = false;  // a read has given the high byte of `word_`
    uint16_t word_ = 0;
};

}  // namespace exysim::camera
