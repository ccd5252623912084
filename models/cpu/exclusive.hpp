// Exclusive loads and stores, CLREX, SWP. Fields: n = base, t (and u) = data, d = status, i = offset in words
// (T32).
#pragma once

#include "models/cpu/translator.hpp"

namespace exysim::cpu {

void ldrex(Translator& t, const Fields& f);
void ldrexb(Translator& t, const Fields& f);
void ldrexh(Translator& t, const Fields& f);
void ldrexd(Translator& t, const Fields& f);
void strex(Translator& t, const Fields& f);
void strexb(Translator& t, const Fields& f);
void strexh(Translator& t, const Fields& f);
void strexd(Translator& t, const Fields& f);
void clrex(Translator& t, const Fields& f);
void swp(Translator& t, const Fields& f);  ///< UNDEFINED unless SCTLR.SW
void swpb(Translator& t, const Fields& f);

}  // namespace exysim::cpu
