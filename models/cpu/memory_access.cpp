// The slow path of loads and stores: everything a host table entry does not cover.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "models/cpu/core.hpp"
#include "models/cpu/exclusive_monitors.hpp"

namespace exysim::cpu {

namespace {

/// Big-endian data (CPSR.E) as bytes in memory order.
uint64_t swapped(uint64_t value, uint32_t size) { return __builtin_bswap64(value) >> (64 - 8 * size); }

/// 1, 2, 4 or 8 bytes; a copy of a size that is not known before would be a call.
uint64_t read_access(const uint8_t* from, uint32_t size) {
    switch (size) {
        case 1:
            return *from;
        case 2:
            return read_host<uint16_t>(from);
        case 4:
            return read_host<uint32_t>(from);
        default:
            return read_host<uint64_t>(from);
    }
}

void write_access(uint8_t* to, uint64_t value, uint32_t size) {
    switch (size) {
        case 1:
            return write_host(to, static_cast<uint8_t>(value));
        case 2:
            return write_host(to, static_cast<uint16_t>(value));
        case 4:
            return write_host(to, static_cast<uint32_t>(value));
        default:
            return write_host(to, value);
    }
}

}  // namespace

bool Core::misaligned(uint32_t va, uint32_t size, uint8_t flags) const {
    const bool strict = (system.sctlr & sctlr::kA) != 0 || (flags & kExclusive) != 0;
    if (strict && (va & (size - 1)) != 0) return true;
    return (flags & kForceAligned) != 0 && va % 4 != 0;
}

void Core::record(const Mapping& m, uint32_t va, bool write) { fault_ = {m.fault, va, m.domain, write}; }

void Core::maintain(Maintenance operation, uint32_t va) {
    const Mapping m = mmu.translate_unchecked(VirtAddr{va});
    if (m.fault != Fault::none) return record(m, va, true);
    port.maintain(operation, m.pa, mmu.data_attributes(m));
}

void Core::invalidate_code(uint32_t va) {
    const Mapping m = mmu.translate_unchecked(VirtAddr{va});
    if (m.fault != Fault::none) return record(m, va, true);
    port.invalidate_code(m.pa, VirtAddr{va});
    if (granule_ == kPageSize) monitors->broadcast(*this, [](Core& c) { c.drop_code(); });
}

void Core::invalidate_all_code(bool in_all_cores) {
    port.invalidate_all_code(in_all_cores);
    if (granule_ != kPageSize) return;
    if (!in_all_cores) return drop_code();
    monitors->broadcast(*this, [](Core& c) { c.drop_code(); });
}

void Core::preload(uint32_t va) {
    if (granule_ == kPageSize || reads.find<uint8_t>(data_context, va) != nullptr) return;
    const Mapping m = mmu.translate(VirtAddr{va}, Access::read, privileged());
    if (m.fault == Fault::none && m.type == MemoryType::normal) port.preload(m.pa, mmu.data_attributes(m));
}

/// A debugger that is shown the access goes on past it with the watchpoint taken away.
[[gnu::noinline]] bool Core::hit_watch(uint32_t va, uint32_t bytes, Direction direction) {
    for (const Watchpoint& w : debug_.watches) {
        if (!(direction == Direction::read ? w.reads : w.writes)) continue;
        if (w.space && *w.space != system.ttbr0) continue;
        if (va - w.address >= w.size && w.address - va >= bytes) continue;  // also right around 2^32
        watch_hit_ = {w, va - w.address < w.size ? va : w.address};
        return true;
    }
    return false;
}

[[gnu::noinline]] bool Core::granule_watched(uint32_t va) const {
    const uint32_t first = va & ~(granule_ - 1);
    return std::any_of(debug_.watches.begin(), debug_.watches.end(), [&](const Watchpoint& w) {
        return first - w.address < w.size || w.address - first < granule_;
    });
}

[[gnu::flatten]] Loaded<uint64_t> Core::load_slow(uint32_t va, uint32_t size, uint8_t flags) {
    MicroTlb::Entry* const e = usual(va, size, flags, Access::read);
    return e != nullptr ? load_from({*e, VirtAddr{va}}, va, size, kPlain) : load_at_length(va, size, flags);
}

[[gnu::noinline]] Loaded<uint64_t> Core::load_at_length(uint32_t va, uint32_t size, uint8_t flags) {
    flags |= all_accesses_;
    if (watched(va, size, Direction::read)) return {0, false};
    const bool unaligned = (va & (size - 1)) != 0;
    if (unaligned) ++events.unaligned;
    if (unaligned && misaligned(va, size, flags)) {
        record(Fault::alignment, va, false);
        return {0, false};
    }
    const Mmu::Place from = locate(va, Access::read, privileged() && (flags & kAsUser) == 0);
    if (from.mapping->fault != Fault::none) return {0, false};
    if (unaligned && from.how->type != MemoryType::normal) {
        record(Fault::alignment, va, false);
        return {0, false};
    }
    return same_granule(va, size) ? load_from(from, va, size, flags) : load_bytes(va, size, flags);
}

/// Inside one granule.
[[gnu::always_inline]] inline Loaded<uint64_t> Core::load_from(const Mmu::Place& from, uint32_t va,
                                                               uint32_t size, uint8_t flags) {
    if ((flags & kExclusive) != 0) port.barrier(Barrier::exclusive);
    const HostBytes host = port.direct(from.pa, *from.how, Direction::read);
    uint64_t value = 0;
    if (host.data != nullptr) [[likely]] {
        value = read_access(host.data + (from.pa.value & (granule_ - 1)), size);
        if ((flags & (kAsUser | kBigEndian)) == 0) remember(reads, from, va, host);
    } else if (!host.failed() && (va & (size - 1)) != 0) {
        return load_bytes(va, size, flags);
    } else if (host.failed() || !port.read(from.pa, *from.how, {reinterpret_cast<uint8_t*>(&value), size})) {
        record(Fault::external, va, false);
        return {0, false};
    }
    if ((flags & kExclusive) != 0) {
        const Mapping& m = *from.mapping;
        const bool memory = host.data != nullptr || m.type == MemoryType::normal || m.size_log2 == 32;
        if (memory) monitors->reserve(*this, from.pa, host.data);
    }
    return {(flags & kBigEndian) != 0 ? swapped(value, size) : value, true};
}

[[gnu::flatten]] bool Core::store_slow(uint32_t va, uint64_t value, uint32_t size, uint8_t flags) {
    MicroTlb::Entry* const e = usual(va, size, flags, Access::write);
    return e != nullptr ? store_to({*e, VirtAddr{va}}, va, value, size, kPlain)
                        : store_at_length(va, value, size, flags);
}

[[gnu::noinline]] bool Core::store_at_length(uint32_t va, uint64_t value, uint32_t size, uint8_t flags) {
    flags |= all_accesses_;
    if (watched(va, size, Direction::write)) return false;
    const bool unaligned = (va & (size - 1)) != 0;
    if (unaligned) ++events.unaligned;
    if (unaligned && misaligned(va, size, flags)) {
        record(Fault::alignment, va, true);
        return false;
    }
    const Mmu::Place to = locate(va, Access::write, privileged() && (flags & kAsUser) == 0);
    if (to.mapping->fault != Fault::none) return false;
    if (unaligned && to.how->type != MemoryType::normal) {
        record(Fault::alignment, va, true);
        return false;
    }
    return same_granule(va, size) ? store_to(to, va, value, size, flags)
                                  : store_bytes(va, value, size, flags);
}

/// Inside one granule.
[[gnu::always_inline]] inline bool Core::store_to(const Mmu::Place& to, uint32_t va, uint64_t value,
                                                  uint32_t size, uint8_t flags) {
    if ((flags & kExclusive) != 0) port.barrier(Barrier::exclusive);
    const uint64_t data = (flags & kBigEndian) != 0 ? swapped(value, size) : value;
    const HostBytes host = port.direct(to.pa, *to.how, Direction::write);
    if (host.data != nullptr) {
        write_access(host.data + (to.pa.value & (granule_ - 1)), data, size);
        const bool reserved = monitors->stored(*this, to.pa, size);
        if (!reserved && (flags & (kAsUser | kBigEndian)) == 0) remember(writes, to, va, host);
        return true;
    }
    if (!host.failed() && (va & (size - 1)) != 0) return store_bytes(va, value, size, flags);
    if (!host.failed() && port.write(to.pa, *to.how, {reinterpret_cast<const uint8_t*>(&data), size})) {
        monitors->stored(*this, to.pa, size);
        return true;
    }
    record(Fault::external, va, true);
    return false;
}

bool Core::load_words(uint32_t va, std::span<uint32_t> words) {
    const bool one_run = same_granule(va, static_cast<uint32_t>(words.size_bytes()));
    return one_run ? load_run(va, words) : load_runs(va, words);
}

[[gnu::noinline]] bool Core::load_runs(uint32_t va, std::span<uint32_t> words) {
    while (!words.empty()) {
        const auto run = words.first(words_of_granule(va, words.size()));
        const auto bytes = static_cast<uint32_t>(run.size_bytes());
        if (const uint8_t* host = read_run(va, bytes)) {
            std::memcpy(run.data(), host, bytes);
        } else if (!load_run(va, run)) {
            return false;
        }
        words = words.subspan(run.size());
        va += bytes;
    }
    return true;
}

/// Words of one granule. What comes from a line comes at once, else one by one.
[[gnu::flatten]] bool Core::load_run(uint32_t va, std::span<uint32_t> words) {
    MicroTlb::Entry* const e = usual(va, 4, kForceAligned, Access::read);
    if (e == nullptr) return load_each(va, words);
    const Mmu::Place from{*e, VirtAddr{va}};
    const HostBytes host = port.direct(from.pa, *from.how, Direction::read);
    if (host.failed()) {
        record(Fault::external, va, false);
        return false;
    }
    if (host.data == nullptr) return load_each(va, words);
    std::memcpy(words.data(), host.data + (from.pa.value & (granule_ - 1)), words.size_bytes());
    remember(reads, from, va, host);
    return true;
}

[[gnu::noinline]] bool Core::load_each(uint32_t va, std::span<uint32_t> words) {
    for (uint32_t& word : words) {
        const Loaded<uint32_t> loaded = load_aligned(va);
        if (!loaded.ok) return false;
        word = loaded.value;
        va += 4;
    }
    return true;
}

bool Core::store_words(uint32_t va, std::span<const uint32_t> words) {
    const bool one_run = same_granule(va, static_cast<uint32_t>(words.size_bytes()));
    return one_run ? store_run(va, words) : store_runs(va, words);
}

[[gnu::noinline]] bool Core::store_runs(uint32_t va, std::span<const uint32_t> words) {
    while (!words.empty()) {
        const auto run = words.first(words_of_granule(va, words.size()));
        const auto bytes = static_cast<uint32_t>(run.size_bytes());
        if (uint8_t* host = write_run(va, bytes)) {
            std::memcpy(host, run.data(), bytes);
        } else if (!store_run(va, run)) {
            return false;
        }
        words = words.subspan(run.size());
        va += bytes;
    }
    return true;
}

/// Words of one granule. To Normal memory behind caches they go as one access, else one by one.
[[gnu::flatten]] bool Core::store_run(uint32_t va, std::span<const uint32_t> words) {
    MicroTlb::Entry* const e = usual(va, 4, kForceAligned, Access::write);
    return e != nullptr && granule_ != kPageSize ? store_run_to({*e, VirtAddr{va}}, va, words)
                                                 : store_run_at_length(va, words);
}

[[gnu::noinline]] bool Core::store_run_at_length(uint32_t va, std::span<const uint32_t> words) {
    if (watched(va, static_cast<uint32_t>(words.size_bytes()), Direction::write)) return false;
    const bool plain = (va & 3) == 0 && granule_ != kPageSize && (all_accesses_ & kBigEndian) == 0;
    if (!plain) return store_each(va, words);
    const Mmu::Place to = locate(va, Access::write, privileged());
    return to.mapping->fault == Fault::none && store_run_to(to, va, words);
}

[[gnu::always_inline]] inline bool Core::store_run_to(const Mmu::Place& to, uint32_t va,
                                                      std::span<const uint32_t> words) {
    if (to.how->type != MemoryType::normal) return store_each(va, words);
    const auto bytes = static_cast<uint32_t>(words.size_bytes());
    const auto* data = reinterpret_cast<const uint8_t*>(words.data());
    const HostBytes host = port.direct(to.pa, *to.how, Direction::write);
    if (host.data != nullptr) {
        std::memcpy(host.data + (to.pa.value & (granule_ - 1)), data, bytes);
    } else if (host.failed() || !port.write(to.pa, *to.how, {data, bytes})) {
        record(Fault::external, va, true);
        return false;
    }
    const bool reserved = monitors->stored(*this, to.pa, bytes);
    if (host.data != nullptr && !reserved) remember(writes, to, va, host);
    return true;
}

bool Core::store_each(uint32_t va, std::span<const uint32_t> words) {
    for (const uint32_t word : words) {
        if (!store_aligned(va, word)) return false;
        va += 4;
    }
    return true;
}

void Core::line_visible(PhysAddr line) { monitors->stored(*this, line, ExclusiveMonitors::kGranule); }

/// A granule has at most one entry of each kind: a second virtual alias displaces the first.
void Core::remember(HostTable& table, const Mmu::Place& place, uint32_t va, HostBytes host) {
    if ((all_accesses_ & kGuarded) != 0 && granule_watched(va)) return;
    const bool moves = host.slot != nullptr && *host.slot != HostTable::kNoSlot;
    if (moves) table.remove(*host.slot, host.data);
    const uint16_t slot = table.insert(data_context, va, host.data);
    if (host.slot != nullptr) *host.slot = slot;
    const uint32_t size_log2 = place.mapping->size_log2;
    if (size_log2 != 12) return note_large_mapping(va, size_log2);
    const Direction direction = &table == &reads ? Direction::read : Direction::write;
    if (place.entry != nullptr) mmu.reached(*place.entry, VirtAddr{va}, direction);
}

/// A supersection goes as a whole, whichever of its addresses is invalidated.
void Core::note_large_mapping(uint32_t va, uint32_t size_log2) {
    const uint32_t first = size_log2 == 24 ? va >> 24 << 4 : va >> 20;
    large_mappings_[first / 64] |= (size_log2 == 24 ? uint64_t{0xFFFF} : 1) << first % 64;
}

[[gnu::noinline]] Loaded<uint64_t> Core::load_bytes(uint32_t va, uint32_t size, uint8_t flags) {
    // Both ends are translated first, so that nothing is read (from a device, say) before a fault on the far
    // side.
    const uint8_t how = flags & kAsUser;
    const Mmu::Place far = locate(va + size - 1, Access::read, privileged() && how == 0);
    if (far.mapping->fault != Fault::none) {
        fault_.address = (va + size - 1) & ~(kPageSize - 1);
        return {0, false};
    }
    uint64_t value = 0;
    for (uint32_t i = 0; i < size; ++i) {
        const Loaded<uint64_t> byte = load_slow(va + i, 1, how);
        if (!byte.ok) return {0, false};
        const uint32_t place = (control & psr::kE) != 0 ? size - 1 - i : i;
        value |= byte.value << 8 * place;
    }
    return {value, true};
}

[[gnu::noinline]] bool Core::store_bytes(uint32_t va, uint64_t value, uint32_t size, uint8_t flags) {
    const uint8_t how = flags & kAsUser;
    const Mmu::Place far = locate(va + size - 1, Access::write, privileged() && how == 0);
    if (far.mapping->fault != Fault::none) {
        fault_.address = (va + size - 1) & ~(kPageSize - 1);
        return false;
    }
    for (uint32_t i = 0; i < size; ++i) {
        const uint32_t place = (control & psr::kE) != 0 ? size - 1 - i : i;
        if (!store_slow(va + i, value >> 8 * place & 0xFF, 1, how)) return false;
    }
    return true;
}

Loaded<uint32_t> Core::store_exclusive(uint32_t va, uint64_t value, uint32_t size) {
    if (watched(va, size, Direction::write)) return {0, false};  // the monitor keeps its state
    if ((va & (size - 1)) != 0) {
        record(Fault::alignment, va, true);
        return {0, false};
    }
    const Mmu::Place to = locate(va, Access::write, privileged());
    if (to.mapping->fault != Fault::none) return {0, false};
    if (!monitors->consume(*this, to.pa)) {
        ++events.exclusives_failed;
        return {1, true};
    }
    ++events.exclusives_passed;
    return {0, store_slow(va, value, size, kExclusive)};
}

Loaded<uint64_t> Core::load_pair_slow(uint32_t va) {
    if (watched(va, 8, Direction::read)) return {0, false};
    const Loaded<uint64_t> low = load_slow(va, 4, kForceAligned);
    if (!low.ok) return {0, false};
    const Loaded<uint64_t> high = load_slow(va + 4, 4, kForceAligned);
    return {low.value | high.value << 32, high.ok};
}

bool Core::store_pair_slow(uint32_t va, uint64_t value) {
    if (watched(va, 8, Direction::write)) return false;
    if (va / kPageSize != (va + 7) / kPageSize && !translatable(va + 4, Access::write)) return false;
    return store_slow(va, value & 0xFFFF'FFFF, 4, kForceAligned) &&
           store_slow(va + 4, value >> 32, 4, kForceAligned);
}

bool Core::translatable(uint32_t va, Access access) {
    return locate(va, access, privileged()).mapping->fault == Fault::none;
}

}  // namespace exysim::cpu
