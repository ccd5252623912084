// A growing text in a fixed buffer, for generated files.
#pragma once

#include <cstdint>

#include "core/log.hpp"

namespace kernel {

struct TextWriter {
    char* to;
    uint32_t size;
    uint32_t used = 0;

    template <class... Args>
    void line(const char* format, Args... args) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        const int n = format_text(to + used, size - used, format, args...);
#pragma GCC diagnostic pop
        used += static_cast<uint32_t>(n);
        if (used > size - 1) used = size - 1;
    }
};

}  // namespace kernel
