// T16: one row an encoding. Source: ARM ARM section A6.2.
#include "models/cpu/branch_decode.hpp"
#include "models/cpu/control_ops.hpp"
#include "models/cpu/core.hpp"
#include "models/cpu/instruction_table.hpp"
#include "models/cpu/load_store.hpp"
#include "models/cpu/load_store_multiple.hpp"
#include "models/cpu/media.hpp"
#include "models/cpu/system.hpp"
#include "models/cpu/t16.hpp"

namespace exysim::cpu {

namespace {

Op* multiply_flags(Core& core, Op* op) {
    const uint32_t result = core.r[op->rn] * core.r[op->rm];
    core.r[op->rd] = result;
    core.set_nz(result);
    return next(core, op);
}

Op* multiply(Core& core, Op* op) {
    core.r[op->rd] = core.r[op->rn] * core.r[op->rm];
    return next(core, op);
}

}  // namespace

void t16_negate(Translator& t, const Fields& f) {
    emit_alu(t, Alu::rsb, t16_flags(t), f('d'), f('n'), Shifted{0, -1});
}
void t16_multiply(Translator& t, const Fields& f) {
    const auto d = static_cast<uint8_t>(f('d'));
    t.emit(t.in_it_block() ? &multiply : &multiply_flags, 0,
           {.rd = d, .rn = static_cast<uint8_t>(f('n')), .rm = d});
}
void t16_add_sp(Translator& t, const Fields& f) {
    emit_alu(t, Alu::add, Flags::keep, f('d'), 13, Shifted{f('i') * 4, -1});
}
void t16_adjust_sp_up(Translator& t, const Fields& f) {
    emit_alu(t, Alu::add, Flags::keep, 13, 13, Shifted{f('i') * 4, -1});
}
void t16_adjust_sp_down(Translator& t, const Fields& f) {
    emit_alu(t, Alu::sub, Flags::keep, 13, 13, Shifted{f('i') * 4, -1});
}
void t16_adr(Translator& t, const Fields& f) {
    t.emit(&set_register, t.aligned_pc() + f('i') * 4, {.rd = static_cast<uint8_t>(f('d'))});
}

namespace {

// clang-format off
constexpr Row kRows[] = {
    {"LSL (imm)",       "00000vvvvvmmmddd", t16_shift_immediate<Shift::lsl>},
    {"LSR (imm)",       "00001vvvvvmmmddd", t16_shift_immediate<Shift::lsr>},
    {"ASR (imm)",       "00010vvvvvmmmddd", t16_shift_immediate<Shift::asr>},
    {"ADD (reg)",       "0001100mmmnnnddd", t16_three_registers<Alu::add>},
    {"SUB (reg)",       "0001101mmmnnnddd", t16_three_registers<Alu::sub>},
    {"ADD (imm3)",      "0001110iiinnnddd", t16_immediate3<Alu::add>},
    {"SUB (imm3)",      "0001111iiinnnddd", t16_immediate3<Alu::sub>},
    {"MOV (imm)",       "00100dddiiiiiiii", t16_immediate8<Alu::mov>},
    {"CMP (imm)",       "00101dddiiiiiiii", t16_immediate8<Alu::cmp>},
    {"ADD (imm8)",      "00110dddiiiiiiii", t16_immediate8<Alu::add>},
    {"SUB (imm8)",      "00111dddiiiiiiii", t16_immediate8<Alu::sub>},

    {"AND (reg)",       "0100000000mmmddd", t16_two_registers<Alu::and_>},
    {"EOR (reg)",       "0100000001mmmddd", t16_two_registers<Alu::eor>},
    {"LSL (reg)",       "0100000010mmmddd", t16_shift_register<Shift::lsl>},
    {"LSR (reg)",       "0100000011mmmddd", t16_shift_register<Shift::lsr>},
    {"ASR (reg)",       "0100000100mmmddd", t16_shift_register<Shift::asr>},
    {"ADC (reg)",       "0100000101mmmddd", t16_two_registers<Alu::adc>},
    {"SBC (reg)",       "0100000110mmmddd", t16_two_registers<Alu::sbc>},
    {"ROR (reg)",       "0100000111mmmddd", t16_shift_register<Shift::ror>},
    {"TST (reg)",       "0100001000mmmddd", t16_two_registers<Alu::tst>},
    {"RSB (imm)",       "0100001001nnnddd", t16_negate},
    {"CMP (reg)",       "0100001010mmmddd", t16_two_registers<Alu::cmp>},
    {"CMN (reg)",       "0100001011mmmddd", t16_two_registers<Alu::cmn>},
    {"ORR (reg)",       "0100001100mmmddd", t16_two_registers<Alu::orr>},
    {"MUL",             "0100001101nnnddd", t16_multiply, 2},
    {"BIC (reg)",       "0100001110mmmddd", t16_two_registers<Alu::bic>},
    {"MVN (reg)",       "0100001111mmmddd", t16_two_registers<Alu::mvn>},

    {"ADD (high)",      "01000100dmmmmddd", t16_high_registers<Alu::add>},
    {"CMP (high)",      "01000101dmmmmddd", t16_high_registers<Alu::cmp>},
    {"MOV (high)",      "01000110dmmmmddd", t16_high_registers<Alu::mov>},
    {"BX",              "010001110mmmm000", bx},
    {"BLX (reg)",       "010001111mmmm000", blx_register},

    {"LDR (literal)",   "01001tttiiiiiiii", load_literal_t16},
    {"STR (reg)",       "0101000mmmnnnttt", transfer_shifted<Transfer::str>},
    {"STRH (reg)",      "0101001mmmnnnttt", transfer_shifted<Transfer::strh>},
    {"STRB (reg)",      "0101010mmmnnnttt", transfer_shifted<Transfer::strb>},
    {"LDRSB (reg)",     "0101011mmmnnnttt", transfer_shifted<Transfer::ldrsb>},
    {"LDR (reg)",       "0101100mmmnnnttt", transfer_shifted<Transfer::ldr>},
    {"LDRH (reg)",      "0101101mmmnnnttt", transfer_shifted<Transfer::ldrh>},
    {"LDRB (reg)",      "0101110mmmnnnttt", transfer_shifted<Transfer::ldrb>},
    {"LDRSH (reg)",     "0101111mmmnnnttt", transfer_shifted<Transfer::ldrsh>},
    {"STR (imm)",       "01100iiiiinnnttt", transfer_scaled<Transfer::str, 4>},
    {"LDR (imm)",       "01101iiiiinnnttt", transfer_scaled<Transfer::ldr, 4>},
    {"STRB (imm)",      "01110iiiiinnnttt", transfer_scaled<Transfer::strb, 1>},
    {"LDRB (imm)",      "01111iiiiinnnttt", transfer_scaled<Transfer::ldrb, 1>},
    {"STRH (imm)",      "10000iiiiinnnttt", transfer_scaled<Transfer::strh, 2>},
    {"LDRH (imm)",      "10001iiiiinnnttt", transfer_scaled<Transfer::ldrh, 2>},
    {"STR (SP)",        "10010tttiiiiiiii", transfer_stack<Transfer::str>},
    {"LDR (SP)",        "10011tttiiiiiiii", transfer_stack<Transfer::ldr>},

    {"ADR",             "10100dddiiiiiiii", t16_adr},
    {"ADD (SP + imm)",  "10101dddiiiiiiii", t16_add_sp},
    {"ADD (SP, imm7)",  "101100000iiiiiii", t16_adjust_sp_up},
    {"SUB (SP, imm7)",  "101100001iiiiiii", t16_adjust_sp_down},
    {"CBZ",             "101100i1iiiiinnn", cbz},
    {"CBNZ",            "101110i1iiiiinnn", cbnz},
    {"SXTH",            "1011001000mmmddd", sxth},
    {"SXTB",            "1011001001mmmddd", sxtb},
    {"UXTH",            "1011001010mmmddd", uxth},
    {"UXTB",            "1011001011mmmddd", uxtb},
    {"PUSH",            "1011010Mrrrrrrrr", push_t16, 4},
    {"POP",             "1011110Prrrrrrrr", pop_t16, 4},
    {"SETEND",          "101101100101E000", setend},
    {"CPS",             "10110110011I0aaa", cps_t16},
    {"REV",             "1011101000mmmddd", rev},
    {"REV16",           "1011101001mmmddd", rev16},
    {"REVSH",           "1011101011mmmddd", revsh},
    {"BKPT",            "10111110iiiiiiii", bkpt, 4},
    {"IT",              "10111111ccccmmmm", if_then},
    {"NOP (hint)",      "10111111xxxx0000", nop},
    {"WFE",             "1011111100100000", wfe},
    {"WFI",             "1011111100110000", wfi},
    {"SEV",             "1011111101000000", sev},

    {"STM",             "11000nnnrrrrrrrr", stm_t16, 4},
    {"LDM",             "11001nnnrrrrrrrr", ldm_t16, 4},
    {"B (cond)",        "1101cccciiiiiiii", b_conditional_t16},
    {"UDF",             "11011110xxxxxxxx", udf},
    {"SVC",             "11011111iiiiiiii", svc, 4},
    {"B",               "11100iiiiiiiiiii", b_t16},
};
// clang-format on

}  // namespace

std::span<const Row> t16_rows() { return kRows; }

}  // namespace exysim::cpu
