// cpu_probe: runs a bare-metal ARM program on the core alone and says what came of it.
//   cpu_probe [options] IMAGE.elf [semihosting arguments]
//     --load FILE@ADDRESS   puts a raw file into RAM (may be repeated)
//     --ram MIB             size of RAM at 0x40000000 (default 256)
//     --cycles N            gives up after about N cycles (default 10^10)
//     --registers           prints the registers at the end
//     --speed               prints instructions, cycles and MIPS
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/bare_machine/bare_machine.hpp"

namespace {

using exysim::test::BareMachine;

struct Options {
    std::string image, arguments;
    std::vector<std::string> loads;
    uint32_t ram_mib = 256;
    int64_t cycles = 10'000'000'000;
    bool registers = false, speed = false;
};

Options parse(int argc, char** argv) {
    Options o;
    for (int i = 1; i < argc; ++i) {
        const std::string arg = argv[i];
        if (!o.image.empty()) {
            o.arguments += " " + arg;
        } else if (arg == "--registers") {
            o.registers = true;
        } else if (arg == "--speed") {
            o.speed = true;
        } else if (arg == "--load" && i + 1 < argc) {
            o.loads.emplace_back(argv[++i]);
        } else if (arg == "--ram" && i + 1 < argc) {
            o.ram_mib = static_cast<uint32_t>(std::stoul(argv[++i]));
        } else if (arg == "--cycles" && i + 1 < argc) {
            o.cycles = std::stoll(argv[++i]);
        } else {
            o.image = o.arguments = arg;
        }
    }
    return o;
}

void load_raw(BareMachine& machine, const std::string& what) {
    const size_t at = what.rfind('@');
    if (at == std::string::npos) throw std::runtime_error{what + ": FILE@ADDRESS expected"};
    std::ifstream in{what.substr(0, at), std::ios::binary};
    if (!in) throw std::runtime_error{what + ": cannot be read"};
    const std::vector<char> bytes{std::istreambuf_iterator<char>{in}, {}};
    const auto address = static_cast<uint32_t>(std::stoul(what.substr(at + 1), nullptr, 0));
    machine.load(address, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

void print_registers(const exysim::cpu::Core& core) {
    for (unsigned n = 0; n < 16; ++n) std::printf("r%-2u %08x%s", n, core.r[n], n % 4 == 3 ? "\n" : "  ");
    std::printf("cpsr %08x  spsr %08x  dfsr %08x  dfar %08x  ifsr %08x  ifar %08x\n", core.cpsr(),
                core.spsr(), core.system.dfsr, core.system.dfar, core.system.ifsr, core.system.ifar);
}

int run(const Options& o) {
    BareMachine machine{o.ram_mib << 20};
    machine.host.echo = machine.memory.echo = true;
    machine.host.arguments = o.arguments;
    for (const std::string& load : o.loads) load_raw(machine, load);
    machine.core->reset(machine.load_elf(o.image));
    const auto begin = std::chrono::steady_clock::now();
    machine.run(o.cycles);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (o.speed) {
        const auto n = static_cast<double>(machine.core->instructions);
        std::printf("%.0f instructions, %.0f cycles, %.2f s, %.1f MIPS\n", n,
                    static_cast<double>(machine.core->cycles()), took.count(), n / took.count() / 1e6);
    }
    if (o.registers) print_registers(*machine.core);
    return machine.host.exit_status ? static_cast<int>(*machine.host.exit_status) : 124;
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    if (options.image.empty()) {
        std::fputs(
            "usage: cpu_probe [--load FILE@ADDR] [--ram MIB] [--cycles N] [--registers] [--speed] IMAGE "
            "[ARGS]\n",
            stderr);
        return 2;
    }
    try {
        return run(options);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "cpu_probe: %s\n", e.what());
        return 2;
    }
}
