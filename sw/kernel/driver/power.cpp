#include "driver/power.hpp"

#include "core/lock.hpp"
#include "core/time.hpp"
#include "driver/clock_gates.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {

constexpr uint32_t kConfiguration = 0x0, kStatus = 0x4, kOn = 7;  // system.md section 5
IrqLock gate_lock;  // a gate register is shared by the devices whose bits it has

/// A node's registers, mapped for a moment.
class BriefWindow {
public:
    static Result<BriefWindow> of(Node node) {
        const Window w = TRY(node_reg(node));
        return BriefWindow{TRY(ioremap(w.base, w.size))};
    }
    BriefWindow(BriefWindow&& from) noexcept : at_{from.at_} { from.at_ = VirtAddr{}; }
    BriefWindow& operator=(BriefWindow&&) = delete;
    ~BriefWindow() {
        if (at_.value != 0) (void)vunmap(at_, AreaKind::ioremap);
    }
    Mmio regs() const { return Mmio{at_}; }

private:
    explicit BriefWindow(VirtAddr at) : at_{at} {}
    VirtAddr at_;
};

Result<> domain_on(Node domain) {
    const BriefWindow window = TRY(BriefWindow::of(domain));
    const Mmio regs = window.regs();
    regs.write32(kConfiguration, kOn);
    for (int tries = 0; tries < 10; ++tries) {
        if ((regs.read32(kStatus) & kOn) == kOn) return Ok{};
        udelay(100);
    }
    return Errno::kTimedOut;
}

Result<> domains_on(Node node) {
    const Property domain = node.property("power-domains");
    if (!domain) return Ok{};
    const Node parent = fdt_by_phandle(domain.cell(0));
    TRY(domains_on(parent));
    return domain_on(parent);
}

Result<> open_gate(Node controller, uint32_t clock) {
    const ClockGate gate = clock_gate(clock);
    if (gate.offset == 0) return Ok{};
    const BriefWindow window = TRY(BriefWindow::of(controller));
    const IrqGuard guard{gate_lock};
    window.regs().update32(gate.offset, gate.mask, gate.mask);
    return Ok{};
}

Result<> clocks_on(Node node) {
    const Property clocks = node.property("clocks");
    for (uint32_t i = 0; i < clocks.cells();) {
        const Node controller = fdt_by_phandle(clocks.cell(i++));
        const Property cells = controller.property("#clock-cells");
        if (controller.compatible("samsung,exynos4210-clock")) TRY(open_gate(controller, clocks.cell(i)));
        i += cells ? cells.cell(0) : 0;
    }
    return Ok{};
}

}  // namespace

Result<> power_on(Node node) {
    TRY(domains_on(node));
    return clocks_on(node);
}

}  // namespace kernel
