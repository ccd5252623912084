#pragma once

#include <deque>
#include <span>

#include "models/base/clock.hpp"
#include "models/base/probe.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/system/uart_core.hpp"

namespace exysim::system {

struct UartConfig {
    uint32_t fifo_bytes = 256;                   ///< Exynos4: UART0 256, UART1 64, UART2 and UART3 16
    ClockRate clock = fixed_clock(100'000'000);  ///< SCLK_UART of this port
};

/// A serial port with its host side. Characters leave and arrive at the programmed baud rate.
class Uart : public RegisterTarget<UartCore> {
public:
    sc_core::sc_out<bool> irq{"irq"};
    Probe<uint8_t> transmitted;  ///< a character has left the shift register

    Uart(sc_core::sc_module_name name, const UartConfig& config, Instruments& instruments);

    /// Characters from the host, taken in at line speed as the receive FIFO has room (the far side obeys
    /// RTS). Call from the simulation's thread, at any time after elaboration.
    void receive(std::span<const uint8_t> characters);

private:
    void before_access() override;
    void update() override;
    void start_transmission();
    void finish_transmission();
    void take_character();

    UartConfig config_;
    GuestErrors& guest_errors_;
    std::deque<uint8_t> host_;
    std::optional<Picoseconds> shift_end_;      ///< while a character is being sent
    std::optional<Picoseconds> arrival_;        ///< end of the character on the receive wire
    std::optional<Picoseconds> idle_deadline_;  ///< receive timeout
};

}  // namespace exysim::system
