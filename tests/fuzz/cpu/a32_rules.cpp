// Rules for the rows of models/cpu/a32_table.cpp and coprocessor_table.cpp. Source of the restrictions: ARM
// DDI 0406C, A8.8 under each name ("then UNPREDICTABLE"). Field letters are the tables'.
#include <array>
#include <initializer_list>

#include "tests/fuzz/cpu/rule_tables.hpp"

namespace exysim::test::oracle {
namespace {

bool none_is_pc(const Instruction& i, std::string_view letters) {
    for (const char letter : letters) {
        if (i.has(letter) && i(letter) == 15) return false;
    }
    return true;
}

bool no_pc(const Instruction& i) { return none_is_pc(i, "ndmstal"); }
bool result_not_pc(const Instruction& i) { return none_is_pc(i, "d"); }

// --- arithmetic

bool long_multiply(const Instruction& i) { return no_pc(i) && i('d') != i('l'); }
bool extend(const Instruction& i) { return none_is_pc(i, "dm"); }  // n = 15: no addition
bool saturate(const Instruction& i) { return none_is_pc(i, "dn"); }
bool extract_bits(const Instruction& i) { return none_is_pc(i, "dn") && i('l') + i('w') <= 31; }
bool insert_bits(const Instruction& i) { return none_is_pc(i, "dn") && i('w') >= i('l'); }

// --- loads and stores: at most 64 bytes away from the base, in the middle of 256 bytes of scratch

bool writes_back(const Instruction& i) { return !i('P') || i('W'); }
bool is_store(const Instruction& i) { return i.name().starts_with("ST"); }

void small_offset(Instruction& i, Random&) { i.set('i', i('i') & 63); }
void small_word_offset(Instruction& i, Random&) { i.set('i', i('i') & 60); }
/// Indices are at most 15: LSL by 0 or 1, or any right shift; ROR would make them large.
void small_shift(Instruction& i, Random& random) {
    i.set('y', below(random, 3));
    if (i('y') == 0) i.set('v', below(random, 2));
}

bool transfer(const Instruction& i) {
    if (i('t') == 15 || (i.has('m') && (i('m') == 15 || i('m') == i('n')))) return false;
    if (i('n') == 15) return !writes_back(i) && !is_store(i);
    return !writes_back(i) || i('n') != i('t');
}
bool unprivileged_transfer(const Instruction& i) {
    return none_is_pc(i, "ntm") && i('n') != i('t') && (!i.has('m') || i('m') != i('n'));
}
bool transfer_pair(const Instruction& i) {
    const uint32_t t = i('t');
    if (t % 2 != 0 || t == 14 || (!i('P') && i('W'))) return false;
    if (i.has('m') && (i('m') == t || i('m') == t + 1)) return false;
    return transfer(i) && (!writes_back(i) || (i('n') != t && i('n') != t + 1));
}
bool preload(const Instruction& i) { return i('n') != 15 && i('m') != 15; }

/// The list without r15; with write-back also without the base register.
void list_without_pc(Instruction& i, Random&) {
    uint32_t list = i('r') & 0x7FFF;
    if (i('W')) list &= ~(1u << i('n'));
    i.set('r', list);
}
bool multiple(const Instruction& i) { return i('n') != 15 && i('r') != 0; }

bool load_exclusive(const Instruction& i) {
    const bool pair = i.name() == "LDREXD";
    return none_is_pc(i, "nt") && !(pair && (i('t') % 2 != 0 || i('t') == 14));
}
bool store_exclusive(const Instruction& i) {
    const bool pair = i.name() == "STREXD";
    if (pair && (i('t') % 2 != 0 || i('t') == 14 || i('d') == i('t') + 1)) return false;
    if (pair && (i('n') == i('t') || i('n') == i('t') + 1))
        return false;  // the load before would change the base
    return none_is_pc(i, "ndt") && i('d') != i('n') && i('d') != i('t');
}

// --- system

/// CPSR, flags and GE bits: the other fields change mode or state.
void flags_only(Instruction& i, Random& random) {
    i.set('R', 0);
    i.set('k', std::array{4u, 8u, 12u}[below(random, 3)]);
}
bool read_status(const Instruction& i) { return none_is_pc(i, "d") && i('R') == 0; }

/// Interrupt masks, not the mode.
void masks_only(Instruction& i, Random& random) {
    i.set('M', 0);
    i.set('m', 0);
    i.set('I', 2 + below(random, 2));
    i.set('a', 1 + below(random, 7));
}

void always(Instruction& i, Random&) { i.set('c', 14); }

/// Any hint that has no row of its own; the table ignores its number.
void some_hint(Instruction& i, Random& random) { i.set_bits(0, 0xFF, 0x10 + below(random, 0xF0)); }

/// A register that user mode may access, or a barrier in its CP15 form.
void harmless_register(Instruction& i, Random& random) {
    struct Register {
        uint32_t n, m, q;
    };
    static constexpr Register kReadable[] = {{13, 0, 2}, {13, 0, 3}};  // TPIDRURW, TPIDRURO
    static constexpr Register kWritable[] = {
        {13, 0, 2}, {7, 10, 4}, {7, 10, 5}, {7, 5, 4}};  // and DSB, DMB, ISB
    const Register r = i.name() == "MRC" ? kReadable[below(random, 2)] : kWritable[below(random, 4)];
    i.set('p', 1);
    i.set('o', 0);
    i.set('n', r.n);
    i.set('m', r.m);
    i.set('q', r.q);
}

bool transfers_no_pc(const Instruction& i) { return i('t') != 15; }

constexpr const char* kBankedRegisters =
    "UNPREDICTABLE in user and system mode, in which cases run: see tests/fuzz/system";

// clang-format off
constexpr Rule kRules[] = {
    {.names = "LDM (user)", .excluded = kBankedRegisters},
    {.names = "LDM (return)", .excluded = kBankedRegisters},
    {.names = "STM (user)", .excluded = kBankedRegisters},
    {.names = "SRS", .excluded = kBankedRegisters},
    {.names = "RFE", .excluded = kBankedRegisters},
    {.names = "SWP*", .excluded = "QEMU 7.2 ignores SCTLR.SW: see tests/fuzz/system, which sets it"},
    {.names = "WF[EI]", .excluded = "would sleep for ever"},
    {.names = "SMC", .excluded = "QEMU's machine has no Security Extensions"},
    {.names = "B", .preparation = Preparation::branch},
    {.names = "BL", .preparation = Preparation::branch},
    {.names = "BX", .preparation = Preparation::branch, .allowed = no_pc},
    {.names = "BXJ", .preparation = Preparation::branch, .allowed = no_pc},
    {.names = "BLX*", .preparation = Preparation::branch, .allowed = no_pc},
    {.names = "LDREX*", .preparation = Preparation::base, .allowed = load_exclusive},
    {.names = "STREX*", .preparation = Preparation::exclusive, .allowed = store_exclusive},
    {.names = "LDM", .preparation = Preparation::base, .tune = list_without_pc, .allowed = multiple},
    {.names = "STM", .preparation = Preparation::base, .tune = list_without_pc, .allowed = multiple},
    {.names = "[LS][DT]RD (imm)", .preparation = Preparation::base, .tune = small_word_offset, .allowed = transfer_pair},
    {.names = "[LS][DT]RD (reg)", .preparation = Preparation::base_word_index, .allowed = transfer_pair},
    {.names = "[LS][DT]R*T (imm)", .preparation = Preparation::base, .tune = small_offset, .allowed = unprivileged_transfer},
    {.names = "[LS][DT]RT (reg)", .preparation = Preparation::base_index, .tune = small_shift, .allowed = unprivileged_transfer},
    {.names = "[LS][DT]RBT (reg)", .preparation = Preparation::base_index, .tune = small_shift, .allowed = unprivileged_transfer},
    {.names = "[LS][DT]R*T (reg)", .preparation = Preparation::base_index, .allowed = unprivileged_transfer},
    {.names = "[LS][DT]R* (imm)", .preparation = Preparation::base, .tune = small_offset, .allowed = transfer},
    {.names = "[LS][DT]R (reg)", .preparation = Preparation::base_index, .tune = small_shift, .allowed = transfer},
    {.names = "[LS][DT]RB (reg)", .preparation = Preparation::base_index, .tune = small_shift, .allowed = transfer},
    {.names = "[LS][DT]R* (reg)", .preparation = Preparation::base_index, .allowed = transfer},
    {.names = "PL[DI]*", .allowed = preload},
    {.names = "* (rsr)", .allowed = no_pc},
    {.names = "MSR*", .tune = flags_only, .allowed = no_pc},
    {.names = "MRS", .allowed = read_status},
    {.names = "CPS", .tune = masks_only, .rarity = 4},
    {.names = "SETEND", .rarity = 8},
    {.names = "SVC", .rarity = 40},
    {.names = "UDF", .rarity = 40},
    {.names = "BKPT", .tune = always, .rarity = 16},
    {.names = "DBG (hint)", .tune = some_hint},
    {.names = "MRC", .tune = harmless_register, .allowed = transfers_no_pc},
    {.names = "MCR", .tune = harmless_register, .allowed = transfers_no_pc},
    {.names = "UMAAL", .allowed = long_multiply},
    {.names = "[US]MULL", .allowed = long_multiply},
    {.names = "[US]MLAL", .allowed = long_multiply},
    {.names = "SML[AS]LD", .allowed = long_multiply},
    {.names = "SMLALxy", .allowed = long_multiply},
    {.names = "[SU]XT*", .allowed = extend},
    {.names = "[US]SAT*", .allowed = saturate},
    {.names = "[US]BFX", .allowed = extract_bits},
    {.names = "BF[IC]", .allowed = insert_bits},
    {.names = "* (imm)", .allowed = result_not_pc},
    {.names = "* (reg)", .allowed = result_not_pc},
    {.names = "*", .allowed = no_pc},
};
// clang-format on

}  // namespace

std::span<const Rule> a32_rules() { return kRules; }

}  // namespace exysim::test::oracle
