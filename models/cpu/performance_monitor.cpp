#include "models/cpu/performance_monitor.hpp"

#include <algorithm>

#include "models/cpu/core.hpp"

namespace exysim::cpu::pmu {

namespace {

constexpr uint32_t kEnable = 1, kResetEvents = 2, kResetCycles = 4, kDivide = 8;
constexpr unsigned kCounters = SystemRegisters::kPmuCounters, kCycles = kCounters - 1;  // the last one
constexpr uint32_t kCycleBit = 1U << 31, kAllBits = kCycleBit | ((1U << kCycles) - 1);
constexpr uint8_t kSoftwareIncrement = 0x00;

template <auto kMember>
uint64_t count(const Core& core) {
    return core.events.*kMember;
}
template <auto kMember>
uint64_t cache_events(const Core& core) {
    return core.cache_events.*kMember;
}
template <auto kMember>
uint64_t tlb_misses(const Core& core) {
    return core.mmu.counts.*kMember;
}
/// Assumed: every load and store looks into the data cache, those past it too.
uint64_t data_accesses(const Core& core) { return core.events.loads + core.events.stores; }
uint64_t never(const Core&) { return 0; }
uint64_t instructions(const Core& core) { return core.instructions; }
uint64_t cycles(const Core& core) { return core.cycles(); }

using E = EventCounts;
using C = CoreSide::CacheEvents;
// clang-format off
constexpr Event kEvents[] = {
    {kSoftwareIncrement, "software increment", never, false},
    {0x01, "code refill",               cache_events<&C::code_refills>, false},
    {0x02, "code TLB refill",           tlb_misses<&TlbCounts::code_refills>, false},
    {0x03, "data refill",               cache_events<&C::data_refills>, false},
    {0x04, "data access",               data_accesses,                 true},
    {0x05, "data TLB refill",           tlb_misses<&TlbCounts::data_refills>, false},
    {0x06, "data read",                 count<&E::loads>,              true},
    {0x07, "data write",                count<&E::stores>,             true},
    {0x09, "exception taken",           count<&E::exceptions>,         false},
    {0x0A, "exception return",          count<&E::returns>,            false},
    {0x0B, "CONTEXTIDR written",        count<&E::context_writes>,     false},
    {0x0D, "immediate branch",          count<&E::immediate_branches>, true},
    {0x0F, "unaligned access",          count<&E::unaligned>,          false},
    {0x10, "branch mispredicted",       count<&E::mispredicts>,        false},
    {0x11, "cycle",                     cycles,                        false},
    {0x12, "predictable branch",        count<&E::branches>,           true},
    {0x63, "STREX passed",              count<&E::exclusives_passed>,  false},
    {0x64, "STREX failed",              count<&E::exclusives_failed>,  false},
    {0x68, "instruction renamed",       instructions,                  false},
    {0x93, "external interrupt",        count<&E::interrupts>,         false},
};
// clang-format on

const Event* find(uint32_t number) {
    const auto* found = std::find_if(std::begin(kEvents), std::end(kEvents),
                                     [number](const Event& e) { return e.number == number; });
    return found == std::end(kEvents) ? nullptr : found;
}

uint32_t bit(unsigned counter) { return counter == kCycles ? kCycleBit : 1U << counter; }

bool running(const SystemRegisters& s, unsigned counter) {
    return (s.pmcr & kEnable) != 0 && (s.pmcnten & bit(counter)) != 0;
}

unsigned divider(const SystemRegisters& s, unsigned counter) {
    return counter == kCycles && (s.pmcr & kDivide) != 0 ? 6 : 0;
}

/// What counter `n` follows, as a number that only grows.
uint64_t source(const Core& core, unsigned n) {
    if (n == kCycles) return core.cycles() >> divider(core.system, n);
    const Event* event = find(core.system.pmxevtyper[n]);
    return event != nullptr ? event->count(core) : 0;
}

/// Takes the counters to rest at their present values, lets `change` work and starts them again.
template <class Change>
void change(Core& core, Change how) {
    settle(core);
    how(core.system);
    SystemRegisters& s = core.system;
    bool blocks = false;
    for (unsigned n = 0; n < kCounters; ++n) {
        s.pmu_base[n] = source(core, n);
        const Event* event = n == kCycles ? nullptr : find(s.pmxevtyper[n]);
        blocks = blocks || (running(s, n) && event != nullptr && event->by_block);
    }
    core.count_blocks(blocks);
    core.pmu_changed();
}

}  // namespace

std::span<const Event> events() { return kEvents; }

void settle(Core& core) {
    SystemRegisters& s = core.system;
    for (unsigned n = 0; n < kCounters; ++n) {
        if (!running(s, n)) continue;
        const uint64_t now = source(core, n), value = s.pmu_value[n] + (now - s.pmu_base[n]);
        s.pmu_base[n] = now;
        s.pmu_value[n] = static_cast<uint32_t>(value);
        if (value >> 32 != 0) s.pmovsr |= bit(n);
    }
}

bool interrupt(const Core& core) {
    const SystemRegisters& s = core.system;
    return (s.pmcr & kEnable) != 0 && (s.pmovsr & s.pminten) != 0;
}

bool watched(const Core& core) {
    const SystemRegisters& s = core.system;
    return (s.pmcr & kEnable) != 0 && (s.pmcnten & s.pminten) != 0;
}

int64_t horizon(Core& core) {
    settle(core);
    core.pmu_changed();
    const SystemRegisters& s = core.system;
    int64_t least = std::numeric_limits<int64_t>::max();
    for (unsigned n = 0; n < kCounters; ++n) {
        if (!running(s, n) || (s.pminten & bit(n)) == 0 || (s.pmovsr & bit(n)) != 0) continue;
        const int64_t left = (int64_t{1} << 32) - s.pmu_value[n];
        // Events come at most two a cycle.
        least = std::min(least, n == kCycles ? left << divider(s, n) : std::max<int64_t>(left / 2, 1));
    }
    return least;
}

uint32_t read_control(Core& core) { return core.system.pmcr; }

void write_control(Core& core, uint32_t value) {
    change(core, [value](SystemRegisters& s) {
        s.pmcr = (s.pmcr & ~0x39U) | (value & 0x39);
        if ((value & kResetEvents) != 0) std::fill_n(s.pmu_value.begin(), kCycles, 0);
        if ((value & kResetCycles) != 0) s.pmu_value[kCycles] = 0;
    });
}

void enable(Core& core, uint32_t mask) {
    change(core, [mask](SystemRegisters& s) { s.pmcnten |= mask & kAllBits; });
}

void disable(Core& core, uint32_t mask) {
    change(core, [mask](SystemRegisters& s) { s.pmcnten &= ~mask; });
}

uint32_t read_overflow(Core& core) {
    settle(core);
    return core.system.pmovsr;
}

void clear_overflow(Core& core, uint32_t mask) {
    change(core, [mask](SystemRegisters& s) { s.pmovsr &= ~mask; });
}

void software_increment(Core& core, uint32_t mask) {
    change(core, [mask](SystemRegisters& s) {
        for (unsigned n = 0; n < kCycles; ++n) {
            const bool chosen =
                (mask & 1U << n) != 0 && running(s, n) && s.pmxevtyper[n] == kSoftwareIncrement;
            if (chosen && ++s.pmu_value[n] == 0) s.pmovsr |= bit(n);
        }
    });
}

uint32_t read_events(Core&) {
    uint32_t known = 0;
    for (const Event& event : kEvents) {
        if (event.number < 32) known |= 1U << event.number;
    }
    return known;
}

uint32_t cycle_count(Core& core) {
    settle(core);
    return core.system.pmu_value[kCycles];
}

void set_cycle_count(Core& core, uint32_t value) {
    change(core, [value](SystemRegisters& s) { s.pmu_value[kCycles] = value; });
}

uint32_t read_type(Core& core) {
    const SystemRegisters& s = core.system;
    return s.pmselr < kCycles ? s.pmxevtyper[s.pmselr] : 0;
}

void write_type(Core& core, uint32_t value) {
    if (core.system.pmselr >= kCycles) return;
    change(core, [value](SystemRegisters& s) { s.pmxevtyper[s.pmselr] = static_cast<uint8_t>(value); });
}

uint32_t read_count(Core& core) {
    settle(core);
    const SystemRegisters& s = core.system;
    return s.pmselr < kCycles ? s.pmu_value[s.pmselr] : 0;
}

void write_count(Core& core, uint32_t value) {
    if (core.system.pmselr >= kCycles) return;
    change(core, [value](SystemRegisters& s) { s.pmu_value[s.pmselr] = value; });
}

void enable_interrupt(Core& core, uint32_t mask) {
    change(core, [mask](SystemRegisters& s) { s.pminten |= mask & kAllBits; });
}

void disable_interrupt(Core& core, uint32_t mask) {
    change(core, [mask](SystemRegisters& s) { s.pminten &= ~mask; });
}

}  // namespace exysim::cpu::pmu
