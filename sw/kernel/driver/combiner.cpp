// The interrupt combiner: groups of eight inputs, each group one GIC line (system.md section 3).
#include "core/rollback.hpp"
#include "driver/device.hpp"

namespace kernel {

namespace {

constexpr uint32_t kEnableSet = 0x0, kEnableClear = 0x4, kMaskedStatus = 0xC;
constexpr uint32_t kGroups = 16, kBits = 8;

struct Combiner : IrqChip, IrqDomain {
    Mmio regs;

    static uint32_t block(uint32_t group) { return group / 4 * 0x10; }
    static uint32_t shift(uint32_t group) { return group % 4 * 8; }
    void enable(uint32_t line) override { write(kEnableSet, line); }
    void disable(uint32_t line) override { write(kEnableClear, line); }
    uint32_t cells() const override { return 2; }
    /// <group bit>
    IrqLine translate(const uint32_t* c) override { return {this, c[0] * kBits + c[1]}; }
    uint32_t pending(uint32_t group) const {
        return regs.read32(block(group) + kMaskedStatus) >> shift(group) & 0xFF;
    }

private:
    void write(uint32_t reg, uint32_t line) {
        const uint32_t group = line / kBits;
        regs.write32(block(group) + reg, 1U << (shift(group) + line % kBits));
    }
};
Combiner combiner;

void handle(void* context) {
    const auto group = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(context));
    if (const uint32_t pending = combiner.pending(group)) {
        dispatch_irq({&combiner, group * kBits + static_cast<uint32_t>(__builtin_ctz(pending))});
    }
}

Result<> probe(Device& device) {
    combiner.regs = TRY(device.map());
    uint32_t group = 0;
    Rollback lines{[&] {
        while (group > 0) free_irq(device.irq(--group).take());
    }};
    for (; group < kGroups; ++group) {
        auto line = device.irq(group);
        if (!line && line.error() == Errno::kNoEnt) break;
        TRY(request_irq(TRY(std::move(line)), handle, reinterpret_cast<void*>(static_cast<uintptr_t>(group)),
                        "combiner"));
    }
    lines.cancel();
    add_irq_domain(device.node, combiner);
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos4210-combiner", nullptr};
constexpr Driver kDriver{"combiner", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
