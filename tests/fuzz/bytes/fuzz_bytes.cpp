// Executes random bytes: whatever a guest runs, the host survives, every run is bounded, and what happens is
// an architectural exception. Most words are drawn from the instruction tables with random fields, because
// random bits alone are mostly undefined. Run it under the sanitizers to make it worth the most.
#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstring>
#include <iostream>
#include <random>
#include <stdexcept>

#include "models/cpu/instruction_table.hpp"
#include "tests/support/bare_machine/bare_machine.hpp"
#include "tests/support/rounds/rounds.hpp"

namespace po = boost::program_options;

namespace exysim::test {
namespace {

using Random = std::mt19937_64;

constexpr uint32_t kRamBytes = 1U << 20, kRam = BareMemory::kRamBase;
constexpr int64_t kSlice = 5'000;           // cycles
constexpr int64_t kLongestBlock = 64 * 40;  // what a run may go beyond: one block of slow instructions
constexpr uint32_t kReturning = kRam + 3 * kRamBytes / 4;  // vectors that go on behind what has failed
constexpr uint64_t kInstructionsPerState = 4'000, kInstructionsPerRound = 1'000'000;

uint32_t bits(Random& random) { return static_cast<uint32_t>(random()); }

/// An instruction of the tables with random fields, or random bits.
uint32_t word(Random& random, const cpu::InstructionSet& set) {
    if (random() % 8 == 0) return bits(random);
    const auto& encodings = set.encodings();
    const cpu::Encoding& e = encodings[random() % encodings.size()];
    uint32_t fields = bits(random) & ~e.mask;
    if (e.conditional && random() % 2 == 0) fields = (fields & 0x0FFF'FFFF) | 0xE000'0000;
    return fields | e.value;
}

void fill(BareMachine& machine, Random& random) {
    for (uint32_t at = kRam; at < kRam + kRamBytes / 4; at += 4) {
        switch (random() % 4) {
            case 0: {  // two halfwords of Thumb
                const uint32_t low = word(random, cpu::t16()) & 0xFFFF,
                               high = word(random, cpu::t16()) & 0xFFFF;
                machine.memory.set_word(at, high << 16 | low);
                break;
            }
            case 1: {
                const uint32_t wide = word(random, cpu::t32());
                machine.memory.set_word(at, wide << 16 | wide >> 16);
                break;
            }
            default:
                machine.memory.set_word(at, word(random, cpu::a32()));
        }
    }
}

void put_returning_vectors(BareMachine& machine) {
    constexpr uint32_t kMovs = 0xE1B0'F00E, kSubs4 = 0xE25E'F004;  // movs pc, lr; subs pc, lr, #4
    constexpr uint32_t kElsewhere = 0xEA00'0003;  // a fetch has failed: to the code behind the vectors
    machine.load_words(kReturning,
                       {kMovs, kMovs, kMovs, kElsewhere, kSubs4, kMovs, kSubs4, kSubs4,
                        // mov lr, #0x40000000; add lr, lr, r0, lsr #15; bic lr, lr, #3; movs pc, lr
                        0xE3A0'E101, 0xE08E'E7A0, 0xE3CE'E003, kMovs});
}

/// A fresh start somewhere, in a random mode, with registers that mostly point into memory.
void randomize(cpu::Core& core, Random& random) {
    core.reset(kRam + bits(random) % (kRamBytes / 4));
    for (uint32_t& r : core.r) r = random() % 3 != 0 ? kRam + bits(random) % kRamBytes : bits(random);
    core.set_cpsr(bits(random));
    core.system.vbar = random() % 4 != 0 ? kReturning : kRam + (bits(random) % (kRamBytes / 4) & ~31U);
    if (random() % 2 == 0) {
        core.system.cpacr = 0x00F0'0000;
        core.vfp.fpexc = 1U << 30;
    }
    if (random() % 4 == 0) {  // translation by tables of random words
        core.system.ttbr0 = kRam;
        core.system.dacr = bits(random);
        core.system.sctlr |= bits(random) & 0x7220'3C07;
    }
    core.leave((kRam + bits(random) % (kRamBytes / 4)) & (core.thumb ? ~1U : ~3U), core.thumb);
    core.drop_translations();
}

void check(const cpu::Core& core, uint64_t before) {
    const auto passed = static_cast<int64_t>(core.cycles() - before);
    if (passed > kSlice + kSlice / 50 + 2 * kLongestBlock)
        throw std::runtime_error{fmt::format("a run of {} took {} cycles", kSlice, passed)};
    if (!cpu::is_mode(core.control & cpu::psr::kMode)) throw std::runtime_error{"the core is in no mode"};
    if (!core.thumb && core.r[15] % 4 != 0) throw std::runtime_error{"A32 state at a misaligned address"};
}

struct Outcome {
    uint64_t instructions = 0, exceptions = 0, states = 0, lock_ups = 0;
    void add(const Outcome& o) {
        instructions += o.instructions;
        exceptions += o.exceptions;
        states += o.states;
        lock_ups += o.lock_ups;
    }
};

Outcome run_round(uint64_t seed, uint64_t instructions, bool timed) {
    Random random{seed};
    Outcome outcome;
    cpu::CoreConfig config;
    config.block_timing = timed;
    while (outcome.instructions < instructions) {
        BareMachine machine{kRamBytes, config};
        machine.core->semihosting = nullptr;
        fill(machine, random);
        put_returning_vectors(machine);
        cpu::Core& core = *machine.core;
        for (unsigned state = 0; state < 64 && outcome.instructions < instructions; ++state) {
            randomize(core, random);
            ++outcome.states;
            const uint64_t start = core.instructions, exceptions = core.events.exceptions;
            for (unsigned slice = 0; slice < 16 && core.instructions - start < kInstructionsPerState;
                 ++slice) {
                const uint64_t before = core.cycles();
                core.set_irq(random() % 4 == 0);
                core.set_fiq(random() % 16 == 0);
                core.run(kSlice / 50);
                core.set_irq(false);
                core.set_fiq(false);
                core.run(kSlice);
                check(core, before);
                if (core.waiting()) core.wake();
                if (core.locked_up()) break;
            }
            outcome.lock_ups += core.locked_up() ? 1 : 0;
            outcome.instructions += core.instructions - start;
            outcome.exceptions += core.events.exceptions - exceptions;
        }
    }
    return outcome;
}

/// A round that has not thrown has not failed.
Outcome run(uint64_t seed, uint64_t instructions, bool timed, Rounds& rounds) {
    Outcome all;
    const uint64_t count = (instructions + kInstructionsPerRound - 1) / kInstructionsPerRound;
    rounds.run(fmt::format("{}/{}", timed ? "timed" : "plain", seed), count, [&](uint64_t round) {
        const uint64_t left = instructions - round * kInstructionsPerRound;
        all.add(run_round(seed + round, std::min(left, kInstructionsPerRound), timed));
        return size_t{0};
    });
    return all;
}

}  // namespace
}  // namespace exysim::test

int main(int argc, char** argv) try {
    uint64_t seed = 1, instructions = 2'000'000;
    po::options_description options{"fuzz_bytes: random bytes as code"};
    options.add_options()("help", "print this help")("seed", po::value(&seed), "of the random numbers")(
        "instructions", po::value(&instructions), "executed at least")("long",
                                                                       "a hundred million instructions");
    exysim::test::Rounds::add_options(options);
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, options), values);
    po::notify(values);
    if (values.count("help") != 0) {
        std::cout << options;
        return 0;
    }
    if (values.count("long") != 0) instructions = 100'000'000;
    exysim::test::Rounds rounds{values};
    for (const bool timed : {false, true}) {
        const auto o = exysim::test::run(seed, instructions / 2, timed, rounds);
        fmt::print("{}: {} instructions from {} states, {} exceptions, {} lock-ups\n",
                   timed ? "timed" : "plain", o.instructions, o.states, o.exceptions, o.lock_ups);
    }
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "fuzz_bytes: {}\n", error.what());
    return 1;
}
