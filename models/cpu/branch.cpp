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

// --- the same, foreseen or not

template <uint32_t kCond>
Op* predicted_on(Core& core, Op* op) {
    const bool taken = holds<kCond>(core);
    core.foreseen(core.prediction_on() ? core.predictor.direction(op->imm, taken) : !taken);
    return follow(core, taken ? op + 1 : op + 2);
}

template <bool kZero>
Op* predicted_compare(Core& core, Op* op) {
    const bool taken = (core.r[op->rn] == 0) == kZero;
    core.foreseen(core.prediction_on() ? core.predictor.direction(op->imm, taken) : !taken);
    return follow(core, taken ? op + 1 : op + 2);
}

Op* predicted_link(Core& core, Op* op) {
    core.predictor.call(op->imm & ~1U);
    return branch_link(core, op);
}

template <Handler kPlain>
Op* predicted_register(Core& core, Op* op) {
    const uint32_t target = core.r[op->rm] & ~1U;
    const bool right = op->rs != 0 ? core.predictor.returned(target) : core.predictor.target(op->imm, target);
    core.foreseen(right && core.prediction_on());
    return kPlain(core, op);
}

Op* predicted_link_exchange(Core& core, Op* op) {
    core.foreseen(core.predictor.target(op->imm >> 1, core.r[op->rm]) && core.prediction_on());
    core.predictor.call(op->imm & ~1U);
    return branch_link_exchange(core, op);
}

template <size_t... kCond>
constexpr std::array<Handler, 14> predicted_handlers(std::index_sequence<kCond...>) {
    return {&predicted_on<kCond>...};
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

Predicted predicted(Handler plain) {
    static constexpr auto kConditional = predicted_handlers(std::make_index_sequence<14>{});
    for (uint32_t condition = 0; condition < 14; ++condition) {
        if (plain == branch_if(condition)) return {kConditional[condition], false};
    }
    struct Pair {
        Handler plain;
        Predicted form;
    };
    static constexpr Pair kOthers[] = {
        {&branch_if_zero, {&predicted_compare<true>, false}},
        {&branch_if_not_zero, {&predicted_compare<false>, false}},
        {&branch_link, {&predicted_link, true}},
        {&branch_link_exchange, {&predicted_link_exchange, true}},
        {&branch_exchange, {&predicted_register<&branch_exchange>, false}},
        {&branch_register_arm, {&predicted_register<&branch_register_arm>, false}},
        {&branch_register_thumb, {&predicted_register<&branch_register_thumb>, false}},
    };
    for (const Pair& pair : kOthers) {
        if (plain == pair.plain) return pair.form;
    }
    return {};
}

}  // namespace exysim::cpu
