// LDM, STM, PUSH, POP and the privileged forms. Fields: n = base, r = register list, P and U = direction, W =
// write back.
#pragma once

#include "models/cpu/translator.hpp"

namespace exysim::cpu {

/// Increment after, increment before, decrement after, decrement before.
enum class Block4 : uint8_t { ia, ib, da, db };

/// The P and U bits of A32 encodings.
Block4 block_mode(const Fields& f);

void emit_ldm(Translator& t, Block4 mode, bool write_back, uint32_t rn, uint32_t list);
void emit_stm(Translator& t, Block4 mode, bool write_back, uint32_t rn, uint32_t list);

void ldm(Translator& t, const Fields& f);
void stm(Translator& t, const Fields& f);
void ldm_user(Translator& t, const Fields& f);  ///< LDM ^ without PC: user-mode registers
void stm_user(Translator& t, const Fields& f);
void ldm_return(Translator& t, const Fields& f);  ///< LDM ^ with PC: exception return
void ldm_t16(Translator& t, const Fields& f);
void stm_t16(Translator& t, const Fields& f);
void push_t16(Translator& t, const Fields& f);  ///< r with M = LR
void pop_t16(Translator& t, const Fields& f);   ///< r with P = PC

}  // namespace exysim::cpu
