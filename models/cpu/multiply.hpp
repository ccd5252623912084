// Multiplications. Fields: d = destination (low half: l), n and m = factors, a = addend, S = set flags; for
// the halfword forms N and M choose the halves. A32 and T32 rows name the same letters.
#pragma once

#include "models/cpu/translator.hpp"

namespace exysim::cpu {

void mul(Translator& t, const Fields& f);
void mla(Translator& t, const Fields& f);
void mls(Translator& t, const Fields& f);
void umull(Translator& t, const Fields& f);
void umlal(Translator& t, const Fields& f);
void umaal(Translator& t, const Fields& f);
void smull(Translator& t, const Fields& f);
void smlal(Translator& t, const Fields& f);
void smul_xy(Translator& t, const Fields& f);
void smla_xy(Translator& t, const Fields& f);
void smulw_y(Translator& t, const Fields& f);
void smlaw_y(Translator& t, const Fields& f);
void smlal_xy(Translator& t, const Fields& f);
void smuad(Translator& t, const Fields& f);  ///< M: exchange the halves of m
void smlad(Translator& t, const Fields& f);
void smusd(Translator& t, const Fields& f);
void smlsd(Translator& t, const Fields& f);
void smlald(Translator& t, const Fields& f);
void smlsld(Translator& t, const Fields& f);
void smmul(Translator& t, const Fields& f);  ///< R: round
void smmla(Translator& t, const Fields& f);
void smmls(Translator& t, const Fields& f);

}  // namespace exysim::cpu
