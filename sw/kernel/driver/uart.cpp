// The Samsung UART (system.md section 1): polled for the kernel log, interrupt driven for terminals. Each
// port has two nodes: a terminal (ttySACn), and its bytes as they are (serialn), where a break on the line is
// the end of input, as the host sends it when its own input ends. RTS tells the far side, whenever the
// processor has nothing to do, whether input would change that: somebody waits for it, or its keys are
// signals.
#include "arch/page_table.hpp"
#include "core/file.hpp"
#include "core/log.hpp"
#include "core/process.hpp"
#include "core/rollback.hpp"
#include "core/terminal.hpp"
#include "core/uaccess.hpp"
#include "core/vfs.hpp"
#include "driver/device.hpp"
#include "driver/early_console.hpp"
#include "driver/power.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {

constexpr uint32_t kLineControl = 0x00, kControl = 0x04, kFifoControl = 0x08, kModemControl = 0x0C,
                   kStatus = 0x10, kErrorStatus = 0x14, kFifoStatus = 0x18, kTransmit = 0x20, kReceive = 0x24,
                   kDivisor = 0x28, kFraction = 0x2C, kPending = 0x30, kMask = 0x38;
constexpr uint32_t kTxEmpty = 1 << 2, kTxFull = 1 << 24, kRxCount = 0xFF, kRxFull = 1 << 8, kRxError = 1 << 9,
                   kBreak = 1 << 3;
constexpr uint32_t kRxInterrupt = 1 << 0, kTxInterrupt = 1 << 2, kAllInterrupts = 0xF;
// RX and TX by the CPU, level interrupts, RX timeout: what Linux writes for PIO.
constexpr uint32_t kControlValue = 1 | 1 << 2 | 1 << 7 | 1 << 8 | 1 << 9 | 3 << 12;
constexpr uint32_t kFifoOn = 1, kTxFifoReset = 1 << 2;  // what has been received before is kept
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

Result<Ref<File>> open_terminal(void* uart);
void echo_to(void* uart, uint8_t byte);
void resume(void* uart);

struct Uart {
    Mmio regs;
    Terminal terminal{echo_to, open_terminal, resume, this};
    Ring received, sending;
    WaitQueue readable, writable;
    IrqLock lock;
    uint32_t mask = kAllInterrupts;
    bool raw = true;            ///< bytes stay as they are: for serialn, or until somebody opens the terminal
    bool end_of_input = false;  ///< of those, after what is in `received`

    bool demand = false;  ///< RTS

    void unmask(uint32_t bits) { regs.write32(kMask, mask &= ~bits); }
    void mask_off(uint32_t bits) { regs.write32(kMask, mask |= bits); }
    bool idle() const { return (regs.read32(kStatus) & kTxEmpty) != 0; }
    bool tx_full() const { return regs.read32(kFifoStatus) & kTxFull; }
    void start() const {
        regs.write32(kMask, kAllInterrupts);
        regs.write32(kLineControl, 3);
        regs.write32(kFifoControl, kFifoOn | kTxFifoReset);
        regs.write32(kControl, kControlValue);
    }
    void put_polled(char c) const {
        while (tx_full()) {
        }
        regs.write8(kTransmit, static_cast<uint8_t>(c));
    }
    /// Output that the terminal has stopped stays where it is; the writers' wait goes on.
    void fill_fifo() {
        if (!raw && terminal.line.stopped()) return mask_off(kTxInterrupt);
        while (sending.used > 0 && !tx_full()) regs.write8(kTransmit, sending.pop());
        if (sending.used == 0) mask_off(kTxInterrupt);
        writable.wake_all();
    }
    void drain_fifo() {
        while (regs.read32(kFifoStatus) & (kRxCount | kRxFull)) {
            const bool broken = (regs.read32(kFifoStatus) & kRxError) && (regs.read32(kErrorStatus) & kBreak);
            const uint8_t byte = regs.read8(kReceive);
            if (broken) {
                line_breaks();
            } else if (!raw) {
                terminal.receive(byte);
            } else {
                received.push(byte);
            }
            if (received.full()) return mask_off(kRxInterrupt);  // the far side waits
        }
        readable.wake_all();
    }
    void line_breaks() {
        if (!raw) terminal.hang_up();
        end_of_input = true;
        terminal.readable.wake_all();
    }
    /// Bytes that came before the terminal was opened were keys after all.
    void use_terminal() {
        const IrqGuard guard{lock};
        if (!raw) return;
        raw = false;
        while (received.used > 0) terminal.receive(received.pop());
        unmask(kRxInterrupt);
    }
    void use_raw() {
        const IrqGuard guard{lock};
        if (raw) return;
        raw = true;
        received.used = terminal.line.take_all(received.bytes, kRing);
        received.head = 0;
    }
    void show_demand() {
        const bool wanted = raw ? !readable.empty() : terminal.awaits_keys();
        if (wanted != demand) regs.write32(kModemControl, demand = wanted);
    }
    /// A piece of output is on its way.
    void kick() {
        fill_fifo();
        if (sending.used > 0 && (raw || !terminal.line.stopped())) unmask(kTxInterrupt);
    }
};

