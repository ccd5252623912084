#include "models/cpu/control_ops.hpp"

#include <array>
#include <utility>

#include "models/cpu/conditions.hpp"
#include "models/cpu/core.hpp"
#include "models/cpu/mutation.hpp"

namespace exysim::cpu {

namespace {

template <uint32_t kCond>
Op* skip(Core& core, Op* op) {
    return go(core, op + 1 + (holds<kCond>(core) ? 0 : op->rd));
}

template <size_t... kCond>
constexpr std::array<Handler, 14> skips(std::index_sequence<kCond...>) {
    return {&skip<kCond>...};
}

}  // namespace

Op* block_head(Core& core, Op* op) {
    if (core.countdown <= 0) [[unlikely]]
        return core.leave_at_head(op);
    core.countdown -= op->imm;
    core.instructions += op->rd;
    core.running = op;
    return next(core, op);
}

Op* count_events(Core& core, Op* op) {
    core.events.add(core.running[-1].block->counts);
    return next(core, op);
}

Op* tell_watcher(Core& core, Op* op) {
    core.tell_watcher();
    return next(core, op);
}

Op* sleeping_head(Core& core, Op* op) { return core.leave_at_head(op); }

Op* single_head(Core& core, Op* op) {
    const bool behind_a_step = core.running != nullptr && core.debug_stops().single;
    if (behind_a_step) [[unlikely]]
        return core.leave_at_head(op);
    op->handler = &sleeping_head;
    // Its fetch may have used up the budget; it runs all the same, or a core without caches would never move.
    core.countdown -= op->imm;
    core.instructions += op->rd;
    core.running = op;
    return next(core, op);
}

Handler skip_unless(uint32_t condition) {
    static constexpr auto kHandlers = skips(std::make_index_sequence<14>{});
    return kHandlers[condition];
}

Op* set_register(Core& core, Op* op) {
    core.r[op->rd] = op->imm;
    return next(core, op);
}

Op* set_carry(Core& core, Op* op) {
    core.cf = op->imm;
    return next(core, op);
}

Op* leave_chain(Core& core, Op* op) { return core.leave(op->imm, op->rd != 0, op->rn); }

Op* debug_stop(Core& core, Op*) { return core.debug_stop(); }

Op* undefined_instruction(Core& core, Op* op) { return core.undefined(op); }

Op* perturb(Core& core, Op* op) {
    switch (static_cast<Perturbation>(op->imm)) {
        case Perturbation::negative:
            core.nf ^= psr::kN;
            break;
        case Perturbation::zero:
            core.zf = core.zf == 0 ? 1 : 0;
            break;
        case Perturbation::carry:
            core.cf ^= 1;
            break;
        case Perturbation::overflow:
            core.vf ^= psr::kN;
            break;
        default: {
            const bool low = static_cast<Perturbation>(op->imm) == Perturbation::result_low;
            if (op->rn != 0) {
                core.vfp.d[op->rd] ^= low ? 1 : uint64_t{1} << 63 | uint64_t{1} << 31;
            } else {
                core.r[op->rd] ^= low ? 1 : psr::kN;
            }
        }
    }
    return next(core, op);
}

Op* check_vfp(Core& core, Op* op) {
    if (!core.vfp_enabled()) [[unlikely]]
        return core.undefined(op);
    return next(core, op);
}

Op* check_upper_doubles(Core& core, Op* op) {
    if (!core.vfp_enabled() || core.upper_doubles_disabled()) [[unlikely]]
        return core.undefined(op);
    return next(core, op);
}

Op* check_simd(Core& core, Op* op) {
    if (!core.vfp_enabled() || core.simd_disabled()) [[unlikely]]
        return core.undefined(op);
    return next(core, op);
}

Block& block_of(Op* op) {
    const auto is_head = [](Handler h) {
        return h == &block_head || h == &sleeping_head || h == &single_head;
    };
    while (!is_head(op->handler)) --op;
    return *op[-1].block;
}

}  // namespace exysim::cpu
