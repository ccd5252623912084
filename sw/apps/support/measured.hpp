// Lines for a scenario's `expect: measured:` (platform/observe/measurements.hpp), and the clock for them.
#pragma once

#include <time.h>

#include <cstdio>
#include <string>

namespace measured {

inline unsigned long long now_ns() {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<unsigned long long>(t.tv_sec) * 1'000'000'000ULL +
           static_cast<unsigned long long>(t.tv_nsec);
}

/// `unit`: ns, B, or nothing for a count.
inline void print(const std::string& name, unsigned long long value, const char* unit = "") {
    std::printf("measured %s %llu %s\n", name.c_str(), value, unit);
    std::fflush(stdout);
}

/// Does the work and returns how long it took.
template <class Work>
unsigned long long ns(Work work) {
    const unsigned long long start = now_ns();
    work();
    return now_ns() - start;
}

}  // namespace measured
