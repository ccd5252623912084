#include "models/cache/pl310_core.hpp"

namespace exysim::cache {

namespace {

struct LineOperation {
    uint32_t by_address, by_index, by_way;  // register offsets; 0: there is none
    Maintenance operation;
};
constexpr LineOperation kOperations[] = {
    {Pl310Core::kInvLinePa, 0, Pl310Core::kInvWay, Maintenance::invalidate},
    {Pl310Core::kCleanLinePa, Pl310Core::kCleanLineIndex, Pl310Core::kCleanWay, Maintenance::clean},
    {Pl310Core::kCleanInvLinePa, Pl310Core::kCleanInvLineIndex, Pl310Core::kCleanInvWay,
     Maintenance::clean_invalidate},
};
constexpr uint32_t kSharedOverride = 1U << 22, kRoundRobin = 1U << 25, kNoWriteBack = 1U << 1, kNoLineFill = 1U << 0;

}  // namespace

Pl310Core::Pl310Core(Level2* level2) {
    // The prefetch enables are one pair of bits seen in two registers.
    regs.on_write(kAuxCtrl, [this, level2](uint32_t) {
        regs.set(kPrefetchAlias, regs.get(kAuxPrefetch));
        if (level2 != nullptr) follow(*level2);
    });
    regs.on_write(kPrefetchCtrl, [this](uint32_t) { regs.set(kAuxPrefetch, regs.get(kPrefetchAlias)); });
    if (level2 != nullptr) add_operations(*level2);
}

/// DEBUG_CTRL: bit 0 disables line fills (DCL), bit 1 write-back (DWB), PL310 TRM 3.3.19.
void Pl310Core::follow(Level2& level2) {
    level2.control.enabled = regs.get(kEnable) != 0;
    level2.control.shared_override = (regs.get(kAuxLow) & kSharedOverride) != 0;
    level2.control.round_robin = (regs.get(kAuxLow) & kRoundRobin) != 0;
}

void Pl310Core::add_operations(Level2& level2) {
    Level2* l2 = &level2;
    for (const LineOperation& row : kOperations) {
        const Maintenance what = row.operation;
        regs.on_write(row.by_address,
                      [=, this](uint32_t value) { done = l2->maintain(what, PhysAddr{value}, now); });
        regs.on_write(row.by_way, [=, this](uint32_t ways) { done = l2->maintain_ways(what, ways, now); });
        if (row.by_index == 0) continue;
        regs.on_write(row.by_index, [=, this](uint32_t value) {
            done = l2->maintain_place(what, value / kLine, value >> 28, now);
        });
    }
    regs.on_write(kCacheSync, [=, this](uint32_t) { done = l2->sync(now); });
    regs.on_write(kDummy, [=, this](uint32_t) { done = l2->sync(now); });
    regs.on_write(kCtrl, [=, this](uint32_t) { follow(*l2); });
    regs.on_write(kDebugCtrl, [=](uint32_t value) {
        l2->control.write_through = (value & kNoWriteBack) != 0;
        l2->control.no_fill = (value & kNoLineFill) != 0;
    });
    for (uint32_t n = 0; n < kMasters; ++n) {
        regs.on_write(kLockdown + 8 * n,
                      [=](uint32_t ways) { l2->control.locked_data[n] = static_cast<uint16_t>(ways); });
        regs.on_write(kLockdown + 8 * n + 4,
                      [=](uint32_t ways) { l2->control.locked_code[n] = static_cast<uint16_t>(ways); });
    }
}

}  // namespace exysim::cache
