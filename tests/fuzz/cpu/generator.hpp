// Random cases: states with edge values, and code drawn from the instruction tables.
#pragma once

#include <string>
#include <vector>

#include "models/cpu/instruction_table.hpp"
#include "tests/fuzz/cpu/program.hpp"
#include "tests/fuzz/cpu/rules.hpp"
#include "tests/support/cpu_oracle/case.hpp"

namespace exysim::test::oracle {

/// Which rows a run draws from.
struct InstructionClass {
    std::string name;
    State state;
    std::vector<const exysim::cpu::Encoding*> encodings;
    bool halfwords = false;     // T16
    bool all_prepared = false;  // no instruction may follow another in an IT block
    bool simd = false;          // registers hold vectors of every element type
};

/// a32, t16, t32; vfp, half (conversions of half precision), simd and simd-memory, each -a32 and -t32. Rows
/// without a rule or with an excluding one are left out.
std::vector<InstructionClass> instruction_classes();

struct GeneratedCase {
    Program program;
    Case state;                                              // its code is filled by assemble()
    std::vector<std::vector<const exysim::cpu::Row*>> rows;  // of the instructions under test, by step
};

class Generator {
public:
    Generator(const InstructionClass& instructions, uint64_t seed) : class_{instructions}, random_{seed} {}

    /// A case of about `steps` instructions.
    GeneratedCase next(size_t steps);

private:
    Case random_state();
    uint32_t edge_value();
    uint64_t vector_value();
    void add_step(Program& program);
    void add_it_block(Program& program);
    Instruction draw(const Rule*& rule, bool in_it_block);
    void prepare(Program& program, const Instruction& instruction, const Rule& rule);
    void emit(Program& program, const Instruction& instruction) const;
    uint32_t scratch_pointer();

    const InstructionClass& class_;
    Random random_;
    std::vector<const exysim::cpu::Row*> drawn_;  // in the step being made
};

/// The case with the first `steps` steps of its program and the ordinary end.
Case assemble(const GeneratedCase& generated, size_t steps);

}  // namespace exysim::test::oracle
