// The DRAM controller alone, DDR3-800 on two channels, 64-byte requests with sixteen in flight.
#include <array>
#include <random>
#include <vector>

#include "models/dram/controller.hpp"
#include "models/dram/trace_player.hpp"
#include "tests/bench/memory/memory_bench.hpp"

namespace exysim::bench {

namespace {

struct Item {
    uint64_t offset;
    uint32_t bytes;
    bool write;
};
enum class Pattern { sequential, strided, random, copy, mixed };
constexpr uint32_t kItems = 1 << 16, kBytes = 64;
constexpr uint64_t kSize = 256ULL << 20;

std::vector<Item> trace(Pattern pattern) {
    std::mt19937 random{1};
    std::vector<Item> made;
    uint64_t where = 0;
    for (uint64_t n = 0; n < kItems; ++n) {
        switch (pattern) {
            case Pattern::sequential:
                made.push_back({n * kBytes, kBytes, false});
                break;
            case Pattern::strided:
                made.push_back({n * 4096 % kSize, kBytes, false});
                break;
            case Pattern::random:
                made.push_back({random() % (kSize / kBytes) * kBytes, kBytes, false});
                break;
            case Pattern::copy:
                made.push_back({n / 2 * kBytes + n % 2 * (kSize / 2), kBytes, n % 2 != 0});
                break;
            case Pattern::mixed:
                where = random() % 8 == 0 ? random() % (kSize / kBytes) * kBytes : (where + kBytes) % kSize;
                made.push_back({where, kBytes, random() % 3 == 0});
                break;
        }
    }
    return made;
}

template <Pattern pattern>
Measured play(double seconds) {
    dram::ControllerConfig config;
    config.timing = dram::preset("ddr3-800")->timing;
    config.geometry = dram::preset("ddr3-800")->geometry;
    dram::Controller controller{config};
    const std::vector<Item> items = trace(pattern);
    std::array<dram::Ticket, 16> flight{};  // its size known: a division less a request
    Picoseconds now = 0;
    Measured made;
    const double begun = cpu_seconds();
    do {
        for (size_t n = 0; n < items.size(); ++n) {
            dram::Ticket& slot = flight[n % flight.size()];
            if (slot != 0) now = std::max(now, controller.completion(slot));
            slot = controller.submit({items[n].offset, items[n].bytes, items[n].write}, now);
        }
        made.count += kItems / 1e6;
        made.host = cpu_seconds() - begun;
    } while (made.host < seconds);
    return made;
}

constexpr const char* kUnit = "million requests a second";
constexpr Case kCases[] = {
    {"controller", "sequential reads", kUnit, 20, play<Pattern::sequential>},
    {"controller", "reads 4 KiB apart", kUnit, 20, play<Pattern::strided>},
    {"controller", "random reads", kUnit, 20, play<Pattern::random>},
    {"controller", "copy", kUnit, 20, play<Pattern::copy>},
    {"controller", "runs of eight, a third of them writes", kUnit, 20, play<Pattern::mixed>},
};

}  // namespace

std::span<const Case> controller_cases() { return kCases; }

}  // namespace exysim::bench
