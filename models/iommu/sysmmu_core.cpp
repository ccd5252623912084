#include "models/iommu/sysmmu_core.hpp"

namespace exysim::iommu {

namespace {

constexpr const Field& address_register(FaultKind kind) {
    switch (kind) {
        case FaultKind::page:
            return SysMmuCore::kPageFault;
        case FaultKind::bus_error:
            return SysMmuCore::kDefaultSlave;
        case FaultKind::read_protection:
            return SysMmuCore::kArFault;
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

SysMmuCore::SysMmuCore(const SysMmuConfig& config) : tlb_{config.tlb_entries} {
    regs.set(kVersionWord, config.version);
    regs.on_write(kCtrl, [this](uint32_t) { control_written(); });
    regs.on_write(kFlush, [this](uint32_t written) {
        if ((written & kFlushAll.mask()) == 0) return;
        ++events_.flushes;
        tlb_.flush();
    });
    regs.on_write(kFlushEntry, [this](uint32_t written) { flush_entry(written); });
    regs.on_write(kIntClear, [this](uint32_t written) { regs.set(kPending, regs.get(kPending) & ~written); });
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
    tlb_.flush(Iova{written & kFlushVa.mask()});
}

std::optional<Fault> SysMmuCore::check(const Mapping& mapping, Iova at, Direction direction) const {
    if (regs.get(kEap) == 0) return {};
    if (direction == Direction::read && !mapping.readable)
        return Fault{FaultKind::read_protection, at, at.value};
    if (direction == Direction::write && !mapping.writable)
        return Fault{FaultKind::write_protection, at, at.value};
    return {};
}

std::variant<Mapping, Fault> SysMmuCore::translate(Iova at, Direction direction, const WordReader& read) {
    const Mapping* cached = tlb_.find(at);
    Mapping mapping;
    if (cached) {
        ++events_.hits;
        mapping = *cached;
    } else {
        ++events_.misses;
        const WalkResult walked = walk(table(), at, read);
        if (const auto* failure = std::get_if<WalkFailure>(&walked)) return walk_fault(*failure, at);
        mapping = std::get<Mapping>(walked);
        tlb_.insert(mapping, regs.get(kLru) != 0 ? Tlb::Replacement::least_recently_used
                                                 : Tlb::Replacement::round_robin);
    }
    if (const auto fault = check(mapping, at, direction)) {
        tlb_.flush(at);  // the retry walks again
        return *fault;
    }
    return mapping;
}

void SysMmuCore::latch(const Fault& fault) {
    ++events_.faults;
    faulted_ = true;
    regs.set(kPending, regs.get(kPending) | 1U << static_cast<uint32_t>(fault.kind));
    regs.set(address_register(fault.kind), fault.latched);
}

std::optional<PhysAddr> SysMmuCore::resolve(Iova at, const WordReader& read) const {
    if (!enabled()) return PhysAddr{at.value};
    if (const Mapping* cached = tlb_.peek(at)) return cached->translate(at);
    const WalkResult walked = walk(table(), at, read);
    if (const auto* mapping = std::get_if<Mapping>(&walked)) return mapping->translate(at);
    return {};
}

}  // namespace exysim::iommu
