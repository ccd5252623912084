// System parts that every machine has and nothing else on the board asks for: pin controllers, DMA
// controllers, PWM, watchdog and the I2C buses without a device.
#pragma once

#include <array>
#include <deque>
#include <string>

#include "models/iommu/sysmmu.hpp"
#include "models/system/gpio.hpp"
#include "models/system/i2c.hpp"
#include "models/system/pl330.hpp"
#include "models/system/pwm.hpp"
#include "models/system/wdt.hpp"

namespace exysim::board {

/// Shapes of the three PL330s: hardware page "System devices" section 10.
constexpr system::Pl330Shape kPeripheralDma{
    .channels = 8, .requests = 32, .bus_bytes = 4, .buffer_lines = 32};
constexpr system::Pl330Shape kMemoryDma{.channels = 8, .requests = 1, .bus_bytes = 8, .buffer_lines = 64};

struct Peripherals {
    static constexpr uint32_t kFirstI2c = 1, kI2cs = 8;  ///< I2C1 to I2C8; I2C8 is HDMIPHY's

    Peripherals(const ClockRate& i2c_clock, sc_core::sc_time skew, const iommu::SysMmuConfig& mmu,
                Instruments& in)
        : gpio0{"gpio0", in},
          gpio1{"gpio1", in},
          gpio2{"gpio2", in},
          pwm{"pwm", {}, in},
          wdt{"wdt", {}, in},
          pdma0{"pdma0", {.shape = kPeripheralDma, .skew = skew}, in},
          pdma1{"pdma1", {.shape = kPeripheralDma, .skew = skew}, in},
          mdma1{"mdma1", {.shape = kMemoryDma, .skew = skew}, in},
          mdma1_mmu{"sysmmu_mdma1", mmu, in} {
        for (uint32_t n = 0; n < kI2cs; ++n) {
            const std::string name = "i2c" + std::to_string(kFirstI2c + n);
            i2cs.emplace_back(name.c_str(), system::I2cConfig{i2c_clock}, in);
        }
        mdma1.dma.socket.bind(mdma1_mmu.device);
    }

    system::Gpio gpio0;
    system::WakeUpGpio gpio1;
    system::Gpio gpio2;
    system::Pwm pwm;
    system::Wdt wdt;
    system::Pl330 pdma0, pdma1, mdma1;
    iommu::SysMmu mdma1_mmu;
    std::deque<system::I2c> i2cs;
};

}  // namespace exysim::board
