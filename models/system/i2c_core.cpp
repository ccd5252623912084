#include "models/system/i2c_core.hpp"

namespace exysim::system {

I2cCore::I2cCore() {
    regs.on_write(kIiccon, [this](uint32_t written) {
        if (!(written & kIrqPending.mask())) release();
    });
    regs.on_write(kIicstat, [this](uint32_t written) { write_status(written); });
}

/// START and STOP written while a byte waits to be acknowledged go out once the pending bit is cleared; of
/// several, the last one counts. That is how software turns a STOP into a repeated START.
void I2cCore::write_status(uint32_t written) {
    const bool output = regs.get(kOutput), output_fell = output_ && !output;
    output_ = output;
    if (output_fell) return stop();  // how the HDMI PHY's driver ends a transfer
    if (!master()) return;
    const Condition wanted = written & kBusy.mask() ? Condition::start : Condition::stop;
    if (regs.get(kIrqPending)) {
        next_ = wanted;
    } else {
        send(wanted);
    }
}

/// Software has cleared the pending bit: the clock line is let go and the transfer goes on.
void I2cCore::release() {
    if (!regs.get(kIrqPending)) return;
    regs.set(kIrqPending, 0);
    const Condition next = std::exchange(next_, Condition::none);
    if (next != Condition::none) return send(next);
    if (regs.get(kBusy)) begin(Byte::data);
}

void I2cCore::send(Condition condition) {
    if (condition == Condition::stop) return stop();
    regs.set(kBusy, 1);
    begin(Byte::address);
}

void I2cCore::stop() {
    if (slave_) slave_->stop();
    slave_ = nullptr;
    on_wire_ = Byte::none;
    next_ = Condition::none;
    regs.set(kBusy, 0);
}

void I2cCore::begin(Byte byte) {
    on_wire_ = byte;
    started_ = true;
}

void I2cCore::finish_byte() {
    const Byte byte = std::exchange(on_wire_, Byte::none);
    if (byte == Byte::none) return;  // stopped meanwhile
    const bool acknowledged = byte == Byte::address ? address_slave() : transfer_data();
    regs.set(kNak, !acknowledged);
    regs.set(kIrqPending, 1);
}

bool I2cCore::address_slave() {
    const uint32_t byte = regs.get(kData);
    reading_ = byte & 1;
    const auto found = slaves_.find(static_cast<uint8_t>(byte >> 1));
    slave_ = found != slaves_.end() ? found->second : nullptr;
    if (slave_ && !slave_->start(reading_)) slave_ = nullptr;
    return slave_ != nullptr;
}

/// Returns whether the receiver acknowledged: the slave for a write, this controller for a read.
bool I2cCore::transfer_data() {
    if (!reading_) return slave_ && slave_->write(static_cast<uint8_t>(regs.get(kData)));
    regs.set(kData, slave_ ? slave_->read() : 0xFF);  // nobody pulls the line low
    return regs.get(kAckEnable);
}

}  // namespace exysim::system
