// The system interrupt controller (cpu-subsystem.md section 6). Core 0 uses the registers at the windows'
// start.
#include "core/log.hpp"
#include "driver/device.hpp"

namespace kernel {

namespace {

// distributor
constexpr uint32_t kDistControl = 0x000, kType = 0x004, kSetEnable = 0x100, kClearEnable = 0x180,
                   kPriority = 0x400, kTargets = 0x800;
// CPU interface
constexpr uint32_t kControl = 0x00, kPriorityMask = 0x04, kAcknowledge = 0x0C, kEnd = 0x10;
constexpr uint32_t kFirstSpi = 32, kSpurious = 1023;

struct Gic : IrqChip, IrqDomain {
    Mmio dist, cpu_if;

    void enable(uint32_t line) override { dist.write32(kSetEnable + line / 32 * 4, 1U << (line % 32)); }
    void disable(uint32_t line) override { dist.write32(kClearEnable + line / 32 * 4, 1U << (line % 32)); }
    uint32_t cells() const override { return 3; }
    /// <type number flags>: type 0 = SPI, 1 = PPI.
    IrqLine translate(const uint32_t* c) override { return {this, c[1] + (c[0] == 0 ? kFirstSpi : 16)}; }

    void start() {
        const uint32_t lines = 32 * ((dist.read32(kType) & 0x1F) + 1);
        dist.write32(kDistControl, 0);
        for (uint32_t i = kFirstSpi; i < lines; i += 4) {
            dist.write32(kPriority + i, 0xA0A0'A0A0);
            dist.write32(kTargets + i, 0x0101'0101);
        }
        for (uint32_t i = kFirstSpi; i < lines; i += 32) dist.write32(kClearEnable + i / 8, ~0U);
        dist.write32(kDistControl, 1);
        cpu_if.write32(kPriorityMask, 0xF0);
        cpu_if.write32(kControl, 1);
    }
};
Gic gic;

void handle() {
    for (;;) {
        const uint32_t acknowledged = gic.cpu_if.read32(kAcknowledge);
        const uint32_t line = acknowledged & 0x3FF;
        if (line == kSpurious) return;
        dispatch_irq({&gic, line});
        gic.cpu_if.write32(kEnd, acknowledged);
    }
}

Result<> probe(Device& device) {
    gic.dist = TRY(device.map(0));
    gic.cpu_if = TRY(device.map(1));
    gic.start();
    set_root_irq_handler(handle);
    add_irq_domain(device.node, gic);
    return Ok{};
}

constexpr const char* kCompatible[] = {"arm,cortex-a9-gic", nullptr};
constexpr Driver kDriver{"gic", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
