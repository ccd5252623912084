#include "models/cpu/branch.hpp"

#include <array>
#include <utility>

#include "models/cpu/conditions.hpp"

namespace exysim::cpu {

namespace {

template <uint32_t kCond>
Op* branch_on(Core& core, Op* op) {
    return holds<kCond>(core) ? follow(core, op + 1) : follow(core, op + 2);
}

Op* branch_always(Core& core, Op* op) { return follow(core, op + 1); }

template <size_t... kCond>
constexpr std::array<Handler, 15> handlers(std::index_sequence<kCond...>) {
    return {&branch_on<kCond>..., &branch_always};
}

/// BXWritePC: bit 0 selects Thumb; xxx10 is UNPREDICTABLE, taken as A32 with the low bits cleared.
uint32_t exchange_target(uint32_t address) { return (address & 1) != 0 ? address : address & ~3U; }

}  // namespace

Handler branch_if(uint32_t condition) {
    static constexpr auto kHandlers = handlers(std::make_index_sequence<14>{});
    return kHandlers[condition < 14 ? condition : 14];
}

Op* branch_link(Core& core, Op* op) {
    core.r[14] = op->imm;
    return follow(core, op + 1);
}

Op* branch_if_zero(Core& core, Op* op) {
    return core.r[op->rn] == 0 ? follow(core, op + 1) : follow(core, op + 2);
}

Op* branch_if_not_zero(Core& core, Op* op) {
    return core.r[op->rn] != 0 ? follow(core, op + 1) : follow(core, op + 2);
}

Op* branch_exchange(Core& core, Op* op) { return jump(core, exchange_target(core.r[op->rm])); }

Op* branch_link_exchange(Core& core, Op* op) {
    const uint32_t target = exchange_target(core.r[op->rm]);
    core.r[14] = op->imm;
    return jump(core, target);
}

Op* branch_register_arm(Core& core, Op* op) { return jump(core, core.r[op->rm] & ~3U); }

Op* branch_register_thumb(Core& core, Op* op) { return jump(core, core.r[op->rm] | 1); }

}  // namespace exysim::cpu