constexpr uint32_t kPorts = 8;
Uart* ports[kPorts];
Uart* console;
Uart early;                                    // before its driver is bound
constexpr VirtAddr kEarlyWindow{0xFF00'0000};  // behind vmalloc's range

void show_demands() {
    for (Uart* u : ports) {
        if (u) u->show_demand();
    }
}

void handle(void* context) {
    Uart& u = *static_cast<Uart*>(context);
    const uint32_t pending = u.regs.read32(kPending);
    if (pending & kRxInterrupt) u.drain_fifo();
    if (pending & kTxInterrupt) u.fill_fifo();
    u.regs.write32(kPending, pending);
}

/// What both kinds of open files share: the way out.
struct PortFile : File {
    explicit PortFile(Uart& u) : uart{u} {}
    Uart& uart;

    ~PortFile() override {
        // What was written before the close still goes out.
        (void)wait_event(
            uart.writable, [this] { return uart.sending.used == 0; }, now_ns() + 1'000'000'000, false);
    }
    uint32_t writable_events() const { return uart.sending.full() ? 0 : kPollOut | kPollWrNorm; }
    /// Sends `n` user bytes; `expand(byte, out)` says what each one is on the wire.
    template <class Expand>
    Result<uint32_t> send_all(UserAddr from, uint32_t n, Expand expand) {
        uint32_t done = 0;
        while (done < n) {
            uint8_t piece[256], wire[2];
            const uint32_t count = n - done < sizeof piece ? n - done : static_cast<uint32_t>(sizeof piece);
            TRY(copy_from_user(piece, from + done, count));
            for (uint32_t i = 0; i < count; ++i) {
                for (uint32_t b = 0, bytes = expand(piece[i], wire); b < bytes; ++b) TRY(send(wire[b]));
            }
            done += count;
            const IrqGuard guard{uart.lock};
            uart.kick();
        }
        return done;
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

struct TerminalFile : PortFile {
    using PortFile::PortFile;
    Terminal& terminal() const { return uart.terminal; }
    bool readable_now() const { return terminal().line.readable() || uart.end_of_input; }

    uint32_t poll(PollTable* table) override {
        if (table) {
            table->watch(terminal().readable);
            table->watch(uart.writable);
        }
        const bool ready = terminal().line.ready() || uart.end_of_input;
        return (ready ? kPollIn | kPollRdNorm : 0) | writable_events();
    }
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        if (n == 0) return 0U;
        TRY(terminal().may_read());
        if (!readable_now() && nonblocking()) return Errno::kAgain;
        if (const uint64_t longest = terminal().longest_wait_ns(); longest != kNever) {
            auto waited = wait_event(
                terminal().readable, [this] { return readable_now(); }, now_ns() + longest);
            if (!waited && waited.error() != Errno::kTimedOut) return waited.error();
        } else {
            TRY(wait_event(terminal().readable, [this] { return readable_now(); }));
        }
        uint8_t piece[256];
        if (!nonblocking()) await_more(n < sizeof piece ? n : static_cast<uint32_t>(sizeof piece));
        uint32_t got = 0;
        {
            const IrqGuard guard{uart.lock};
            got = terminal().line.take(piece, n < sizeof piece ? n : static_cast<uint32_t>(sizeof piece));
        }
        TRY(copy_to_user(to, piece, got));
        return got;
    }
    Result<uint32_t> write(UserAddr from, uint32_t n) override {
        TRY(terminal().may_write());
        return send_all(from, n, [this](uint8_t byte, uint8_t(&wire)[2]) {
            return terminal().line.processed(byte, wire);
        });
    }
    Result<uint32_t> ioctl(uint32_t command, UserAddr to) override {
        return terminal().ioctl(command, to, uart.sending.used);
    }

private:
    /// Until VMIN bytes are there, a signal comes or the next byte takes longer than VTIME: what has come is
    /// read.
    void await_more(uint32_t room) {
        const LineDiscipline& line = terminal().line;
        while (line.waiting() < line.least(room) && !uart.end_of_input) {
            const uint32_t before = line.waiting();
            const uint64_t gap = terminal().longest_gap_ns();
            auto more = wait_event(
                terminal().readable, [&] { return line.waiting() != before || uart.end_of_input; },
                gap == kNever ? kNever : now_ns() + gap);
            if (!more) return;
        }
    }
};

/// The line's bytes, unchanged: what a pipe of the host's is at this end.
struct SerialFile : PortFile {
    using PortFile::PortFile;
    bool readable_now() const { return uart.received.used > 0 || uart.end_of_input; }

    Result<FileStatus> status() override { return FileStatus{.mode = kModeFifo | 0600}; }
    uint32_t poll(PollTable* table) override {
        if (table) {
            table->watch(uart.readable);
            table->watch(uart.writable);
        }
        return (uart.received.used > 0 ? kPollIn | kPollRdNorm : 0) | (uart.end_of_input ? kPollHup : 0) |
               writable_events();
    }
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        if (n == 0) return 0U;
        if (!readable_now() && nonblocking()) return Errno::kAgain;
        TRY(wait_event(uart.readable, [this] { return readable_now(); }));
        uint8_t piece[256];
        uint32_t got = 0;
        {
            const IrqGuard guard{uart.lock};
            while (got < n && got < sizeof piece && uart.received.used > 0)
                piece[got++] = uart.received.pop();
            if (uart.received.used < kRing / 2) uart.unmask(kRxInterrupt);
        }
        TRY(copy_to_user(to, piece, got));
        return got;
    }
    Result<uint32_t> write(UserAddr from, uint32_t n) override {
        return send_all(from, n, [](uint8_t byte, uint8_t(&wire)[2]) {
            wire[0] = byte;
            return 1U;
        });
    }
};

void echo_to(void* context, uint8_t byte) {
    Uart& u = *static_cast<Uart*>(context);
    if (u.sending.full()) return;
    u.sending.push(byte);
    u.kick();
}

void resume(void* context) { static_cast<Uart*>(context)->kick(); }

Result<Ref<File>> open_terminal(void* context) {
    Uart& uart = *static_cast<Uart*>(context);
    auto file = TRY(make_ref<TerminalFile>(uart));
    uart.use_terminal();
    file->flags = kReadWrite;
    return Ref<File>{std::move(file)};
}

Result<Ref<File>> open_serial(void* context) {
    Uart& uart = *static_cast<Uart*>(context);
    auto file = TRY(make_ref<SerialFile>(uart));
    uart.use_raw();
    file->flags = kReadWrite;
    return Ref<File>{std::move(file)};
}

/// Number of the port: aliases serial0, serial1, ...
Result<uint32_t> port_of(Node node) {
    char alias[] = "serial0";
    for (uint32_t i = 0; i < kPorts; ++i) {
        alias[6] = static_cast<char>('0' + i);
        if (fdt_find(alias) == node) return i;
    }
    return Errno::kNoEnt;
}

bool is_console(Node node) {
    const Text path = fdt_root().child("chosen").property("stdout-path").text();
    return fdt_find(Text{path.data, path.find(':')}) == node;
}

void become_console(Uart& uart) {
    console = &uart;
    set_log_sink([](char c) { console->put_polled(c); });
    PageTable::kernel().clear_section(kEarlyWindow);
    cpu::tlb_flush_all();
}

/// The port's nodes, both or none.
Result<> make_nodes(Uart& uart, uint32_t port) {
    char name[] = "ttySAC0", raw_name[] = "serial0";
    name[6] = raw_name[6] = static_cast<char>('0' + port);
    TRY(register_char_device(raw_name, open_serial, &uart));
    auto made = register_char_device(name, open_terminal, &uart);
    if (!made) (void)device_directory()->unlink(raw_name);
    return made;
}

Result<> probe(Device& device) {
    const IrqLine line = TRY(device.irq());
    const uint32_t port = TRY(port_of(device.node));
    TRY(power_on(device.node));
    auto uart = TRY(make<Uart>());
    uart->regs = TRY(device.map());
    const bool log_goes_here = is_console(device.node);
    while (log_goes_here && early.regs && !early.idle()) {  // what was said early goes out first
    }
    uart->start();
    TRY(request_irq(line, handle, uart.get(), "uart"));
    Rollback interrupts{[&] { free_irq(line); }};
    TRY(make_nodes(*uart, port));
    interrupts.cancel();
    if (log_goes_here) become_console(*uart);
    const IrqGuard guard{uart->lock};
    uart->unmask(kRxInterrupt);
    device.data = ports[port] = uart.release();
    set_idle_hook(show_demands);
    return Ok{};
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
