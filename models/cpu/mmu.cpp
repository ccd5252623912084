#include "models/cpu/mmu.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace exysim::cpu {

namespace {

constexpr bool bit(uint32_t word, unsigned n) { return (word >> n & 1) != 0; }
constexpr uint32_t field(uint32_t word, unsigned high, unsigned low) {
    return word >> low & ((2U << (high - low)) - 1);
}

Mapping failed(Fault fault, uint8_t domain = 0) {
    Mapping m;
    m.fault = fault;
    m.domain = domain;
    return m;
}

}  // namespace

/// IRGN, RGN and S of a table's base register (ARM ARM B4.1.154, the multiprocessing format).
MemoryAttributes Mmu::walk_attributes(uint32_t ttbr) const {
    MemoryAttributes how;
    if ((regs_.sctlr & sctlr::kC) == 0) return how;
    how.inner = static_cast<CachePolicy>(field(ttbr, 0, 0) << 1 | field(ttbr, 6, 6));
    how.outer = static_cast<CachePolicy>(field(ttbr, 4, 3));
    how.shareable = bit(ttbr, 1);
    return how;
}

/// SCTLR.EE gives the byte order of descriptors (ARM ARM B3.5.4).
Mmu::Descriptor Mmu::read(uint32_t address, uint32_t ttbr, bool peeking) const {
    std::array<uint8_t, 4> bytes{};
    const bool ok = peeking ? port_.peek(PhysAddr{address}, bytes)
                            : port_.walk(PhysAddr{address}, walk_attributes(ttbr), bytes);
    if (!ok) return {};
    const auto bits = std::bit_cast<uint32_t>(bytes);
    return {(regs_.sctlr & sctlr::kEe) != 0 ? __builtin_bswap32(bits) : bits, true};
}

Mapping Mmu::flat(VirtAddr va) const {
    Mapping m;
    m.pa = PhysAddr{va.value};
    m.type = MemoryType::strongly_ordered;
    m.ap = 3;
    m.size_log2 = 32;
    return m;
}

Mapping Mmu::walk(VirtAddr va, bool peeking) const {
    const uint32_t n = regs_.ttbcr & 7;
    const bool second_half = n != 0 && va.value >> (32 - n) != 0;
    if (bit(regs_.ttbcr, second_half ? 5 : 4)) return failed(Fault::translation_section);
    const uint32_t ttbr = second_half ? regs_.ttbr1 : regs_.ttbr0;
    const uint32_t index_bits = second_half ? 12 : 12 - n;
    const uint32_t size = 4U << index_bits;
    const uint32_t index = va.value >> 20 & (size / 4 - 1);
    const Descriptor first = read((ttbr & ~(size - 1)) | index << 2, ttbr, peeking);
    if (!first.ok) return failed(Fault::walk_external_first);
    switch (first.bits & 3) {
        case 1:
            return page(va, first.bits, ttbr, peeking);
        case 2:
            return section(va, first.bits);
        default:
            return failed(Fault::translation_section);
    }
}

Mapping Mmu::section(VirtAddr va, uint32_t entry) const {
    Mapping m;
    const bool super = bit(entry, 18);
    m.size_log2 = super ? 24 : 20;
    const uint32_t offset = (1U << m.size_log2) - 1;
    m.pa = PhysAddr{(entry & ~offset) | (va.value & offset)};
    m.domain = super ? uint8_t{0} : static_cast<uint8_t>(field(entry, 8, 5));
    m.ap = static_cast<uint8_t>(field(entry, 15, 15) << 2 | field(entry, 11, 10));
    m.execute_never = bit(entry, 4);
    m.global = !bit(entry, 17);
    set_type(m, field(entry, 14, 12), bit(entry, 3), bit(entry, 2), bit(entry, 16));
    return m;
}

