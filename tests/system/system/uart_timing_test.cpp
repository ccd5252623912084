// Serial port at its baud rate. Expected times: bits x (16 x (UBRDIV + 1) + UFRACVAL) / 100 MHz.
#include <catch2/catch.hpp>
#include <string>

#include "models/system/uart.hpp"
#include "tests/support/bus_bench.hpp"
#include "tests/support/instruments_bench.hpp"

using namespace exysim;
using namespace exysim::system;
using U = UartCore;

namespace {
constexpr Picoseconds kCharacter = 10 * 868 * 10'000ULL;  // 8N1 at 115,207 baud: 86.8 us

struct Port : test::InstrumentsBench {
    test::BusBench bench{"bench"};
    Uart uart{"uart", {}, instruments};
    std::string sent;
    std::vector<Picoseconds> times;

    Port() {
        uart.transmitted.attach([this](uint8_t c) {
            sent += static_cast<char>(c);
            times.push_back(picoseconds(sc_core::sc_time_stamp()));
        });
        bench.connect(uart.bus, uart.irq);
        test::run(sc_core::SC_ZERO_TIME);
        bench.write32(U::kUlcon, 3);
        bench.write32(U::kUcon, 0x3FC5);
        bench.write32(U::kUbrdiv, 53);
        bench.write32(U::kUfracval, 4);
        bench.write32(U::kUintm, 0xF);
        bench.write32(U::kUfcon, 1U << 4 | 1);  // receive trigger at 32 characters
    }
    void write(const std::string& text) {
        for (char c : text) bench.write32(U::kUtxh, static_cast<uint8_t>(c));
    }
    void receive(const std::string& text) {
        uart.receive({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    }
    void run(Picoseconds time) { test::run(sc_ps(time)); }
    uint32_t received() { return bench.read32(U::kUfstat) & 0x1FF; }
};
}  // namespace

TEST_CASE("uart: characters leave one character time apart", "[system][uart]") {
    Port p;
    p.write("abc");
    p.run(10 * kCharacter);
    CHECK(p.sent == "abc");
    CHECK(p.times == std::vector<Picoseconds>{kCharacter, 2 * kCharacter, 3 * kCharacter});
    CHECK(p.bench.read32(U::kUtrstat) == 0x6);
    test::settle();  // what the read has woken
    CHECK_FALSE(sc_core::sc_pending_activity());
}

TEST_CASE("uart: the FIFO drains at line speed and the transmit interrupt follows", "[system][uart]") {
    Port p;
    p.bench.write32(U::kUintm, 0xF & ~U::kTxd);
    p.write("abcd");
    p.bench.write32(U::kUintp, U::kTxd);
    p.run(kCharacter);  // two sent or being sent
    CHECK((p.bench.read32(U::kUfstat) >> 16 & 0xFF) == 2);
    CHECK_FALSE(p.bench.irq.read());
    p.run(2 * kCharacter);  // the last one is in the shift register
    CHECK(p.bench.irq.read());
    CHECK((p.bench.read32(U::kUtrstat) & 6) == 2);
}

TEST_CASE("uart: the host's characters arrive at line speed", "[system][uart]") {
    Port p;
    p.receive("hello");
    p.run(2 * kCharacter);
    CHECK(p.received() == 2);
    CHECK(p.bench.read32(U::kUrxh) == 'h');
    p.run(10 * kCharacter);
    CHECK(p.received() == 4);
}

TEST_CASE("uart: a few characters interrupt after the receive timeout", "[system][uart]") {
    Port p;
    p.bench.write32(U::kUintm, 0xF & ~U::kRxd);
    p.receive("hi");
    p.run(2 * kCharacter + 31 * kCharacter / 10);
    CHECK_FALSE(p.bench.irq.read());
    p.run(kCharacter / 10);  // 32 bit times after the last character
    CHECK(p.bench.irq.read());
    p.bench.read32(U::kUrxh);
    p.bench.read32(U::kUrxh);
    p.bench.write32(U::kUintp, U::kRxd);
    test::settle();
    CHECK_FALSE(p.bench.irq.read());
}

TEST_CASE("uart: a full trigger level interrupts at once", "[system][uart]") {
    Port p;
    p.bench.write32(U::kUintm, 0xF & ~U::kRxd);
    p.receive(std::string(32, 'x'));
    p.run(32 * kCharacter - 1);
    CHECK_FALSE(p.bench.irq.read());
    p.run(1);
    CHECK(p.bench.irq.read());
}

TEST_CASE("uart: the host waits while the receive FIFO is full, nothing is lost", "[system][uart]") {
    Port p;
    p.receive(std::string(300, 'x'));
    p.run(400 * kCharacter);
    CHECK(p.received() == 0x100);  // full
    CHECK(p.bench.read32(U::kUerstat) == 0);
    for (int i = 0; i < 256; ++i) p.bench.read32(U::kUrxh);
    p.run(400 * kCharacter);
    CHECK(p.received() == 44);
}

TEST_CASE("uart: writing to a full FIFO is a guest error", "[system][uart]") {
    Port p;
    p.write(std::string(260, 'x'));
    p.run(kCharacter / 2);
    REQUIRE(p.guest_errors.entries().size() == 1);
    CHECK(p.guest_errors.entries()[0].first.reg == "UTXH");
    p.run(300 * kCharacter);
    CHECK(p.sent.size() + p.guest_errors.total() == 260);
}
