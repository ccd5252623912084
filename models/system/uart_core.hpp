// Serial port of the S3C family: registers, FIFOs and interrupt sources. Knows no time: the shell says when a
// character has left or arrived.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Facts: hardware page "System devices" section 1. Receive and transmit work whatever UCON's mode fields say
/// (Assumed: a boot loader may have enabled them); the TXD interrupt needs transmit mode 1.
class UartCore {
public:
    enum Reg : uint32_t {
        kUlcon = 0x00,
        kUcon = 0x04,
        kUfcon = 0x08,
        kUmcon = 0x0C,
        kUtrstat = 0x10,
        kUerstat = 0x14,
        kUfstat = 0x18,
        kUmstat = 0x1C,
        kUtxh = 0x20,
        kUrxh = 0x24,
        kUbrdiv = 0x28,
        kUfracval = 0x2C,
        kUintp = 0x30,
        kUintsp = 0x34,
        kUintm = 0x38,
    };
    /// Bits of UINTP, UINTSP and UINTM.
    enum Source : uint32_t { kRxd = 1, kError = 2, kTxd = 4, kModem = 8 };
    // clang-format off
    static constexpr Field kWordLength {kUlcon,    "WORD_LENGTH",    1,  0, Access::rw,  0};  // 5 + n bits
    static constexpr Field kStopBits   {kUlcon,    "STOP_BITS",      2,  2, Access::rw,  0};  // 1 + n
    static constexpr Field kParity     {kUlcon,    "PARITY",         5,  3, Access::rw,  0};  // 0xx none
    static constexpr Field kInfrared   {kUlcon,    "INFRARED",       6,  6, Access::rw,  0};
    static constexpr Field kRxMode     {kUcon,     "RX_MODE",        1,  0, Access::rw,  0};
    static constexpr Field kTxMode     {kUcon,     "TX_MODE",        3,  2, Access::rw,  0};  // 1 interrupt or polling
    static constexpr Field kSendBreak  {kUcon,     "SEND_BREAK",     4,  4, Access::rw,  0};
    static constexpr Field kLoopBack   {kUcon,     "LOOP_BACK",      5,  5, Access::rw,  0};
    static constexpr Field kRxErrorIrq {kUcon,     "RX_ERROR_IRQ",   6,  6, Access::rw,  0};
    static constexpr Field kRxTimeout  {kUcon,     "RX_TIMEOUT",     7,  7, Access::rw,  0};
    static constexpr Field kRxLevel    {kUcon,     "RX_LEVEL",       8,  8, Access::rw,  0};
    static constexpr Field kTxLevel    {kUcon,     "TX_LEVEL",       9,  9, Access::rw,  0};
    static constexpr Field kDmaSuspend {kUcon,     "DMA_SUSPEND",   10, 10, Access::rw,  0};
    static constexpr Field kEmptyTime  {kUcon,     "TIMEOUT_EMPTY", 11, 11, Access::rw,  0};
    static constexpr Field kTimeout    {kUcon,     "TIMEOUT_COUNT", 15, 12, Access::rw,  3};
    static constexpr Field kRxBurst    {kUcon,     "RX_DMA_BURST",  19, 16, Access::rw,  0};
    static constexpr Field kTxBurst    {kUcon,     "TX_DMA_BURST",  23, 20, Access::rw,  0};
    static constexpr Field kFifoEnable {kUfcon,    "FIFO_ENABLE",    0,  0, Access::rw,  0};
    static constexpr Field kRxReset    {kUfcon,    "RX_RESET",       1,  1, Access::w1p, 0};
    static constexpr Field kTxReset    {kUfcon,    "TX_RESET",       2,  2, Access::w1p, 0};
    static constexpr Field kRxTrigger  {kUfcon,    "RX_TRIGGER",     6,  4, Access::rw,  0};  // eighths of the FIFO
    static constexpr Field kTxTrigger  {kUfcon,    "TX_TRIGGER",    10,  8, Access::rw,  0};
    static constexpr Field kRts        {kUmcon,    "RTS",            0,  0, Access::rw,  0};
    static constexpr Field kAfc        {kUmcon,    "AFC",            4,  4, Access::rw,  0};
    static constexpr Field kRxReady    {kUtrstat,  "RX_READY",       0,  0, Access::ro,  0};
    static constexpr Field kTxEmpty    {kUtrstat,  "TX_BUFFER_EMPTY",1,  1, Access::ro,  1};
    static constexpr Field kTxIdle     {kUtrstat,  "TX_EMPTY",       2,  2, Access::ro,  1};
    static constexpr Field kTimedOut   {kUtrstat,  "RX_TIMED_OUT",   3,  3, Access::w1c, 0};
    static constexpr Field kOverrun    {kUerstat,  "OVERRUN",        0,  0, Access::ro,  0};  // all clear on read
    static constexpr Field kErrors     {kUerstat,  "ERRORS",         2,  1, Access::ro,  0};  // never on this wire
    static constexpr Field kBreak      {kUerstat,  "BREAK",          3,  3, Access::ro,  0};  // of the oldest character
    static constexpr Field kRxCount    {kUfstat,   "RX_COUNT",       7,  0, Access::ro,  0};
    static constexpr Field kRxFull     {kUfstat,   "RX_FULL",        8,  8, Access::ro,  0};
    static constexpr Field kRxError    {kUfstat,   "RX_ERROR",       9,  9, Access::ro,  0};
    static constexpr Field kTxCount    {kUfstat,   "TX_COUNT",      23, 16, Access::ro,  0};
    static constexpr Field kTxFull     {kUfstat,   "TX_FULL",       24, 24, Access::ro,  0};
    static constexpr Field kCts        {kUmstat,   "CTS",            0,  0, Access::ro,  1};  // the far side is always ready
    static constexpr Field kDeltaCts   {kUmstat,   "DELTA_CTS",      2,  2, Access::ro,  0};
    static constexpr Field kTxData     {kUtxh,     "UTXH",           7,  0, Access::wo,  0};
    static constexpr Field kRxData     {kUrxh,     "URXH",           7,  0, Access::ro,  0};
    static constexpr Field kDivisor    {kUbrdiv,   "UBRDIV",        15,  0, Access::rw,  0};
    static constexpr Field kFraction   {kUfracval, "UFRACVAL",       3,  0, Access::rw,  0};  // sixteenths
    static constexpr Field kPending    {kUintp,    "UINTP",          3,  0, Access::w1c, 0};
    static constexpr Field kSource     {kUintsp,   "UINTSP",         3,  0, Access::w1c, 0};
    static constexpr Field kMask       {kUintm,    "UINTM",          3,  0, Access::rw,  0};
    static constexpr Field kMap[] = {
        kWordLength, kStopBits, kParity, kInfrared, kRxMode, kTxMode, kSendBreak, kLoopBack, kRxErrorIrq, kRxTimeout,
        kRxLevel, kTxLevel, kDmaSuspend, kEmptyTime, kTimeout, kRxBurst, kTxBurst, kFifoEnable, kRxReset, kTxReset,
        kRxTrigger, kTxTrigger, kRts, kAfc, kRxReady, kTxEmpty, kTxIdle, kTimedOut, kOverrun, kErrors, kBreak, kRxCount,
        kRxFull, kRxError, kTxCount, kTxFull, kCts, kDeltaCts, kTxData, kRxData, kDivisor, kFraction, kPending,
        kSource, kMask,
    };
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};

    explicit UartCore(uint32_t fifo_bytes);

    // The transmit wire.
    bool can_start() const { return !shifter_ && !tx_.empty(); }
    void start_character();  ///< moves the oldest character into the shift register
    uint8_t
    finish_character();  ///< the shift register is done; in loop-back the receiver gets the character too
    // The receive wire.
    bool has_room() const { return rx_.size() < capacity(); }
    void arrive(uint8_t character);  ///< without room the character is lost and OVERRUN set
    void arrive_break();             ///< the far side holds the line low: a NUL comes with BREAK set
    uint64_t received() const { return received_; }  ///< characters since the start of the run
    bool awaits_timeout() const;                     ///< characters wait below the trigger level
    void time_out();

    bool irq() const { return regs.get(kPending) != 0; }
    uint32_t bits_per_character() const;
    /// Input clocks one bit takes: 16 x (UBRDIV + 1 + UFRACVAL / 16).
    uint32_t clocks_per_bit() const { return 16 * (regs.get(kDivisor) + 1) + regs.get(kFraction); }
    /// Receive timeout in bits. Source: Samsung's manual, 8 x (TIMEOUT_COUNT + 1) bit times.
    uint32_t timeout_bits() const { return 8 * (regs.get(kTimeout) + 1); }
    /// Characters written while the FIFO was full, since the last call.
    uint32_t take_lost() { return std::exchange(lost_, 0); }

private:
    void write_character(uint32_t written);
    uint32_t read_character();
    void control_fifos(uint32_t written);
    uint32_t capacity() const { return regs.get(kFifoEnable) ? fifo_bytes_ : 1; }
    uint32_t trigger(const Field& code) const { return regs.get(code) * fifo_bytes_ / 8; }
    void acknowledge(uint32_t written);
    void raise(Source source);
    void refresh();  ///< recomputes status registers and interrupt sources

    uint32_t fifo_bytes_;
    static constexpr uint16_t kBroken = 0x100;  ///< flag of a received character
    void take_in(uint16_t character);
    std::deque<uint8_t> tx_;
    std::deque<uint16_t> rx_;
    std::optional<uint8_t> shifter_;
    uint64_t received_ = 0;
    uint32_t lost_ = 0;
    bool receive_due_ = false;  ///< RXD: trigger level reached or timed out, until the FIFO is empty
};

}  // namespace exysim::system
