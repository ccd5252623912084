#include "models/system/mct_core.hpp"

#include <algorithm>

namespace exysim::system {

namespace {
/// Status bits of the write handshake in G_WSTAT: four bits a comparator, and one for G_TCON.
constexpr uint32_t kWroteCompL = 1, kWroteCompU = 2, kWroteIncr = 4, kWroteTcon = 1U << 16;
constexpr uint32_t kWroteTcntb = 1, kWroteIcntb = 2, kWroteFrcntb = 4, kWroteLTcon = 8;
}  // namespace

MctCore::MctCore() {
    hook_global();
    hook_local();
}

void MctCore::hook_global() {
    const auto wrote = [this](uint32_t bits) { regs.set(kWstat, regs.get(kWstat) | bits); };
    regs.on_write(kCfg, [this](uint32_t) { change_period(); });
    regs.on_write(kGCntL, [this](uint32_t) { write_count(kWroteCompL); });
    regs.on_write(kGCntU, [this](uint32_t) { write_count(kWroteCompU); });
    regs.on_read(kGCntL, [this](uint32_t) { return static_cast<uint32_t>(count()); });
    regs.on_read(kGCntU, [this](uint32_t) { return static_cast<uint32_t>(count() >> 32); });
    regs.on_write_each(kCompL, [this, wrote](uint32_t i, uint32_t) { wrote(kWroteCompL << 4 * i), arm(i); });
    regs.on_write_each(kCompU, [this, wrote](uint32_t i, uint32_t) { wrote(kWroteCompU << 4 * i), arm(i); });
    regs.on_write_each(kAddIncr, [wrote](uint32_t i, uint32_t) { wrote(kWroteIncr << 4 * i); });
    regs.on_write(kGTcon, [this, wrote](uint32_t) { wrote(kWroteTcon), control_global(); });
}

void MctCore::hook_local() {
    const auto wrote = [this](uint32_t timer, uint32_t bits) {
        regs.set(kLWritten, regs.get(kLWritten, timer) | bits, timer);
    };
    regs.on_write_each(kTcntb, [wrote](uint32_t i, uint32_t) { wrote(i, kWroteTcntb); });
    regs.on_write_each(kIcntb, [this, wrote](uint32_t i, uint32_t written) {
        wrote(i, kWroteIcntb);
        const bool manual_update = written >> 31;
        if (manual_update && local_[i].expiry) local_[i].expiry = now_ + interrupt_period(i);
    });
    regs.on_write_each(kFrcntb, [wrote](uint32_t i, uint32_t) { wrote(i, kWroteFrcntb); });
    regs.on_write_each(kLStart,
                       [this, wrote](uint32_t i, uint32_t) { wrote(i, kWroteLTcon), control_local(i); });
    regs.on_read_each(kTcnto, [this](uint32_t i, uint32_t) { return tick_remaining(i); });
    regs.on_read_each(kIcnto, [this](uint32_t i, uint32_t) { return interrupts_remaining(i); });
    regs.on_read_each(kFrcnto, [this](uint32_t i, uint32_t) { return free_running_remaining(i); });
}

uint64_t MctCore::count() const {
    return frc_.running ? frc_.value + (now_ - frc_.since) / frc_.period : frc_.value;
}

void MctCore::load_count(uint64_t value) {
    frc_.value = value;
    frc_.since = now_;
}

void MctCore::change_period() {
    load_count(count());
    frc_.period = uint64_t{regs.get(kPrescaler) + 1} << regs.get(kDivider);
}

/// A write of either half replaces that half of the present count. `half`: its bit in G_CNT_WSTAT.
void MctCore::write_count(uint32_t half) {
    const uint64_t low = half == kWroteCompL ? regs.get(kCntL) : count() & UINT32_MAX;
    const uint64_t high = half == kWroteCompU ? regs.get(kCntU) : count() >> 32;
    load_count(high << 32 | low);
    regs.set(kCntWstat, regs.get(kCntWstat) | half);
}

void MctCore::control_global() {
    const bool run = regs.get(kTimerStart);
    if (run != frc_.running) load_count(count());
    frc_.running = run;
    for (uint32_t i = 0; i < kComparators; ++i) {
        if (enabled(i) && !comparators_[i].enabled) arm(i);
        comparators_[i].enabled = enabled(i);
    }
}

void MctCore::arm(uint32_t comparator) {
    comparators_[comparator].armed = true;
    match(comparator);
}

uint64_t MctCore::compare_value(uint32_t comparator) const {
    return uint64_t{regs.get(kCompU, comparator)} << 32 | regs.get(kCompL, comparator);
}

/// Raises the status once the count has reached the comparator; auto-increment then moves it past the count.
void MctCore::match(uint32_t i) {
    const uint64_t value = compare_value(i), present = count();
    if (!frc_.running || !enabled(i) || !comparators_[i].armed || present < value) return;
    regs.set(kCstat, regs.get(kCstat) | 1U << i);
    const uint64_t step = regs.get(kAddIncr, i);
    const bool automatic = regs.get(kCompCtrl) >> (2 * i + 1) & 1;
    comparators_[i].armed = automatic && step != 0;
    if (!automatic || step == 0) return;
    const uint64_t next = value + ((present - value) / step + 1) * step;
    regs.set(kCompL, static_cast<uint32_t>(next), i);
    regs.set(kCompU, static_cast<uint32_t>(next >> 32), i);
}

bool MctCore::global_irq(uint32_t comparator) const {
    return (regs.get(kCstat) & regs.get(kEnb)) >> comparator & 1;
}

/// Input clocks from one zero of the interrupt counter to the next.
uint64_t MctCore::interrupt_period(uint32_t timer) const {
    return std::max<uint64_t>(regs.get(kIcntb, timer), 1) * tick_period(timer);
}

void MctCore::control_local(uint32_t i) {
    LocalTimer& timer = local_[i];
    const bool ticks = regs.get(kLStart, i), counts = ticks && regs.get(kLIntStart, i);
    if (ticks && !timer.tick_start) timer.tick_start = now_;
    if (!ticks) timer.tick_start.reset();
    if (counts && !timer.expiry) timer.expiry = now_ + interrupt_period(i);
    if (!counts) timer.expiry.reset();
    const bool free_running = regs.get(kLFrcStart, i);
    if (free_running && !timer.frc_start) timer.frc_start = now_;
    if (!free_running) timer.frc_start.reset();
}

/// The interrupt counter has reached zero, perhaps some periods ago.
void MctCore::expire(uint32_t i) {
    LocalTimer& timer = local_[i];
    if (!timer.expiry || *timer.expiry > now_) return;
    regs.raise(kLCstat, i);
    if (!regs.get(kLInterval, i)) {
        regs.set(kLIntStart, 0, i);
        timer.expiry.reset();
        return;
    }
    const uint64_t period = interrupt_period(i);
    *timer.expiry += ((now_ - *timer.expiry) / period + 1) * period;
}

uint32_t MctCore::tick_remaining(uint32_t i) const {
    if (!local_[i].tick_start) return regs.get(kTcntb, i);
    return static_cast<uint32_t>(tick_period(i) - 1 - (now_ - *local_[i].tick_start) % tick_period(i));
}

uint32_t MctCore::interrupts_remaining(uint32_t i) const {
    if (!local_[i].expiry) return 0;
    return static_cast<uint32_t>((*local_[i].expiry - now_ + tick_period(i) - 1) / tick_period(i));
}

uint32_t MctCore::free_running_remaining(uint32_t i) const {
    const uint32_t from = regs.get(kFrcntb, i);
    return local_[i].frc_start ? static_cast<uint32_t>(from - (now_ - *local_[i].frc_start)) : from;
}

bool MctCore::local_irq(uint32_t timer) const { return regs.get(kLCstat, timer) && regs.get(kLEnb, timer); }

void MctCore::advance(uint64_t clock) {
    now_ = clock;
    for (uint32_t i = 0; i < kComparators; ++i) match(i);
    for (uint32_t i = 0; i < kLocalTimers; ++i) expire(i);
}

std::optional<uint64_t> MctCore::next_match(uint32_t i) const {
    if (!frc_.running || !enabled(i) || !comparators_[i].armed) return {};
    const uint64_t value = compare_value(i);
    constexpr uint64_t kNever = UINT64_MAX / 2;  // a match so far off (thousands of years) needs no event
    if (value < frc_.value || value - frc_.value > kNever / frc_.period) return {};
    return frc_.since + (value - frc_.value) * frc_.period;
}

std::optional<uint64_t> MctCore::next_expiry() const {
    std::optional<uint64_t> first;
    const auto consider = [&](std::optional<uint64_t> at) {
        if (at && (!first || *at < *first)) first = at;
    };
    for (uint32_t i = 0; i < kComparators; ++i) consider(next_match(i));
    for (const LocalTimer& timer : local_) consider(timer.expiry);
    return first;
}

}  // namespace exysim::system
