// Operations that belong to no instruction: block heads, skips, ways out of the chain.
#pragma once

#include "models/cpu/op.hpp"

namespace exysim::cpu {

Op* block_head(Core& core, Op* op);
/// Head of a block whose code must be looked at again first: leaves the chain.
Op* sleeping_head(Core& core, Op* op);
/// Head of a block that was looked at just now and may run once.
Op* single_head(Core& core, Op* op);      ///< imm = cycles, rd = instructions
Op* count_events(Core& core, Op* op);     ///< adds up Block::counts; follows the head
Op* tell_watcher(Core& core, Op* op);     ///< see Core::set_block_watcher(); follows the head
Handler skip_unless(uint32_t condition);  ///< rd = operations to skip if the condition fails
Op* set_register(Core& core, Op* op);     ///< r[rd] = imm
Op* set_carry(Core& core, Op* op);        ///< C = imm
Op* leave_chain(Core& core, Op* op);      ///< imm = where to go on, rd = Thumb, rn = ITSTATE
Op* debug_stop(Core& core, Op* op);       ///< leaves before the block's first instruction
Op* undefined_instruction(Core& core, Op* op);
Op* perturb(Core& core, Op* op);              ///< imm = Perturbation of r[rd], of d[rd] if rn, or of a flag
Op* check_vfp(Core& core, Op* op);            ///< UNDEFINED unless CPACR and FPEXC allow VFP
Op* check_upper_doubles(Core& core, Op* op);  ///< and CPACR.D32DIS
Op* check_simd(Core& core, Op* op);           ///< the same for Advanced SIMD

}  // namespace exysim::cpu
