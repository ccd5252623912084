// The kernel log: printf-like lines with a time stamp on the console UART. Formats: %d %u %x %08x %s %c %p
// %llu %llx, and %t for a Text by value pair (int size, const char* data), written "%.*s".
#pragma once

#include <cstdarg>

namespace kernel {

[[gnu::format(printf, 1, 2)]] void log_info(const char* format, ...);
[[gnu::format(printf, 1, 2)]] void log_warn(const char* format, ...);
[[gnu::format(printf, 1, 2)]] void log_error(const char* format, ...);
/// A line without time stamp, for tables.
[[gnu::format(printf, 1, 2)]] void log_raw(const char* format, ...);

/// Where characters go; until it is set they wait in a ring.
void set_log_sink(void (*put)(char));

/// Prints like vsnprintf; returns the characters needed.
[[gnu::format(printf, 3, 4)]] int format_text(char* to, unsigned size, const char* format, ...);

int format_text_list(char* to, unsigned size, const char* format, va_list& args);

/// Prints the message, registers and a backtrace, then stops the machine.
[[noreturn, gnu::format(printf, 1, 2)]] void panic(const char* format, ...);
struct TrapFrame;
void log_registers(const TrapFrame& frame);
/// Return addresses along the chain of frame pointers that starts at `fp`.
void log_backtrace(unsigned fp);

}  // namespace kernel
