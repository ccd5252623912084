// `monitor libraries`: the ELF files that the present process has in memory, as commands that load their
// symbols.
#include <fmt/format.h>

#include <filesystem>

#include "platform/cli/gdb_monitor.hpp"
#include "platform/cli/profile_watch.hpp"
#include "platform/debug/loaded_files.hpp"

namespace exysim::cli {

namespace {
constexpr uint32_t kUserEnd = 0xC000'0000;  // a Linux program's three gigabytes
}

std::string monitor_libraries(const MonitorSubject& subject, const Words& arguments) {
    const debug::ReadWord guest = read_word_of(subject.machine.cpu, subject.core);
    const std::string& root = arguments[0];
    std::string text;
    for (const debug::LoadedFile& file : debug::loaded_files(kUserEnd, guest)) {
        if (file.name.empty()) {
            text += fmt::format("# a program at {:#010x}: add-symbol-file PROGRAM -o {:#x}\n", file.base,
                                file.fixed ? 0 : file.base);
            continue;
        }
        const std::string found = debug::find_below(root, file, guest).string();
        text += found.empty() ? fmt::format("# {} at {:#010x}: not below {}\n", file.name, file.base, root)
                              : fmt::format("add-symbol-file {} -o {:#x}\n", found, file.base);
    }
    return text.empty() ? "# no program is in memory\n" : text;
}

}  // namespace exysim::cli
