// What GDB's `monitor` answers: the simulator's side of a stopped machine.
#include <fmt/format.h>

#include <cstdlib>
#include <sstream>

#include "platform/cli/gdb_session.hpp"
#include "platform/observe/expectations.hpp"

namespace exysim::cli {

namespace {

using Words = std::vector<std::string>;
constexpr uint32_t kMostWords = 1024, kWordsALine = 4;

struct MonitorCommand {
    std::string_view name, arguments, meaning;
    size_t least;  ///< arguments needed
    std::string (*run)(board::Machine& machine, const Words& arguments);
};

uint32_t number(const std::string& text) {
    return static_cast<uint32_t>(std::strtoull(text.c_str(), nullptr, 0));
}

std::string hex_dump(board::Machine& machine, PhysAddr at, uint32_t words) {
    std::string text;
    for (uint32_t i = 0; i < std::min(words, kMostWords); ++i) {
        uint32_t word = 0;
        const PhysAddr place = at + 4 * i;
        if (!machine.cpu.debug_read(place, {reinterpret_cast<uint8_t*>(&word), sizeof word}))
            return text + fmt::format("{:#010x}: nothing there\n", place.value);
        if (i % kWordsALine == 0) text += fmt::format("{}{:#010x}:", i ? "\n" : "", place.value);
        text += fmt::format(" {:08x}", word);
    }
    return text + "\n";
}

std::string time(board::Machine&, const Words&) {
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    return fmt::format("{} ({} ps)\n", observe::human_time(now / 1000), now);
}

std::string stats(board::Machine& machine, const Words& arguments) {
    std::string text;
    for (const auto& [name, row] : machine.statistics.all()) {
        if (!arguments.empty() && !name.starts_with(arguments[0])) continue;
        text += fmt::format("{:<44} {} {}\n", name, row.value(), row.unit);
    }
    return text.empty() ? "no statistic begins so\n" : text;
}

std::string devices(board::Machine&, const Words&) {
    std::string text;
    for (const board::Block& block : board::kMemoryMap)
        text +=
            fmt::format("{:#010x} {:>8} bytes  {}\n", block.range.base.value, block.range.size, block.name);
    return text;
}

std::string device_registers(board::Machine& machine, const Words& arguments) {
    const PhysRange range = board::range_of(arguments[0]);
    if (range.size == 0) return fmt::format("no device is called {}; try: monitor devices\n", arguments[0]);
    const uint32_t offset = arguments.size() > 1 ? number(arguments[1]) & ~3U : 0;
    const uint32_t words = arguments.size() > 2 ? number(arguments[2]) : 16;
    return offset < range.size ? hex_dump(machine, range.base + offset, words) : "past its end\n";
}

std::string physical(board::Machine& machine, const Words& arguments) {
    return hex_dump(machine, PhysAddr{number(arguments[0]) & ~3U},
                    arguments.size() > 1 ? number(arguments[1]) : 16);
}

/// The SysMMU in front of a device; null if it has none.
iommu::SysMmu* sysmmu_of(board::Machine& machine, const std::string& device) {
    if (auto* unit = machine.fimc(device)) return unit->memory.mmu.get();
    if (machine.display && (device == "mixer0" || device == "vp" || device == "tv"))
        return machine.display->memory.mmu.get();
    if (machine.panel && device == "fimd0") return machine.panel->memory.mmu.get();
    if (machine.gpu && device == "g2d") return machine.gpu->memory.mmu.get();
    return nullptr;
}

std::string sysmmu(board::Machine& machine, const Words& arguments) {
    iommu::SysMmu* mmu = sysmmu_of(machine, arguments[0]);
    if (!mmu) return fmt::format("{} has no SysMMU here\n", arguments[0]);
    const Iova iova{number(arguments[1])};
    const auto pa = mmu->translate_dbg(iova);
    return pa ? fmt::format("{:#010x} -> {:#010x}\n", iova.value, pa->value)
              : fmt::format("{:#010x} is not mapped\n", iova.value);
}

std::string errors(board::Machine& machine, const Words&) {
    std::string text;
    for (const GuestErrors::Entry& entry : machine.guest_errors.entries())
        text += fmt::format("{}: {} ({}x)\n", entry.first.instance, entry.first.what, entry.count);
    return text.empty() ? "none\n" : text;
}

// clang-format off
constexpr MonitorCommand kCommands[] = {
    {"time",    "",                        "simulated time",                                   0, time},
    {"stats",   "[PREFIX]",                "statistics whose names begin so",                  0, stats},
    {"devices", "",                        "names and addresses of devices",                   0, devices},
    {"regs",    "DEVICE [OFFSET [WORDS]]", "a device's registers, without the effect of reads", 1, device_registers},
    {"phys",    "ADDRESS [WORDS]",         "physical memory as the CPU's loads see it",        1, physical},
    {"sysmmu",  "DEVICE IOVA",             "where a device's address leads",                   2, sysmmu},
    {"errors",  "",                        "guest errors so far",                              0, errors},
};
// clang-format on

std::string help() {
    std::string text;
    for (const MonitorCommand& c : kCommands)
        text += fmt::format("monitor {:<32} {}\n", fmt::format("{} {}", c.name, c.arguments), c.meaning);
    return text;
}

}  // namespace

std::string GdbMachine::monitor(const std::string& command) {
    std::istringstream in{command};
    std::string name;
    in >> name;
    Words arguments;
    for (std::string word; in >> word;) arguments.push_back(word);
    for (const MonitorCommand& c : kCommands) {
        if (c.name == name && arguments.size() >= c.least) return c.run(machine_, arguments);
    }
    return help();
}

}  // namespace exysim::cli
