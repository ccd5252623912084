// Coprocessor moves, shared by A32 and T32. Only CP14 and CP15 exist besides VFP; everything else is
// UNDEFINED.
#include "models/cpu/instruction_table.hpp"
#include "models/cpu/system.hpp"

namespace exysim::cpu {

namespace {

// clang-format off
constexpr Row kRows[] = {
    {"MRC", "cccc1110ooo1nnnntttt111pqqq1mmmm", mrc, 2},
    {"MCR", "cccc1110ooo0nnnntttt111pqqq1mmmm", mcr, 2},
};
// clang-format on

}  // namespace

std::span<const Row> coprocessor_rows() { return kRows; }

}  // namespace exysim::cpu
