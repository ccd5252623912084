#include "apps/init/left_behind.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

namespace apps::init {

namespace {

/// Something that a program must not change for good: a number, or what exceeds another one.
struct Count {
    const char* file;
    const char* name;
    const char* less = nullptr;
};
constexpr Count kCounts[] = {
    {"/proc/dma_buf", "buffers"},
    {"/proc/dma_buf", "mapped"},
    {"/proc/dma_buf", "maps", "unmaps"},
    {"/proc/dma_buf", "attaches", "detaches"},
    {"/proc/video", "owned"},
    {"/proc/video", "pinned"},
    {"/proc/video", "imported"},
    {"/proc/video", "maps", "unmaps"},
    {"/proc/dri", "framebuffers"},
    {"/proc/dri", "blobs"},
    {"/proc/dma", "maps", "unmaps"},
    {"/proc/dma", "allocations", "frees"},
};

using Numbers = std::map<std::string, long>;

/// The numbers of a file of words and numbers: the first one behind each word.
Numbers numbers_of(const char* path) {
    Numbers numbers;
    std::ifstream file{path};
    std::string before, word;
    while (file >> word) {
        char* end = nullptr;
        const long number = std::strtol(word.c_str(), &end, 10);
        if (*end == '\0' && !before.empty()) numbers.emplace(before, number);
        before = word;
    }
    return numbers;
}

std::string more_than(const std::vector<long>& before) {
    const std::vector<long> now = counts();
    std::string left;
    for (size_t i = 0; i < std::size(kCounts); ++i) {
        if (now[i] == before[i]) continue;
        left += (left.empty() ? "" : ", ") + std::string{kCounts[i].file} + " " + kCounts[i].name + " " +
                std::to_string(now[i] - before[i]);
    }
    return left;
}

}  // namespace

std::vector<long> counts() {
    std::map<std::string, Numbers> files;
    std::vector<long> all;
    for (const Count& c : kCounts) {
        auto [file, fresh] = files.try_emplace(c.file);
        if (fresh) file->second = numbers_of(c.file);
        Numbers& numbers = file->second;
        all.push_back(numbers[c.name] - (c.less ? numbers[c.less] : 0));
    }
    return all;
}

std::string left_behind(const std::vector<long>& before) {
    constexpr useconds_t kFrame = 21'000;  // of 50 Hz, and a little
    constexpr int kFrames = 3;
    std::string left = more_than(before);
    for (int i = 0; i < kFrames && !left.empty(); ++i) {
        ::usleep(kFrame);
        left = more_than(before);
    }
    return left;
}

}  // namespace apps::init
