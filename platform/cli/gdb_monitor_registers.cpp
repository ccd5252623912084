// `monitor regs`: registers by name, from the debug side.
#include <fmt/format.h>

#include <algorithm>

#include "platform/cli/gdb_monitor.hpp"
#include "platform/config/diagnostics.hpp"
#include "platform/config/nearest.hpp"
#include "platform/observe/register_list.hpp"

namespace exysim::cli {

namespace {

using observe::ListedRegister;
constexpr uint32_t kMostOfAnArray = 8;

std::string line_of(const ListedRegister& r, uint32_t index, uint32_t value) {
    return fmt::format("+{:#06x} {:<24} {:08x}  {}\n", r.at(index), r.name_of(index), value, r.sentence);
}

/// Long arrays (palettes, filters) only begin.
std::string all_registers(const std::vector<ListedRegister>& list, const RegisterBank& bank) {
    std::string text;
    for (const ListedRegister& r : list) {
        for (uint32_t i = 0; i < std::min(r.count, kMostOfAnArray); ++i)
            text += line_of(r, i, bank.peek(r.at(i)));
        if (r.count > kMostOfAnArray) text += fmt::format("        ... {} of them\n", r.count);
    }
    return text;
}

std::string with_fields(const ListedRegister& r, uint32_t index, uint32_t value) {
    std::string text = line_of(r, index, value);
    for (const Field& f : r.fields)
        text += fmt::format("    {:>5}  {:<20} {:<4} {:#x}\n", observe::bits_of(f), f.name,
                            observe::access_name(f.access), (value & f.mask()) >> f.low);
    return text;
}

/// Registers whose name, with or without an index, is `name`; empty if there is none.
std::string named(const std::vector<ListedRegister>& list, const RegisterBank& bank,
                  const std::string& name) {
    std::string text;
    for (const ListedRegister& r : list) {
        for (uint32_t i = 0; i < r.count; ++i) {
            if (name == r.name || name == r.name_of(i)) text += with_fields(r, i, bank.peek(r.at(i)));
        }
    }
    return text;
}

std::string unknown_register(const std::vector<ListedRegister>& list, const std::string& block,
                             const std::string& name) {
    std::vector<std::string> names;
    for (const ListedRegister& r : list) names.push_back(r.name);
    const std::string hint = config::suggestion(name, names);
    return fmt::format("{} has no register {}{}{}\n", block, name, hint.empty() ? "" : "; ", hint);
}

/// The words as the bus gives them.
std::string dump(board::Machine& machine, const std::string& block, const Words& arguments) {
    const PhysRange range = board::range_of(block, machine.chip());
    if (range.size == 0) return fmt::format("{} has no address of its own; ask for a name\n", block);
    const uint32_t offset = monitor_number("offset", arguments[1]) & ~3U;
    const uint32_t words = arguments.size() > 2 ? monitor_number("words", arguments[2]) : 16;
    return offset < range.size ? hex_dump(machine, range.base + offset, words) : "past its end\n";
}

std::string unknown_block(const Statistics& statistics, const std::string& block) {
    std::vector<std::string> names;
    for (const auto& [name, bank] : statistics.register_banks()) names.push_back(name);
    const std::string hint = config::suggestion(block, names);
    return fmt::format("no block is called {}{}{}; there are {}\n", block, hint.empty() ? "" : ", ", hint,
                       fmt::join(names, ", "));
}

}  // namespace

std::string monitor_registers(const MonitorSubject& subject, const Words& arguments) {
    const std::string& block = arguments[0];
    const bool by_offset = arguments.size() > 1 && std::isdigit(static_cast<unsigned char>(arguments[1][0]));
    if (by_offset) return dump(subject.machine, block, arguments);
    const Statistics& statistics = subject.machine.statistics;
    const auto found = statistics.register_banks().find(block);
    if (found == statistics.register_banks().end()) return unknown_block(statistics, block);
    const RegisterBank& bank = *found->second;
    const std::vector<ListedRegister> list = observe::registers_of(block, bank);
    if (arguments.size() == 1) return all_registers(list, bank);
    const std::string text = named(list, bank, arguments[1]);
    return text.empty() ? unknown_register(list, block, arguments[1]) : text;
}

}  // namespace exysim::cli
