#pragma once

#include <optional>

#include "models/base/clock.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/system/i2c_core.hpp"

namespace exysim::system {

struct I2cConfig {
    ClockRate clock = fixed_clock(100'000'000);  ///< ACLK_100
};

/// I2C controller n at 0x1386_0000 + n * 0x10000.
class I2c : public RegisterTarget<I2cCore> {
public:
    sc_core::sc_out<bool> irq{"irq"};

    I2c(sc_core::sc_module_name name, const I2cConfig& config, Instruments& instruments);

    /// Puts `slave` on the bus under its 7-bit address; it must outlive the controller.
    void attach(uint8_t address, I2cSlave& slave) { core_.attach(address, slave); }

private:
    void update() override;

    I2cConfig config_;
    std::optional<Picoseconds> byte_end_;
};

}  // namespace exysim::system
