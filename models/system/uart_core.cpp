#include "models/system/uart_core.hpp"

#include <algorithm>

namespace exysim::system {

UartCore::UartCore(uint32_t fifo_bytes) : fifo_bytes_{fifo_bytes} {
    regs.on_write(kUcon, [this](uint32_t) { refresh(); });
    regs.on_write(kUfcon, [this](uint32_t written) { control_fifos(written); });
    regs.on_write(kUtxh, [this](uint32_t written) { write_character(written); });
    regs.on_read(kUrxh, [this](uint32_t) { return read_character(); });
    regs.on_read(kUerstat, [this](uint32_t stored) {
        regs.set(kOverrun, 0);
        if (!rx_.empty()) rx_.front() &= static_cast<uint16_t>(~kBroken);
        refresh();
        return stored;
    });
    regs.on_write(kUintp, [this](uint32_t written) { acknowledge(written); });
    regs.on_write(kUintsp, [this](uint32_t written) { acknowledge(written); });
    regs.on_write(kUintm, [this](uint32_t) { refresh(); });
    refresh();
}

void UartCore::write_character(uint32_t written) {
    if (tx_.size() < capacity()) {
        tx_.push_back(static_cast<uint8_t>(written));
    } else {
        ++lost_;
    }
    refresh();
}

uint32_t UartCore::read_character() {
    if (rx_.empty()) return 0;
    const auto character = static_cast<uint8_t>(rx_.front());
    rx_.pop_front();
    if (rx_.empty()) receive_due_ = false;
    refresh();
    return character;
}

void UartCore::start_character() {
    shifter_ = tx_.front();
    tx_.pop_front();
    refresh();
}

uint8_t UartCore::finish_character() {
    const uint8_t character = *shifter_;
    shifter_.reset();
    if (regs.get(kLoopBack)) arrive(character);
    refresh();
    return character;
}

void UartCore::arrive(uint8_t character) { take_in(character); }

void UartCore::arrive_break() {
    take_in(kBroken);
    if (regs.get(kRxErrorIrq)) raise(kError);
    refresh();
}

void UartCore::take_in(uint16_t character) {
    ++received_;
    if (has_room()) {
        rx_.push_back(character);
    } else {
        regs.set(kOverrun, 1);
        if (regs.get(kRxErrorIrq)) raise(kError);
    }
    const uint32_t level = regs.get(kFifoEnable) ? std::max(trigger(kRxTrigger), 1U) : 1;
    if (rx_.size() >= level) receive_due_ = true;
    refresh();
}

bool UartCore::awaits_timeout() const { return regs.get(kRxTimeout) && !rx_.empty() && !receive_due_; }

void UartCore::time_out() {
    receive_due_ = true;
    regs.set(kTimedOut, 1);
    refresh();
}

void UartCore::control_fifos(uint32_t written) {
    if (written & kRxReset.mask()) {
        rx_.clear();
        receive_due_ = false;
    }
    if (written & kTxReset.mask()) tx_.clear();
    refresh();
}

/// A written one clears a source in both registers; a source whose condition still holds comes back at once.
void UartCore::acknowledge(uint32_t written) {
    regs.set(kSource, regs.get(kSource) & ~written);
    refresh();
}

void UartCore::raise(Source source) { regs.set(kSource, regs.get(kSource) | source); }

void UartCore::refresh() {
    regs.set(kRxReady, !rx_.empty());
    regs.set(kBreak, !rx_.empty() && (rx_.front() & kBroken) != 0);
    regs.set(kRxError, std::any_of(rx_.begin(), rx_.end(), [](uint16_t c) { return (c & kBroken) != 0; }));
    regs.set(kTxEmpty, tx_.empty());
    regs.set(kTxIdle, tx_.empty() && !shifter_);
    // A full FIFO shows as its flag with a count of zero.
    const bool fifos = regs.get(kFifoEnable), rx_full = rx_.size() >= fifo_bytes_,
               tx_full = tx_.size() >= fifo_bytes_;
    regs.set(kRxFull, fifos && rx_full);
    regs.set(kTxFull, fifos && tx_full);
    regs.set(kRxCount, fifos && !rx_full ? static_cast<uint32_t>(rx_.size()) : 0);
    regs.set(kTxCount, fifos && !tx_full ? static_cast<uint32_t>(tx_.size()) : 0);

    constexpr uint32_t kInterruptOrPolling = 1;
    const uint32_t tx_level = fifos ? trigger(kTxTrigger) : 0;
    if (regs.get(kTxMode) == kInterruptOrPolling && tx_.size() <= tx_level) raise(kTxd);
    if (receive_due_) raise(kRxd);
    regs.set(kPending, regs.get(kSource) & ~regs.get(kMask));
}

uint32_t UartCore::bits_per_character() const {
    const uint32_t parity = regs.get(kParity) >> 2;  // 1xx: odd, even or forced
    return 1 + 5 + regs.get(kWordLength) + parity + 1 + regs.get(kStopBits);
}

}  // namespace exysim::system
