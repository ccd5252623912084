// I2C bytes take nine bit times. Expected times: hardware page "System devices" section 9, 100 MHz input.
#include <catch2/catch.hpp>

#include "models/system/i2c.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::system;
using I = I2cCore;

TEST_CASE("i2c: the interrupt comes nine bits after START", "[system][i2c]") {
    struct Slave : I2cSlave {
        bool start(bool) override { return true; }
        bool write(uint8_t) override { return true; }
        uint8_t read() override { return 0; }
        void stop() override {}
    } slave;
    test::InstrumentsBench in;
    test::BusBench bench{"bench"};
    I2c i2c{"i2c", {}, in.instruments};
    i2c.attach(0x3C, slave);
    bench.connect(i2c.bus, i2c.irq);
    test::run(sc_core::SC_ZERO_TIME);
    constexpr uint32_t kAckIrqDiv512 = 0xE0;
    bench.write32(I::kIiccon, kAckIrqDiv512 | 1);  // 100 MHz / 512 / 2 = 97.7 kHz
    bench.write32(I::kIicstat, 0xD0);
    bench.write32(I::kIicds, 0x3C << 1);
    bench.write32(I::kIicstat, 0xF0);
    test::run({92'159, sc_core::SC_NS});
    CHECK_FALSE(bench.irq.read());
    test::run({1, sc_core::SC_NS});
    CHECK(bench.irq.read());  // 9 x 1024 x 10 ns = 92.16 us
    bench.write32(I::kIicstat, 0xD0);
    bench.write32(I::kIiccon, kAckIrqDiv512 | 1);
    test::run({1, sc_core::SC_MS});
    CHECK_FALSE(bench.irq.read());
    CHECK((bench.read32(I::kIicstat) & 0x20) == 0);
}
