#include "core/boot_options.hpp"

#include "core/log.hpp"

namespace kernel {

namespace {

Text options;

/// Value part of the last word with this name; `found` says whether there is one.
Text search(Text name, bool& found) {
    Text value;
    for (Text rest = options; !rest.empty();) {
        const size_t end = rest.find(' ');
        const Text word{rest.data, end};
        rest = rest.from(end < rest.size ? end + 1 : end);
        const size_t equals = word.find('=');
        if (!(Text{word.data, equals} == name)) continue;
        found = true;
        value = word.from(equals < word.size ? equals + 1 : equals);
    }
    return value;
}

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

/// Binary logarithm of the unit, or -1.
int shift_of(Text unit) {
    if (unit.empty()) return 0;
    if (unit.size > 1) return -1;
    switch (unit.data[0] | 0x20) {
        case 'k':
            return 10;
        case 'm':
            return 20;
        case 'g':
            return 30;
        default:
            return -1;
    }
}

bool parse_size(Text text, uint32_t& size) {
    const int base = text.starts_with("0x") ? 16 : 10;
    if (base == 16) text = text.from(2);
    uint64_t value = 0;
    size_t digits = 0;
    for (; digits < text.size && digit_of(text.data[digits]) < base && value < 1ULL << 32; ++digits)
        value = value * static_cast<unsigned>(base) + static_cast<unsigned>(digit_of(text.data[digits]));
    const int shift = shift_of(text.from(digits));
    if (digits == 0 || shift < 0 || value << shift > 0xFFFF'FFFF) return false;
    size = static_cast<uint32_t>(value << shift);
    return true;
}

}  // namespace

void set_boot_options(Text line) { options = line; }

bool boot_option(Text name) {
    bool found = false;
    search(name, found);
    return found;
}

Text boot_option(Text name, Text otherwise) {
    bool found = false;
    const Text value = search(name, found);
    return found ? value : otherwise;
}

uint32_t boot_option_size(Text name, uint32_t otherwise) {
    bool found = false;
    const Text value = search(name, found);
    uint32_t size = otherwise;
    if (found && !parse_size(value, size)) {
        log_warn("boot option %.*s: '%.*s' is not a size", static_cast<int>(name.size), name.data,
                 static_cast<int>(value.size), value.data);
    }
    return size;
}

}  // namespace kernel
