// Numbers out of /proc.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

namespace proc {

inline std::string text(const char* path) {
    std::ifstream file{path};
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
}

/// The number behind `name` in a file of "name value" lines, or -1.
inline long long value(const char* path, const std::string& name) {
    std::istringstream lines{text(path)};
    std::string word;
    while (lines >> word) {
        long long number = -1;
        if ((word == name || word == name + ":") && lines >> number) return number;
    }
    return -1;
}

inline long long free_kib() { return value("/proc/meminfo", "MemFree"); }
inline long long vmalloc_kib() { return value("/proc/meminfo", "VmallocUsed"); }
inline long long dma(const char* name) { return value("/proc/dma", name); }

}  // namespace proc
