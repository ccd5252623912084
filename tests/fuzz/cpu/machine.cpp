#include "tests/fuzz/cpu/machine.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "tests/support/bare_machine/bare_machine.hpp"
#include "tests/support/cpu_oracle/qemu.hpp"

namespace exysim::test::oracle {
namespace {

constexpr uint32_t kRamBytes = 0x1000'0000;
constexpr int64_t kCyclesPerCase = 100'000;  // the runner itself needs about 2,000

/// Results of a batch, or nothing if some case does not end.
std::optional<std::vector<Result>> run_batch(const std::vector<Case>& cases, const cpu::CoreConfig& config) {
    BareMachine machine{kRamBytes, config};
    machine.core->reset(machine.load_elf(runner_elf()));
    machine.load(kBatchAddress, batch_image(cases));
    machine.host.arguments = "runner /dev/null";
    machine.run(1'000'000 + kCyclesPerCase * static_cast<int64_t>(cases.size()));
    if (!machine.host.exit_status) return {};
    std::vector<Result> results(cases.size());
    const auto bytes = static_cast<uint32_t>(results.size() * sizeof(Result));
    std::memcpy(results.data(), machine.memory.ram(kResultAddress, bytes).data(), bytes);
    return results;
}

/// Runs cases [first, last) at their places in the batch; the others are replaced by ones that end at once.
void run_range(const std::vector<Case>& cases, size_t first, size_t last, const cpu::CoreConfig& config,
               std::vector<Result>& results) {
    std::vector<Case> part(cases.size(), trivial_case());
    for (size_t i = first; i < last; ++i) part[i] = cases[i];
    if (const auto found = run_batch(part, config)) {
        std::copy(found->begin() + static_cast<std::ptrdiff_t>(first),
                  found->begin() + static_cast<std::ptrdiff_t>(last),
                  results.begin() + static_cast<std::ptrdiff_t>(first));
    } else if (last - first == 1) {
        results[first].vector = kDoesNotEnd;
    } else {
        const size_t middle = (first + last) / 2;
        run_range(cases, first, middle, config, results);
        run_range(cases, middle, last, config, results);
    }
}

}  // namespace

Case trivial_case() {
    constexpr uint32_t kSvc = 0xEF00'0000;
    Case result{};
    result.cpsr = kUserMode;
    result.code[0] = kSvc;
    return result;
}

std::vector<Result> run_mutant(const std::vector<Case>& cases, const cpu::CoreConfig& config) {
    return run_batch(cases, config).value_or(std::vector<Result>{});
}

std::vector<Result> run_on_core(const std::vector<Case>& cases, const cpu::CoreConfig& config) {
    std::vector<Result> results(cases.size());
    run_range(cases, 0, cases.size(), config, results);
    return results;
}

}  // namespace exysim::test::oracle
