// The Samsung UART (system.md section 1): polled for the kernel log, interrupt driven for terminals.
#include "arch/page_table.hpp"
#include "core/boot_options.hpp"
#include "core/file.hpp"
#include "core/log.hpp"
#include "core/process.hpp"
#include "core/uaccess.hpp"
#include "driver/device.hpp"
#include "driver/early_console.hpp"
#include "driver/power.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {

constexpr uint32_t kLineControl = 0x00, kControl = 0x04, kFifoControl = 0x08, kStatus = 0x10,
                   kFifoStatus = 0x18, kTransmit = 0x20, kReceive = 0x24, kDivisor = 0x28, kFraction = 0x2C,
                   kPending = 0x30, kMask = 0x38;
constexpr uint32_t kTxEmpty = 1 << 2, kTxFull = 1 << 24, kRxCount = 0xFF, kRxFull = 1 << 8;
constexpr uint32_t kRxInterrupt = 1 << 0, kTxInterrupt = 1 << 2, kAllInterrupts = 0xF;
// RX and TX by the CPU, level interrupts, RX timeout: what Linux writes for PIO.
constexpr uint32_t kControlValue = 1 | 1 << 2 | 1 << 7 | 1 << 8 | 1 << 9 | 3 << 12;
constexpr uint32_t kFifoOn = 1, kFifoReset = 3 << 1;
constexpr uint32_t kRing = 4096;

struct Ring {
    uint8_t bytes[kRing];
    uint32_t head = 0, used = 0;
    bool full() const { return used == kRing; }
    void push(uint8_t b) { bytes[(head + used++) % kRing] = b; }
    uint8_t pop() {
        const uint8_t b = bytes[head];
        head = (head + 1) % kRing;
        --used;
        return b;
    }
};

struct Uart {
    Mmio regs;
    Ring received, sending;
    WaitQueue readable, writable;
    IrqLock lock;
    uint32_t mask = kAllInterrupts;
    bool opened = false;
    bool terminal = true;  ///< as isatty() says

    void unmask(uint32_t bits) { regs.write32(kMask, mask &= ~bits); }
    void mask_off(uint32_t bits) { regs.write32(kMask, mask |= bits); }
    bool idle() const { return (regs.read32(kStatus) & kTxEmpty) != 0; }
    bool tx_full() const { return regs.read32(kFifoStatus) & kTxFull; }
    void start() const {
        regs.write32(kMask, kAllInterrupts);
        regs.write32(kLineControl, 3);
        regs.write32(kFifoControl, kFifoOn | kFifoReset);
        regs.write32(kControl, kControlValue);
    }
    void put_polled(char c) const {
        while (tx_full()) {
        }
        regs.write8(kTransmit, static_cast<uint8_t>(c));
    }
    void fill_fifo() {
        while (sending.used > 0 && !tx_full()) regs.write8(kTransmit, sending.pop());
        if (sending.used == 0) mask_off(kTxInterrupt);
        writable.wake_all();
    }
    void drain_fifo() {
        while (regs.read32(kFifoStatus) & (kRxCount | kRxFull)) {
            const uint8_t byte = regs.read8(kReceive);
            if (!received.full()) received.push(byte);
        }
        readable.wake_all();
    }
};

