// Branch operations. A branch to a known address is followed by one link slot (two for a conditional one:
// taken, not taken); a slot holds target | Thumb bit in imm and, in rd, whether the target lies in the same
// page.
#pragma once

#include "models/cpu/core.hpp"

namespace exysim::cpu {

/// Handler of a direct branch under a condition (14: always).
Handler branch_if(uint32_t condition);
Op* branch_link(Core& core, Op* op);            ///< LR = imm, then the link slot
Op* branch_if_zero(Core& core, Op* op);         ///< CBZ: rn
Op* branch_if_not_zero(Core& core, Op* op);     ///< CBNZ: rn
Op* branch_exchange(Core& core, Op* op);        ///< BX: rm
Op* branch_link_exchange(Core& core, Op* op);   ///< BLX: rm; LR = imm
Op* branch_register_arm(Core& core, Op* op);    ///< PC = rm, stays in A32
Op* branch_register_thumb(Core& core, Op* op);  ///< PC = rm, stays in T32

/// The form of a branch handler that asks the predictor; handler = nullptr: it has none.
struct Predicted {
    Handler handler = nullptr;
    bool keeps_imm = false;  ///< else imm becomes half the branch's address; rs: the branch is a return
};
Predicted predicted(Handler plain);

/// Continues at `target` (bit 0: Thumb) through the jump cache.
[[gnu::always_inline]] inline Op* jump(Core& core, uint32_t target) {
    if (Op* head = core.blocks.jumps.find(core.fetch_context, target)) [[likely]]
        return go(core, head);
    Op* head = core.enter(target);
    return head != nullptr ? go(core, head) : nullptr;
}

/// Continues at a link slot's target.
[[gnu::always_inline]] inline Op* follow(Core& core, Op* slot) {
    if (Op* head = slot->target) [[likely]]
        return go(core, head);
    Op* head = core.resolve(slot);
    return head != nullptr ? go(core, head) : nullptr;
}

}  // namespace exysim::cpu
