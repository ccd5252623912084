#include "models/cpu/load_store.hpp"

#include <array>
#include <type_traits>
#include <utility>

#include "models/cpu/core.hpp"
#include "models/cpu/data_processing.hpp"

namespace exysim::cpu {

namespace {

/// Where the offset comes from: imm, register rm shifted left by rs, or an absolute address in imm
/// (literals).
enum class Offset : uint8_t { imm, reg, absolute };
constexpr size_t kTransfers = 8, kIndexes = 3, kOffsets = 3;

constexpr bool stores(Transfer k) { return k >= Transfer::str; }

constexpr uint32_t size_of(Transfer k) {
    switch (k) {
        case Transfer::ldr:
        case Transfer::str:
            return 4;
        case Transfer::ldrh:
        case Transfer::ldrsh:
        case Transfer::strh:
            return 2;
        default:
            return 1;
    }
}

constexpr uint32_t extend(Transfer k, uint64_t value) {
    if (k == Transfer::ldrsb) return sign_extend(static_cast<uint32_t>(value), 8);
    if (k == Transfer::ldrsh) return sign_extend(static_cast<uint32_t>(value), 16);
    return static_cast<uint32_t>(value);
}

/// What a transfer moves.
template <Transfer kKind>
using Moved = std::conditional_t<size_of(kKind) == 4, uint32_t,
                                 std::conditional_t<size_of(kKind) == 2, uint16_t, uint8_t>>;

struct Addresses {
    uint32_t access, written_back;
};
template <Index kIndex, Offset kOffset>
[[gnu::always_inline]] inline Addresses addresses(const Core& core, const Op* op) {
    const uint32_t base = kOffset == Offset::absolute ? 0 : core.r[op->rn];
    const uint32_t offset = kOffset == Offset::reg ? core.r[op->rm] << (op->rs & 31) : op->imm;
    return {kIndex == Index::post ? base : base + offset, base + offset};
}

/// Past the fast path. On its own, so that the fast one has no call in it and no registers to save.
template <Transfer kKind, Index kIndex, Offset kOffset>
[[gnu::noinline]] Op* transfer_slowly(Core& core, Op* op) {
    const Addresses at = addresses<kIndex, kOffset>(core, op);
    if constexpr (stores(kKind)) {
        const auto value = static_cast<Moved<kKind>>(core.r[op->rd]);
        if (!core.store_slow(at.access, value, size_of(kKind))) return core.abort(op);
        if constexpr (kIndex != Index::offset) core.r[op->rn] = at.written_back;
    } else {
        const Loaded<uint64_t> loaded = core.load_slow(at.access, size_of(kKind));
        if (!loaded.ok) return core.abort(op);
        if constexpr (kIndex != Index::offset) core.r[op->rn] = at.written_back;
        core.r[op->rd] = extend(kKind, loaded.value);
    }
    return next(core, op);
}

template <Transfer kKind, Index kIndex, Offset kOffset>
Op* transfer(Core& core, Op* op) {
    const Addresses at = addresses<kIndex, kOffset>(core, op);
    const HostTable& table = stores(kKind) ? core.writes : core.reads;
    uint8_t* const host = table.find<Moved<kKind>>(core.data_context, at.access);
    if (host == nullptr) [[unlikely]]
        return transfer_slowly<kKind, kIndex, kOffset>(core, op);
    if constexpr (stores(kKind)) {
        write_host(host, static_cast<Moved<kKind>>(core.r[op->rd]));
        if constexpr (kIndex != Index::offset) core.r[op->rn] = at.written_back;
    } else {
        const auto value = read_host<Moved<kKind>>(host);
        if constexpr (kIndex != Index::offset) core.r[op->rn] = at.written_back;
        core.r[op->rd] = extend(kKind, value);
    }
    return next(core, op);
}

template <Offset kOffset>
Op* preload(Core& core, Op* op) {
    const uint32_t base = kOffset == Offset::absolute ? 0 : core.r[op->rn];
    core.preload(base + (kOffset == Offset::reg ? core.r[op->rm] << (op->rs & 31) : op->imm));
    return next(core, op);
}

template <size_t kN>
constexpr Handler handler_at() {
    return &transfer<static_cast<Transfer>(kN / kIndexes / kOffsets),
                     static_cast<Index>(kN / kOffsets % kIndexes), static_cast<Offset>(kN % kOffsets)>;
}
template <size_t... kN>
constexpr std::array<Handler, sizeof...(kN)> handlers(std::index_sequence<kN...>) {
    return {handler_at<kN>()...};
}
Handler handler(Transfer kind, Index index, Offset offset) {
    static constexpr auto kHandlers = handlers(std::make_index_sequence<kTransfers * kIndexes * kOffsets>{});
    return kHandlers[(static_cast<size_t>(kind) * kIndexes + static_cast<size_t>(index)) * kOffsets +
                     static_cast<size_t>(offset)];
}

/// As user mode, always by the slow path. Post-indexed by register rm, or by imm with rm = 0xFF; rs: write
/// back.
template <Transfer kKind>
Op* unprivileged(Core& core, Op* op) {
    const uint32_t base = core.r[op->rn];
    const uint32_t offset = op->rm == 0xFF ? op->imm : core.r[op->rm];
    const uint32_t address = op->rs != 0 ? base : base + offset;
    if constexpr (stores(kKind)) {
        const bool ok = core.store_slow(address, core.r[op->rd], size_of(kKind), Core::kAsUser);
        if (!ok) [[unlikely]]
            return core.abort(op);
        if (op->rs != 0) core.r[op->rn] = base + offset;
    } else {
        const Loaded<uint64_t> v = core.load_slow(address, size_of(kKind), Core::kAsUser);
        if (!v.ok) [[unlikely]]
            return core.abort(op);
        if (op->rs != 0) core.r[op->rn] = base + offset;
        core.r[op->rd] = extend(kKind, v.value);
    }
    return next(core, op);
}

Handler unprivileged_handler(Transfer kind) {
    static constexpr Handler kHandlers[]{&unprivileged<Transfer::ldr>,   &unprivileged<Transfer::ldrb>,
                                         &unprivileged<Transfer::ldrsb>, &unprivileged<Transfer::ldrh>,
                                         &unprivileged<Transfer::ldrsh>, &unprivileged<Transfer::str>,
                                         &unprivileged<Transfer::strb>,  &unprivileged<Transfer::strh>};
    return kHandlers[static_cast<size_t>(kind)];
}

/// LDRD and STRD: rd and rm hold the pair; base rn; offset imm, or scratch register if rs has bit 7.
constexpr uint8_t kPairRegister = 0x80;

template <bool kStore, Index kIndex>
Op* pair(Core& core, Op* op) {
    const uint32_t base = core.r[op->rn];
    const uint32_t offset = (op->rs & kPairRegister) != 0 ? core.r[kScratch] : op->imm;
    const uint32_t address = kIndex == Index::post ? base : base + offset;
    if constexpr (kStore) {
        const uint64_t value = uint64_t{core.r[op->rm]} << 32 | core.r[op->rd];
        if (!core.store_double(address, value)) [[unlikely]]
            return core.abort(op);
        if constexpr (kIndex != Index::offset) core.r[op->rn] = base + offset;
    } else {
        const Loaded<uint64_t> v = core.load_double(address);
        if (!v.ok) [[unlikely]]
            return core.abort(op);
        if constexpr (kIndex != Index::offset) core.r[op->rn] = base + offset;
        core.r[op->rd] = static_cast<uint32_t>(v.value);
        core.r[op->rm] = static_cast<uint32_t>(v.value >> 32);
    }
    return next(core, op);
}

Handler pair_handler(bool store, Index index) {
    static constexpr Handler kHandlers[]{&pair<false, Index::offset>, &pair<false, Index::pre>,
                                         &pair<false, Index::post>,   &pair<true, Index::offset>,
                                         &pair<true, Index::pre>,     &pair<true, Index::post>};
    return kHandlers[(store ? 3 : 0) + static_cast<size_t>(index)];
}

struct Pair {
    bool store;
    Index index;
    uint32_t rt, rt2, rn;
};

bool pair_ok(const Pair& p) {
    const bool writes_base = p.index != Index::offset;
    if (p.rt == 15 || p.rt2 == 15 || (!p.store && p.rt == p.rt2)) return false;
    return !writes_base || (p.rn != 15 && p.rn != p.rt && p.rn != p.rt2);
}

Regs regs(const Pair& p, uint8_t rn, uint8_t rs) {
    return {.rd = static_cast<uint8_t>(p.rt), .rn = rn, .rm = static_cast<uint8_t>(p.rt2), .rs = rs};
}

void emit_pair(Translator& t, const Pair& p, uint32_t offset) {
    if (!pair_ok(p)) return t.unpredictable();
    const uint8_t rn = t.source(p.rn);
    if (rn == 15 && t.thumb()) offset += t.aligned_pc() - t.pc();
    t.emit(pair_handler(p.store, p.index), offset, regs(p, rn, 0));
}

uint32_t signed_offset(const Fields& f, uint32_t scale) {
    return f('U') != 0 ? f('i') * scale : 0U - f('i') * scale;
}

void emit_pair_a32(Translator& t, const Fields& f, bool store) {
    if (f('t') % 2 != 0 || (f('P') == 0 && f('W') != 0)) return t.unpredictable();
    const Pair p{store, index_mode(f('P'), f('W')), f('t'), f('t') + 1, f('n')};
    emit_pair(t, p, signed_offset(f, 1));
}

void emit_pair_register(Translator& t, const Fields& f, bool store) {
    if (f('t') % 2 != 0 || f('m') == 15 || (f('P') == 0 && f('W') != 0)) return t.unpredictable();
    const Pair p{store, index_mode(f('P'), f('W')), f('t'), f('t') + 1, f('n')};
    if (!pair_ok(p) || (!store && (f('m') == p.rt || f('m') == p.rt2))) return t.unpredictable();
    const uint8_t rn = t.source(p.rn);
    const Alu alu = f('U') != 0 ? Alu::mov : Alu::rsb;
    // scratch = +rm, or 0 - rm
    if (alu == Alu::mov) {
        emit_alu(t, Alu::mov, Flags::keep, kScratch, 0, f('m'), Shift::lsl, 0);
    } else {
        emit_alu(t, Alu::rsb, Flags::keep, kScratch, f('m'), Shifted{0, -1});
    }
    t.emit(pair_handler(store, p.index), 0, regs(p, rn, kPairRegister));
}

/// Loading the PC branches (LoadWritePC); a byte or halfword into the PC is UNPREDICTABLE, storing it fine
/// for words.
void finish(Translator& t, Transfer kind, uint32_t rt) {
    if (!stores(kind) && rt == 15) t.branch_to_r15_exchanging();
}

bool refused(Transfer kind, Index index, uint32_t rt, uint32_t rn) {
    const bool narrow_pc = rt == 15 && kind != Transfer::ldr && kind != Transfer::str;
    const bool base_lost = index != Index::offset && (rn == 15 || (rn == rt && rt != 15));
    return narrow_pc || base_lost;
}

/// Register `rm` shifted left by `amount`.
struct RegisterOffset {
    uint8_t rm, amount;
};
RegisterOffset emit_offset(Translator& t, bool add, uint32_t rm, uint32_t type, uint32_t imm5) {
    RegisterOffset made{static_cast<uint8_t>(rm), static_cast<uint8_t>(imm5)};
    if (type != 0) made = {emit_shift(t, rm, static_cast<Shift>(type), imm5), 0};
    if (add) return made;
    // scratch = 0 - (offset << amount)
    const uint8_t shifted = emit_shift(t, made.rm, Shift::lsl, made.amount);
    emit_alu(t, Alu::rsb, Flags::keep, kScratch, shifted, Shifted{0, -1});
    return {kScratch, 0};
}

}  // namespace

Index index_mode(uint32_t p, uint32_t w) {
    if (p == 0) return Index::post;
    return w != 0 ? Index::pre : Index::offset;
}

void emit_transfer(Translator& t, Transfer kind, Index index, uint32_t rt, uint32_t rn, int32_t offset) {
    if (refused(kind, index, rt, rn)) return t.unpredictable();
    const auto imm = static_cast<uint32_t>(offset);
    if (rn == 15) {
        const uint8_t source = stores(kind) ? t.source(rt) : static_cast<uint8_t>(rt);
        t.emit(handler(kind, Index::offset, Offset::absolute), t.aligned_pc() + imm, {.rd = source});
        return finish(t, kind, rt);
    }
    const uint8_t data = stores(kind) ? t.source(rt) : static_cast<uint8_t>(rt);
    t.emit(handler(kind, index, Offset::imm), imm, {.rd = data, .rn = static_cast<uint8_t>(rn)});
    finish(t, kind, rt);
}

void emit_transfer(Translator& t, Transfer kind, Index index, uint32_t rt, uint32_t rn, bool add, uint32_t rm,
                   uint32_t type, uint32_t imm5) {
    if (refused(kind, index, rt, rn) || rm == 15) return t.unpredictable();
    const uint8_t base = t.source(rn);
    const uint8_t data = stores(kind) ? t.source(rt) : static_cast<uint8_t>(rt);
    const RegisterOffset offset = emit_offset(t, add, rm, type, imm5);
    t.emit(handler(kind, index, Offset::reg), 0,
           {.rd = data, .rn = base, .rm = offset.rm, .rs = offset.amount});
    finish(t, kind, rt);
}

void emit_preload(Translator& t, uint32_t rn, int32_t offset) {
    const auto imm = static_cast<uint32_t>(offset);
    if (rn == 15) {
        t.emit(&preload<Offset::absolute>, t.aligned_pc() + imm);
    } else {
        t.emit(&preload<Offset::imm>, imm, {.rn = static_cast<uint8_t>(rn)});
    }
}

void emit_preload(Translator& t, uint32_t rn, bool add, uint32_t rm, uint32_t type, uint32_t imm5) {
    if (rm == 15) return t.unpredictable();
    const uint8_t base = t.source(rn);
    const RegisterOffset offset = emit_offset(t, add, rm, type, imm5);
    t.emit(&preload<Offset::reg>, 0, {.rn = base, .rm = offset.rm, .rs = offset.amount});
}

void emit_unprivileged(Translator& t, Transfer kind, Index index, uint32_t rt, uint32_t rn, int32_t offset) {
    if (rt == 15 || rn == 15 || (index == Index::post && rt == rn)) return t.unpredictable();
    t.emit(unprivileged_handler(kind), static_cast<uint32_t>(offset),
           {.rd = static_cast<uint8_t>(rt),
            .rn = static_cast<uint8_t>(rn),
            .rm = 0xFF,
            .rs = static_cast<uint8_t>(index == Index::post)});
}

void emit_unprivileged_register(Translator& t, Transfer kind, const Fields& f) {
    if (f('t') == 15 || f('n') == 15 || f('m') == 15 || f('t') == f('n')) return t.unpredictable();
    uint8_t offset = emit_shift(t, f('m'), static_cast<Shift>(f('y')), f('v'));
    if (f('U') == 0) {
        emit_alu(t, Alu::rsb, Flags::keep, kScratch, offset, Shifted{0, -1});
        offset = kScratch;
    }
    t.emit(unprivileged_handler(kind), 0,
           {.rd = static_cast<uint8_t>(f('t')), .rn = static_cast<uint8_t>(f('n')), .rm = offset, .rs = 1});
}

void load_literal_t16(Translator& t, const Fields& f) {
    emit_transfer(t, Transfer::ldr, Index::offset, f('t'), 15, static_cast<int32_t>(f('i') * 4));
}

void ldrd_immediate(Translator& t, const Fields& f) { emit_pair_a32(t, f, false); }
void strd_immediate(Translator& t, const Fields& f) { emit_pair_a32(t, f, true); }
void ldrd_register(Translator& t, const Fields& f) { emit_pair_register(t, f, false); }
void strd_register(Translator& t, const Fields& f) { emit_pair_register(t, f, true); }

void emit_pair_t32(Translator& t, const Fields& f, bool store, Index index) {
    emit_pair(t, {store, index, f('t'), f('u'), f('n')}, signed_offset(f, 4));
}

void preload_immediate(Translator& t, const Fields& f) {
    const auto offset = static_cast<int32_t>(f('i'));
    emit_preload(t, f('n'), f('U') != 0 ? offset : -offset);
}
void preload_register(Translator& t, const Fields& f) {
    emit_preload(t, f('n'), f('U') != 0, f('m'), f('y'), f('v'));
}
void preload_code(Translator&, const Fields&) {}

}  // namespace exysim::cpu
