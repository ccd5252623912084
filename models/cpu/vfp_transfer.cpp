#include "models/cpu/vfp_transfer.hpp"

#include <type_traits>

#include "models/cpu/vfp_format.hpp"
#include "models/cpu/vfp_registers.hpp"

namespace exysim::cpu::vfp {
namespace {

constexpr uint32_t kFpexcEnable = 1u << 30;

/// CPACR.cp10 for privileged code: 01 and 11 allow it.
bool coprocessor_enabled(const Core& core) { return (core.system.cpacr >> 20 & 3) != 0; }

bool big_endian(const Core& core) { return (core.control & psr::kE) != 0; }

/// A double is two words; in big-endian state the first in memory is the upper one (ARM ARM A8.8.333).
uint64_t in_memory_order(const Core& core, uint64_t value) {
    return big_endian(core) ? std::rotr(value, 32) : value;
}

/// The S register that holds word `index` of a transfer of `Bits`-wide registers from `first`.
template <class Bits>
unsigned word_register(const Core& core, unsigned first, unsigned index) {
    return sizeof(Bits) == 4 ? first + index : 2 * first + (index ^ (big_endian(core) ? 1u : 0u));
}

template <class Bits>
bool load_words(Core& core, uint32_t address, const Op& op) {
    const unsigned words = op.rm * sizeof(Bits) / 4;
    for (unsigned i = 0; i < words; ++i) {
        const Loaded<uint32_t> word = core.load_aligned(address + 4 * i);
        if (!word.ok) return false;
        put(core, word_register<Bits>(core, op.rd, i), word.value);
    }
    return true;
}

template <class Bits>
bool store_words(Core& core, uint32_t address, const Op& op) {
    const unsigned words = op.rm * sizeof(Bits) / 4;
    for (unsigned i = 0; i < words; ++i) {
        if (!core.store_aligned(address + 4 * i, get<uint32_t>(core, word_register<Bits>(core, op.rd, i))))
            return false;
    }
    return true;
}

void write_back(Core& core, const Op& op) {
    const uint32_t bytes = 4u * op.rs;
    core.r[op.rn] += op.imm != 0 ? 0u - bytes : bytes;
}

/// One S register, or one D register in memory order.
template <class Bits>
[[gnu::always_inline]] inline bool load_register(Core& core, unsigned number, uint32_t address) {
    if constexpr (sizeof(Bits) == 4) {
        const Loaded<uint32_t> word = core.load_aligned(address);
        if (word.ok) [[likely]]
            put(core, number, word.value);
        return word.ok;
    } else {
        const Loaded<uint64_t> pair = core.load_double(address);
        if (pair.ok) [[likely]]
            put(core, number, in_memory_order(core, pair.value));
        return pair.ok;
    }
}

template <class Bits>
[[gnu::always_inline]] inline bool store_register(Core& core, unsigned number, uint32_t address) {
    if constexpr (sizeof(Bits) == 4) {
        return core.store_aligned(address, get<uint32_t>(core, number));
    } else {
        return core.store_double(address, in_memory_order(core, get<uint64_t>(core, number)));
    }
}

}  // namespace

template <class Bits>
Op* load(Core& core, Op* op) {
    if (!load_register<Bits>(core, op->rd, core.r[op->rn] + op->imm)) [[unlikely]]
        return core.abort(op);
    return next(core, op);
}

template <class Bits>
Op* load_literal(Core& core, Op* op) {
    if (!load_register<Bits>(core, op->rd, op->imm)) [[unlikely]]
        return core.abort(op);
    return next(core, op);
}

template <class Bits>
Op* store(Core& core, Op* op) {
    if (!store_register<Bits>(core, op->rd, core.r[op->rn] + op->imm)) [[unlikely]]
        return core.abort(op);
    return next(core, op);
}

template <class Bits>
Op* load_one(Core& core, Op* op) {
    if (!load_register<Bits>(core, op->rd, core.r[op->rn] + op->imm)) [[unlikely]]
        return core.abort(op);
    write_back(core, *op);
    return next(core, op);
}

template <class Bits>
Op* store_one(Core& core, Op* op) {
    if (!store_register<Bits>(core, op->rd, core.r[op->rn] + op->imm)) [[unlikely]]
        return core.abort(op);
    write_back(core, *op);
    return next(core, op);
}

template <class Bits>
Op* load_multiple(Core& core, Op* op) {
    const uint32_t address = core.r[op->rn] + op->imm;
    const auto bytes = static_cast<uint32_t>(op->rm * sizeof(Bits));
    if (const uint8_t* host = core.read_run(address, bytes)) [[likely]] {
        std::memcpy(reinterpret_cast<uint8_t*>(core.vfp.d.data()) + op->rd * sizeof(Bits), host, bytes);
    } else if (!load_words<Bits>(core, address, *op)) {
        return core.abort(op);
    }
    write_back(core, *op);
    return next(core, op);
}

template <class Bits>
Op* store_multiple(Core& core, Op* op) {
    const uint32_t address = core.r[op->rn] + op->imm;
    const auto bytes = static_cast<uint32_t>(op->rm * sizeof(Bits));
    if (uint8_t* host = core.write_run(address, bytes)) [[likely]] {
        std::memcpy(host, reinterpret_cast<const uint8_t*>(core.vfp.d.data()) + op->rd * sizeof(Bits), bytes);
    } else if (!store_words<Bits>(core, address, *op)) {
        return core.abort(op);
    }
    write_back(core, *op);
    return next(core, op);
}

// clang-format off
#define EXYSIM_VFP_INSTANTIATE(Bits)                 \
    template Op* load<Bits>(Core&, Op*);             \
    template Op* load_literal<Bits>(Core&, Op*);     \
    template Op* store<Bits>(Core&, Op*);            \
    template Op* load_one<Bits>(Core&, Op*);         \
    template Op* store_one<Bits>(Core&, Op*);        \
    template Op* load_multiple<Bits>(Core&, Op*);    \
    template Op* store_multiple<Bits>(Core&, Op*);
// clang-format on
EXYSIM_VFP_INSTANTIATE(uint32_t)
EXYSIM_VFP_INSTANTIATE(uint64_t)
#undef EXYSIM_VFP_INSTANTIATE

Op* core_to_single(Core& core, Op* op) {
    put(core, op->rn, core.r[op->rd]);
    return next(core, op);
}

Op* single_to_core(Core& core, Op* op) {
    core.r[op->rd] = get<uint32_t>(core, op->rn);
    return next(core, op);
}

Op* core_pair_to_singles(Core& core, Op* op) {
    put(core, op->rm, core.r[op->rd]);
    put(core, op->rm + 1u, core.r[op->rs]);
    return next(core, op);
}

Op* singles_to_core_pair(Core& core, Op* op) {
    core.r[op->rd] = get<uint32_t>(core, op->rm);
    core.r[op->rs] = get<uint32_t>(core, op->rm + 1u);
    return next(core, op);
}

template <class Part>
Op* core_to_scalar(Core& core, Op* op) {
    put<Part>(core, (op->rm * 8u + op->rn) / sizeof(Part), static_cast<Part>(core.r[op->rd]));
    return next(core, op);
}

template <class Part>
Op* scalar_to_core(Core& core, Op* op) {
    const auto part = get<Part>(core, (op->rm * 8u + op->rn) / sizeof(Part));
    core.r[op->rd] = static_cast<uint32_t>(int64_t{part});  // extended by the sign of Part
    return next(core, op);
}

template Op* core_to_scalar<uint8_t>(Core&, Op*);
template Op* core_to_scalar<uint16_t>(Core&, Op*);
template Op* core_to_scalar<uint32_t>(Core&, Op*);
template Op* scalar_to_core<uint8_t>(Core&, Op*);
template Op* scalar_to_core<uint16_t>(Core&, Op*);
template Op* scalar_to_core<int8_t>(Core&, Op*);
template Op* scalar_to_core<int16_t>(Core&, Op*);
template Op* scalar_to_core<uint32_t>(Core&, Op*);

Op* fpscr_to_flags(Core& core, Op* op) {
    core.set_nzcv(core.vfp.fpscr & kFlagsNzcv);
    return next(core, op);
}

Op* fpscr_to_core(Core& core, Op* op) {
    core.r[op->rd] = core.vfp.fpscr;
    return next(core, op);
}

Op* core_to_fpscr(Core& core, Op* op) {
    core.vfp.fpscr = core.r[op->rd] & kFpscrWritable;
    return next(core, op);
}

Op* check_privileged_access(Core& core, Op* op) {
    if (!core.privileged() || !coprocessor_enabled(core)) return core.undefined(op);
    return next(core, op);
}

Op* constant_to_core(Core& core, Op* op) {
    core.r[op->rd] = op->imm;
    return next(core, op);
}

Op* fpexc_to_core(Core& core, Op* op) {
    core.r[op->rd] = core.vfp.fpexc;
    return next(core, op);
}

Op* core_to_fpexc(Core& core, Op* op) {
    core.vfp.fpexc = core.r[op->rd] & kFpexcEnable;
    return next(core, op);
}

}  // namespace exysim::cpu::vfp
