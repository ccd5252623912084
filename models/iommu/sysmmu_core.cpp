#include "models/iommu/sysmmu_core.hpp"

namespace exysim::iommu {

namespace {

constexpr const Field& address_register(FaultKind kind) {
    switch (kind) {
        case FaultKind::page:
            return SysMmuCore::kPageFault;
        case FaultKind::bus_error:
            return SysMmuCore::kDefaultSlave;
        case FaultKind::read_multi_hit:
        case FaultKind::read_protection:
            return SysMmuCore::kArFault;
        case FaultKind::write_multi_hit:
        case FaultKind::write_protection:
            break;
    }
    return SysMmuCore::kAwFault;
}

Fault walk_fault(const WalkFailure& failure, Iova at) {
    // [Assumed] A walk that the bus refuses shows the address of the table entry, as the default slave saw
    // it.
    if (failure.fault == WalkFault::bus_error) return {FaultKind::bus_error, at, failure.entry.value};
    return {FaultKind::page, at, at.value};
}

}  // namespace

SysMmuCore::SysMmuCore(const SysMmuConfig& config)
    : regs{reg::map_of(kMap, version_of(config.version))},
      config_{config},
      version_{version_of(config.version)},
      tlb_{config.tlb_entries},
      prefetch_{regs, version_, config.prefetch_buffers} {
    regs.set(kVersionWord, config.version);
    regs.on_write(kCtrl, [this](uint32_t) { control_written(); });
    regs.on_write(kCfg, [this](uint32_t written) {
        if (regs.get(kSmallTable) != 0)
            mistake("LV1_4K is not modelled; the first-level table has 4096 entries", kCfg, written);
    });
    regs.on_write(kFlush, [this](uint32_t written) {
        if (written & kFlushAll.mask()) flush_all();
    });
    regs.on_write(kFlushEntry, [this](uint32_t written) { flush_entry(written); });
    regs.on_write(kIntClear, [this](uint32_t written) { regs.set(kPending, regs.get(kPending) & ~written); });
    if (version_ >= version(3, 3))
        regs.on_write(reg::kTlbIndex.offset, [this](uint32_t index) { show_tlb_entry(index); });
}

void SysMmuCore::power_off() {
    regs.reset();
    regs.set(kVersionWord, config_.version);
    prefetch_.power_off();
    forget_mappings();
    control_written();
}

void SysMmuCore::flush_all() {
    ++events_.flushes;
    forget_mappings();
}

void SysMmuCore::forget_mappings() {
    tlb_.flush();
    second_.flush();
    descriptors_.flush();
    prefetch_.flush();
}

void SysMmuCore::show_tlb_entry(uint32_t index) {
    const Mapping* entry = tlb_.entry(index);
    regs.set(reg::kTlbPpn, entry ? entry->target.value >> 12 : 0);
    regs.set(reg::kTlbVpn, entry ? entry->base.value >> 12 : 0);
}

void SysMmuCore::control_written() {
    if (!enabled()) {
        ++disables_;
        faulted_ = false;
    } else if (regs.get(kBlock) == 0 && regs.get(kPending) == 0) {
        faulted_ = false;
    }
}

void SysMmuCore::flush_entry(uint32_t written) {
    if ((written & kFlushGo.mask()) == 0) return;
    ++events_.flushes;
    const Iova at{written & kFlushVa.mask()};
    if (version_ >> 7 == 2) {
        tlb_.flush();  // [Assumed] it holds slices of mappings and is emptied by any invalidation
    } else {
        tlb_.flush(at);
    }
    second_.flush(at);
    descriptors_.flush(at);
    prefetch_.flush(at);
}

std::optional<Fault> SysMmuCore::check(const Mapping& mapping, Iova at, Direction direction) const {
    if (regs.get(kEap) == 0) return {};
    if (direction == Direction::read && !mapping.readable)
        return Fault{FaultKind::read_protection, at, at.value};
    if (direction == Direction::write && !mapping.writable)
        return Fault{FaultKind::write_protection, at, at.value};
    return {};
}

/// Version 3.3 has no LRU bit; it replaces in turn.
Tlb::Replacement SysMmuCore::replacement() const {
    const bool lru = regs.get(kLru) != 0 && version_ < version(3, 3);
    return lru ? Tlb::Replacement::least_recently_used : Tlb::Replacement::round_robin;
}

/// Version 2 keeps a 4 KiB slice of the mapping in its first level and the mapping in its second.
const Mapping* SysMmuCore::keep(Iova at, const Mapping& mapping) {
    if (version_ >> 7 != 2) {
        tlb_.insert(mapping, replacement());
        return tlb_.peek(at);
    }
    if (!second_.find(at)) second_.insert(at, mapping);
    Mapping slice = mapping;
    slice.base = Iova{at.value & ~(kPageSize - 1)};
    slice.target = mapping.translate(slice.base);
    slice.size = kPageSize;
    tlb_.insert(slice, replacement());
    return tlb_.peek(at);
}

const Mapping* SysMmuCore::cached(Iova at) {
    if (const Mapping* found = tlb_.find(at)) {
        ++events_.hits;
        return found;
    }
    if (version_ >> 7 == 2) {
        if (const Mapping* found = second_.find(at)) {
            ++events_.hits;
            ++events_.second_level_hits;
            return keep(at, Mapping{*found});
        }
    }
    if (const auto fetched = prefetch_.take(at)) {
        ++events_.hits;
        ++events_.prefetch_hits;
        return keep(at, *fetched);
    }
    return nullptr;
}

/// The first-level entry for `at`, from the descriptor cache (3.2 on, CFG.FLPDCACHE) or memory.
std::optional<uint32_t> SysMmuCore::first_level(Iova at, const WordReader& read) {
    const bool caches = version_ >= version(3, 2) && (regs.word(kCfg) >> 20 & 1) != 0;
    const bool ahead = config_.quirk_first_level_ahead && version_ >> 7 == 3;
    if (caches || ahead) {
        if (const auto known = descriptors_.find(at)) {
            ++events_.first_level_hits;
            return known;
        }
    }
    const auto entry = read(first_level_slot(table(), at));
    if (!entry) return {};
    if (caches) descriptors_.insert(at, *entry);
    const Iova following{at.value + (1U << 20)};
    if (ahead && following.value > at.value && !descriptors_.find(following)) {
        if (const auto next = read(first_level_slot(table(), following)))
            descriptors_.insert(following, *next);
    }
    return entry;
}

std::variant<Mapping, WalkFailure> SysMmuCore::walk_tables(Iova at, const WordReader& read) {
    const PhysAddr slot = first_level_slot(table(), at);
    const auto first = first_level(at, read);
    if (!first) return WalkFailure{WalkFault::bus_error, slot};
    const WalkResult walked = walk_from(*first, slot, at, read);
    if (std::holds_alternative<Mapping>(walked)) {
        if (const auto second = second_level_table(*first)) prefetch_.fetch(at, *second, read);
    }
    return walked;
}

std::variant<Mapping, Fault> SysMmuCore::translate(Iova at, Direction direction, const WordReader& read) {
    const bool twice_ahead = config_.quirk_prefetch_multi_hit && prefetch_.ambiguous(at);
    if (twice_ahead || tlb_.ambiguous(at)) {
        return Fault{direction == Direction::read ? FaultKind::read_multi_hit : FaultKind::write_multi_hit,
                     at, at.value};
    }
    Mapping mapping;
    if (const Mapping* found = cached(at)) {
        mapping = *found;
    } else {
        ++events_.misses;
        const auto walked = walk_tables(at, read);
        if (const auto* failure = std::get_if<WalkFailure>(&walked)) return walk_fault(*failure, at);
        mapping = std::get<Mapping>(walked);
        keep(at, mapping);
    }
    if (const auto fault = check(mapping, at, direction)) {
        tlb_.flush(at);  // the retry walks again
        second_.flush(at);
        return *fault;
    }
    return mapping;
}

void SysMmuCore::latch(const Fault& fault, Direction direction) {
    ++events_.faults;
    faulted_ = true;
    prefetch_.flush(fault.at);  // what two buffers have goes with the fault, which would not end otherwise
    regs.set(kPending, regs.get(kPending) | 1U << static_cast<uint32_t>(fault.kind));
    regs.set(address_register(fault.kind), fault.latched);
    if (version_ >= version(3, 3)) regs.set(reg::kInfoWrite, direction == Direction::write ? 1 : 0);
}

std::optional<PhysAddr> SysMmuCore::resolve(Iova at, const WordReader& read) const {
    if (!enabled()) return PhysAddr{at.value};
    if (const Mapping* held = tlb_.peek(at)) return held->translate(at);
    if (version_ >> 7 == 2) {
        if (const Mapping* held = second_.find(at)) return held->translate(at);
    }
    if (const Mapping* held = prefetch_.peek(at)) return held->translate(at);
    return by_tables(at, read);
}

std::optional<PhysAddr> SysMmuCore::by_tables(Iova at, const WordReader& read) const {
    const WalkResult walked = walk(table(), at, read);
    if (const auto* mapping = std::get_if<Mapping>(&walked)) return mapping->translate(at);
    return {};
}

}  // namespace exysim::iommu
