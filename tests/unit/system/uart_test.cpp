// Expected values: hardware page "System devices" section 1.
#include "models/system/uart_core.hpp"

#include <catch2/catch.hpp>

using U = exysim::system::UartCore;

namespace {
constexpr uint32_t kFifo = 1;
/// As Linux programs it: interrupt or polling both ways, receive timeout, level interrupts.
constexpr uint32_t kUcon = 0x3 << 12 | 1U << 9 | 1U << 8 | 1U << 7 | 1U << 6 | 1U << 2 | 1;

void send_all(U& uart) {
    while (uart.can_start()) {
        uart.start_character();
        uart.finish_character();
    }
}
}  // namespace

TEST_CASE("uart: reset values", "[system][uart]") {
    U uart{256};
    CHECK(uart.regs.read(U::kUcon) == 0x3000);
    CHECK(uart.regs.read(U::kUtrstat) == 0x6);
    CHECK(uart.regs.read(U::kUfstat) == 0);
    CHECK(uart.regs.read(U::kUintp) == 0);
    CHECK(uart.regs.read(U::kUintm) == 0);
    CHECK((uart.regs.read(U::kUmstat) & 1) == 1);  // the far side is ready
    CHECK_FALSE(uart.irq());
}

TEST_CASE("uart: characters leave in order through the shift register", "[system][uart]") {
    U uart{16};
    uart.regs.write(U::kUfcon, kFifo);
    uart.regs.write(U::kUtxh, 'a');
    uart.regs.write(U::kUtxh, 'b');
    CHECK(uart.regs.read(U::kUtrstat) == 0x0);
    CHECK(uart.regs.read(U::kUfstat) == 2U << 16);
    uart.start_character();
    CHECK(uart.regs.read(U::kUfstat) == 1U << 16);
    CHECK_FALSE(uart.can_start());
    CHECK(uart.finish_character() == 'a');
    uart.start_character();
    CHECK(uart.regs.read(U::kUtrstat) == 0x2);  // buffer empty, transmitter not
    CHECK(uart.finish_character() == 'b');
    CHECK(uart.regs.read(U::kUtrstat) == 0x6);
}

TEST_CASE("uart: a full FIFO shows as its flag with a count of zero", "[system][uart]") {
    U uart{16};
    uart.regs.write(U::kUfcon, kFifo);
    for (int i = 0; i < 15; ++i) uart.regs.write(U::kUtxh, 'x');
    CHECK(uart.regs.read(U::kUfstat) == 15U << 16);
    uart.regs.write(U::kUtxh, 'x');
    CHECK(uart.regs.read(U::kUfstat) == 1U << 24);
    CHECK(uart.take_lost() == 0);
    uart.regs.write(U::kUtxh, 'y');
    CHECK(uart.take_lost() == 1);
    for (int i = 0; i < 16; ++i) uart.arrive('r');
    CHECK((uart.regs.read(U::kUfstat) & 0x1FF) == 0x100);
}

TEST_CASE("uart: without FIFO one character waits behind the shift register", "[system][uart]") {
    U uart{256};
    uart.regs.write(U::kUtxh, 'a');
    CHECK((uart.regs.read(U::kUtrstat) & 2) == 0);
    uart.start_character();
    CHECK((uart.regs.read(U::kUtrstat) & 2) == 2);
    uart.regs.write(U::kUtxh, 'b');
    uart.regs.write(U::kUtxh, 'c');
    CHECK(uart.take_lost() == 1);
}

TEST_CASE("uart: the transmit interrupt comes back after a clear while there is room", "[system][uart]") {
    U uart{16};
    uart.regs.write(U::kUfcon, kFifo);
    uart.regs.write(U::kUcon, kUcon);
    CHECK(uart.irq());
    uart.regs.write(U::kUintm, 0xF);
    CHECK_FALSE(uart.irq());
    CHECK(uart.regs.read(U::kUintp) == 0);
    CHECK(uart.regs.read(U::kUintsp) == U::kTxd);
    uart.regs.write(U::kUintm, 0xB);
    CHECK(uart.regs.read(U::kUintp) == U::kTxd);
    uart.regs.write(U::kUintp, U::kTxd);
    CHECK(uart.irq());  // still at the trigger level
}

TEST_CASE("uart: the transmit interrupt waits for the trigger level", "[system][uart]") {
    U uart{16};
    uart.regs.write(U::kUfcon, 2U << 8 | kFifo);  // trigger at 2/8 of 16 = 4 characters
    uart.regs.write(U::kUcon, kUcon);
    for (int i = 0; i < 6; ++i) uart.regs.write(U::kUtxh, 'x');
    uart.regs.write(U::kUintp, U::kTxd);
    CHECK_FALSE(uart.irq());
    uart.start_character();
    CHECK_FALSE(uart.irq());
    uart.finish_character();
    uart.start_character();
    CHECK(uart.regs.read(U::kUintp) == U::kTxd);
}