Mapping Mmu::page(VirtAddr va, uint32_t first, uint32_t ttbr, bool peeking) const {
    const auto domain = static_cast<uint8_t>(field(first, 8, 5));
    const Descriptor second = read((first & ~0x3FFU) | field(va.value, 19, 12) << 2, ttbr, peeking);
    if (!second.ok) return failed(Fault::walk_external_second, domain);
    const uint32_t entry = second.bits;
    if ((entry & 3) == 0) return failed(Fault::translation_page, domain);
    Mapping m;
    const bool small = bit(entry, 1);
    m.page = true;
    m.size_log2 = small ? 12 : 16;
    const uint32_t offset = (1U << m.size_log2) - 1;
    m.pa = PhysAddr{(entry & ~offset) | (va.value & offset)};
    m.domain = domain;
    m.ap = static_cast<uint8_t>(field(entry, 9, 9) << 2 | field(entry, 5, 4));
    m.execute_never = bit(entry, small ? 0 : 15);
    m.global = !bit(entry, 11);
    set_type(m, small ? field(entry, 8, 6) : field(entry, 14, 12), bit(entry, 3), bit(entry, 2),
             bit(entry, 10));
    return m;
}

void Mmu::set_type(Mapping& m, uint32_t tex, bool c, bool b, bool s) const {
    if ((regs_.sctlr & sctlr::kTre) != 0) return set_remapped_type(m, (tex & 1) << 2 | c << 1 | b, s);
    m.shareable = s;
    if ((tex & 4) != 0) {  // outer policy in TEX[1:0], inner in C, B
        m.outer = tex & 3;
        m.inner = static_cast<uint8_t>(c << 1 | b);
        return;
    }
    switch (tex << 2 | c << 1 | b) {
        case 0b00000:
            m.type = MemoryType::strongly_ordered;
            break;
        case 0b00001:
        case 0b01000:
            m.type = MemoryType::device;
            break;
        case 0b00010:
            m.inner = m.outer = 2;
            break;
        case 0b00011:
            m.inner = m.outer = 3;
            break;
        case 0b00100:
            break;
        case 0b00111:
            m.inner = m.outer = 1;
            break;
        default:
            m.type = MemoryType::strongly_ordered;  // reserved
    }
    if (m.type != MemoryType::normal) m.shareable = tex != 2;
}

void Mmu::set_remapped_type(Mapping& m, uint32_t n, bool s) const {
    const uint32_t type = field(regs_.prrr, 2 * n + 1, 2 * n);
    m.type = type == 2 ? MemoryType::normal : type == 1 ? MemoryType::device : MemoryType::strongly_ordered;
    const unsigned share_bit = (type == 2 ? 18U : 16U) + (s ? 1U : 0U);
    m.shareable = bit(regs_.prrr, share_bit);
    m.outer_shareable = m.shareable && !bit(regs_.prrr, 24 + n);
    m.inner = static_cast<uint8_t>(field(regs_.nmrr, 2 * n + 1, 2 * n));
    m.outer = static_cast<uint8_t>(field(regs_.nmrr, 2 * n + 17, 2 * n + 16));
}

bool Mmu::access_flag_set(const Mapping& m) const { return (regs_.sctlr & sctlr::kAfe) == 0 || bit(m.ap, 0); }

Fault Mmu::check(const Mapping& m, Access access, bool privileged) const {
    if (!access_flag_set(m)) return m.page ? Fault::access_flag_page : Fault::access_flag_section;
    const uint32_t rights = field(regs_.dacr, m.domain * 2U + 1, m.domain * 2U);
    if (rights == 0 || rights == 2) return m.page ? Fault::domain_page : Fault::domain_section;
    const bool manager = rights == 3;
    if (manager || permitted(m, access, privileged)) return Fault::none;
    return m.page ? Fault::permission_page : Fault::permission_section;
}

uint8_t Mmu::permissions(const Mapping& m) const {
    uint8_t allowed = 0;
    for (const Access access : {Access::read, Access::write, Access::fetch}) {
        for (const bool privileged : {false, true}) {
            if (check(m, access, privileged) == Fault::none)
                allowed = static_cast<uint8_t>(allowed | permission_bit(access, privileged));
        }
    }
    return allowed;
}

// --- translation

Mmu::Place Mmu::locate_at_length(VirtAddr va, Access access, bool privileged) {
    located_ = translate_at_length(va, access, privileged);
    located_how_ = data_attributes(located_);
    return {located_, located_how_, has_tlbs() && on() ? data_.find(va) : nullptr};
}

