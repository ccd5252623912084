// What the block timing makes of Dhrystone: 2.5 DMIPS/MHz is what ARM states for the Cortex-A9.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "tests/support/bare_machine/bare_machine.hpp"

int main() try {
    constexpr double kIterations = 20'000, kVax = 1757, kStated = 2.5, kTolerance = 0.15;
    exysim::cpu::CoreConfig config;
    config.block_timing = true;
    exysim::test::BareMachine machine{0x1000'0000, config};
    machine.core->reset(machine.load_elf(EXYSIM_BENCH_FOLDER "/bench_dhrystone.elf"));
    machine.run(1'000'000'000);
    if (!machine.host.exit_status) throw std::runtime_error{"does not end"};
    const double cycles = static_cast<double>(machine.core->cycles()) / kIterations;
    const double dmips = 1e6 / cycles / kVax;
    std::printf("%s%.1f instructions, %.1f cycles and %.2f mispredictions an iteration: %.2f DMIPS/MHz\n",
                machine.host.console.c_str(), static_cast<double>(machine.core->instructions) / kIterations,
                cycles, static_cast<double>(machine.core->events.mispredicts) / kIterations, dmips);
    return dmips >= kStated * (1 - kTolerance) && dmips <= kStated * (1 + kTolerance) ? EXIT_SUCCESS
                                                                                      : EXIT_FAILURE;
} catch (const std::exception& error) {
    std::fprintf(stderr, "dmips: %s\n", error.what());
    return EXIT_FAILURE;
}
