#include "models/cache/pl310_core.hpp"

#include <algorithm>
#include <bit>

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
constexpr uint32_t kSharedOverride = 1U << 22, kRoundRobin = 1U << 25, kFullLineOfZeros = 1U << 0;
constexpr uint32_t kNoWriteBack = 1U << 1, kNoLineFill = 1U << 0;

// Geometry as AUX_CTRL and CACHE_TYPE say it: ways are 8 or 16, way sizes 16 KiB << (n - 1) with n from 1 to
// 6; 0 and 7 stand for their neighbours (PL310 TRM 3.3.2 and 3.3.4).
constexpr uint32_t kSixteenWays = 1U << 16, kWaySizeAt = 17, kSmallestWay = 16 << 10;
constexpr uint32_t kLargestWaySize = 6;
Geometry geometry_of(uint32_t aux) {
    const uint32_t size = std::clamp(aux >> kWaySizeAt & 7, 1U, kLargestWaySize);
    const uint32_t ways = (aux & kSixteenWays) != 0 ? 16 : 8;
    return {(kSmallestWay << (size - 1)) * ways, ways};
}
uint32_t aux_of(const Geometry& g) {
    const auto size = static_cast<uint32_t>(std::bit_width(g.way_bytes() / kSmallestWay));
    return (g.ways == 16 ? kSixteenWays : 0) | size << kWaySizeAt;
}
bool expressible(const Geometry& g) { return geometry_of(aux_of(g)) == g; }

}  // namespace

Pl310Core::Pl310Core(Level2* level2) {
    // The prefetch enables are one pair of bits seen in two registers.
    regs.on_write(kAuxCtrl, [this, level2](uint32_t) {
        regs.set(kPrefetchAlias, regs.get(kAuxPrefetch));
        if (level2 == nullptr) return;
        choose_geometry(*level2);
        follow(*level2);
    });
    regs.on_write(kPrefetchCtrl, [this, level2](uint32_t) {
        regs.set(kAuxPrefetch, regs.get(kPrefetchAlias));
        if (level2 != nullptr) follow(*level2);
    });
    if (level2 == nullptr) return;
    show_geometry(level2->built());
    follow(*level2);
    add_operations(*level2);
    add_lockdown(*level2);
    add_counters(*level2);
    add_interrupt(*level2);
}

void Pl310Core::show_geometry(const Geometry& g) {
    if (!expressible(g)) return;
    constexpr uint32_t kFields = kSixteenWays | 7U << kWaySizeAt;
    regs.set(kAuxLow, (regs.get(kAuxLow) & ~kFields) | aux_of(g));
    const uint32_t half = (aux_of(g) >> kWaySizeAt) << 8 | (g.ways == 16 ? 1U << 6 : 0U);
    constexpr uint32_t kHalves = 0x0074'0740;
    regs.set(kCacheTypeField, (regs.get(kCacheTypeField) & ~kHalves) | half | half << 12);
}

void Pl310Core::choose_geometry(Level2& level2) const {
    const Geometry &built = level2.built(), chosen = geometry_of(regs.get(kAuxLow));
    if (regs.get(kEnable) != 0 || !expressible(built)) return;
    const uint32_t ways = std::min(chosen.ways, built.ways);
    level2.set_geometry({std::min(chosen.way_bytes(), built.way_bytes()) * ways, ways});
}

void Pl310Core::follow(Level2& level2) {
    Level2Control& c = level2.control;
    c.enabled = regs.get(kEnable) != 0;
    c.shared_override = (regs.get(kAuxLow) & kSharedOverride) != 0;
    c.full_line_of_zeros = (regs.get(kAuxLow) & kFullLineOfZeros) != 0;
    c.round_robin = (regs.get(kAuxLow) & kRoundRobin) != 0;
    c.prefetch_data = (regs.get(kPrefetchAlias) & 1) != 0;
    c.prefetch_code = (regs.get(kPrefetchAlias) & 2) != 0;
    c.double_linefill = regs.get(kDoubleLinefill) != 0;
    c.prefetch_offset = regs.get(kOffset);
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
    regs.on_write(kLockLine,
                  [=, this](uint32_t) { l2->control.lock_lines = regs.get(kLockLineEnable) != 0; });
    regs.on_write(kUnlockWay, [=, this](uint32_t ways) { done = l2->unlock_ways(ways, now); });
    regs.on_write(kCacheSync, [=, this](uint32_t) { done = l2->sync(now); });
    regs.on_write(kDummy, [=, this](uint32_t) { done = l2->sync(now); });
    regs.on_write(kCtrl, [=, this](uint32_t) { follow(*l2); });
    // DCL disables line fills, DWB write-back (PL310 TRM 3.3.19).
    regs.on_write(kDebugCtrl, [=](uint32_t value) {
        l2->control.write_through = (value & kNoWriteBack) != 0;
        l2->control.no_fill = (value & kNoLineFill) != 0;
    });
}

