#include "models/cpu/semihosting.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "models/cpu/core.hpp"

namespace exysim::cpu {

namespace {

constexpr uint32_t kFailed = 0xFFFF'FFFF;
constexpr uint32_t kApplicationExit = 0x20026;
constexpr int kConsoleIn = 0, kConsoleOut = 1, kConsoleError = 2;
constexpr uint32_t kLongestTransfer = 1U << 20;  // bytes a call; a guest cannot make the host allocate more

uint32_t word(Core& core, uint32_t address) { return core.load<uint32_t>(address).value; }
uint32_t parameter(Core& core, uint32_t index) { return word(core, core.r[1] + 4 * index); }

std::vector<uint8_t> bytes_from(Core& core, uint32_t address, uint32_t count) {
    std::vector<uint8_t> bytes;
    for (uint32_t i = 0; i < std::min(count, kLongestTransfer); ++i) {
        const auto byte = core.load<uint8_t>(address + i);
        if (!byte.ok) break;
        bytes.push_back(byte.value);
    }
    return bytes;
}

void bytes_to(Core& core, uint32_t address, std::span<const uint8_t> bytes) {
    for (const uint8_t byte : bytes) {
        if (!core.store<uint8_t>(address++, byte)) return;
    }
}

uint32_t open(Core& core) {
    const std::vector<uint8_t> name = bytes_from(core, parameter(core, 0), parameter(core, 2));
    const uint32_t mode = parameter(core, 1);
    const std::string_view text{reinterpret_cast<const char*>(name.data()), name.size()};
    if (text == ":tt")
        return static_cast<uint32_t>(mode < 4 ? kConsoleIn : mode < 8 ? kConsoleOut : kConsoleError);
    return static_cast<uint32_t>(core.semihosting->open(text, mode));
}

uint32_t close(Core& core) {
    const auto handle = static_cast<int>(parameter(core, 0));
    return handle <= kConsoleError || core.semihosting->close(handle) ? 0 : kFailed;
}

uint32_t write_character(Core& core) {
    const auto byte = bytes_from(core, core.r[1], 1);
    core.semihosting->write(byte);
    return core.r[0];
}

uint32_t write_string(Core& core) {
    std::vector<uint8_t> text;
    for (uint32_t at = core.r[1]; text.size() < kLongestTransfer; ++at) {
        const auto byte = core.load<uint8_t>(at);
        if (!byte.ok || byte.value == 0) break;
        text.push_back(byte.value);
    }
    core.semihosting->write(text);
    return core.r[0];
}

/// SYS_WRITE: returns the number of bytes not written.
uint32_t write(Core& core) {
    const auto handle = static_cast<int>(parameter(core, 0));
    const uint32_t count = parameter(core, 2);
    const std::vector<uint8_t> bytes = bytes_from(core, parameter(core, 1), count);
    if (handle == kConsoleOut || handle == kConsoleError) {
        core.semihosting->write(bytes);
        return count - static_cast<uint32_t>(bytes.size());
    }
    const int written = core.semihosting->write_file(handle, bytes);
    return written < 0 ? count : count - static_cast<uint32_t>(written);
}

int read_console(Core& core, std::span<uint8_t> into) {
    int count = 0;
    for (uint8_t& byte : into) {
        const int c = core.semihosting->read();
        if (c < 0) break;
        byte = static_cast<uint8_t>(c);
        ++count;
    }
    return count;
}

/// SYS_READ: returns the number of bytes not filled.
uint32_t read(Core& core) {
    const auto handle = static_cast<int>(parameter(core, 0));
    const uint32_t count = parameter(core, 2);
    std::vector<uint8_t> bytes(std::min(count, kLongestTransfer));
    const int got =
        handle == kConsoleIn ? read_console(core, bytes) : core.semihosting->read_file(handle, bytes);
    if (got <= 0) return count;
    bytes_to(core, parameter(core, 1), {bytes.data(), static_cast<size_t>(got)});
    return count - static_cast<uint32_t>(got);
}

uint32_t read_character(Core& core) { return static_cast<uint32_t>(core.semihosting->read()); }
uint32_t is_error(Core& core) { return parameter(core, 0) >> 31; }
uint32_t is_console(Core& core) { return parameter(core, 0) <= kConsoleError ? 1 : 0; }
uint32_t seek(Core& core) {
    return core.semihosting->seek(static_cast<int>(parameter(core, 0)), parameter(core, 1)) ? 0 : kFailed;
}
uint32_t length(Core& core) {
    return static_cast<uint32_t>(core.semihosting->length(static_cast<int>(parameter(core, 0))));
}
uint32_t clock(Core& core) { return static_cast<uint32_t>(core.semihosting->centiseconds()); }
uint32_t time(Core& core) { return core.semihosting->seconds(); }
uint32_t error_number(Core&) { return 0; }

uint32_t command_line(Core& core) {
    std::string line = core.semihosting->command_line();
    line.push_back('\0');
    if (line.size() > parameter(core, 1)) return kFailed;
    bytes_to(core, parameter(core, 0), {reinterpret_cast<const uint8_t*>(line.data()), line.size()});
    core.store<uint32_t>(core.r[1] + 4, static_cast<uint32_t>(line.size() - 1));
    return 0;
}

/// SYS_HEAPINFO: zeros mean that the program's own choice is as good as any.
uint32_t heap_information(Core& core) {
    const uint32_t block = word(core, core.r[1]);
    for (uint32_t i = 0; i < 4; ++i) core.store<uint32_t>(block + 4 * i, 0);
    return core.r[0];
}

uint32_t exit_with(Core& core, uint32_t status) {
    core.semihosting->exit(status);
    core.halt();
    return core.r[0];
}
uint32_t exit(Core& core) { return exit_with(core, core.r[1] == kApplicationExit ? 0 : 1); }
uint32_t exit_extended(Core& core) {
    const bool normal = parameter(core, 0) == kApplicationExit;
    return exit_with(core, normal ? parameter(core, 1) : 1);
}

uint32_t elapsed(Core& core) {
    const uint64_t ticks = core.cycles();
    core.store<uint32_t>(core.r[1], static_cast<uint32_t>(ticks));
    core.store<uint32_t>(core.r[1] + 4, static_cast<uint32_t>(ticks >> 32));
    return 0;
}

struct Operation {
    uint32_t number;
    const char* name;
    uint32_t (*perform)(Core&);
};

constexpr Operation kOperations[] = {
    {0x01, "SYS_OPEN", open},
    {0x02, "SYS_CLOSE", close},
    {0x03, "SYS_WRITEC", write_character},
    {0x04, "SYS_WRITE0", write_string},
    {0x05, "SYS_WRITE", write},
    {0x06, "SYS_READ", read},
    {0x07, "SYS_READC", read_character},
    {0x08, "SYS_ISERROR", is_error},
    {0x09, "SYS_ISTTY", is_console},
    {0x0A, "SYS_SEEK", seek},
    {0x0C, "SYS_FLEN", length},
    {0x10, "SYS_CLOCK", clock},
    {0x11, "SYS_TIME", time},
    {0x13, "SYS_ERRNO", error_number},
    {0x15, "SYS_GET_CMDLINE", command_line},
    {0x16, "SYS_HEAPINFO", heap_information},
    {0x18, "SYS_EXIT", exit},
    {0x20, "SYS_EXIT_EXTENDED", exit_extended},
    {0x30, "SYS_ELAPSED", elapsed},
};

}  // namespace

void semihosting_call(Core& core) {
    const auto* found = std::find_if(std::begin(kOperations), std::end(kOperations),
                                     [&](const Operation& o) { return o.number == core.r[0]; });
    core.r[0] = found != std::end(kOperations) ? found->perform(core) : kFailed;
}

}  // namespace exysim::cpu
