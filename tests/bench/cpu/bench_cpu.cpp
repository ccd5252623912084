// The same ELF file on qemu-system-arm and on our core: CPU time of both, and the ratio. Programs run in
// turn, so that a change of the host's speed meets both sides.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/bare_machine/bare_machine.hpp"

namespace {

using exysim::test::BareMachine;

struct Measurement {
    double seconds;
    std::string console;
    uint64_t instructions;
};

double cpu_seconds(int who) {
    rusage usage{};
    getrusage(who, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Measurement measure(const std::string& command) {
    const double before = cpu_seconds(RUSAGE_CHILDREN);
    std::string console;
    FILE* pipe = popen(("timeout 120 " + command + " 2>&1").c_str(), "r");
    char line[128];
    while (pipe && std::fgets(line, sizeof line, pipe)) console += line;
    if (!pipe || pclose(pipe) != 0) throw std::runtime_error{"fails: " + command};
    return {cpu_seconds(RUSAGE_CHILDREN) - before, console, 0};
}

Measurement on_qemu(const std::string& elf) {
    return measure(
        fmt::format("qemu-system-arm -M smdkc210 -display none -monitor none -serial null -kernel '{}'"
                    " -semihosting-config enable=on,target=native",
                    elf));
}

/// The whole machine: SystemC, bus and DRAM around the core; the PL310 switched on.
Measurement on_machine(const std::string& elf, const char* mode) {
    return measure(
        fmt::format(EXYSIM_PROGRAM " boot '{}' --semihosting --append l2 --set mode={}", elf, mode));
}

/// How much of mode `timing` our core has.
struct Setup {
    const char* name;
    bool blocks;  ///< costs by block, predicted branches
    bool memory;  ///< functional caches and TLBs
};
constexpr Setup kFast{"fast", false, false}, kBlocks{"blocks", true, false}, kTiming{"timing", true, true};

Measurement on_core(const std::string& elf, const Setup& setup) {
    using exysim::cpu::Tlbs;
    using exysim::test::Caches;
    constexpr uint32_t kRamBytes = 0x1000'0000;
    constexpr int64_t kCycles = 50'000'000'000;
    exysim::cpu::CoreConfig config;
    config.block_timing = setup.blocks;
    config.tlbs = setup.memory ? Tlbs::present : Tlbs::absent;
    BareMachine machine{kRamBytes, config, setup.memory ? Caches::functional : Caches::transparent};
    machine.core->reset(machine.load_elf(elf));
    const double before = cpu_seconds(RUSAGE_SELF);
    machine.run(kCycles);
    const double seconds = cpu_seconds(RUSAGE_SELF) - before;
    if (!machine.host.exit_status) throw std::runtime_error{elf + " does not end on our core"};
    return {seconds, machine.host.console, machine.core->instructions};
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                     values.end());
    return values[values.size() / 2];
}

using Run = std::function<Measurement(const std::string& elf)>;

/// Start-up (QEMU's about 40 ms) is not what is compared: it is measured with a program that does nothing.
double start_up(const Run& run) {
    std::vector<double> times;
    for (int i = 0; i < 5; ++i) times.push_back(run(EXYSIM_BENCH_FOLDER "/bench_nothing.elf").seconds);
    return median(times);
}

/// Two ways to run programs, in turn.
struct Comparison {
    const char* names[2];
    Run ways[2];
};

void compare(const std::vector<std::string>& programs, int runs, const Comparison& c) {
    fmt::print("{:<12} {:>8} {:>12} {:>12} {:>8}\n", "program", "Minsn", c.names[0], c.names[1], "ratio");
    const double begin[2] = {start_up(c.ways[0]), start_up(c.ways[1])};
    for (const std::string& program : programs) {
        const std::string elf = fmt::format(EXYSIM_BENCH_FOLDER "/bench_{}.elf", program);
        std::vector<double> seconds[2];
        for (int i = 0; i < runs; ++i) {
            const Measurement m[2] = {c.ways[0](elf), c.ways[1](elf)};
            if (m[0].console != m[1].console) {
                throw std::runtime_error{fmt::format("{}: {} printed '{}', {} '{}'", program, c.names[0],
                                                     m[0].console, c.names[1], m[1].console)};
            }
            for (const int n : {0, 1}) seconds[n].push_back(m[n].seconds - begin[n]);
        }
        const double mega = static_cast<double>(on_core(elf, kFast).instructions) * 1e-6;
        const double medians[2] = {median(seconds[0]), median(seconds[1])};
        fmt::print("{:<12} {:>8.0f} {:>12.0f} {:>12.0f} {:>8.2f}\n", program, mega, mega / medians[0],
                   mega / medians[1], medians[0] / medians[1]);
    }
}

Run core(const Setup& setup) {
    return [&setup](const std::string& elf) { return on_core(elf, setup); };
}
Run machine(const char* mode) {
    return [mode](const std::string& elf) { return on_machine(elf, mode); };
}

}  // namespace

int main(int argc, char** argv) try {
    namespace po = boost::program_options;
    std::vector<std::string> programs{"integer", "records",    "bytecode", "vfp",       "neon",
                                      "streams", "exceptions", "page",     "page_apart"};
    int runs = 5;
    std::string mode = "fast";
    po::options_description options{"bench_cpu: our core beside QEMU"};
    options.add_options()("help", "print this help")("runs", po::value(&runs), "of which the median counts")(
        "mode", po::value(&mode),
        "fast: beside QEMU; blocks: costs by block and predicted branches beside fast; timing: caches and "
        "TLBs too; machine: whole machines in modes fast and timing")("program", po::value(&programs),
                                                                      "which programs; all if absent");
    po::positional_options_description positional;
    positional.add("program", -1);
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv).options(options).positional(positional).run(), values);
    po::notify(values);
    if (values.count("help")) {
        std::cout << options;
        return 0;
    }
    const std::map<std::string, Comparison> comparisons{
        {"fast", {{"QEMU MIPS", "exysim MIPS"}, {on_qemu, core(kFast)}}},
        {"blocks", {{"fast MIPS", "blocks MIPS"}, {core(kFast), core(kBlocks)}}},
        {"timing", {{"fast MIPS", "timing MIPS"}, {core(kFast), core(kTiming)}}},
        {"machine", {{"fast MIPS", "timing MIPS"}, {machine("fast"), machine("timing")}}},
    };
    const auto chosen = comparisons.find(mode);
    if (chosen == comparisons.end()) throw std::runtime_error{"--mode is fast, blocks, timing or machine"};
    compare(programs, runs, chosen->second);
} catch (const std::exception& error) {
    fmt::print(stderr, "bench_cpu: {}\n", error.what());
    return 1;
}
