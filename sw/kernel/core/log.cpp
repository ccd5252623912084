#include "core/log.hpp"

#include <cstdarg>
#include <cstdint>

#include "arch/trap.hpp"
#include "core/lock.hpp"
#include "core/log_history.hpp"
#include "core/power.hpp"
#include "core/string.hpp"
#include "core/time.hpp"
#include "core/types.hpp"

namespace kernel {

namespace {

/// Where formatted characters go.
struct Output {
    void (*put)(void* to, char c);
    void* to;
    int count = 0;
    void operator()(char c) {
        put(to, c);
        ++count;
    }
};

struct Spec {
    bool zero = false, left = false, is_long_long = false;
    int width = 0, precision = -1;
};

void pad(Output& out, int n, char c) {
    while (n-- > 0) out(c);
}

void print_number(Output& out, const Spec& spec, uint64_t value, unsigned base, bool negative) {
    char digits[24];
    int n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    const int width = spec.width - n - negative;
    if (!spec.zero && !spec.left) pad(out, width, ' ');
    if (negative) out('-');
    if (spec.zero) pad(out, width, '0');
    while (n > 0) out(digits[--n]);
    if (spec.left) pad(out, width, ' ');
}

void print_string(Output& out, const Spec& spec, const char* s) {
    int n = 0;
    while (s[n] && (spec.precision < 0 || n < spec.precision)) ++n;
    if (!spec.left) pad(out, spec.width - n, ' ');
    for (int i = 0; i < n; ++i) out(s[i]);
    if (spec.left) pad(out, spec.width - n, ' ');
}

const char* parse_spec(const char* f, Spec& spec, va_list& args) {
    for (; *f == '0' || *f == '-' || *f == '#'; ++f) {
        if (*f == '0') spec.zero = true;
        if (*f == '-') spec.left = true;
    }
    for (; *f >= '0' && *f <= '9'; ++f) spec.width = spec.width * 10 + (*f - '0');
    if (*f == '.') {
        ++f;
        spec.precision = 0;
        if (*f == '*') {
            spec.precision = va_arg(args, int);
            ++f;
        }
        for (; *f >= '0' && *f <= '9'; ++f) spec.precision = spec.precision * 10 + (*f - '0');
    }
    for (; *f == 'l' || *f == 'z'; ++f)
        spec.is_long_long = f[0] == 'l' && f[1] == 'l' ? true : spec.is_long_long;
    return f;
}

void print_conversion(Output& out, char kind, Spec spec, va_list& args) {
    switch (kind) {
        case 'd': {
            const int64_t v = spec.is_long_long ? va_arg(args, long long) : va_arg(args, int);
            print_number(out, spec, static_cast<uint64_t>(v < 0 ? -v : v), 10, v < 0);
            break;
        }
        case 'u':
        case 'x': {
            const uint64_t v = spec.is_long_long ? va_arg(args, unsigned long long) : va_arg(args, unsigned);
            print_number(out, spec, v, kind == 'x' ? 16 : 10, false);
            break;
        }
        case 'p':
            spec.zero = true;
            spec.width = 8;
            print_number(out, spec, reinterpret_cast<uintptr_t>(va_arg(args, void*)), 16, false);
            break;
        case 's':
            print_string(out, spec, va_arg(args, const char*));
            break;
        case 'c':
            out(static_cast<char>(va_arg(args, int)));
            break;
        default:
            out(kind);
    }
}

void vformat(Output& out, const char* f, va_list& args) {
    for (; *f; ++f) {
        if (*f != '%') {
            out(*f);
            continue;
        }
        Spec spec;
        f = parse_spec(f + 1, spec, args);
        print_conversion(out, *f, spec, args);
    }
}

// --- the log itself
void (*sink)(char);
char early[4096];
unsigned early_used;
IrqLock lock;

void put_console(char c) {
    if (sink) {
        if (c == '\n') sink('\r');
        sink(c);
    } else if (early_used < sizeof early) {
        early[early_used++] = c;
    }
}

void put_log(void*, char c) {
    put_console(c);
    log_history().put(c);
}

void print_stamp(Output& out) {
    const uint64_t us = now_ns() / 1000;
    const Spec seconds{.width = 5}, micros{.zero = true, .width = 6};
    out('[');
    print_number(out, seconds, us / 1'000'000, 10, false);
    out('.');
    print_number(out, micros, us % 1'000'000, 10, false);
    out(']');
    out(' ');
}

/// A line's importance, as the console and as syslog(2) say it.
struct Level {
    const char* word;
    char digit;
};

void log_line(Level level, const char* format, va_list& args) {
    const IrqGuard guard{lock};
    Output out{put_log, nullptr};
    for (const char c : {'<', level.digit, '>'}) log_history().put(c);
    print_stamp(out);
    print_string(out, {}, level.word);
    vformat(out, format, args);
    out('\n');
}

}  // namespace

void set_log_sink(void (*put)(char)) {
    sink = put;
    for (unsigned i = 0; i < early_used; ++i) put_console(early[i]);
    early_used = 0;
}

#define LOG_FUNCTION(name, word, digit)        \
    void name(const char* format, ...) {       \
        va_list args;                          \
        va_start(args, format);                \
        log_line({word, digit}, format, args); \
        va_end(args);                          \
    }
LOG_FUNCTION(log_info, "", '6')
LOG_FUNCTION(log_warn, "warning: ", '4')
LOG_FUNCTION(log_error, "error: ", '3')

void log_raw(const char* format, ...) {
    va_list args;
    va_start(args, format);
    Output out{put_log, nullptr};
    vformat(out, format, args);
    out('\n');
    va_end(args);
}

int format_text_list(char* to, unsigned size, const char* format, va_list& args) {
    struct Buffer {
        char* at;
        char* end;
    } buffer{to, to + (size ? size - 1 : 0)};
    Output out{[](void* b, char c) {
                   auto* buf = static_cast<Buffer*>(b);
                   if (buf->at < buf->end) *buf->at++ = c;
               },
               &buffer};
    vformat(out, format, args);
    if (size) *buffer.at = 0;
    return out.count;
}

int format_text(char* to, unsigned size, const char* format, ...) {
    va_list args;
    va_start(args, format);
    const int needed = format_text_list(to, size, format, args);
    va_end(args);
    return needed;
}

void log_registers(const TrapFrame& f) {
    for (int i = 0; i < 13; ++i) {
        log_raw("  r%-2d %08x%s", i, f.r[i], "");
    }
    const uint32_t sp = f.from_user() ? f.user_sp : address_of(&f + 1).value;
    const uint32_t lr = f.from_user() ? f.user_lr : f.kernel_lr;
    log_raw("  sp  %08x  lr %08x  pc %08x  cpsr %08x", sp, lr, f.pc, f.cpsr);
}

/// A32 frames of this compiler with -fno-omit-frame-pointer: fp points at the saved lr, the saved fp is below
/// it.
void log_backtrace(unsigned fp) {
    log_raw("backtrace:");
    for (int depth = 0; depth < 24 && fp >= 0xC000'0000 && fp % 4 == 0; ++depth) {
        const auto* frame = pointer<const uint32_t>(VirtAddr{fp});
        log_raw("  %08x", frame[0]);
        if (frame[-1] <= fp) break;
        fp = frame[-1];
    }
}

void panic(const char* format, ...) {
    cpu::disable_interrupts();
    va_list args;
    va_start(args, format);
    Output out{put_log, nullptr};
    print_stamp(out);
    print_string(out, {}, "Kernel panic - ");
    vformat(out, format, args);
    out('\n');
    va_end(args);
    log_backtrace(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
    stop_machine(StopReason::panic, 0xDEAD);
}

}  // namespace kernel