Mapping Mmu::translate_at_length(VirtAddr va, Access access, bool privileged) {
    if (!on()) return flat(va);
    if (!has_tlbs()) {
        Mapping m = walk(va, false);
        if (m.fault == Fault::none) m.fault = check(m, access, privileged);
        return m;
    }
    Mapping missed;
    const MicroTlb::Entry* e = look_up(va, access, missed);
    if (e == nullptr) {
        if (missed.fault == Fault::none) missed.fault = check(missed, access, privileged);
        return missed;
    }
    Mapping m = e->mapping.at(va);
    if ((e->allowed & permission_bit(access, privileged)) == 0) m.fault = check(m, access, privileged);
    return m;
}

Mapping Mmu::translate_unchecked(VirtAddr va) {
    if (!on()) return flat(va);
    if (!has_tlbs()) return walk(va, false);
    Mapping missed;
    const MicroTlb::Entry* e = look_up(va, Access::read, missed);
    return e != nullptr ? e->mapping.at(va) : missed;
}

Mapping Mmu::peek(VirtAddr va) {
    if (!on()) return flat(va);
    if (const MicroTlb::Entry* e = data_.find(va)) return e->mapping.at(va);
    if (const Mapping* m = main.find(va, regs_.asid())) return m->at(va);
    return walk(va, true);
}

MicroTlb::Entry* Mmu::look_up(VirtAddr va, Access access, Mapping& missed) {
    MicroTlb& micro = access == Access::fetch ? code_ : data_;
    if (MicroTlb::Entry* e = micro.find(va)) return e;
    const Mapping m = refill(va, access);
    // What has its access flag clear is not kept (ARM ARM B3.7.2), nor is a fault (B3.9.1).
    if (m.fault != Fault::none || !access_flag_set(m)) {
        missed = m;
        return nullptr;
    }
    if (access != Access::fetch) forget_lines(micro.victim(), micro.victim_page());
    return &micro.insert(va, m, data_attributes(m), permissions(m));
}

/// From the main TLB or from the tables.
Mapping Mmu::refill(VirtAddr va, Access access) {
    const bool code = access == Access::fetch;
    ++(code ? counts.code_refills : counts.data_refills);
    core_.stall(kMainTlbCycles);
    if (const Mapping* m = main.find(va, regs_.asid())) return m->at(va);
    ++(code ? counts.code_walks : counts.data_walks);
    core_.stall(kWalkCycles);
    const Mapping m = walk(va, false);
    if (m.fault == Fault::none && access_flag_set(m)) main.insert(va, regs_.asid(), m);
    return m;
}

void Mmu::forget_lines(const MicroTlb::Entry& entry, VirtAddr page) {
    const auto forget = [&](HostTable& table, const std::array<uint64_t, 2>& lines) {
        for (uint32_t half = 0; half < 2; ++half) {
            for (uint64_t left = lines[half]; left != 0; left &= left - 1) {
                const uint32_t line = 64 * half + static_cast<uint32_t>(std::countr_zero(left));
                table.remove_granule(page.value + (line << granule_log2_));
            }
        }
    };
    forget(core_.reads, entry.reads);
    forget(core_.writes, entry.writes);
}

void Mmu::empty_micro_tlbs() {
    data_.clear();
    code_.clear();
}

bool Mmu::permitted(const Mapping& m, Access access, bool privileged) const {
    if (access == Access::fetch && m.execute_never) return false;
    const bool write = access == Access::write;
    uint32_t ap = m.ap;
    if ((regs_.sctlr & sctlr::kAfe) != 0)
        ap |= 1;  // AP[0] is the access flag: the simplified model is AP[2:1]:1
    switch (ap) {
        case 0b001:
            return privileged;
        case 0b010:
            return privileged || !write;
        case 0b011:
            return true;
        case 0b101:
            return privileged && !write;
        case 0b110:
        case 0b111:
            return !write;
        default:
            return false;
    }
}

}  // namespace exysim::cpu
