// What arch/memory.S does not have.
#include "core/string.hpp"

extern "C" {

void* memmove(void* to, const void* from, size_t n) {
    auto* d = static_cast<uint8_t*>(to);
    auto* s = static_cast<const uint8_t*>(from);
    if (d <= s) return memcpy(to, from, n);
    while (n-- > 0) d[n] = s[n];
    return to;
}

int memcmp(const void* a, const void* b, size_t n) {
    auto* x = static_cast<const uint8_t*>(a);
    auto* y = static_cast<const uint8_t*>(b);
    for (size_t i = 0; i < n; ++i) {
        if (x[i] != y[i]) return x[i] - y[i];
    }
    return 0;
}

size_t strlen(const char* s) {
    size_t n = 0;
    while (s[n]) ++n;
    return n;
}

int strcmp(const char* a, const char* b) {
    while (*a && *a == *b) {
        ++a;
        ++b;
    }
    return static_cast<uint8_t>(*a) - static_cast<uint8_t>(*b);
}
}
