#include "models/cpu/exclusive.hpp"

#include <bit>

#include "models/cpu/core.hpp"
#include "models/cpu/exclusive_monitors.hpp"

namespace exysim::cpu {

namespace {

// Load: rd = t, rm = u, rn = base, imm = offset. Store: rs = status, rd = t, rm = u.

/// The lower word in memory belongs to the first register of a pair in either byte order (ARM ARM A8.8.78).
template <uint32_t kSize>
uint64_t in_register_order(const Core& core, uint64_t value) {
    return kSize == 8 && (core.control & psr::kE) != 0 ? std::rotr(value, 32) : value;
}

template <uint32_t kSize>
Op* load_exclusive(Core& core, Op* op) {
    const Loaded<uint64_t> v = core.load_slow(core.r[op->rn] + op->imm, kSize, Core::kExclusive);
    if (!v.ok) [[unlikely]]
        return core.abort(op);
    const uint64_t value = in_register_order<kSize>(core, v.value);
    core.r[op->rd] = static_cast<uint32_t>(value);
    if constexpr (kSize == 8) core.r[op->rm] = static_cast<uint32_t>(value >> 32);
    return next(core, op);
}

template <uint32_t kSize>
Op* store_exclusive(Core& core, Op* op) {
    const uint64_t high = kSize == 8 ? uint64_t{core.r[op->rm]} << 32 : 0;
    const uint64_t value = in_register_order<kSize>(core, high | core.r[op->rd]);
    const auto outcome = core.store_exclusive(core.r[op->rn] + op->imm, value, kSize);
    if (!outcome.ok) [[unlikely]]
        return core.abort(op);
    core.r[op->rs] = outcome.value;
    return next(core, op);
}

Op* clear_exclusive(Core& core, Op* op) {
    core.monitors->clear(core);
    return next(core, op);
}

template <uint32_t kSize>
Op* swap(Core& core, Op* op) {
    if ((core.system.sctlr & sctlr::kSw) == 0) return core.undefined(op);
    const uint32_t address = core.r[op->rn];
    const Loaded<uint64_t> old =
        core.load_slow(address, kSize, kSize == 4 ? Core::kForceAligned : Core::kPlain);
    if (!old.ok || !core.store_slow(address, core.r[op->rm], kSize)) [[unlikely]]
        return core.abort(op);
    core.r[op->rd] = static_cast<uint32_t>(old.value);
    return next(core, op);
}

template <uint32_t kSize>
void emit_load(Translator& t, const Fields& f) {
    const bool independent = kSize == 8 && t.thumb();
    const uint32_t second = independent ? f('u') : f('t') + (kSize == 8 ? 1 : 0);
    if (f('n') == 15 || f('t') == 15 || second == 15) return t.unpredictable();
    if (kSize == 8 && (second == f('t') || (!t.thumb() && f('t') % 2 != 0))) return t.unpredictable();
    t.emit(&load_exclusive<kSize>, f('i') * 4,
           {.rd = static_cast<uint8_t>(f('t')),
            .rn = static_cast<uint8_t>(f('n')),
            .rm = static_cast<uint8_t>(second)});
}

template <uint32_t kSize>
void emit_store(Translator& t, const Fields& f) {
    const bool independent = kSize == 8 && t.thumb();
    const uint32_t second = independent ? f('u') : f('t') + (kSize == 8 ? 1 : 0);
    const uint32_t d = f('d');
    if (f('n') == 15 || f('t') == 15 || second == 15 || d == 15) return t.unpredictable();
    if (d == f('n') || d == f('t') || (kSize == 8 && d == second)) return t.unpredictable();
    if (kSize == 8 && !t.thumb() && f('t') % 2 != 0) return t.unpredictable();
    t.emit(&store_exclusive<kSize>, f('i') * 4,
           {.rd = static_cast<uint8_t>(f('t')),
            .rn = static_cast<uint8_t>(f('n')),
            .rm = static_cast<uint8_t>(second),
            .rs = static_cast<uint8_t>(d)});
}

template <uint32_t kSize>
void emit_swap(Translator& t, const Fields& f) {
    if (f('d') == 15 || f('m') == 15 || f('n') == 15 || f('n') == f('d') || f('n') == f('m'))
        return t.unpredictable();
    t.emit(&swap<kSize>, 0,
           {.rd = static_cast<uint8_t>(f('d')),
            .rn = static_cast<uint8_t>(f('n')),
            .rm = static_cast<uint8_t>(f('m'))});
}

}  // namespace

void ldrex(Translator& t, const Fields& f) { emit_load<4>(t, f); }
void ldrexb(Translator& t, const Fields& f) { emit_load<1>(t, f); }
void ldrexh(Translator& t, const Fields& f) { emit_load<2>(t, f); }
void ldrexd(Translator& t, const Fields& f) { emit_load<8>(t, f); }
void strex(Translator& t, const Fields& f) { emit_store<4>(t, f); }
void strexb(Translator& t, const Fields& f) { emit_store<1>(t, f); }
void strexh(Translator& t, const Fields& f) { emit_store<2>(t, f); }
void strexd(Translator& t, const Fields& f) { emit_store<8>(t, f); }
void clrex(Translator& t, const Fields&) { t.emit(&clear_exclusive); }
void swp(Translator& t, const Fields& f) { emit_swap<4>(t, f); }
void swpb(Translator& t, const Fields& f) { emit_swap<1>(t, f); }

}  // namespace exysim::cpu
