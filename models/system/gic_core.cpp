#include "models/system/gic_core.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace exysim::system {

namespace {
constexpr uint32_t kWords = GicCore::kIds / 32;
constexpr uint32_t kSharedWords = kWords - 1;
constexpr uint32_t kPriorityMask = 0xF8F8'F8F8;  // 32 levels
constexpr uint32_t kLowestPriority = 0xFF;
constexpr uint32_t kSgiBits = 0xFFFF;  // of the first word

using G = GicCore;
// Registers that differ from core to core: those of interrupts 0-31, and what names the requesting core.
// clang-format off
constexpr Field kDistEnable      {G::kDistCtlr,   "ENABLE",      0,  0, Access::rw,  0};
constexpr Field kTyperLines      {G::kTyper,      "IT_LINES",    4,  0, Access::ro,  kWords - 1};
constexpr Field kTyperCpus       {G::kTyper,      "CPU_NUMBER",  7,  5, Access::ro,  0};
constexpr Field kPrivatePriority {G::kIpriorityr, "IPRIORITYR", 31,  0, Access::rw,  0, 8};
constexpr Field kOwnTarget       {G::kItargetsr,  "ITARGETSR",  31,  0, Access::ro,  0, 8};
constexpr Field kSgiConfig       {G::kIcfgr,      "ICFGR",      31,  0, Access::ro,  0xAAAA'AAAA};  // SGIs are edges
constexpr Field kPpiConfig       {G::kIcfgr + 4,  "ICFGR",      31,  0, Access::rw,  0};
constexpr Field kSendSgi         {G::kSgir,       "SGIR",       31,  0, Access::w1p, 0};
constexpr Field kPrivateMap[] = {
    kTyperLines, kTyperCpus,
    {G::kDistIidr,   "IIDR",      31, 0, Access::ro, 0x0102'043B},
    {G::kIgroupr,    "IGROUPR",   31, 0, Access::rw, 0},
    {G::kIsenabler,  "ISENABLER", 31, 0, Access::rw, 0},
    {G::kIcenabler,  "ICENABLER", 31, 0, Access::rw, 0},
    {G::kIspendr,    "ISPENDR",   31, 0, Access::rw, 0},
    {G::kIcpendr,    "ICPENDR",   31, 0, Access::rw, 0},
    {G::kIsactiver,  "ISACTIVER", 31, 0, Access::rw, 0},
    {G::kIcactiver,  "ICACTIVER", 31, 0, Access::rw, 0},
    kPrivatePriority, kOwnTarget, kSgiConfig, kPpiConfig, kSendSgi,
};
static_assert(well_formed(kPrivateMap));

// Registers of the shared interrupts, 32 and up: seen through every core's view.
constexpr Field kSharedPriority {G::kIpriorityr + 0x20, "IPRIORITYR", 31, 0, Access::rw, 0, G::kSpis / 4};
constexpr Field kSharedTargets  {G::kItargetsr + 0x20,  "ITARGETSR",  31, 0, Access::rw, 0, G::kSpis / 4};
constexpr Field kSharedConfig   {G::kIcfgr + 8,         "ICFGR",      31, 0, Access::rw, 0, G::kSpis / 16};
constexpr Field kSharedMap[] = {
    kDistEnable,
    {G::kIgroupr + 4,   "IGROUPR",   31, 0, Access::rw, 0, kSharedWords},
    {G::kIsenabler + 4, "ISENABLER", 31, 0, Access::rw, 0, kSharedWords},
    {G::kIcenabler + 4, "ICENABLER", 31, 0, Access::rw, 0, kSharedWords},
    {G::kIspendr + 4,   "ISPENDR",   31, 0, Access::rw, 0, kSharedWords},
    {G::kIcpendr + 4,   "ICPENDR",   31, 0, Access::rw, 0, kSharedWords},
    {G::kIsactiver + 4, "ISACTIVER", 31, 0, Access::rw, 0, kSharedWords},
    {G::kIcactiver + 4, "ICACTIVER", 31, 0, Access::rw, 0, kSharedWords},
    kSharedPriority, kSharedTargets, kSharedConfig,
};
static_assert(well_formed(kSharedMap));

constexpr Field kInterfaceEnable {G::kCtlr,  "ENABLE",        0,  0, Access::rw,  0};
constexpr Field kPriorityMaskReg {G::kPmr,   "PRIORITY_MASK", 7,  3, Access::rw,  0};
constexpr Field kBinaryPoint     {G::kBpr,   "BINARY_POINT",  2,  0, Access::rw,  2};  // no less with 5 bits
constexpr Field kAcknowledge     {G::kIar,   "IAR",          12,  0, Access::ro,  G::kSpurious};
constexpr Field kEndOfInterrupt  {G::kEoir,  "EOIR",         12,  0, Access::w1p, 0};
constexpr Field kRunning         {G::kRpr,   "RPR",           7,  0, Access::ro,  kLowestPriority};
constexpr Field kHighestPending  {G::kHppir, "HPPIR",        12,  0, Access::ro,  G::kSpurious};
constexpr Field kInterfaceMap[] = {
    kInterfaceEnable, kPriorityMaskReg, {G::kPmr, "PMR_LOW", 2, 0, Access::ro, 0}, kBinaryPoint, kAcknowledge,
    kEndOfInterrupt, kRunning, kHighestPending, {G::kIidr, "IIDR", 31, 0, Access::ro, 0x3901'243B},
};
// clang-format on
static_assert(well_formed(kInterfaceMap));

uint32_t lane(uint32_t word, uint32_t byte) { return word >> 8 * byte & 0xFF; }
}  // namespace

GicCore::Core::Core() : distributor{kPrivateMap}, interface { kInterfaceMap } {
    word.edge = word.enabled = kSgiBits;
}

GicCore::GicCore(uint32_t cores, std::optional<uint32_t> ppi_config)
    : ppi_config_{ppi_config}, cores_(cores), shared_registers_{kSharedMap} {
    assert(cores >= 1 && cores <= kMaxCores);
    hook_shared();
    for (uint32_t core = 0; core < cores; ++core) {
        hook_private(core);
        hook_interface(core);
    }
}

RegisterBank& GicCore::distributor(uint32_t core, uint32_t offset) {
    RegisterBank& own = cores_[core].distributor;
    return own.knows(offset & ~3U) ? own : shared_registers_;
}

void GicCore::hook_shared() {
    for (uint32_t index = 1; index < kWords; ++index)
        hook_bits(shared_registers_, index, shared_[index - 1], {});
    const uint32_t all = (1U << cores()) - 1;
    shared_registers_.on_write_each(kSharedPriority, [this](uint32_t i, uint32_t) {
        shared_registers_.set(kSharedPriority, shared_registers_.get(kSharedPriority, i) & kPriorityMask, i);
    });
    shared_registers_.on_write_each(kSharedTargets, [this, all](uint32_t i, uint32_t) {
        shared_registers_.set(kSharedTargets, shared_registers_.get(kSharedTargets, i) & all * 0x0101'0101,
                              i);
    });
    shared_registers_.on_write_each(kSharedConfig, [this](uint32_t i, uint32_t) {
        configure(2 + i, shared_registers_.get(kSharedConfig, i), shared_[i / 2]);
    });
}

void GicCore::hook_private(uint32_t index) {
    Core& core = cores_[index];
    RegisterBank& bank = core.distributor;
    bank.set(kTyperCpus, cores() - 1);
    for (uint32_t i = 0; i < kOwnTarget.count; ++i) bank.set(kOwnTarget, 0x0101'0101U << index, i);
    hook_bits(bank, 0, core.word, index);
    bank.on_write_each(kPrivatePriority, [&bank](uint32_t i, uint32_t) {
        bank.set(kPrivatePriority, bank.get(kPrivatePriority, i) & kPriorityMask, i);
    });
    const auto configure_ppis = [this, &bank, &core](uint32_t) {
        if (ppi_config_) bank.set(kPpiConfig, *ppi_config_);
        configure(1, bank.get(kPpiConfig), core.word);
    };
    configure_ppis(0);
    bank.on_write(kIcfgr + 4, configure_ppis);
    bank.on_write(kSgir, [this, index](uint32_t written) { send_sgi(index, written); });
}

/// The set and clear registers of 32 interrupts: each pair reads as the state it changes.
void GicCore::hook_bits(RegisterBank& bank, uint32_t index, Word& word, std::optional<uint32_t> core) {
    const uint32_t at = 4 * index;
    // SGIs become pending by SGIR alone and are always enabled, so that they reach a core which has not set
    // up anything yet.
    const uint32_t settable = core ? ~kSgiBits : 0xFFFF'FFFF;
    bank.on_write(kIsenabler + at, [&word](uint32_t bits) { word.enabled |= bits; });
    bank.on_write(kIcenabler + at, [&word, settable](uint32_t bits) { word.enabled &= ~(bits & settable); });
    bank.on_write(kIspendr + at, [&word, settable](uint32_t bits) { word.latched |= bits & settable; });
    bank.on_write(kIcpendr + at, [&word, settable](uint32_t bits) { word.latched &= ~(bits & settable); });
    bank.on_write(kIsactiver + at, [&word](uint32_t bits) { word.active |= bits; });
    bank.on_write(kIcactiver + at, [&word](uint32_t bits) { word.active &= ~bits; });
    for (uint32_t reg : {kIsenabler, kIcenabler})
        bank.on_read(reg + at, [&word](uint32_t) { return word.enabled; });
    for (uint32_t reg : {kIspendr, kIcpendr})
        bank.on_read(reg + at, [&word](uint32_t) { return word.pending(); });
    for (uint32_t reg : {kIsactiver, kIcactiver})
        bank.on_read(reg + at, [&word](uint32_t) { return word.active; });
}

void GicCore::hook_interface(uint32_t index) {
    RegisterBank& bank = cores_[index].interface;
    bank.on_write(kBpr, [&bank](uint32_t) { bank.set(kBinaryPoint, std::max(bank.get(kBinaryPoint), 2U)); });
    bank.on_read(kIar, [this, index](uint32_t) { return acknowledge(index); });
    bank.on_write(kEoir, [this, index](uint32_t written) { end(index, written); });
    bank.on_read(kRpr, [this, index](uint32_t) { return running_priority(index); });
    bank.on_read(kHppir, [this, index](uint32_t) {
        const auto pending = highest_pending(index);
        return pending ? iar_value(*pending, cores_[index]) : kSpurious;
    });
}

/// ICFGR number `icfgr` holds two bits for each of 16 interrupts; the upper one says edge.
void GicCore::configure(uint32_t icfgr, uint32_t stored, Word& word) {
    const uint32_t half = 16 * (icfgr % 2);
    for (uint32_t i = 0; i < 16; ++i) {
        const uint32_t bit = 1U << (half + i);
        word.edge = stored >> (2 * i + 1) & 1 ? word.edge | bit : word.edge & ~bit;
    }
}

void GicCore::set_line(uint32_t id, uint32_t core, bool level) {
    Word& w = word(core, id);
    const uint32_t bit = 1U << id % 32;
    if (level && !(w.level & bit)) w.latched |= bit & w.edge;
    w.level = level ? w.level | bit : w.level & ~bit;
}

void GicCore::send_sgi(uint32_t from, uint32_t written) {
    const uint32_t all = (1U << cores()) - 1, self = 1U << from;
    const uint32_t by_filter[] = {written >> 16 & all, all & ~self, self, 0};
    const uint32_t list = by_filter[written >> 24 & 3], sgi = written % kSgis;
    for (uint32_t to = 0; to < cores(); ++to) {
        if (!(list >> to & 1)) continue;
        cores_[to].sgi_sources[sgi] |= static_cast<uint8_t>(self);
        cores_[to].word.latched |= 1U << sgi;
    }
}

uint32_t GicCore::priority(uint32_t core, uint32_t id) const {
    const uint32_t word = id < kPrivateIds ? cores_[core].distributor.get(kPrivatePriority, id / 4)
                                           : shared_registers_.get(kSharedPriority, (id - kPrivateIds) / 4);
    return lane(word, id % 4);
}

uint32_t GicCore::targets(uint32_t id) const {
    return lane(shared_registers_.get(kSharedTargets, (id - kPrivateIds) / 4), id % 4);
}

/// Interrupts of one word that are enabled, pending and not active.
uint32_t GicCore::candidates(uint32_t core, uint32_t index) const {
    const Word& w = index == 0 ? cores_[core].word : shared_[index - 1];
    return w.enabled & w.pending() & ~w.active;
}

std::optional<GicCore::Pending> GicCore::highest_pending(uint32_t core) const {
    if (!shared_registers_.get(kDistEnable) || !cores_[core].interface.get(kInterfaceEnable)) return {};
    std::optional<Pending> best;
    for (uint32_t index = 0; index < kWords; ++index) {
        for (uint32_t bits = candidates(core, index); bits != 0; bits &= bits - 1) {
            const uint32_t id = 32 * index + static_cast<uint32_t>(std::countr_zero(bits));
            if (id >= kPrivateIds && !(targets(id) >> core & 1)) continue;
            const uint32_t p = priority(core, id);
            if (!best || p < best->priority) best = Pending{id, p};
        }
    }
    return best;
}

uint32_t GicCore::running_priority(uint32_t index) const {
    const auto& running = cores_[index].running;
    return running.empty() ? kLowestPriority : running.back().priority;
}

/// A higher group priority than the running one, and higher than the mask.
bool GicCore::preempts(const Pending& pending, uint32_t index) const {
    const RegisterBank& bank = cores_[index].interface;
    const uint32_t group = 0xFFU << (bank.get(kBinaryPoint) + 1);
    const uint32_t running = running_priority(index);
    const bool above_running = running == kLowestPriority || (pending.priority & group) < (running & group);
    return above_running && pending.priority < bank.word(kPmr);
}

bool GicCore::irq(uint32_t core) const {
    const auto pending = highest_pending(core);
    return pending && preempts(*pending, core);
}

bool GicCore::interface_enabled(uint32_t core) const {
    return cores_[core].interface.get(kInterfaceEnable) != 0;
}

/// The id, and for an SGI the lowest requesting core.
uint32_t GicCore::iar_value(const Pending& pending, const Core& core) const {
    if (pending.id >= kSgis) return pending.id;
    const auto source = static_cast<uint32_t>(std::countr_zero(core.sgi_sources[pending.id]));
    return source << 10 | pending.id;
}

uint32_t GicCore::acknowledge(uint32_t index) {
    const auto pending = highest_pending(index);
    if (!pending || !preempts(*pending, index)) return kSpurious;
    Core& core = cores_[index];
    const uint32_t value = iar_value(*pending, core), bit = 1U << pending->id % 32;
    Word& w = word(index, pending->id);
    w.active |= bit;
    w.latched &= ~bit;
    if (pending->id < kSgis) {
        uint8_t& sources = core.sgi_sources[pending->id];
        sources = static_cast<uint8_t>(sources & (sources - 1));
        if (sources) w.latched |= bit;
    }
    core.running.push_back({value, pending->priority});
    if (acknowledged) acknowledged(index, pending->id);
    return value;
}

/// Drops the priority and deactivates. A value that was not acknowledged, or not by this core, is ignored
/// (the architecture calls it unpredictable); for an SGI that includes a wrong source core.
void GicCore::end(uint32_t index, uint32_t written) {
    auto& running = cores_[index].running;
    const auto same = [&](const Running& r) { return r.value == (written & 0x1FFF); };
    const auto found = std::find_if(running.rbegin(), running.rend(), same);
    if (found == running.rend()) return;
    const uint32_t id = written & 0x3FF;
    word(index, id).active &= ~(1U << id % 32);
    running.erase(std::next(found).base());
    if (ended) ended(index, id);
}

}  // namespace exysim::system
