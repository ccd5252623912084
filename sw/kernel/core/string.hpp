// Freestanding string functions (the compiler calls some of them itself) and a non-owning string.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
void* memcpy(void* to, const void* from, size_t n);
void* memmove(void* to, const void* from, size_t n);
void* memset(void* to, int byte, size_t n);
int memcmp(const void* a, const void* b, size_t n);
size_t strlen(const char* s);
int strcmp(const char* a, const char* b);
}

namespace kernel {

/// A piece of text that somebody else owns.
struct Text {
    const char* data = "";
    size_t size = 0;

    constexpr Text() = default;
    constexpr Text(const char* p, size_t n) : data{p}, size{n} {}
    Text(const char* s) : data{s}, size{strlen(s)} {}
    bool empty() const { return size == 0; }
    friend bool operator==(Text a, Text b) { return a.size == b.size && memcmp(a.data, b.data, a.size) == 0; }
    bool starts_with(Text p) const { return size >= p.size && Text{data, p.size} == p; }
    Text from(size_t at) const { return {data + at, size - at}; }
    /// Position of `c`, or size.
    size_t find(char c) const {
        size_t i = 0;
        while (i < size && data[i] != c) ++i;
        return i;
    }
};

/// Copies text into a fixed array, cut to fit, always terminated.
template <size_t N>
void copy_text(char (&to)[N], Text from) {
    const size_t n = from.size < N - 1 ? from.size : N - 1;
    memcpy(to, from.data, n);
    to[n] = 0;
}

}  // namespace kernel
