// Decoding peculiar to 32-bit Thumb: addressing forms and fields that A32 has not.
#pragma once

#include "models/cpu/data_processing.hpp"
#include "models/cpu/load_store.hpp"
#include "models/cpu/load_store_multiple.hpp"
#include "models/cpu/system.hpp"
#include "models/cpu/translator.hpp"

namespace exysim::cpu {

inline void t32_movw(Translator& t, const Fields& f) { emit_movw(t, f('d'), f('h') << 12 | f('i')); }
inline void t32_movt(Translator& t, const Fields& f) { emit_movt(t, f('d'), f('h') << 12 | f('i')); }

/// Loads of a byte or halfword into r15 are hints: PLD, PLDW, and, signed, PLI and an unallocated one, which
/// have no effect.
template <Transfer kKind>
constexpr bool kPreloadsData = kKind == Transfer::ldrb || kKind == Transfer::ldrh;
template <Transfer kKind>
bool is_preload(const Fields& f) {
    return kKind != Transfer::ldr && kKind < Transfer::str && f('t') == 15;
}

template <Transfer kKind>
void t32_positive(Translator& t, const Fields& f) {  // [rn, #imm12]
    if (is_preload<kKind>(f)) {
        if (kPreloadsData<kKind>) emit_preload(t, f('n'), static_cast<int32_t>(f('i')));
        return;
    }
    if (kKind >= Transfer::str && f('n') == 15) return t.undefined();
    emit_transfer(t, kKind, Index::offset, f('t'), f('n'), static_cast<int32_t>(f('i')));
}

template <Transfer kKind>
void t32_literal(Translator& t, const Fields& f) {  // [pc, #+/-imm12]
    const auto offset = static_cast<int32_t>(f.bits() & 0xFFF);
    const bool add = (f.bits() >> 23 & 1) != 0;
    if (is_preload<kKind>(f)) {
        if (kPreloadsData<kKind>) emit_preload(t, 15, add ? offset : -offset);
        return;
    }
    emit_transfer(t, kKind, Index::offset, f('t'), 15, add ? offset : -offset);
}

template <Transfer kKind>
void t32_register(Translator& t, const Fields& f) {  // [rn, rm, LSL #v]
    if (is_preload<kKind>(f)) {
        if (kPreloadsData<kKind>) emit_preload(t, f('n'), true, f('m'), 0, f('v'));
        return;
    }
    if (kKind >= Transfer::str && f('n') == 15) return t.undefined();
    emit_transfer(t, kKind, Index::offset, f('t'), f('n'), true, f('m'), 0, f('v'));
}

template <Transfer kKind>
void t32_immediate8(Translator& t, const Fields& f) {  // [rn, #-imm8] and the indexed forms
    if (is_preload<kKind>(f)) {
        const bool down = f('P') != 0 && f('U') == 0 && f('W') == 0;
        if (kPreloadsData<kKind> && down) emit_preload(t, f('n'), -static_cast<int32_t>(f('i')));
        return;
    }
    if ((f('P') == 0 && f('W') == 0) || (kKind >= Transfer::str && f('n') == 15)) return t.undefined();
    const auto offset = static_cast<int32_t>(f('i'));
    emit_transfer(t, kKind, index_mode(f('P'), f('W')), f('t'), f('n'), f('U') != 0 ? offset : -offset);
}

template <Transfer kKind>
void t32_unprivileged(Translator& t, const Fields& f) {  // [rn, #imm8]
    if (is_preload<kKind>(f)) return;
    emit_unprivileged(t, kKind, Index::offset, f('t'), f('n'), static_cast<int32_t>(f('i')));
}

inline void ldrd_indexed_t32(Translator& t, const Fields& f) {
    emit_pair_t32(t, f, false, f('W') != 0 ? Index::pre : Index::offset);
}
inline void strd_indexed_t32(Translator& t, const Fields& f) {
    emit_pair_t32(t, f, true, f('W') != 0 ? Index::pre : Index::offset);
}
inline void ldrd_post_t32(Translator& t, const Fields& f) { emit_pair_t32(t, f, false, Index::post); }
inline void strd_post_t32(Translator& t, const Fields& f) { emit_pair_t32(t, f, true, Index::post); }

template <Block4 kMode>
void ldm_t32(Translator& t, const Fields& f) {
    const uint32_t list = f('r');
    if ((list >> 13 & 1) != 0 || list >> 14 == 3) return t.unpredictable();
    emit_ldm(t, kMode, f('W') != 0, f('n'), list);
}
template <Block4 kMode>
void stm_t32(Translator& t, const Fields& f) {
    if ((f('r') & 0xA000) != 0) return t.unpredictable();
    emit_stm(t, kMode, f('W') != 0, f('n'), f('r'));
}
template <Block4 kMode>
void srs_t32(Translator& t, const Fields& f) {
    emit_srs(t, kMode, f('W') != 0, f('m'));
}
template <Block4 kMode>
void rfe_t32(Translator& t, const Fields& f) {
    emit_rfe(t, kMode, f('W') != 0, f('n'));
}

}  // namespace exysim::cpu
