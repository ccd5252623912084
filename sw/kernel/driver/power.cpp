#include "driver/power.hpp"

#include "core/time.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {
constexpr uint32_t kConfiguration = 0x0, kStatus = 0x4, kOn = 7;  // system.md section 5
}  // namespace

Result<> power_on(Node node) {
    const Property domain = node.property("power-domains");
    if (!domain) return Ok{};
    const Window w = TRY(node_reg(fdt_by_phandle(domain.cell(0))));
    const VirtAddr at = TRY(ioremap(w.base, w.size));
    const Mmio regs{at};
    regs.write32(kConfiguration, kOn);
    bool on = false;
    for (int tries = 0; tries < 10 && !on; ++tries) {
        on = (regs.read32(kStatus) & kOn) == kOn;
        if (!on) udelay(100);
    }
    (void)vunmap(at, AreaKind::ioremap);
    if (!on) return Errno::kTimedOut;
    return Ok{};
}

}  // namespace kernel
