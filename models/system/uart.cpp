#include "models/system/uart.hpp"

#include <algorithm>

namespace exysim::system {

Uart::Uart(sc_core::sc_module_name module_name, const UartConfig& config, Instruments& instruments)
    : RegisterTarget{module_name, instruments, config.fifo_bytes},
      config_{config},
      guest_errors_{instruments.guest_errors} {}

void Uart::receive(std::span<const uint8_t> characters) {
    host_.insert(host_.end(), characters.begin(), characters.end());
    update_in();
}

void Uart::receive_break() {
    host_.emplace_back(std::nullopt);
    update_in();
}

void Uart::flush() {
    if (std::exchange(sent_, std::nullopt)) transmitted(core_.finish_character());
    while (core_.can_start()) {
        core_.start_character();
        transmitted(core_.finish_character());
    }
}

void Uart::update() {
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    report_lost();
    run_transmitter(now);
    run_receiver(now);
    run_timeout(now);
    irq.write(core_.irq());
    for (const auto& deadline : {sent_, arrival_, timeout_}) {
        if (deadline) update_at(*deadline);
    }
}

/// Time of `count` bits on the wire at the present rate.
Picoseconds Uart::bits(uint32_t count) const {
    const uint64_t clock = std::max<uint64_t>(config_.clock(), 1);
    return time_of_tick(uint64_t{count} * core_.clocks_per_bit(), clock);
}

void Uart::run_transmitter(Picoseconds now) {
    if (sent_ && *sent_ <= now) {
        sent_.reset();
        transmitted(core_.finish_character());
    }
    if (!sent_ && core_.can_start()) {
        core_.start_character();
        sent_ = now + bits(core_.bits_per_character());
    }
}

void Uart::run_receiver(Picoseconds now) {
    if (arrival_ && *arrival_ <= now) {
        arrival_.reset();
        if (const auto character = host_.front()) {
            core_.arrive(*character);
        } else {
            core_.arrive_break();
        }
        host_.pop_front();
    }
    if (!arrival_ && !host_.empty() && core_.has_room()) arrival_ = now + bits(core_.bits_per_character());
}

/// The timeout runs from the last character that arrived.
void Uart::run_timeout(Picoseconds now) {
    if (!core_.awaits_timeout()) {
        timeout_.reset();
    } else if (!timeout_ || core_.received() != counted_) {
        timeout_ = now + bits(core_.timeout_bits());
    } else if (*timeout_ <= now) {
        timeout_.reset();
        core_.time_out();
    }
    counted_ = core_.received();
}

void Uart::report_lost() {
    for (uint32_t lost = core_.take_lost(); lost > 0; --lost) {
        guest_errors_.report({.instance = name(),
                              .what = "character written to a full transmit FIFO is lost",
                              .reg = "UTXH",
                              .offset = UartCore::kUtxh});
    }
}

}  // namespace exysim::system
