// Branch rows. Fields: i = offset (already scaled by trailing zeros in the pattern where the encoding has
// them), c = condition, m, n = register.
#pragma once

#include "models/cpu/translator.hpp"

namespace exysim::cpu {

void b_a32(Translator& t, const Fields& f);
void bl_a32(Translator& t, const Fields& f);
void blx_a32(Translator& t, const Fields& f);  ///< i, H: to Thumb
void b_conditional_t16(Translator& t, const Fields& f);
void b_t16(Translator& t, const Fields& f);
void b_conditional_t32(Translator& t, const Fields& f);  ///< c, S, j (J1), k (J2), i
void b_t32(Translator& t, const Fields& f);              ///< S, j, k, i
void bl_t32(Translator& t, const Fields& f);
void blx_t32(Translator& t, const Fields& f);
void bx(Translator& t, const Fields& f);  ///< BX and BXJ
void blx_register(Translator& t, const Fields& f);
void cbz(Translator& t, const Fields& f);
void cbnz(Translator& t, const Fields& f);
void table_branch_byte(Translator& t, const Fields& f);
void table_branch_half(Translator& t, const Fields& f);
void if_then(Translator& t, const Fields& f);  ///< c = first condition, m = mask

}  // namespace exysim::cpu
