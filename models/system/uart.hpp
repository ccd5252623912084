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
    /// A break from the host, after all characters so far.
    void receive_break();
    /// RTS as software set it: it would take characters now. Says nothing of the automatic one (AFC).
    bool request_to_send() const { return core().regs.get(UartCore::kRts) != 0; }
    /// Sends what still waits in FIFO and shift register at once, outside simulated time: so that the end of
    /// a run does not swallow a guest's last words.
    void flush();

private:
    void update() override;
    void run_transmitter(Picoseconds now);
    void run_receiver(Picoseconds now);
    void run_timeout(Picoseconds now);
    void report_lost();
    Picoseconds bits(uint32_t count) const;

    UartConfig config_;
    GuestErrors& guest_errors_;
    std::deque<std::optional<uint8_t>> host_;  ///< not yet on the wire; none is a break
    std::optional<Picoseconds> sent_;          ///< end of the character being sent
    std::optional<Picoseconds> arrival_;       ///< end of the character being received
    std::optional<Picoseconds> timeout_;       ///< end of the receive timeout
    uint64_t counted_ = 0;                     ///< characters received when timeout_ was last looked at
};

}  // namespace exysim::system
