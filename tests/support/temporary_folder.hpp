// A folder for a test's files, and their contents.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace exysim::test {

/// Exists as long as the object; its name is the process's own.
struct TemporaryFolder {
    std::filesystem::path path = "/tmp/exysim_test." + std::to_string(getpid());
    TemporaryFolder() { std::filesystem::create_directories(path); }
    ~TemporaryFolder() { std::filesystem::remove_all(path); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

inline std::string text_of(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace exysim::test
