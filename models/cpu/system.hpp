// Status registers, exceptions, hints and barriers, CP14 and CP15 moves.
#pragma once

#include "models/cpu/load_store_multiple.hpp"
#include "models/cpu/translator.hpp"

namespace exysim::cpu {

/// Ends the block with `handler`, which performs the exception return itself; UNDEFINED without an SPSR.
void emit_exception_return(Translator& t, Handler handler);

void mrs(Translator& t, const Fields& f);            ///< d, R
void msr_register(Translator& t, const Fields& f);   ///< n, R, k = field mask
void msr_immediate(Translator& t, const Fields& f);  ///< A32: i, R, k
void cps(Translator& t, const Fields& f);            ///< I = imod, M = change mode, a = A:I:F, m = mode
void cps_t16(Translator& t, const Fields& f);        ///< I = disable, a
void setend(Translator& t, const Fields& f);         ///< E
void srs(Translator& t, const Fields& f);            ///< P, U, W, m
void rfe(Translator& t, const Fields& f);            ///< P, U, W, n
void emit_srs(Translator& t, Block4 mode, bool write_back, uint32_t processor_mode);
void emit_rfe(Translator& t, Block4 mode, bool write_back, uint32_t rn);
void subs_pc_lr_t32(Translator& t, const Fields& f);  ///< i

void svc(Translator& t, const Fields& f);   ///< i
void bkpt(Translator& t, const Fields& f);  ///< i
void smc(Translator& t, const Fields& f);   ///< no secure firmware: UNDEFINED
void udf(Translator& t, const Fields& f);

void nop(Translator& t, const Fields& f);
void wfe(Translator& t, const Fields& f);
void wfi(Translator& t, const Fields& f);
void sev(Translator& t, const Fields& f);
void dsb(Translator& t, const Fields& f);
void dmb(Translator& t, const Fields& f);
void isb(Translator& t, const Fields& f);

void mrc(Translator& t, const Fields& f);  ///< p = coprocessor & 1, o, n, m, q, t
void mcr(Translator& t, const Fields& f);
void no_coprocessor(Translator& t, const Fields& f);

}  // namespace exysim::cpu
