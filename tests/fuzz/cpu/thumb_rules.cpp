// Rules for the rows of models/cpu/t16_table.cpp, t32_table.cpp and coprocessor_table.cpp. Source of the
// restrictions: ARM DDI 0406C, A8.8 under each name ("then UNPREDICTABLE", "BadReg"). Field letters are the
// tables'.
#include <array>
#include <bit>

#include "tests/fuzz/cpu/rule_tables.hpp"

namespace exysim::test::oracle {
namespace {

/// T32 operands are neither SP nor PC where nothing else is said. T16's three-bit fields never are.
bool good(const Instruction& i, std::string_view letters) {
    for (const char letter : letters) {
        if (i.has(letter) && i.width(letter) == 4 && (i(letter) == 13 || i(letter) == 15)) return false;
    }
    return true;
}
bool good_registers(const Instruction& i) { return good(i, "ndmstual"); }

// --- arithmetic

/// ThumbExpandImm(): a repeated byte must not be zero.
bool good_immediate(const Instruction& i) {
    const bool modified = i.has('i') && i.width('i') == 12;
    return !modified || i('i') >> 10 != 0 || (i('i') >> 8 & 3) == 0 || (i('i') & 0xFF) != 0;
}
bool with_immediate(const Instruction& i) { return good_registers(i) && good_immediate(i); }
/// ADD, SUB, CMP and CMN also take SP as the first operand; the rows of MOV and TST do not fit these names.
bool with_stack_immediate(const Instruction& i) { return good(i, "d") && i('n') != 15 && good_immediate(i); }
bool with_stack_register(const Instruction& i) { return good(i, "dm") && i('n') != 15; }
/// MOVS (T16, LSL by zero) is UNPREDICTABLE in an IT block.
bool shift_immediate(const Instruction& i) { return i('v') != 0 || !i.in_it_block(); }
bool high_registers(const Instruction& i) { return i('d') != 13 && i('d') != 15; }
bool compare_high(const Instruction& i) { return i('d') != 15 && i('m') != 15 && (i('d') > 7 || i('m') > 7); }
bool long_multiply(const Instruction& i) { return good_registers(i) && i('d') != i('l'); }
bool extend(const Instruction& i) { return good(i, "dm") && i('n') != 13; }  // n = 15: no addition
bool extract_bits(const Instruction& i) { return good(i, "nd") && i('l') + i('w') <= 31; }
bool insert_bits(const Instruction& i) { return good(i, "nd") && i('w') >= i('l'); }
/// ASR by zero is the encoding space of SSAT16 and USAT16.
bool saturate(const Instruction& i) { return good(i, "nd") && !(i('h') && i('v') == 0); }
/// Rm stands twice in the encoding.
void repeat_operand(Instruction& i, Random&) {
    if (!i.halfword()) i.set_bits(16, 15, i('m'));
}

// --- loads and stores: at most 64 bytes away from the base, in the middle of 256 bytes of scratch

bool is_store(const Instruction& i) { return i.name().starts_with("ST"); }

void small_offset(Instruction& i, Random&) { i.set('i', i('i') & 63); }
void small_word_offset(Instruction& i, Random&) { i.set('i', i('i') & 15); }
void small_shift(Instruction& i, Random& random) { i.set('v', below(random, 3)); }

bool positive_offset(const Instruction& i) { return good(i, "t") && i('n') != 15; }
bool indexed(const Instruction& i) {
    const bool writes_back = i('W') != 0;
    if (!i('P') && !writes_back) return false;  // UNDEFINED
    if (writes_back && i('n') == i('t')) return false;
    if (writes_back && i('n') == 13 && i('i') % 4 != 0) return false;  // SP stays a multiple of four
    return positive_offset(i);
}
/// SP as the base is set through r14.
bool by_register(const Instruction& i) {
    return good(i, "tm") && i('n') != 15 && i('n') != i('m') && !(i('n') == 13 && i('m') == 14);
}
bool pair(const Instruction& i) {
    const bool writes_back = i('W') != 0 || i.name().ends_with("(post)");
    if (!is_store(i) && i('t') == i('u')) return false;
    return good(i, "tu") && i('n') != 15 && !(writes_back && (i('n') == i('t') || i('n') == i('u')));
}
bool preload(const Instruction& i) { return good(i, "m") && (!i.has('n') || i('n') != 15); }

/// T32 lists have neither SP nor PC and at least two registers; T16 loads write back unless the base is in
/// the list.
void good_list(Instruction& i, Random&) {
    uint32_t list = i('r');
    if (!i.halfword()) list &= 0x5FFF;
    if (i('W') || (i.halfword() && is_store(i))) list &= ~(1u << i('n'));
    i.set('r', list);
}
bool multiple(const Instruction& i) {
    return i('n') != 15 && std::popcount(i('r')) >= (i.halfword() ? 1 : 2);
}
/// POP without PC, PUSH with LR now and then.
void stack_list(Instruction& i, Random&) {
    if (i.name() == "POP") i.set('P', 0);
}
bool stack_multiple(const Instruction& i) { return i('r') != 0; }

bool load_exclusive(const Instruction& i) {
    return good(i, "tu") && i('n') != 15 && (!i.has('u') || i('t') != i('u'));
}
bool store_exclusive(const Instruction& i) {
    if (i.has('u') && (i('d') == i('u') || i('t') == i('u'))) return false;
    if (i.has('u') && (i('n') == i('t') || i('n') == i('u')))
        return false;  // the load before would change the base
    return good(i, "dtu") && i('n') != 15 && i('d') != i('n') && i('d') != i('t');
}

// --- system

void flags_only(Instruction& i, Random& random) {
    i.set('R', 0);
    i.set('k', std::array{4u, 8u, 12u}[below(random, 3)]);
}
bool read_status(const Instruction& i) { return good(i, "d") && i('R') == 0; }
void masks_only(Instruction& i, Random& random) {
    i.set('a', 1 + below(random, 7));
    if (i.halfword()) return;
    i.set('M', 0);
    i.set('m', 0);
    i.set('I', 2 + below(random, 2));
}
bool not_semihosting(const Instruction& i) { return i('i') != 0xAB; }
bool condition(const Instruction& i) { return i('c') < 14; }

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
bool transfers_good_register(const Instruction& i) { return good(i, "t"); }

constexpr const char* kBankedRegisters =
    "UNPREDICTABLE in user and system mode, in which cases run: see tests/fuzz/system";

// clang-format off
constexpr Rule kRules[] = {
    {.names = "IT", .excluded = "made as whole blocks around the other rows"},
    {.names = "SRS*", .excluded = kBankedRegisters},
    {.names = "RFE*", .excluded = kBankedRegisters},
    {.names = "SUBS PC, LR", .excluded = kBankedRegisters},
    {.names = "WF[EI]", .excluded = "would sleep for ever"},
    {.names = "SMC", .excluded = "QEMU's machine has no Security Extensions"},
    {.names = "B (cond)", .preparation = Preparation::branch, .allowed = condition, .in_it_block = false},
    {.names = "B", .preparation = Preparation::branch, .in_it_block = false},
    {.names = "BL", .preparation = Preparation::branch, .in_it_block = false},
    {.names = "BX*", .preparation = Preparation::branch, .allowed = good_registers, .in_it_block = false},
    {.names = "BLX*", .preparation = Preparation::branch, .allowed = good_registers, .in_it_block = false},
    {.names = "CB*Z", .preparation = Preparation::branch, .in_it_block = false},
    {.names = "TB[BH]", .preparation = Preparation::branch, .allowed = good_registers, .in_it_block = false},
    {.names = "LDREX*", .preparation = Preparation::base, .tune = small_word_offset, .allowed = load_exclusive},
    {.names = "STREX*", .preparation = Preparation::exclusive, .tune = small_word_offset, .allowed = store_exclusive},
    {.names = "LDM*", .preparation = Preparation::base, .tune = good_list, .allowed = multiple},
    {.names = "STM*", .preparation = Preparation::base, .tune = good_list, .allowed = multiple},
    {.names = "PUSH", .preparation = Preparation::base_sp, .allowed = stack_multiple},
    {.names = "POP", .preparation = Preparation::base_sp, .tune = stack_list, .allowed = stack_multiple},
    {.names = "[LS][DT]R* (SP)", .preparation = Preparation::base_sp, .tune = small_word_offset},
    {.names = "[LS][DT]R* (literal)", .tune = small_offset, .allowed = transfers_good_register},
    {.names = "[LS][DT]RD (*", .preparation = Preparation::base, .tune = small_word_offset, .allowed = pair},
    {.names = "[LS][DT]R* (imm)", .preparation = Preparation::base, .tune = small_word_offset},
    {.names = "[LS][DT]R* (imm12)", .preparation = Preparation::base, .tune = small_offset, .allowed = positive_offset},
    {.names = "[LS][DT]R* (imm8)", .preparation = Preparation::base, .tune = small_offset, .allowed = indexed},
    {.names = "[LS][DT]R*T", .preparation = Preparation::base, .tune = small_offset, .allowed = positive_offset},
    {.names = "[LS][DT]R* (reg)", .preparation = Preparation::base_index, .tune = small_shift, .allowed = by_register},
    {.names = "PL[DI]*", .allowed = preload},
    {.names = "ADD (high)", .allowed = high_registers},
    {.names = "MOV (high)", .allowed = high_registers},
    {.names = "CMP (high)", .allowed = compare_high},
    {.names = "LSL (imm)", .allowed = shift_immediate},
    {.names = "ADD (imm)", .allowed = with_stack_immediate},
    {.names = "SUB (imm)", .allowed = with_stack_immediate},
    {.names = "CM[PN] (imm)", .allowed = with_stack_immediate},
    {.names = "ADDW", .allowed = with_stack_immediate},
    {.names = "SUBW", .allowed = with_stack_immediate},
    {.names = "ADD (reg)", .allowed = with_stack_register},
    {.names = "SUB (reg)", .allowed = with_stack_register},
    {.names = "CM[PN] (reg)", .allowed = with_stack_register},
    {.names = "* (imm)", .allowed = with_immediate},
    {.names = "MSR", .tune = flags_only, .allowed = good_registers},
    {.names = "MRS", .allowed = read_status},
    {.names = "CPS", .tune = masks_only, .in_it_block = false, .rarity = 4},
    {.names = "SETEND", .in_it_block = false, .rarity = 8},
    {.names = "SVC", .allowed = not_semihosting, .in_it_block = false, .rarity = 40},
    {.names = "BKPT", .allowed = not_semihosting, .in_it_block = false, .rarity = 40},
    {.names = "UDF", .in_it_block = false, .rarity = 40},
    {.names = "MRC", .tune = harmless_register, .allowed = transfers_good_register},
    {.names = "MCR", .tune = harmless_register, .allowed = transfers_good_register},
    {.names = "[US]MULL", .allowed = long_multiply},
    {.names = "[US]MLAL", .allowed = long_multiply},
    {.names = "UMAAL", .allowed = long_multiply},
    {.names = "SML[AS]LD", .allowed = long_multiply},
    {.names = "SMLALxy", .allowed = long_multiply},
    {.names = "[SU]XT*", .allowed = extend},
    {.names = "[US]SAT", .allowed = saturate},
    {.names = "[US]BFX", .allowed = extract_bits},
    {.names = "BF[IC]", .allowed = insert_bits},
    {.names = "REV*", .tune = repeat_operand, .allowed = good_registers},
    {.names = "RBIT", .tune = repeat_operand, .allowed = good_registers},
    {.names = "CLZ", .tune = repeat_operand, .allowed = good_registers},
    {.names = "*", .allowed = good_registers},
};
// clang-format on

}  // namespace

std::span<const Rule> thumb_rules() { return kRules; }

}  // namespace exysim::test::oracle
