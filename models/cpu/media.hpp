// Packing, extending, bit fields, saturation, parallel arithmetic, byte reversal. Fields: d, n, m as usual; r
// = rotation of the extensions (in bytes), l = least significant bit, w = width - 1 (or most significant bit
// for BFI, BFC), s = saturation position, v = shift amount, h = ASR instead of LSL.
#pragma once

#include "models/cpu/translator.hpp"

namespace exysim::cpu {

void sxtb(Translator& t, const Fields& f);  ///< with n other than 15: SXTAB, and so on
void sxth(Translator& t, const Fields& f);
void sxtb16(Translator& t, const Fields& f);
void uxtb(Translator& t, const Fields& f);
void uxth(Translator& t, const Fields& f);
void uxtb16(Translator& t, const Fields& f);

void rev(Translator& t, const Fields& f);
void rev16(Translator& t, const Fields& f);
void revsh(Translator& t, const Fields& f);
void rbit(Translator& t, const Fields& f);
void clz(Translator& t, const Fields& f);

void bfi(Translator& t, const Fields& f);
void bfc(Translator& t, const Fields& f);
void sbfx(Translator& t, const Fields& f);
void ubfx(Translator& t, const Fields& f);

void ssat(Translator& t, const Fields& f);
void usat(Translator& t, const Fields& f);
void ssat16(Translator& t, const Fields& f);
void usat16(Translator& t, const Fields& f);
void qadd(Translator& t, const Fields& f);
void qsub(Translator& t, const Fields& f);
void qdadd(Translator& t, const Fields& f);
void qdsub(Translator& t, const Fields& f);

void pkh(Translator& t, const Fields& f);  ///< h = 0: PKHBT, 1: PKHTB
void sel(Translator& t, const Fields& f);
void usad8(Translator& t, const Fields& f);
void usada8(Translator& t, const Fields& f);

/// The six lane operations of parallel arithmetic, as A32 encodes them in bits 7-5.
enum class Lanes : uint8_t { add16 = 0, asx = 1, sax = 2, sub16 = 3, add8 = 4, sub8 = 7 };
/// S, Q, SH, U, UQ, UH as A32 encodes them in bits 22-20.
enum class Arithmetic : uint8_t { s = 1, q = 2, sh = 3, u = 5, uq = 6, uh = 7 };

Handler parallel_handler(Arithmetic kind, Lanes lanes);

template <Arithmetic kKind, Lanes kLanes>
void parallel(Translator& t, const Fields& f) {
    if (f('d') == 15 || f('n') == 15 || f('m') == 15) return t.unpredictable();
    t.emit(parallel_handler(kKind, kLanes), 0,
           {.rd = static_cast<uint8_t>(f('d')),
            .rn = static_cast<uint8_t>(f('n')),
            .rm = static_cast<uint8_t>(f('m'))});
}

}  // namespace exysim::cpu
