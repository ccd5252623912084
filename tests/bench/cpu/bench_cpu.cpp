// The same ELF file on qemu-system-arm and on our core: CPU time of both, and the ratio. Programs run in
// turn, so that a change of the host's speed meets both sides.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>
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

Measurement on_qemu(const std::string& elf) {
    const double before = cpu_seconds(RUSAGE_CHILDREN);
    const std::string command = fmt::format(
        "timeout 120 qemu-system-arm -M smdkc210 -display none -monitor none -serial null -kernel '{}'"
        " -semihosting-config enable=on,target=native 2>&1",
        elf);
    std::string console;
    FILE* pipe = popen(command.c_str(), "r");
    char line[128];
    while (pipe && std::fgets(line, sizeof line, pipe)) console += line;
    if (!pipe || pclose(pipe) != 0) throw std::runtime_error{"QEMU fails: " + command};
    return {cpu_seconds(RUSAGE_CHILDREN) - before, console, 0};
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

/// QEMU's start-up (about 40 ms) is not what is compared: it is measured with a program that does nothing.
double qemu_start_up() {
    std::vector<double> times;
    for (int i = 0; i < 5; ++i) times.push_back(on_qemu(EXYSIM_BENCH_FOLDER "/bench_nothing.elf").seconds);
    return median(times);
}

/// Our core in mode `fast` and in another setup, in turn.
void compare_setups(const std::string& program, int runs, const Setup& other) {
    const std::string elf = fmt::format(EXYSIM_BENCH_FOLDER "/bench_{}.elf", program);
    std::vector<double> fast, slower;
    uint64_t instructions = 0;
    for (int i = 0; i < runs; ++i) {
        const Measurement f = on_core(elf, kFast), s = on_core(elf, other);
        if (f.console != s.console) {
            throw std::runtime_error{
                fmt::format("{}: fast printed '{}', {} '{}'", program, f.console, other.name, s.console)};
        }
        fast.push_back(f.seconds);
        slower.push_back(s.seconds);
        instructions = s.instructions;
    }
    const double mega = static_cast<double>(instructions) * 1e-6;
    fmt::print("{:<12} {:>8.0f} {:>12.0f} {:>12.0f} {:>8.2f}\n", program, mega, mega / median(fast),
               mega / median(slower), median(fast) / median(slower));
}

void compare(const std::string& program, int runs, double start_up) {
    const std::string elf = fmt::format(EXYSIM_BENCH_FOLDER "/bench_{}.elf", program);
    std::vector<double> qemu, ours;
    uint64_t instructions = 0;
    for (int i = 0; i < runs; ++i) {
        const Measurement q = on_qemu(elf), o = on_core(elf, kFast);
        if (q.console != o.console) {
            throw std::runtime_error{
                fmt::format("{}: QEMU printed '{}', our core '{}'", program, q.console, o.console)};
        }
        qemu.push_back(q.seconds - start_up);
        ours.push_back(o.seconds);
        instructions = o.instructions;
    }
    const double mega = static_cast<double>(instructions) * 1e-6;
    fmt::print("{:<12} {:>8.0f} {:>12.0f} {:>12.0f} {:>8.2f}\n", program, mega, mega / median(qemu),
               mega / median(ours), median(qemu) / median(ours));
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
        "TLBs too")("program", po::value(&programs), "which programs; all if absent");
    po::positional_options_description positional;
    positional.add("program", -1);
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv).options(options).positional(positional).run(), values);
    po::notify(values);
    if (values.count("help")) {
        std::cout << options;
        return 0;
    }
    for (const Setup& setup : {kBlocks, kTiming}) {
        if (mode != setup.name) continue;
        fmt::print("{:<12} {:>8} {:>12} {:>12} {:>8}\n", "program", "Minsn", "fast MIPS", mode + " MIPS",
                   "ratio");
        for (const std::string& program : programs) compare_setups(program, runs, setup);
        return 0;
    }
    if (mode != "fast") throw std::runtime_error{"--mode is fast, blocks or timing"};
    fmt::print("{:<12} {:>8} {:>12} {:>12} {:>8}\n", "program", "Minsn", "QEMU MIPS", "exysim MIPS", "ratio");
    const double start_up = qemu_start_up();
    for (const std::string& program : programs) compare(program, runs, start_up);
} catch (const std::exception& error) {
    fmt::print(stderr, "bench_cpu: {}\n", error.what());
    return 1;
}
