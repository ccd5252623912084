// Would the fuzzer notice a mistake? Every row of the instruction tables is perturbed in turn (mutation.hpp)
// and the cases of the regular fuzz run that contain it are run again; a difference from the unperturbed
// core, which those cases have shown to agree with QEMU, catches the mutant. Survivors are listed.
#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstring>
#include <iostream>
#include <map>
#include <string_view>

#include "models/cpu/mutation.hpp"
#include "tests/fuzz/cpu/compare.hpp"
#include "tests/fuzz/cpu/generator.hpp"
#include "tests/fuzz/cpu/machine.hpp"

namespace po = boost::program_options;

namespace exysim::test::oracle {
namespace {

using cpu::Mutation;
using cpu::Perturbation;
using cpu::Row;

constexpr const char* kNames[cpu::kPerturbations] = {"result bit 0", "result sign", "N",      "Z", "C", "V",
                                                     "condition",    "immediate",   "omitted"};
constexpr size_t kStepsPerCase = 16, kCasesPerRow = 100;

/// The cases of a class, what they give, and which of them contain a row.
struct Corpus {
    std::vector<Case> cases;
    std::vector<Result> results;
    std::map<const Row*, std::vector<size_t>> containing;
};

/// Rows of the words of one step, preparation included.
void note_rows(Corpus& corpus, const Program& program, size_t index) {
    const auto note = [&](const cpu::Encoding* encoding) {
        if (encoding == nullptr) return;
        auto& list = corpus.containing[encoding->row];
        if (list.size() < kCasesPerRow && (list.empty() || list.back() != index)) list.push_back(index);
    };
    const std::vector<uint16_t>& code = program.halfwords();
    for (size_t i = 0; i < code.size();) {
        const bool wide = !program.thumb() || code[i] >> 11 >= 0x1D;
        const uint32_t next = i + 1 < code.size() ? code[i + 1] : 0u;
        if (!program.thumb()) {
            note(cpu::a32().find(next << 16 | code[i]));
        } else if (wide) {
            note(cpu::t32().find(uint32_t{code[i]} << 16 | next));
        } else {
            note(cpu::t16().find(code[i]));
        }
        i += wide ? 2 : 1;
    }
}

Corpus make_corpus(const InstructionClass& instructions, uint64_t seed, size_t steps) {
    Corpus corpus;
    Generator generator{instructions, seed};
    for (size_t done = 0; done < steps;) {
        const GeneratedCase generated = generator.next(kStepsPerCase);
        note_rows(corpus, generated.program, corpus.cases.size());
        corpus.cases.push_back(generated.state);
        done += generated.program.steps();
    }
    corpus.results = run_on_core(corpus.cases);
    return corpus;
}

/// Whether a case differs. Cases see their neighbours (loads relative to r15), so the machine runs all of
/// them up to the fourth that contains the row; if nothing differs, up to the twentieth, and so on.
bool caught(const Corpus& corpus, const std::vector<size_t>& indices, const Mutation& mutation) {
    cpu::CoreConfig config;
    config.mutation = &mutation;
    for (const size_t want : {size_t{4}, size_t{20}, kCasesPerRow}) {
        const size_t count = indices[std::min(want, indices.size()) - 1] + 1;
        const auto end = corpus.cases.begin() + static_cast<std::ptrdiff_t>(count);
        const std::vector<Result> results = run_mutant({corpus.cases.begin(), end}, config);
        if (results.empty()) return true;  // it does not end
        if (std::memcmp(results.data(), corpus.results.data(), count * sizeof(Result)) != 0) return true;
        if (indices.size() <= want) break;
    }
    return false;
}

// The letter S of branches is no flag, and the others do nothing that a case could show.
constexpr std::string_view kBranches[] = {"B",    "B (cond)", "BL",  "BLX (imm)", "CBZ",
                                          "CBNZ", "SVC",      "UDF", "BKPT"};
constexpr std::string_view kWithoutEffect[] = {"NOP (hint)",
                                               "YIELD",
                                               "DBG (hint)",
                                               "DMB",
                                               "DSB",
                                               "ISB",
                                               "SEV",
                                               "PLD (imm)",
                                               "PLD (reg)",
                                               "PLI (imm)",
                                               "PLI (reg)",
                                               "PLx (unallocated imm)",
                                               "PLx (unallocated reg)",
                                               "VMSR (FPSID)"};
// Their immediate is for the handler to read, not for the core.
constexpr std::string_view kComments[] = {"SVC", "BKPT"};
// Rt is what these read, not their result.
constexpr std::string_view kReadsTransferred[] = {"MCR", "VMSR", "VMSR (FPEXC)"};

template <size_t kCount>
bool is_one_of(std::string_view name, const std::string_view (&list)[kCount]) {
    return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

/// Whether the perturbation can mean anything for the row.
bool applies(const cpu::Encoding& e, Perturbation how) {
    const std::string_view name = e.row->name;
    const auto has = [&](char letter) { return e.fields[cpu::Encoding::letter(letter)] != 0; };
    const bool flags = (has('S') && !is_one_of(name, kBranches)) || name.starts_with("TST") ||
                       name.starts_with("TEQ") || name.starts_with("CM");
    switch (how) {
        case Perturbation::result_low:
        case Perturbation::result_sign:
            return has('d') || (has('t') && !is_one_of(name, kReadsTransferred) && !name.starts_with("ST") &&
                                !name.starts_with("VST"));
        case Perturbation::negative:
        case Perturbation::zero:
        case Perturbation::carry:
        case Perturbation::overflow:
            return flags;
        case Perturbation::condition:
            return e.conditional && name != "BKPT" && !is_one_of(name, kWithoutEffect);
        case Perturbation::immediate:
            return cpu::immediate_bit(e) != 0 && !is_one_of(name, kWithoutEffect) &&
                   !is_one_of(name, kComments);
        default:
            return !is_one_of(name, kWithoutEffect);
    }
}

struct Totals {
    size_t mutants = 0, caught = 0;
    std::vector<std::string> survivors;
};

void run_class(const InstructionClass& instructions, uint64_t seed, size_t steps, Totals& totals) {
    const Corpus corpus = make_corpus(instructions, seed, steps);
    if (caught(corpus, {corpus.cases.size() - 1}, {})) throw std::runtime_error{"the cases do not repeat"};
    size_t mutants = 0, found = 0;
    for (const cpu::Encoding* e : instructions.encodings) {
        const auto indices = corpus.containing.find(e->row);
        for (uint8_t how = 0; how < cpu::kPerturbations; ++how) {
            // The runner program around the cases works as it should.
            const Mutation mutation{e->row, static_cast<Perturbation>(how), kBatchAddress,
                                    kResultAddress - 1};
            if (!applies(*e, mutation.how)) continue;
            ++mutants;
            if (indices != corpus.containing.end() && caught(corpus, indices->second, mutation)) {
                ++found;
            } else {
                totals.survivors.push_back(
                    fmt::format("{} {}: {}", instructions.name, e->row->name, kNames[how]));
            }
        }
    }
    fmt::print("{}: {} rows, {} mutants, {} caught\n", instructions.name, instructions.encodings.size(),
               mutants, found);
    totals.mutants += mutants;
    totals.caught += found;
}

}  // namespace
}  // namespace exysim::test::oracle

int main(int argc, char** argv) try {
    using namespace exysim::test::oracle;
    std::string only;
    uint64_t seed = 2026;
    size_t steps = 20'000;
    double least = 0;
    po::options_description options{"mutate_cpu: would the fuzzer notice?"};
    options.add_options()("help", "print this help")("class", po::value(&only),
                                                     "as of fuzz_cpu; all if absent")(
        "seed", po::value(&seed), "of the generator")("instructions", po::value(&steps), "per class")(
        "least", po::value(&least), "fail if a smaller share is caught, percent");
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, options), values);
    po::notify(values);
    if (values.count("help") != 0) {
        std::cout << options;
        return 0;
    }
    Totals totals;
    for (const InstructionClass& instructions : instruction_classes()) {
        if (only.empty() || only == instructions.name) run_class(instructions, seed, steps, totals);
    }
    for (const std::string& survivor : totals.survivors) fmt::print("  survives: {}\n", survivor);
    const double share =
        100.0 * static_cast<double>(totals.caught) / static_cast<double>(std::max<size_t>(totals.mutants, 1));
    fmt::print("{} of {} mutants caught, {:.1f} %\n", totals.caught, totals.mutants, share);
    return share < least ? 1 : 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "mutate_cpu: {}\n", error.what());
    return 2;
}
