// What GDB's `monitor` commands are made of: each answers with text for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/board/machine.hpp"
#include "platform/observe/buffer_watch.hpp"
#include "platform/observe/shared_buffers.hpp"

namespace exysim::cli {

/// What a command may ask.
struct MonitorSubject {
    board::Machine& machine;
    const observe::BufferWatch& buffers;
    const observe::SharedBuffers& shared;
    unsigned core;  ///< that stopped last
};

using Words = std::vector<std::string>;

/// A number as people write it; throws ConfigError for anything else.
uint32_t monitor_number(const std::string& what, const std::string& text);
/// Words of physical memory as the CPU's loads see them.
std::string hex_dump(board::Machine& machine, PhysAddr at, uint32_t words);

// --- gdb_monitor_registers.cpp
std::string monitor_registers(const MonitorSubject& subject, const Words& arguments);

// --- gdb_monitor_memory.cpp
std::string monitor_sysmmu(const MonitorSubject& subject, const Words& arguments);
std::string monitor_line(const MonitorSubject& subject, const Words& arguments);
std::string monitor_buffers(const MonitorSubject& subject, const Words& arguments);
std::string monitor_owner(const MonitorSubject& subject, const Words& arguments);

// --- gdb_monitor_libraries.cpp
std::string monitor_libraries(const MonitorSubject& subject, const Words& arguments);

}  // namespace exysim::cli
