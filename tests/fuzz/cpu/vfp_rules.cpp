// Rules for the rows of models/cpu/vfp_table.cpp. Source of the restrictions: ARM DDI 0406C, A8.8 under each
// name.
#include "tests/fuzz/cpu/rule_tables.hpp"

namespace exysim::test::oracle {
namespace {

bool core_register(const Instruction& i, char letter) {
    return i(letter) != 15 && !(i.thumb() && i(letter) == 13);
}

// --- loads and stores: at most 60 bytes away from the base, in the middle of 256 bytes of scratch

void small_offset(Instruction& i, Random&) { i.set('i', i('i') & 15); }

/// VLDR also has a literal form; it then reads the case's own code.
bool load_allowed(const Instruction& i) { return i('n') != 15 || i('U') == 1; }
bool store_allowed(const Instruction& i) { return i('n') != 15; }

void some_registers(Instruction& i, Random& random) { i.set('i', 1 + below(random, 32)); }

bool multiple_allowed(const Instruction& i) {
    const bool doubles = i.name().ends_with("64");
    const uint32_t count = doubles ? i('i') / 2 : i('i');
    const uint32_t first = doubles ? i('D') << 4 | i('d') : i('d') << 1 | i('D');
    return i('n') != 15 && count != 0 && count <= (doubles ? 16 : 32) && first + count <= 32;
}

// --- conversions and transfers

bool fixed_point_16_allowed(const Instruction& i) { return (i('j') << 1 | i('i')) <= 16; }

bool one_core_register(const Instruction& i) { return core_register(i, 't'); }

bool pair_allowed(const Instruction& i) {
    return core_register(i, 't') && core_register(i, 'u') && i('t') != i('u');
}
bool singles_allowed(const Instruction& i) { return pair_allowed(i) && (i('m') << 1 | i('M')) != 31; }

bool vmrs_allowed(const Instruction& i) { return !i.thumb() || i('t') != 13; }

constexpr const char* kOtherIdentification =
    "QEMU identifies another revision of the unit (with short vectors)";

constexpr Rule kRules[] = {
    {.names = "VLDR.*", .preparation = Preparation::base, .tune = small_offset, .allowed = load_allowed},
    {.names = "VSTR.*", .preparation = Preparation::base, .tune = small_offset, .allowed = store_allowed},
    {.names = "VLDM*", .preparation = Preparation::base, .tune = some_registers, .allowed = multiple_allowed},
    {.names = "VSTM*", .preparation = Preparation::base, .tune = some_registers, .allowed = multiple_allowed},
    {.names = "VCVT.*[SU]16*", .allowed = fixed_point_16_allowed},
    {.names = "VDUP (core)", .allowed = one_core_register},
    {.names = "VMOV (core to*", .allowed = one_core_register},
    {.names = "VMOV (single to core)", .allowed = one_core_register},
    {.names = "VMOV (scalar*", .allowed = one_core_register},
    {.names = "VMOV (cores to singles)", .allowed = singles_allowed},
    {.names = "VMOV (singles to cores)", .allowed = singles_allowed},
    {.names = "VMOV (*double*", .allowed = pair_allowed},
    {.names = "VMRS (FPSCR)", .allowed = vmrs_allowed},
    {.names = "VMSR (FPSCR)", .preparation = Preparation::fpscr, .allowed = one_core_register},
    {.names = "VMRS (FPEXC)", .allowed = one_core_register, .rarity = 20},  // UNDEFINED in user mode
    {.names = "VMSR (FPEXC)", .allowed = one_core_register, .rarity = 20},  // may disable the unit
    {.names = "VMSR (FPSID)", .allowed = one_core_register, .rarity = 20},
    {.names = "VMRS (*", .excluded = kOtherIdentification},
    {.names = "V*"},
};

}  // namespace

std::span<const Rule> vfp_rules() { return kRules; }

}  // namespace exysim::test::oracle
