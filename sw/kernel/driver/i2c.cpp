// The S3C2440 I2C controller (system.md section 9), interrupt driven: one byte an interrupt.
#include "driver/i2c.hpp"

#include "core/log.hpp"
#include "core/wait.hpp"
#include "driver/power.hpp"

namespace kernel {

namespace {

constexpr uint32_t kControl = 0x00, kStatus = 0x04, kData = 0x0C;
constexpr uint32_t kAck = 1 << 7, kInterruptEnable = 1 << 5, kPending = 1 << 4, kPrescale = 0xF;
constexpr uint32_t kModeReceive = 2 << 6, kModeTransmit = 3 << 6, kBusy = 1 << 5, kEnable = 1 << 4,
                   kNoAck = 1 << 0;
constexpr uint64_t kPatienceNs = 20'000'000;  // the longest byte at 100 kHz takes 0.1 ms

struct Controller : I2cBus {
    Mmio regs;
    WaitQueue done;
    Mutex lock;
    volatile bool interrupted = false;

    uint32_t control(uint32_t extra) const { return kInterruptEnable | kPrescale | extra; }

    /// Lets the byte go that `start` began, and waits for it. Errors: kTimedOut.
    Result<> wait_byte() {
        TRY(wait_event(
            done, [this] { return interrupted; }, now_ns() + kPatienceNs, false));
        interrupted = false;
        return Ok{};
    }
    bool acknowledged() const { return !(regs.read32(kStatus) & kNoAck); }

    /// For a repeated START the pending bit of the byte before stays set until all is programmed.
    Result<> start(uint8_t address, bool read, bool repeated) {
        const uint32_t mode = (read ? kModeReceive : kModeTransmit) | kEnable;
        interrupted = false;
        if (!repeated) regs.write32(kControl, control(kAck));
        regs.write32(kStatus, mode);
        regs.write32(kData, static_cast<uint32_t>(address) << 1 | read);
        regs.write32(kStatus, mode | kBusy);
        if (repeated) release(kAck);
        TRY(wait_byte());
        if (!acknowledged()) return Errno::kNxIo;
        return Ok{};
    }
    /// Clears the pending bit, upon which the controller goes on.
    void release(uint32_t ack) { regs.write32(kControl, control(ack)); }

    Result<> send(std::span<const uint8_t> bytes) {
        for (const uint8_t byte : bytes) {
            regs.write32(kData, byte);
            release(kAck);
            TRY(wait_byte());
            if (!acknowledged()) return Errno::kNxIo;
        }
        return Ok{};
    }
    Result<> receive(std::span<uint8_t> bytes) {
        for (size_t i = 0; i < bytes.size(); ++i) {
            release(i + 1 == bytes.size() ? 0 : kAck);  // no acknowledge for the last byte
            TRY(wait_byte());
            bytes[i] = static_cast<uint8_t>(regs.read32(kData));
        }
        return Ok{};
    }
    void stop(bool reading) {
        regs.write32(kStatus, (reading ? kModeReceive : kModeTransmit) | kEnable);
        release(0);
        for (int tries = 0; tries < 1000 && regs.read32(kStatus) & kBusy; ++tries) udelay(5);
    }

    Result<> transfer(uint8_t address, std::span<const uint8_t> write, std::span<uint8_t> read) override {
        const MutexGuard guard{lock};
        auto result = run(address, write, read);
        stop(!read.empty());
        return result;
    }

private:
    Result<> run(uint8_t address, std::span<const uint8_t> write, std::span<uint8_t> read) {
        if (!write.empty() || read.empty()) {
            TRY(start(address, false, false));
            TRY(send(write));
        }
        if (read.empty()) return Ok{};
        TRY(start(address, true, !write.empty()));
        return receive(read);
    }
};

/// Leaves the pending bit set: the transfer goes on when the thread clears it. The interrupt is level, so it
/// is masked until then.
void handle(void* context) {
    auto& c = *static_cast<Controller*>(context);
    const uint32_t control = c.regs.read32(kControl);
    if (!(control & kPending)) return;
    c.regs.write32(kControl, (control & ~kInterruptEnable) | kPending);
    c.interrupted = true;
    c.done.wake_all();
}

Result<> probe(Device& device) {
    const IrqLine line = TRY(device.irq());
    TRY(power_on(device.node));
    auto controller = TRY(make<Controller>());
    controller->regs = TRY(device.map());
    TRY(request_irq(line, handle, controller.get(), "i2c"));
    device.data = controller.release();
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,s3c2440-i2c", nullptr};
constexpr Driver kDriver{"i2c", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

Result<I2cBus*> i2c_bus_of(Node slave) {
    Device* controller = device_of(fdt_parent(slave));
    if (!controller) return Errno::kProbeDefer;
    return static_cast<I2cBus*>(static_cast<Controller*>(controller->data));
}

}  // namespace kernel
