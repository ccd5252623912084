// I2C controller of the S3C2440 type, master modes. Knows no time: the shell says when a byte is through.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "models/base/i2c.hpp"
#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Facts: hardware page "System devices" section 9. A transfer is a chain of bytes; after each the controller
/// stops with IRQ_PENDING set and holds the clock line until software clears it, which starts the next byte.
class I2cCore {
public:
    enum Reg : uint32_t { kIiccon = 0x00, kIicstat = 0x04, kIicadd = 0x08, kIicds = 0x0C, kIiclc = 0x10 };
    enum Mode : uint32_t { kSlaveReceive, kSlaveTransmit, kMasterReceive, kMasterTransmit };
    // clang-format off
    static constexpr Field kAckEnable   {kIiccon,  "ACK_EN",       7, 7, Access::rw, 0};
    static constexpr Field kClockSource {kIiccon,  "TX_CLK_SOURCE",6, 6, Access::rw, 0};  // PCLK / 16 or / 512
    static constexpr Field kIrqEnable   {kIiccon,  "IRQ_EN",       5, 5, Access::rw, 0};
    static constexpr Field kIrqPending  {kIiccon,  "IRQ_PENDING",  4, 4, Access::ro, 0};  // a written zero clears
    static constexpr Field kPrescaler   {kIiccon,  "PRESCALER",    3, 0, Access::rw, 0};
    static constexpr Field kMode        {kIicstat, "MODE",         7, 6, Access::rw, 0};
    static constexpr Field kBusy        {kIicstat, "BUSY",         5, 5, Access::ro, 0};  // written: START or STOP
    static constexpr Field kOutput      {kIicstat, "TXRX_EN",      4, 4, Access::rw, 0};
    static constexpr Field kLost        {kIicstat, "ARBITRATION",  3, 3, Access::ro, 0};
    static constexpr Field kAddressed   {kIicstat, "ADDRESSED",    2, 2, Access::ro, 0};
    static constexpr Field kAddressZero {kIicstat, "ADDRESS_ZERO", 1, 1, Access::ro, 0};
    static constexpr Field kNak         {kIicstat, "LAST_BIT",     0, 0, Access::ro, 0};
    static constexpr Field kAddress     {kIicadd,  "IICADD",       7, 0, Access::rw, 0};
    static constexpr Field kData        {kIicds,   "IICDS",        7, 0, Access::rw, 0};
    static constexpr Field kLineControl {kIiclc,   "IICLC",        2, 0, Access::rw, 0};
    static constexpr Field kMap[] = {
        kAckEnable, kClockSource, kIrqEnable, kIrqPending, kPrescaler, kMode, kBusy, kOutput, kLost, kAddressed,
        kAddressZero, kNak, kAddress, kData, kLineControl,
    };
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};

    I2cCore();
    void attach(uint8_t address, I2cSlave& slave) { slaves_[address] = &slave; }

    /// A byte (with START or not) is on the wire since the last call; the shell then waits the byte's time.
    bool take_started() { return std::exchange(started_, false); }
    /// The byte and its acknowledge bit are through.
    void finish_byte();
    bool irq() const { return regs.get(kIrqPending) && regs.get(kIrqEnable); }
    /// Input clocks one bit takes.
    uint32_t clocks_per_bit() const {
        return (regs.get(kClockSource) ? 512 : 16) * (regs.get(kPrescaler) + 1);
    }

private:
    /// What the byte on the wire is.
    enum class Byte : uint8_t { none, address, data };
    enum class Condition : uint8_t { none, start, stop };

    bool master() const { return regs.get(kMode) >= kMasterReceive; }
    void write_status(uint32_t written);
    void release();
    void send(Condition condition);
    void stop();
    void begin(Byte byte);
    bool address_slave();
    bool transfer_data();

    std::map<uint8_t, I2cSlave*> slaves_;
    I2cSlave* slave_ = nullptr;  ///< the one that acknowledged its address
    Byte on_wire_ = Byte::none;
    Condition next_ = Condition::none;  ///< sent once software clears the pending bit
    bool reading_ = false;              ///< R/W bit of the address byte
    bool output_ = false;               ///< TXRX_EN as last written
    bool started_ = false;
};

}  // namespace exysim::system
