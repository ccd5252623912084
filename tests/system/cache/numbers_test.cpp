// What software can measure on the machine, held against what was measured on an Exynos4210 at 1.2 GHz
// (hardware page "CPU subsystem" section 10, published by 7-cpu.com) and against what must hold on any ARMv7
// core of this kind. The program prints hundredths of a cycle.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <map>
#include <sstream>
#include <string>

namespace {

constexpr double kGigahertz = 1.2;

using Figures = std::map<std::string, double>;

Figures run() {
    const std::string command = fmt::format(
        "timeout 250 '{}' boot '{}' --platform exynos4210 --semihosting --until 20s --set mode=timing "
        "--set 'cpu.clock=1.2 GHz' 2>&1 < /dev/null",
        EXYSIM_PROGRAM, EXYSIM_NUMBERS_ELF);
    Figures figures;
    FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    char line[256];
    while (std::fgets(line, sizeof line, pipe) != nullptr) {
        UNSCOPED_INFO(line);
        std::istringstream words{line};
        std::string name;
        double hundredths = 0;
        if (words >> name >> hundredths) figures[name] = hundredths / 100;
    }
    CHECK(pclose(pipe) == 0);
    return figures;
}

}  // namespace

TEST_CASE("software measures the latencies and bandwidths of an Exynos4210", "[system][cache]") {
    Figures f = run();
    const auto near = [&f](const char* name, double expected, double tolerance) {
        INFO(name << " " << f[name] << ", expected " << expected);
        CHECK(f[name] == Approx(expected).epsilon(tolerance));
    };
    // --- one load after the other
    near("l1_load_cycles", 4, 0.03);
    near("l2_load_cycles", 23, 0.10);  // one line in sixteen is still in the level-1 cache
    near("memory_load_cycles", 23 + 110 * kGigahertz, 0.12);
    // --- translations
    near("tlb_hit_cycles", 4, 0.03);
    near("micro_tlb_miss_cycles", 4 + 7, 0.05);
    near("main_tlb_miss_cycles", 4 + 14, 0.15);  // the tables' lines come and go
    // --- loads that need nothing of each other
    near("l2_random_cycles", 7, 0.25);
    near("l2_sequential_cycles", 8.7, 0.10);
    near("memory_random_cycles", 68 * kGigahertz, 0.12);
    near("l2_store_cycles", 11.5, 0.20);
    // --- memory types: cached, write-combined, strongly ordered, in this order and how far apart
    CHECK(f["cached_store_cycles"] < f["combined_store_cycles"]);
    CHECK(5 * f["combined_store_cycles"] < f["ordered_store_cycles"]);
    CHECK(5 * f["cached_load_cycles"] < f["combined_load_cycles"]);
    CHECK(5 * f["cached_load_cycles"] < f["ordered_load_cycles"]);
    CHECK(f["cached_copy_cycles"] < f["combined_copy_cycles"]);
    CHECK(f["combined_copy_cycles"] < f["ordered_copy_cycles"]);
    // --- maintenance: nothing is cheaper than a line that is not there, and writing back costs most
    CHECK(f["clean_invalidate_absent_l2_cycles"] > 0);
    // A line's 32 bytes at 6.4 GB/s, which two channels of 32 bits at 800 MT/s have at most (hardware page
    // "DRAM")
    CHECK(f["clean_invalidate_dirty_l2_cycles"] > 32 / 6.4 * kGigahertz);
    CHECK(f["memory_sequential_cycles"] > 32 / 6.4 * kGigahertz);
    CHECK(f["large_copy_cycles"] > 2 * 1024 / 6.4 * kGigahertz);  // a KiB is read and written
    CHECK(f["clean_invalidate_absent_l2_cycles"] <= f["clean_invalidate_dirty_l2_cycles"]);
}
