// Differential fuzzing of the CPU: random cases of each instruction class on QEMU and on our core, compared.
#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <exception>
#include <iostream>
#include <set>

#include "tests/fuzz/cpu/compare.hpp"
#include "tests/fuzz/cpu/generator.hpp"
#include "tests/fuzz/cpu/machine.hpp"
#include "tests/support/cpu_oracle/qemu.hpp"
#include "tests/support/rounds/rounds.hpp"

namespace exysim::test::oracle {
namespace {

namespace po = boost::program_options;

struct Options {
    std::string only;
    uint64_t seed = 1;
    size_t instructions = 20'000;
    size_t report = 5;
    bool list = false;
};

constexpr size_t kInstructionsForCoverage = 20'000;
constexpr size_t kStepsPerCase = 16;
constexpr size_t kCasesPerRound = 2'500;  // bounds memory in long runs
constexpr size_t kInstructionsPerRound = kCasesPerRound * kStepsPerCase;

/// Prints what is generated and what is not, with the reason.
void list_rows(const InstructionClass& instructions) {
    fmt::print("{}: {} rows generated\n", instructions.name, instructions.encodings.size());
}

void list_exclusions() {
    const std::pair<const exysim::cpu::InstructionSet*, bool> sets[] = {
        {&exysim::cpu::a32(), false}, {&exysim::cpu::t16(), true}, {&exysim::cpu::t32(), true}};
    for (const auto& [set, thumb] : sets) {
        for (const auto& encoding : set->encodings()) {
            const Rule* rule = find_rule(encoding.row->name, thumb);
            if (rule && !rule->excluded) continue;
            fmt::print("  not generated ({}): {}: {}\n", thumb ? "thumb" : "a32", encoding.row->name,
                       rule ? rule->excluded : "no rule");
        }
    }
}

using RowSet = std::set<const exysim::cpu::Row*>;

/// Rows of the steps that were reached: those in front of where the case's exception returns to.
void note_executed(const GeneratedCase& generated, const Result& result, uint32_t code, RowSet& executed) {
    for (size_t step = 0; step < generated.rows.size(); ++step) {
        if (code + generated.program.step_offset(step) >= result.lr) return;
        executed.insert(generated.rows[step].begin(), generated.rows[step].end());
    }
}

/// Prints how many of a class's rows ran, and names the others; returns their number.
size_t report_coverage(const InstructionClass& instructions, const RowSet& executed) {
    RowSet missing;
    for (const auto* encoding : instructions.encodings) {
        if (!executed.contains(encoding->row)) missing.insert(encoding->row);
    }
    fmt::print("{}: {} of {} rows executed\n", instructions.name, executed.size(),
               executed.size() + missing.size());
    for (const auto* row : missing) fmt::print("  not executed: {} {}\n", row->name, row->pattern);
    return missing.size();
}

struct Tally {
    size_t instructions = 0, cases = 0;
    RowSet executed;
};

/// Round `n` has a generator of its own, so that rounds can be run in any order and place.
uint64_t seed_of_round(const Options& options, uint64_t n) {
    return options.seed + n * 0x9E37'79B9'7F4A'7C15;
}

/// Runs `instructions` of one round; returns the number of differing cases.
size_t run_round(const InstructionClass& instructions, const Options& options, uint64_t round, size_t wanted,
                 Tally& tally) {
    Generator generator{instructions, seed_of_round(options, round)};
    std::vector<GeneratedCase> generated;
    std::vector<Case> batch;
    for (size_t done = 0; done < wanted; done += generated.back().program.steps()) {
        generated.push_back(generator.next(kStepsPerCase));
        batch.push_back(generated.back().state);
        tally.instructions += generated.back().program.steps();
    }
    tally.cases += batch.size();
    const auto qemu = run_on_qemu(batch), ours = run_on_core(batch);
    size_t differing = 0;
    for (size_t i = 0; i < batch.size(); ++i) {
        note_executed(generated[i], qemu[i], code_address(static_cast<uint32_t>(i)), tally.executed);
        if (difference(qemu[i], ours[i]).empty()) continue;
        if (++differing <= options.report) {
            fmt::print("{} seed {} round {} case {} differs\n{}", instructions.name, options.seed, round, i,
                       bisect(generated[i], i));
        }
    }
    return differing;
}

/// Returns the number of differing cases and of rows never run.
size_t run_class(const InstructionClass& instructions, const Options& options, Rounds& rounds) {
    Tally tally;
    const uint64_t count = (options.instructions + kInstructionsPerRound - 1) / kInstructionsPerRound;
    const size_t differing =
        rounds.run(fmt::format("{}/{}", instructions.name, options.seed), count, [&](uint64_t round) {
            const size_t left = options.instructions - round * kInstructionsPerRound;
            return run_round(instructions, options, round, std::min(left, kInstructionsPerRound), tally);
        });
    fmt::print("{}: {} instructions in {} cases, {} cases differ\n", instructions.name, tally.instructions,
               tally.cases, differing);
    const size_t missing = report_coverage(instructions, tally.executed);
    const bool enough = tally.instructions >= kInstructionsForCoverage && rounds.whole();
    return differing + (enough ? missing : 0);
}

int run(const Options& options, Rounds& rounds) {
    size_t differing = 0;
    bool found = false;
    if (options.list) list_exclusions();
    for (const InstructionClass& instructions : instruction_classes()) {
        if (!options.only.empty() && options.only != instructions.name) continue;
        found = true;
        if (options.list) {
            list_rows(instructions);
        } else {
            differing += run_class(instructions, options, rounds);
        }
    }
    if (!found) throw std::runtime_error{"no such class: " + options.only};
    return differing == 0 ? 0 : 1;
}

}  // namespace
}  // namespace exysim::test::oracle

int main(int argc, char** argv) try {
    using namespace exysim::test::oracle;
    Options options;
    po::options_description description{"fuzz_cpu: random instructions on QEMU and on our core"};
    // clang-format off
    description.add_options()
        ("help", "print this help")
        ("class", po::value(&options.only), "one of those that --list prints; all if absent")
        ("seed", po::value(&options.seed), "of the generator")
        ("instructions", po::value(&options.instructions), "per class")
        ("long", "a million instructions per class")
        ("report", po::value(&options.report), "differing cases to bisect, per class")
        ("list", po::bool_switch(&options.list), "print rows that are generated, and exclusions with reasons");
    // clang-format on
    exysim::test::Rounds::add_options(description);
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, description), values);
    po::notify(values);
    if (values.count("help")) {
        std::cout << description;
        return 0;
    }
    if (values.count("long")) options.instructions = 1'000'000;
    exysim::test::Rounds rounds{values};
    return run(options, rounds);
} catch (const std::exception& error) {
    fmt::print(stderr, "fuzz_cpu: {}\n", error.what());
    return 2;
}
