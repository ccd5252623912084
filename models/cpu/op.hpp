// The decoded operation: what one step of execution needs, and how a handler passes on to the next one.
//
// A guest instruction becomes one or a few operations inside a block (block.hpp). Handlers are chained: each
// ends with `return next(core, op)`. Optimised builds turn that into a jump; other builds return to a loop.
// Nothing but speed depends on which of the two happens.
#pragma once

#include <cstdint>

#include "models/base/sanitizer.hpp"

namespace exysim::cpu {

struct Block;
struct Core;
struct Op;

/// Executes `op` and returns the operation to go on with, or nullptr to leave the chain (see Core::run).
using Handler = Op* (*)(Core&, Op* op);

/// One operation, 16 bytes. What the fields mean is the handler's business; usual: rd = rn OP rm, or rd = rn
/// OP imm.
struct Op {
    union {
        Handler handler;
        Op* target;    ///< in a link slot: head of the linked block, nullptr while unresolved
        Block* block;  ///< in the slot before a head: the block it belongs to
    };
    uint32_t imm = 0;
    uint8_t rd = 0, rn = 0, rm = 0, rs = 0;
};
static_assert(sizeof(Op) == 16);

// Sibling calls are made by optimising compilers only, and never with AddressSanitizer's red zones.
#if defined(__OPTIMIZE__) && !EXYSIM_ADDRESS_SANITIZER
inline constexpr bool kTailCalls = true;
#else
inline constexpr bool kTailCalls = false;
#endif

/// Continues with `op`.
[[gnu::always_inline]] inline Op* go(Core& core, Op* op) {
    if constexpr (kTailCalls) {
        return op->handler(core, op);
    } else {
        return op;
    }
}

/// Continues with the operation after `op`: the last line of most handlers.
[[gnu::always_inline]] inline Op* next(Core& core, Op* op) { return go(core, op + 1); }

}  // namespace exysim::cpu