void Pl310Core::add_lockdown(Level2& level2) {
    Level2Control* control = &level2.control;
    for (uint32_t n = 0; n < kMasters; ++n) {
        regs.on_write(kLockdown + 8 * n,
                      [=](uint32_t ways) { control->locked_data[n] = static_cast<uint16_t>(ways); });
        regs.on_write(kLockdown + 8 * n + 4,
                      [=](uint32_t ways) { control->locked_code[n] = static_cast<uint16_t>(ways); });
    }
}

void Pl310Core::settle(const Level2& level2) {
    for (uint32_t n = 0; n < kCounters; ++n) {
        Counter& counter = counters_[n];
        const uint64_t seen =
            counter.counts() ? level2.seen(static_cast<Level2Event>(counter.source)) : counter.settled;
        if (counting_) count(n, seen - counter.settled);
        counter.settled = seen;
    }
}

void Pl310Core::set_value(uint32_t n, uint32_t value) {
    counters_[n].value = value;
    regs.set(kEventCount, value, n);
}

/// A full counter stays full: "the hardware counters saturate" (Linux, "l2x0: add PMU support"). What raises
/// the interrupt: DDI 0246A table 3.8.
void Pl310Core::count(uint32_t n, uint64_t events) {
    constexpr uint32_t kOnIncrement = 1, kOnOverflow = 2;
    Counter& counter = counters_[n];
    const uint64_t value = counter.value + events;
    set_value(n, static_cast<uint32_t>(std::min<uint64_t>(value, UINT32_MAX)));
    const bool raised = (counter.interrupt == kOnIncrement && events != 0) ||
                        (counter.interrupt == kOnOverflow && value > UINT32_MAX);
    if (raised) regs.set(kCounterRaw, 1);
}

/// Settled when somebody looks: nobody else can tell.
void Pl310Core::add_interrupt(const Level2& level2) {
    const Level2* l2 = &level2;
    const uint32_t bit = kCounterRaw.mask();
    const auto masked = [=, this] { return regs.get(kCounterRaw) & regs.get(kCounterMask); };
    regs.on_read(kIntRaw, [=, this](uint32_t stored) {
        settle(*l2);
        return (stored & ~bit) | regs.get(kCounterRaw);
    });
    regs.on_read(kIntMasked, [=, this](uint32_t stored) {
        settle(*l2);
        return (stored & ~bit) | masked();
    });
    regs.on_write(kIntClear, [=, this](uint32_t value) {
        settle(*l2);
        if ((value & bit) != 0) regs.set(kCounterRaw, 0);
    });
}

/// Register 0 of each pair belongs to counter 1. A value can be written only while its counter has no source
/// (DDI 0246A 3.3.7).
void Pl310Core::add_counters(Level2& level2) {
    const Level2* l2 = &level2;
    regs.on_write(kEventCtrl, [=, this](uint32_t value) {
        settle(*l2);
        counting_ = regs.get(kCount) != 0;
        if ((value & 2) != 0) set_value(1, 0);
        if ((value & 4) != 0) set_value(0, 0);
    });
    for (uint32_t n = 0; n < kCounters; ++n) {
        regs.on_write(kEventSource.at(n), [=, this](uint32_t) {
            settle(*l2);
            Counter& counter = counters_[n];
            counter.source = regs.get(kEventSource, n);
            counter.interrupt = regs.get(kEventInterrupt, n);
            if (counter.counts()) counter.settled = l2->seen(static_cast<Level2Event>(counter.source));
        });
        regs.on_write(kEventCount.at(n), [=, this](uint32_t value) {
            set_value(n, counters_[n].counts() ? counters_[n].value : value);
        });
        regs.on_read(kEventCount.at(n), [=, this](uint32_t) {
            settle(*l2);
            return regs.get(kEventCount, n);
        });
    }
}

}  // namespace exysim::cache