TEST_CASE("uart: no transmit interrupt unless TX mode is 1", "[system][uart]") {
    U uart{16};
    uart.regs.write(U::kUcon, 2U << 2);  // DMA
    uart.regs.write(U::kUtxh, 'x');
    send_all(uart);
    CHECK(uart.regs.read(U::kUintsp) == 0);
}

TEST_CASE("uart: the receive interrupt comes at the trigger level and goes when drained", "[system][uart]") {
    U uart{16};
    uart.regs.write(U::kUcon, kUcon);
    uart.regs.write(U::kUintm, 0xF & ~U::kRxd);
    uart.regs.write(U::kUfcon, 2U << 4 | kFifo);  // 4 characters
    for (char c : {'1', '2', '3'}) uart.arrive(static_cast<uint8_t>(c));
    CHECK_FALSE(uart.irq());
    CHECK(uart.awaits_timeout());
    uart.arrive('4');
    CHECK(uart.irq());
    CHECK_FALSE(uart.awaits_timeout());
    CHECK(uart.regs.read(U::kUrxh) == '1');
    uart.regs.write(U::kUintp, U::kRxd);
    CHECK(uart.irq());  // characters are left
    for (char c : {'2', '3', '4'}) CHECK(uart.regs.read(U::kUrxh) == static_cast<uint32_t>(c));
    uart.regs.write(U::kUintp, U::kRxd);
    CHECK_FALSE(uart.irq());
    CHECK((uart.regs.read(U::kUtrstat) & 1) == 0);
}

TEST_CASE("uart: a receive timeout raises the interrupt below the trigger level", "[system][uart]") {
    U uart{256};
    uart.regs.write(U::kUcon, kUcon);
    uart.regs.write(U::kUintm, 0xF & ~U::kRxd);
    uart.regs.write(U::kUfcon, 1U << 4 | kFifo);
    uart.arrive('x');
    REQUIRE(uart.awaits_timeout());
    CHECK(uart.timeout_bits() == 32);
    uart.time_out();
    CHECK(uart.irq());
    CHECK((uart.regs.read(U::kUtrstat) & 8) == 8);
    uart.regs.write(U::kUtrstat, 8);
    CHECK((uart.regs.read(U::kUtrstat) & 8) == 0);
    CHECK(uart.regs.read(U::kUrxh) == 'x');
    uart.regs.write(U::kUintp, U::kRxd);
    CHECK_FALSE(uart.irq());
}

TEST_CASE("uart: overrun is kept until read and interrupts when asked to", "[system][uart]") {
    U uart{16};
    uart.regs.write(U::kUcon, kUcon);
    uart.regs.write(U::kUfcon, kFifo);
    for (int i = 0; i < 17; ++i) uart.arrive('x');
    CHECK((uart.regs.read(U::kUintp) & U::kError) != 0);
    CHECK(uart.regs.read(U::kUerstat) == 1);
    CHECK(uart.regs.read(U::kUerstat) == 0);
}

TEST_CASE("uart: loop-back returns what is sent", "[system][uart]") {
    U uart{16};
    uart.regs.write(U::kUcon, kUcon | 1U << 5);
    uart.regs.write(U::kUtxh, 0x5A);
    send_all(uart);
    CHECK(uart.regs.read(U::kUrxh) == 0x5A);
}

TEST_CASE("uart: FIFO resets clear themselves and the FIFOs", "[system][uart]") {
    U uart{16};
    uart.regs.write(U::kUfcon, kFifo);
    uart.regs.write(U::kUtxh, 'x');
    uart.arrive('y');
    uart.regs.write(U::kUfcon, kFifo | 6);
    CHECK(uart.regs.read(U::kUfcon) == kFifo);
    CHECK(uart.regs.read(U::kUfstat) == 0);
    CHECK_FALSE(uart.can_start());
}

TEST_CASE("uart: bits and rate follow ULCON, UBRDIV and UFRACVAL", "[system][uart]") {
    U uart{16};
    uart.regs.write(U::kUlcon, 0x3);
    CHECK(uart.bits_per_character() == 10);  // 8N1
    uart.regs.write(U::kUlcon, 5U << 3 | 1U << 2 | 0x3);
    CHECK(uart.bits_per_character() == 12);  // 8E2
    uart.regs.write(U::kUbrdiv, 53);
    uart.regs.write(U::kUfracval, 4);
    CHECK(uart.clocks_per_bit() == 868);  // 100 MHz / 868 = 115207 baud
}
