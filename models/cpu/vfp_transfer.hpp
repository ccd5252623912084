// Handlers of VFP loads and stores, and of moves between core and extension registers.
#pragma once

#include "models/cpu/core.hpp"
#include "models/cpu/op.hpp"

namespace exysim::cpu::vfp {

// VLDR, VSTR: extension register rd, address r[rn] + imm; the literal form has the whole address in imm.
template <class Bits>
Op* load(Core& core, Op* op);
template <class Bits>
Op* load_literal(Core& core, Op* op);
template <class Bits>
Op* store(Core& core, Op* op);

// VLDM, VSTM: extension registers rd to rd + rm - 1 at r[rn] + imm, then r[rn] changes by 4 * rs: downwards
// if imm is negative (decrement before), else upwards.
template <class Bits>
Op* load_multiple(Core& core, Op* op);
template <class Bits>
Op* store_multiple(Core& core, Op* op);

/// One register with write-back, what compilers use to step through arrays: extension register rd at r[rn] +
/// imm, then r[rn] changes by rs words as above.
template <class Bits>
Op* load_one(Core& core, Op* op);
template <class Bits>
Op* store_one(Core& core, Op* op);

// VMOV between core register rd and S register rn.
Op* core_to_single(Core& core, Op* op);
Op* single_to_core(Core& core, Op* op);

// VMOV between core registers rd, rs and the doubleword of S registers starting at S rm (a D register, or two
// singles).
Op* core_pair_to_singles(Core& core, Op* op);
Op* singles_to_core_pair(Core& core, Op* op);

// VMOV between core register rd and a scalar: `Part` wide, at byte rn of D register rm.
template <class Part>
Op* core_to_scalar(Core& core, Op* op);
template <class Part>
Op* scalar_to_core(Core& core, Op* op);  // signed types sign-extend

// VMRS, VMSR: core register rd.
Op* fpscr_to_flags(Core& core, Op* op);
Op* fpscr_to_core(Core& core, Op* op);
Op* core_to_fpscr(Core& core, Op* op);
Op* check_privileged_access(Core& core, Op* op);  // UNDEFINED in user mode or if CPACR denies cp10
Op* constant_to_core(Core& core, Op* op);         // an identification register: value in imm
Op* fpexc_to_core(Core& core, Op* op);
Op* core_to_fpexc(Core& core, Op* op);

}  // namespace exysim::cpu::vfp
