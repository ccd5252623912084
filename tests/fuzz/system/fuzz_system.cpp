// Runs the system fuzzer's program on QEMU and on our core and compares their traces, step by step.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "models/system/gic_core.hpp"
#include "tests/fuzz/system/record.hpp"
#include "tests/support/bare_machine/bare_machine.hpp"
#include "tests/support/rounds/rounds.hpp"
#include "tests/support/temporary_folder.hpp"

namespace po = boost::program_options;

namespace exysim::test::system_fuzz {
namespace {

using Trace = std::vector<Record>;

constexpr uint32_t kStepsPerRun = 20'000;
constexpr uint32_t kRamBytes = 0x1000'0000;

struct Kind {
    const char* name;
    Class kind;
};
constexpr Kind kKinds[] = {{"mmu", Class::mmu}, {"exceptions", Class::exceptions}};

/// RAM with the interrupt controller beside it.
struct Memory : BareMemory {
    static constexpr uint32_t kCpuInterface = 0x1048'0000, kDistributor = 0x1049'0000;
    system::GicCore gic{1};
    cpu::Core* core = nullptr;

    Memory() : BareMemory{kRamBytes} {}
    RegisterBank* bank(uint32_t address) {
        if (address >> 15 == kDistributor >> 15) return &gic.distributor(0, address & 0x7FFF);
        return address >> 15 == kCpuInterface >> 15 ? &gic.cpu_interface(0) : nullptr;
    }
    bool read(PhysAddr address, const MemoryAttributes&, std::span<uint8_t> data) override {
        RegisterBank* const found = bank(address.value);
        if (found == nullptr || data.size() != 4) return false;
        const uint32_t value = found->read(address.value & 0x7FFF);
        std::memcpy(data.data(), &value, sizeof value);
        core->set_irq(gic.irq(0));
        return true;
    }
    bool write(PhysAddr address, const MemoryAttributes&, std::span<const uint8_t> data) override {
        RegisterBank* const found = bank(address.value);
        if (found == nullptr || data.size() != 4) return false;
        uint32_t value = 0;
        std::memcpy(&value, data.data(), sizeof value);
        found->write(address.value & 0x7FFF, value);
        core->set_irq(gic.irq(0));
        return true;
    }
};

Trace on_core(const Order& order) {
    Memory memory;
    cpu::ExclusiveMonitors monitors;
    BareHost host;
    host.arguments = "program /dev/null";
    const auto core = std::make_unique<cpu::Core>(cpu::CoreConfig{}, memory, monitors);
    memory.core = core.get();
    core->semihosting = &host;
    BareMachine loader{kRamBytes};
    const uint32_t entry = loader.load_elf(EXYSIM_SYSTEM_FUZZ_ELF);
    const auto from = loader.memory.ram(BareMemory::kRamBase, 0x20'0000);
    std::copy(from.begin(), from.end(), memory.ram(BareMemory::kRamBase, 0x20'0000).begin());
    std::memcpy(memory.ram(kOrderAddress, sizeof order).data(), &order, sizeof order);
    core->reset(entry);
    for (uint64_t slices = 0; !host.exit_status; ++slices) {
        if (slices > 10'000 + uint64_t{order.steps} * 20) throw std::runtime_error{"our core does not end"};
        core->run(100'000);
    }
    Trace trace(order.steps);
    const auto bytes = static_cast<uint32_t>(trace.size() * sizeof(Record));
    std::memcpy(trace.data(), memory.ram(kTraceAddress, bytes).data(), bytes);
    return trace;
}

Trace on_qemu(const Order& order) {
    const TemporaryFolder folder;
    const auto order_file = folder.path / "order", trace_file = folder.path / "trace";
    std::ofstream{order_file, std::ios::binary}.write(reinterpret_cast<const char*>(&order), sizeof order);
    const std::string command = fmt::format(
        "timeout 600 qemu-system-arm -M smdkc210 -display none -monitor none -serial null -kernel '{}'"
        " -device loader,file='{}',addr={:#x},force-raw=on"
        " -semihosting-config enable=on,target=native,arg=program,arg='{}'",
        EXYSIM_SYSTEM_FUZZ_ELF, order_file.string(), kOrderAddress, trace_file.string());
    if (std::system(command.c_str()) != 0) throw std::runtime_error{"QEMU fails: " + command};
    Trace trace(order.steps);
    std::ifstream file{trace_file, std::ios::binary};
    file.read(reinterpret_cast<char*>(trace.data()),
              static_cast<std::streamsize>(trace.size() * sizeof(Record)));
    if (!file) throw std::runtime_error{"QEMU wrote too few records"};
    return trace;
}

std::string describe(const Record& r) {
    return fmt::format(
        "action {:#x} subject {:08x} address {:08x} entry {:08x} result {:08x} status {:08x} "
        "fault address {:08x} link {:08x} psr {:08x} control {:08x} other {:08x}",
        r.action, r.subject, r.address, r.first_entry, r.result, r.status, r.fault_address, r.fault_link,
        r.fault_psr, r.control, r.other);
}

size_t compare(const Trace& qemu, const Trace& ours, size_t report) {
    size_t differing = 0;
    for (size_t i = 0; i < qemu.size(); ++i) {
        if (std::memcmp(&qemu[i], &ours[i], sizeof(Record)) == 0) continue;
        if (++differing > report) continue;
        fmt::print("  step {} differs\n    QEMU   {}\n    exysim {}\n", i, describe(qemu[i]),
                   describe(ours[i]));
    }
    return differing;
}

/// How often each outcome came: fault status of `mmu`, vector of `exceptions`.
using Outcomes = std::array<uint64_t, 64>;

size_t run_round(const Kind& kind, uint32_t seed, uint32_t steps, size_t report, Outcomes& outcomes) {
    const Order order{kMagic, kind.kind, seed, steps};
    const Trace qemu = on_qemu(order), ours = on_core(order);
    const size_t found = compare(qemu, ours, report);
    if (found != 0) fmt::print("{} seed {}: {} steps differ\n", kind.name, seed, found);
    for (const Record& r : qemu) outcomes[kind.kind == Class::mmu ? r.status & 15 : r.action & 31] += 1;
    return found;
}

size_t run(const Kind& kind, uint32_t seed, uint64_t steps, size_t report, Rounds& rounds) {
    Outcomes outcomes{};
    const uint64_t count = (steps + kStepsPerRun - 1) / kStepsPerRun;
    const size_t differing = rounds.run(fmt::format("{}/{}", kind.name, seed), count, [&](uint64_t round) {
        const uint64_t left = steps - round * kStepsPerRun;
        return run_round(kind, seed + static_cast<uint32_t>(round),
                         static_cast<uint32_t>(std::min<uint64_t>(kStepsPerRun, left)), report, outcomes);
    });
    fmt::print("{}: {} steps, {} differ;", kind.name, std::accumulate(outcomes.begin(), outcomes.end(), 0UL),
               differing);
    for (size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i] != 0)
            fmt::print(" {} {:#x}: {}", kind.kind == Class::mmu ? "status" : "vector", i, outcomes[i]);
    }
    fmt::print("\n");
    return differing;
}

}  // namespace
}  // namespace exysim::test::system_fuzz

int main(int argc, char** argv) try {
    using namespace exysim::test::system_fuzz;
    std::string only;
    uint32_t seed = 1;
    uint64_t steps = 20'000;
    size_t report = 5;
    po::options_description options{
        "fuzz_system: random translations and exceptions on QEMU and on our core"};
    options.add_options()("help", "print this help")("class", po::value(&only),
                                                     "mmu or exceptions; both if absent")(
        "seed", po::value(&seed), "of the program's random numbers")("steps", po::value(&steps), "per class")(
        "long", "a million steps per class")("report", po::value(&report), "differing steps to print");
    exysim::test::Rounds::add_options(options);
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, options), values);
    po::notify(values);
    if (values.count("help") != 0) {
        std::cout << options;
        return 0;
    }
    if (values.count("long") != 0) steps = 1'000'000;
    exysim::test::Rounds rounds{values};
    size_t differing = 0;
    for (const Kind& kind : kKinds) {
        if (only.empty() || only == kind.name) differing += run(kind, seed, steps, report, rounds);
    }
    return differing == 0 ? 0 : 1;
} catch (const std::exception& error) {
    fmt::print(stderr, "fuzz_system: {}\n", error.what());
    return 2;
}
