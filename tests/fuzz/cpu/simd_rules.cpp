// Rules for the Advanced SIMD rows (models/cpu/simd_*.cpp). Source of the restrictions: ARM DDI 0406C, A8.8
// under each name. Data processing has next to none: what the size and register fields exclude is UNDEFINED,
// and compared.
#include "tests/fuzz/cpu/rule_tables.hpp"

namespace exysim::test::oracle {
namespace {

uint32_t first_register(const Instruction& i) { return i('D') << 4 | i('d'); }

bool usable(const Instruction& i, uint32_t last_register) { return i('n') != 15 && last_register <= 31; }

template <uint32_t registers_after_first>
bool structures(const Instruction& i) {
    return usable(i, first_register(i) + registers_after_first);
}

/// The distance of one lane's registers is in the index field, above its lowest bit for halfwords and its
/// lowest two for words.
template <uint32_t ways>
bool one_lane(const Instruction& i) {
    const uint32_t size = i('z');
    const bool every_other =
        ways > 1 && ((size == 1 && (i('i') & 2) != 0) || (size == 2 && (i('i') & 4) != 0));
    return usable(i, first_register(i) + (ways - 1) * (every_other ? 2 : 1));
}

template <uint32_t ways>
bool all_lanes(const Instruction& i) {
    return usable(i, first_register(i) + (ways == 1 ? i('T') : (ways - 1) * (i('T') + 1)));
}

bool table_in_range(const Instruction& i) { return (i('N') << 4 | i('n')) + i('l') < 32; }

/// Exchanging a register with itself gives UNKNOWN values.
bool two_registers(const Instruction& i) { return first_register(i) != (i('M') << 4 | i('m')); }

constexpr auto kElements = Preparation::elements;

constexpr Rule kRules[] = {
    {.names = "V[LS][DT]1 (1)", .preparation = kElements, .allowed = structures<0>},
    {.names = "V[LS][DT]1 (2)", .preparation = kElements, .allowed = structures<1>},
    {.names = "V[LS][DT]1 (3)", .preparation = kElements, .allowed = structures<2>},
    {.names = "V[LS][DT]1 (4)", .preparation = kElements, .allowed = structures<3>},
    {.names = "V[LS][DT]2 (2)", .preparation = kElements, .allowed = structures<1>},
    {.names = "V[LS][DT]2 (2, every other)", .preparation = kElements, .allowed = structures<2>},
    {.names = "V[LS][DT]2 (4)", .preparation = kElements, .allowed = structures<3>},
    {.names = "V[LS][DT]3", .preparation = kElements, .allowed = structures<2>},
    {.names = "V[LS][DT]3 (every other)", .preparation = kElements, .allowed = structures<4>},
    {.names = "V[LS][DT]4", .preparation = kElements, .allowed = structures<3>},
    {.names = "V[LS][DT]4 (every other)", .preparation = kElements, .allowed = structures<6>},
    {.names = "V[LS][DT]1 (one lane)", .preparation = kElements, .allowed = one_lane<1>},
    {.names = "V[LS][DT]2 (one lane)", .preparation = kElements, .allowed = one_lane<2>},
    {.names = "V[LS][DT]3 (one lane)", .preparation = kElements, .allowed = one_lane<3>},
    {.names = "V[LS][DT]4 (one lane)", .preparation = kElements, .allowed = one_lane<4>},
    {.names = "VLD1 (all lanes)", .preparation = kElements, .allowed = all_lanes<1>},
    {.names = "VLD2 (all lanes)", .preparation = kElements, .allowed = all_lanes<2>},
    {.names = "VLD3 (all lanes)", .preparation = kElements, .allowed = all_lanes<3>},
    {.names = "VLD4 (all lanes)", .preparation = kElements, .allowed = all_lanes<4>},
    {.names = "VTB[LX]", .allowed = table_in_range},
    {.names = "VTRN", .allowed = two_registers},
    {.names = "VUZP", .allowed = two_registers},
    {.names = "VZIP", .allowed = two_registers},
};

}  // namespace

std::span<const Rule> simd_rules() { return kRules; }

}  // namespace exysim::test::oracle
