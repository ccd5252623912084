#include "models/system/i2c.hpp"

#include <algorithm>

namespace exysim::system {

I2c::I2c(sc_core::sc_module_name module_name, const I2cConfig& config, Instruments& instruments)
    : RegisterTarget{module_name, instruments}, config_{config} {}

void I2c::update() {
    constexpr uint32_t kBitsPerByte = 9;  // with the acknowledge bit
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (core_.take_started()) {
        const uint64_t clock = std::max<uint64_t>(config_.clock(), 1);
        byte_end_ = now + time_of_tick(uint64_t{kBitsPerByte} * core_.clocks_per_bit(), clock);
    }
    if (byte_end_ && *byte_end_ <= now) {
        byte_end_.reset();
        core_.finish_byte();
    }
    irq.write(core_.irq());
    if (byte_end_) update_at(*byte_end_);
}

}  // namespace exysim::system
