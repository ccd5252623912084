// What GDB's `monitor` answers: the simulator's side of a stopped machine.
#include <fmt/format.h>

#include <sstream>

#include "platform/cli/gdb_monitor.hpp"
#include "platform/cli/gdb_session.hpp"
#include "platform/config/diagnostics.hpp"
#include "platform/observe/expectations.hpp"

namespace exysim::cli {

namespace {

constexpr uint32_t kMostWords = 1024, kWordsALine = 4;

struct MonitorCommand {
    std::string_view name, arguments, meaning;
    size_t least;  ///< arguments needed
    std::string (*run)(const MonitorSubject& subject, const Words& arguments);
};

std::string time(const MonitorSubject&, const Words&) {
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    return fmt::format("{} ({} ps)\n", observe::human_time(now / 1000), now);
}

std::string stats(const MonitorSubject& subject, const Words& arguments) {
    std::string text;
    for (const auto& [name, row] : subject.machine.statistics.all()) {
        if (!arguments.empty() && !name.starts_with(arguments[0])) continue;
        text += fmt::format("{:<44} {} {}\n", name, row.value(), row.unit);
    }
    return text.empty() ? "no statistic begins so\n" : text;
}

std::string devices(const MonitorSubject& subject, const Words&) {
    std::string text;
    for (const board::Block& block : board::blocks_of(subject.machine.chip()))
        text +=
            fmt::format("{:#010x} {:>8} bytes  {}\n", block.range.base.value, block.range.size, block.name);
    return text;
}

std::string physical(const MonitorSubject& subject, const Words& arguments) {
    return hex_dump(subject.machine, PhysAddr{monitor_number("address", arguments[0]) & ~3U},
                    arguments.size() > 1 ? monitor_number("words", arguments[1]) : 16);
}

std::string errors(const MonitorSubject& subject, const Words&) {
    std::string text;
    for (const GuestErrors::Entry& entry : subject.machine.guest_errors.entries())
        text += fmt::format("{}: {} ({}x)\n", entry.first.instance, entry.first.what, entry.count);
    return text.empty() ? "none\n" : text;
}

// clang-format off
constexpr MonitorCommand kCommands[] = {
    {"time",    "",                        "simulated time",                                   0, time},
    {"stats",   "[PREFIX]",                "statistics whose names begin so",                  0, stats},
    {"devices", "",                        "names and addresses of devices",                   0, devices},
    {"regs",    "BLOCK [NAME|OFFSET [WORDS]]", "a block's registers, without the effect of reads", 1, monitor_registers},
    {"phys",    "ADDRESS [WORDS]",             "physical memory as the CPU's loads see it",        1, physical},
    {"line",    "ADDRESS",                     "which caches hold a physical address, and how",    1, monitor_line},
    {"sysmmu",  "DEVICE [IOVA]",               "what a device's tables map, or where one address leads", 1, monitor_sysmmu},
    {"buffers", "",                            "buffers that devices share, of video, dma-buf, DRM and ION, and who has each", 0, monitor_buffers},
    {"owner",   "ADDRESS",                     "what a physical address belongs to",               1, monitor_owner},
    {"libraries", "ROOT",                      "commands that load symbols of the present process's libraries, whose files are below a folder of the host", 1, monitor_libraries},
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

uint32_t monitor_number(const std::string& what, const std::string& text) {
    return static_cast<uint32_t>(parse_number_option(what, text, UINT32_MAX));
}

std::string hex_dump(board::Machine& machine, PhysAddr at, uint32_t words) {
    std::string text;
    for (uint32_t i = 0; i < std::min(words, kMostWords); ++i) {
        uint32_t word = 0;
        const PhysAddr place = at + 4 * i;
        if (!machine.cpu.debug_read(0, place, {reinterpret_cast<uint8_t*>(&word), sizeof word}))
            return text + fmt::format("{:#010x}: nothing there\n", place.value);
        if (i % kWordsALine == 0) text += fmt::format("{}{:#010x}:", i ? "\n" : "", place.value);
        text += fmt::format(" {:08x}", word);
    }
    return text + "\n";
}

std::string GdbMachine::monitor(const std::string& command) {
    std::istringstream in{command};
    std::string name;
    in >> name;
    Words arguments;
    for (std::string word; in >> word;) arguments.push_back(word);
    for (const MonitorCommand& c : kCommands) {
        if (c.name != name || arguments.size() < c.least) continue;
        try {
            return c.run({machine_, buffers_, shared_, stopped_core_}, arguments);
        } catch (const config::ConfigError& mistake) {
            return fmt::format("{}\n", mistake.what());
        }
    }
    return help();
}

}  // namespace exysim::cli
