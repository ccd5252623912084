#include "models/system/wdt_core.hpp"

#include <algorithm>

namespace exysim::system {

WdtCore::WdtCore() {
    regs.on_write(kWtcon, [this](uint32_t) { restart(regs.get(kCount)); });
    regs.on_write(kWtcnt, [this](uint32_t) { restart(regs.get(kCount)); });
    regs.on_write(kWtclrint, [this](uint32_t) { pending_ = false; });
}

/// Counts down from `count`; a stopped watchdog keeps it.
void WdtCore::restart(uint32_t count) {
    regs.set(kCount, count);
    zero_.reset();
    if (regs.get(kEnable)) zero_ = now_ + std::max(count, 1U) * period();
}

void WdtCore::advance(uint64_t clock) {
    now_ = clock;
    if (!zero_) return;
    if (*zero_ > now_) {
        regs.set(kCount, static_cast<uint32_t>((*zero_ - now_ + period() - 1) / period()));
        return;
    }
    pending_ = true;
    if (regs.get(kResetEnable)) reset_ = true;
    restart(regs.get(kReload));
}

}  // namespace exysim::system