Uart* console;
Uart early;                                    // before its driver is bound
constexpr VirtAddr kEarlyWindow{0xFF00'0000};  // behind vmalloc's range

void handle(void* context) {
    Uart& u = *static_cast<Uart*>(context);
    const uint32_t pending = u.regs.read32(kPending);
    if (pending & kRxInterrupt) u.drain_fifo();
    if (pending & kTxInterrupt) u.fill_fifo();
    u.regs.write32(kPending, pending);
}

/// An open terminal: raw 8-bit.
struct Terminal : File {
    explicit Terminal(Uart& u) : uart{u} {}
    Uart& uart;

    ~Terminal() override {
        // What was written before the close still goes out.
        (void)wait_event(
            uart.writable, [this] { return uart.sending.used == 0; }, now_ns() + 1'000'000'000, false);
    }
    uint32_t poll(PollTable* table) override {
        if (table) {
            table->watch(uart.readable);
            table->watch(uart.writable);
        }
        return (uart.received.used ? kPollIn | kPollRdNorm : 0) |
               (uart.sending.full() ? 0 : kPollOut | kPollWrNorm);
    }
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        if (n == 0) return 0U;
        if (uart.received.used == 0 && nonblocking()) return Errno::kAgain;
        TRY(wait_event(uart.readable, [this] { return uart.received.used > 0; }));
        uint8_t piece[256];
        uint32_t got = 0;
        {
            const IrqGuard guard{uart.lock};
            while (got < n && got < sizeof piece && uart.received.used > 0)
                piece[got++] = uart.received.pop();
        }
        TRY(copy_to_user(to, piece, got));
        return got;
    }
    Result<uint32_t> write(UserAddr from, uint32_t n) override {
        uint32_t done = 0;
        while (done < n) {
            uint8_t piece[256];
            const uint32_t count = n - done < sizeof piece ? n - done : static_cast<uint32_t>(sizeof piece);
            TRY(copy_from_user(piece, from + done, count));
            for (uint32_t i = 0; i < count; ++i) TRY(send(piece[i]));
            done += count;
            const IrqGuard guard{uart.lock};
            uart.fill_fifo();
            if (uart.sending.used > 0) uart.unmask(kTxInterrupt);
        }
        return done;
    }
    Result<uint32_t> ioctl(uint32_t command, UserAddr to) override {
        if (!uart.terminal) return Errno::kNoTty;
        constexpr uint32_t kGetAttributes = 0x5401, kSetAttributes = 0x5402, kSetAttributesWait = 0x5403,
                           kWindowSize = 0x5413;
        if (command == kGetAttributes) {
            const uint32_t raw[9] = {0, 0, 0xCBD, 0, 0,
                                     0, 0, 0,     0};  // struct termios, 36 bytes: 38400 8N1 raw
            TRY(put_user(to, raw));
            return 0U;
        }
        if (command >= kSetAttributes && command <= kSetAttributesWait + 1) return 0U;
        if (command == kWindowSize) {
            const uint16_t size[4] = {24, 80, 0, 0};
            TRY(put_user(to, size));
            return 0U;
        }
        return Errno::kNoTty;
    }

private:
    Result<> send(uint8_t byte) {
        if (uart.sending.full()) {
            const IrqGuard guard{uart.lock};
            uart.unmask(kTxInterrupt);
        }
        TRY(wait_event(uart.writable, [this] { return !uart.sending.full(); }));
        const IrqGuard guard{uart.lock};
        uart.sending.push(byte);
        return Ok{};
    }
};

Result<Ref<File>> open_terminal(void* context) {
    auto terminal = TRY(make_ref<Terminal>(*static_cast<Uart*>(context)));
    terminal->flags = kReadWrite;
    return Ref<File>{std::move(terminal)};
}

/// Number of the port: aliases serial0, serial1, ...
Result<uint32_t> port_of(Node node) {
    char alias[] = "serial0";
    for (uint32_t i = 0; i < 8; ++i) {
        alias[6] = static_cast<char>('0' + i);
        if (fdt_find(alias) == node) return i;
    }
    return Errno::kNoEnt;
}

/// Boot option streams=12: the host's files or pipes are at the other end of ports 1 and 2, not a terminal.
bool is_stream(uint32_t port) {
    const Text ports = boot_option("streams", "");
    return ports.find(static_cast<char>('0' + port)) < ports.size;
}

bool is_console(Node node) {
    const Text path = fdt_root().child("chosen").property("stdout-path").text();
    return fdt_find(Text{path.data, path.find(':')}) == node;
}

Result<> probe(Device& device) {
    const IrqLine line = TRY(device.irq());
    const uint32_t port = TRY(port_of(device.node));
    TRY(power_on(device.node));
    auto uart = TRY(make<Uart>());
    uart->regs = TRY(device.map());
    if (is_console(device.node)) {
        while (early.regs && !early.idle()) {  // what was said early goes out first
        }
        console = uart.get();
        set_log_sink([](char c) { console->put_polled(c); });
        PageTable::kernel().clear_section(kEarlyWindow);
        cpu::tlb_flush_all();
    }
    uart->start();
    TRY(request_irq(line, handle, uart.get(), "uart"));
    const IrqGuard guard{uart->lock};
    uart->unmask(kRxInterrupt);
    uart->terminal = !is_stream(port);
    char name[] = "ttySAC0";
    name[6] = static_cast<char>('0' + port);
    Uart* u = uart.release();
    device.data = u;
    return register_char_device(name, open_terminal, u);
}

}  // namespace

void start_early_console() {
    constexpr uint32_t kSection = 1 << 20;
    const Text path = fdt_root().child("chosen").property("stdout-path").text();
    const Node node = fdt_find(Text{path.data, path.find(':')});
    if (!node || !node.compatible("samsung,exynos4210-uart")) return;
    auto window = node_reg(node);
    if (!window) return;
    const PhysAddr base = window.value().base;
    PageTable::kernel().map_section(kEarlyWindow, PhysAddr{align_down(base.value, kSection)},
                                    MemoryType::device);
    cpu::tlb_flush_all();
    early.regs = Mmio{kEarlyWindow + base.value % kSection};
    early.start();
    set_log_sink([](char c) { early.put_polled(c); });
}

namespace {

constexpr const char* kCompatible[] = {"samsung,exynos4210-uart", nullptr};
constexpr Driver kDriver{"uart", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
