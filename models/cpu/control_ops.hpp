// Operations that belong to no instruction: block heads, skips, ways out of the chain.
#pragma once

#include "models/cpu/op.hpp"

namespace exysim::cpu {

Op* block_head(Core& core, Op* op);           ///< imm = cycles, rd = instructions
Op* counting_block_head(Core& core, Op* op);  ///< the same, and adds up Block::counts
Handler skip_unless(uint32_t condition);      ///< rd = operations to skip if the condition fails
Op* set_register(Core& core, Op* op);         ///< r[rd] = imm
Op* set_carry(Core& core, Op* op);            ///< C = imm
Op* leave_chain(Core& core, Op* op);          ///< imm = where to go on, rd = Thumb, rn = ITSTATE
Op* undefined_instruction(Core& core, Op* op);
Op* perturb(Core& core, Op* op);     ///< imm = Perturbation of r[rd], of d[rd] if rn, or of a flag
Op* check_vfp(Core& core, Op* op);   ///< UNDEFINED unless CPACR and FPEXC allow VFP
Op* check_simd(Core& core, Op* op);  ///< the same for Advanced SIMD

}  // namespace exysim::cpu
