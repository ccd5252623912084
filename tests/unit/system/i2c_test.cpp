// Expected sequences: hardware page "System devices" section 9 (how Linux's driver moves a message).
#include "models/system/i2c_core.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace exysim;
using I = system::I2cCore;

namespace {
constexpr uint32_t kAck = 0x80, kIrq = 0x20, kPending = 0x10;
constexpr uint32_t kTxStop = 0xD0, kTxStart = 0xF0, kRxStop = 0x90, kRxStart = 0xB0;

/// Writes down what it sees; answers reads with 0xA0, 0xA1, ...
struct Slave : I2cSlave {
    std::string log;
    uint8_t next = 0xA0;
    unsigned accepts = 99;
    bool start(bool read) override {
        log += read ? "R" : "W";
        return true;
    }
    bool write(uint8_t byte) override {
        log += static_cast<char>(byte);
        return accepts-- > 0;
    }
    uint8_t read() override {
        log += "r";
        return next++;
    }
    void stop() override { log += "."; }
};

struct Bench {
    I i2c;
    Slave slave;
    Bench() { i2c.attach(0x3C, slave); }
    void start(uint32_t status, uint8_t address_byte) {
        i2c.regs.write(I::kIicstat, status & ~0x20U);
        i2c.regs.write(I::kIicds, address_byte);
        i2c.regs.write(I::kIiccon, kAck | kIrq | pending());
        i2c.regs.write(I::kIicstat, status);
    }
    uint32_t pending() { return i2c.regs.read(I::kIiccon) & kPending; }
    bool busy() { return i2c.regs.read(I::kIicstat) & 0x20; }
    bool nak() { return i2c.regs.read(I::kIicstat) & 1; }
    /// Lets the byte on the wire end; there must be one.
    void byte() {
        REQUIRE(i2c.take_started());
        REQUIRE_FALSE(i2c.irq());
        i2c.finish_byte();
        REQUIRE(i2c.irq());
    }
    void release(uint32_t ack = kAck) { i2c.regs.write(I::kIiccon, ack | kIrq); }
    void stop(uint32_t status) {
        i2c.regs.write(I::kIicstat, status);
        release();
    }
};
}  // namespace

TEST_CASE("i2c: a write message", "[system][i2c]") {
    Bench b;
    b.start(kTxStart, 0x3C << 1);
    CHECK(b.busy());
    b.byte();
    CHECK_FALSE(b.nak());
    for (char c : {'x', 'y'}) {
        b.i2c.regs.write(I::kIicds, static_cast<uint8_t>(c));
        b.release();
        b.byte();
    }
    b.stop(kTxStop);
    CHECK_FALSE(b.busy());
    CHECK_FALSE(b.i2c.irq());
    CHECK_FALSE(b.i2c.take_started());
    CHECK(b.slave.log == "Wxy.");
}

TEST_CASE("i2c: an absent slave is a NAK", "[system][i2c]") {
    Bench b;
    b.start(kTxStart, 0x30 << 1);
    b.byte();
    CHECK(b.nak());
    b.stop(kTxStop);
    CHECK_FALSE(b.busy());
    CHECK(b.slave.log.empty());
}

TEST_CASE("i2c: a slave may refuse a byte", "[system][i2c]") {
    Bench b;
    b.slave.accepts = 0;
    b.start(kTxStart, 0x3C << 1);
    b.byte();
    b.i2c.regs.write(I::kIicds, 'x');
    b.release();
    b.byte();
    CHECK(b.nak());
}

TEST_CASE("i2c: write, repeated START, read, the last byte without acknowledge", "[system][i2c]") {
    Bench b;
    b.start(kTxStart, 0x3C << 1);
    b.byte();
    b.i2c.regs.write(I::kIicds, 'g');
    b.release();
    b.byte();
    b.start(kRxStart, 0x3C << 1 | 1);  // while pending; nothing moves yet
    CHECK_FALSE(b.i2c.take_started());
    b.release();
    b.byte();
    CHECK_FALSE(b.nak());
    b.release();
    b.byte();
    CHECK(b.i2c.regs.read(I::kIicds) == 0xA0);
    b.release(0);
    b.byte();
    CHECK(b.i2c.regs.read(I::kIicds) == 0xA1);
    b.stop(kRxStop);
    CHECK(b.slave.log == "WgRrr.");
    CHECK_FALSE(b.busy());
}

TEST_CASE("i2c: taking the output enable away ends a transfer", "[system][i2c]") {
    Bench b;
    b.start(kTxStart, 0x3C << 1);
    b.byte();
    b.i2c.regs.write(I::kIicstat, 0xE0);
    CHECK_FALSE(b.busy());
    CHECK(b.slave.log == "W.");
}

TEST_CASE("i2c: the interrupt shows only when enabled", "[system][i2c]") {
    Bench b;
    b.start(kTxStart, 0x3C << 1);
    b.i2c.regs.write(I::kIiccon, kAck);
    b.i2c.finish_byte();
    CHECK(b.pending());
    CHECK_FALSE(b.i2c.irq());
    b.i2c.regs.write(I::kIiccon, kAck | kIrq | kPending);
    CHECK(b.i2c.irq());
}

TEST_CASE("i2c: the bit time follows source and prescaler", "[system][i2c]") {
    I i2c;
    i2c.regs.write(I::kIiccon, 0x0F);
    CHECK(i2c.clocks_per_bit() == 256);
    i2c.regs.write(I::kIiccon, 0x41);
    CHECK(i2c.clocks_per_bit() == 1024);
}
