// The multi-core timer (system.md section 2): the 64-bit counter is the clock, comparator 0 the next event.
#include "core/log.hpp"
#include "core/time.hpp"
#include "driver/device.hpp"

namespace kernel {

namespace {

constexpr uint32_t kCountLow = 0x100, kCountHigh = 0x104, kCompLow = 0x200, kCompHigh = 0x204,
                   kControl = 0x240, kIntStatus = 0x244, kIntEnable = 0x248, kWriteStatus = 0x24C;
constexpr uint32_t kStart = 1 << 8, kComp0Enable = 1;
constexpr uint32_t kWroteCompLow = 1 << 0, kWroteCompHigh = 1 << 1, kWroteControl = 1 << 16;
// 24 MHz: one tick is 125/3 ns.

Mmio regs;

/// Some writes take effect later; the status bit says when, and is cleared by writing it back.
void write_and_wait(uint32_t offset, uint32_t value, uint32_t status) {
    regs.write32(offset, value);
    for (int tries = 0; tries < 1000; ++tries) {
        if (!(regs.read32(kWriteStatus) & status)) continue;
        regs.write32(kWriteStatus, status);
        return;
    }
    panic("mct: a write to %x never took effect", offset);
}

uint64_t read_ticks() {
    for (;;) {
        const uint32_t high = regs.read32(kCountHigh);
        const uint32_t low = regs.read32(kCountLow);
        if (regs.read32(kCountHigh) == high) return uint64_t{high} << 32 | low;
    }
}

uint64_t read_ns() {
    const uint64_t ticks = read_ticks();
    return ticks / 3 * 125 + ticks % 3 * 125 / 3;
}

/// Rounds up, so that the deadline has passed when the interrupt comes. A comparator in the past fires at
/// once.
void set_event(uint64_t at_ns) {
    const uint64_t ticks = at_ns / 125 * 3 + (at_ns % 125 * 3 + 124) / 125;
    write_and_wait(kControl, kStart, kWroteControl);
    write_and_wait(kCompLow, static_cast<uint32_t>(ticks), kWroteCompLow);
    write_and_wait(kCompHigh, static_cast<uint32_t>(ticks >> 32), kWroteCompHigh);
    regs.write32(kIntEnable, 1);
    write_and_wait(kControl, kStart | kComp0Enable, kWroteControl);
}

void handle(void*) {
    write_and_wait(kControl, kStart, kWroteControl);
    regs.write32(kIntStatus, 1);
    timer_interrupt();
}

Result<> probe(Device& device) {
    const IrqLine line = TRY(device.irq(0));
    regs = TRY(device.map());
    write_and_wait(kControl, kStart, kWroteControl);
    TRY(request_irq(line, handle, nullptr, "mct"));
    set_clock_source({read_ns, set_event});
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos4210-mct", "samsung,exynos4412-mct", nullptr};
constexpr Driver kDriver{"mct", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
