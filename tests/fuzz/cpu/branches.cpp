#include "tests/fuzz/cpu/branches.hpp"

#include <string_view>

namespace exysim::test::oracle {
namespace {

constexpr uint32_t kA32Filler = 0xE280'0001;  // ADD r0, r0, #1
constexpr uint32_t kT16Filler = 0x3001;       // ADDS r0, #1
constexpr uint32_t kT16Nop = 0xBF00;
constexpr uint32_t kT16BranchPc = 0x4778;              // BX pc: to A32 at the next word but one
constexpr uint32_t kA32BranchThumbNext = 0xFAFF'FFFF;  // BLX to the next word, in Thumb state

void align(Program& program) {
    if (program.bytes() % 4 != 0) program.t16(kT16Nop);
}

// --- A32

void a32_direct(Program& program, Instruction instruction) {
    instruction.set('i', 0);  // to the instruction after the next
    program.word(instruction.bits());
    program.word(kA32Filler);
}

/// Thumb code that ends in A32 state again.
void thumb_excursion(Program& program) {
    program.word(kT16Filler | kT16Nop << 16);
    program.word(kT16BranchPc | kT16Nop << 16);
}

void a32_to_thumb(Program& program, Instruction instruction) {
    instruction.set('H', 0);
    a32_direct(program, instruction);
    thumb_excursion(program);
}

/// ADD rm, pc, #offset makes the target; an odd one changes state.
void a32_register(Program& program, const Instruction& instruction) {
    const bool to_thumb = instruction.bits() >> 28 == 14 && instruction('m') % 2 == 0;
    program.word(0xE28F'0000 | instruction('m') << 12 | (to_thumb ? 5 : 4));
    program.word(instruction.bits());
    program.word(kA32Filler);
    if (to_thumb) thumb_excursion(program);
}

// --- Thumb

/// T32 offsets are in halfwords; positive ones have S = 0 and J1 = J2 = 1 where those stand for address bits.
void t32_direct(Program& program, Instruction instruction) {
    const bool conditional = instruction.has('c');
    instruction.set('S', 0);
    instruction.set('j', conditional ? 0 : 1);
    instruction.set('k', conditional ? 0 : 1);
    instruction.set('i', 1);
    program.word(instruction.bits());
    program.t16(kT16Filler);
}

void t16_direct(Program& program, Instruction instruction) {
    instruction.set('i', 0);
    program.t16(instruction.bits());
    program.t16(kT16Filler);
}

/// A32 code that ends in Thumb state again.
void a32_excursion(Program& program) {
    program.append_a32(kA32Filler);
    program.append_a32(kA32BranchThumbNext);
}

/// The target of BLX is a word; offset zero means Align(PC, 4).
void t32_to_a32(Program& program, Instruction instruction) {
    align(program);
    instruction.set('S', 0);
    instruction.set('j', 1);
    instruction.set('k', 1);
    instruction.set('i', 2);  // field i counts halfwords: one word on
    program.word(instruction.bits());
    program.t16(kT16Filler);
    program.t16(kT16Filler);
    a32_excursion(program);
}

/// ADR.W rm, offset makes the target, two or three halfwords behind the jump; an even one changes state.
void thumb_register(Program& program, const Instruction& instruction) {
    align(program);
    const bool wide = !instruction.halfword();
    const bool to_a32 = instruction('m') % 2 == 0;
    program.word(0xF20F'0000 | instruction('m') << 8 | (wide ? 8 : 4) | (to_a32 ? 0 : 1));
    if (wide) {
        program.word(instruction.bits());
        program.t16(kT16Filler);
    } else {
        program.t16(instruction.bits());
    }
    program.t16(kT16Filler);
    if (to_a32) a32_excursion(program);
}

/// A table of two entries behind the instruction; the second one jumps over a filler.
void table_branch(Program& program, Instruction instruction, bool halfwords) {
    const uint32_t index = instruction('m') & 1;  // as good as random
    program.set_register(instruction('m'), index);
    instruction.set('n', 15);
    program.word(instruction.bits());
    if (halfwords) program.t16(2);
    program.t16(halfwords ? 3 : 0x0201);
    program.t16(kT16Filler);
}

}  // namespace

void add_branch(Program& program, Instruction instruction) {
    const std::string_view name = instruction.name();
    const bool by_register = name == "BX" || name == "BXJ" || name == "BLX (reg)";
    if (!program.thumb()) {
        if (by_register) return a32_register(program, instruction);
        return name == "BLX (imm)" ? a32_to_thumb(program, instruction) : a32_direct(program, instruction);
    }
    if (by_register) return thumb_register(program, instruction);
    if (name == "BLX (imm)") return t32_to_a32(program, instruction);
    if (name == "TBB" || name == "TBH") return table_branch(program, instruction, name == "TBH");
    return instruction.halfword() ? t16_direct(program, instruction) : t32_direct(program, instruction);
}

}  // namespace exysim::test::oracle
