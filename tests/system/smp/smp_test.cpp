// Several cores on the whole machine, started as Linux starts them. Expected figures: the program's own
// arithmetic (rounds times cores), and what qemu-system-arm prints.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "run_program.hpp"

using namespace exysim::test;
using smp::Run;

namespace {

constexpr const char* kProgram = "smp_program";

Run on_exysim(const std::string& platform, unsigned cores, const std::string& slice) {
    return smp::on_exysim(kProgram, platform, cores, {"mode=fast", "timing.slice=" + slice});
}

/// What the program prints on `n` cores.
std::string expected(unsigned n) {
    constexpr unsigned kRounds = 2000, kLaps = 100;
    const unsigned all = kRounds * n;
    std::string text = fmt::format("cores {}\nguarded {}\nwords {}\n", n, all, kRounds * n * (n + 1) / 2);
    text += fmt::format("doubles low {}\ndoubles high {}\nhalves {}\nbytes {}\n", 3 * all, all, all,
                        (kRounds / 4 * n) % 256);
    for (unsigned i = 0; i < n; ++i) text += fmt::format("ring {}\n", kLaps);
    for (unsigned i = 0; i < n; ++i) text += "pages 1122\n";
    return text;
}

}  // namespace

TEST_CASE("two cores count, lock and interrupt each other, whatever the slice", "[system][cpu]") {
    for (const char* slice : {"100 ns", "1 us", "10 us"}) {
        INFO(slice);
        const Run r = on_exysim("exynos4210", 2, slice);
        CHECK(r.output == expected(2));
        CHECK(r.status == 0);
    }
}

TEST_CASE("four cores of an Exynos4412 do, from their own boot words", "[system][cpu]") {
    for (const char* slice : {"100 ns", "1 us", "10 us"}) {
        INFO(slice);
        const Run r = on_exysim("exynos4412", 4, slice);
        CHECK(r.output == expected(4));
        CHECK(r.status == 0);
    }
    CHECK(on_exysim("exynos4412", 3, "1 us").output == expected(3));
}

TEST_CASE("caches, store buffers and TLBs change nothing that cores may rely on", "[system][cpu]") {
    for (const unsigned cores : {2U, 3U, 4U}) {
        INFO(cores);
        const Run r = smp::on_exysim(kProgram, "exynos4412", cores, {"mode=timing"});
        CHECK(r.output == expected(cores));
        CHECK(r.status == 0);
    }
    for (const char* slice : {"100 ns", "10 us"}) {
        INFO(slice);
        const Run r =
            smp::on_exysim(kProgram, "exynos4210", 2,
                           {"mode=timing", "speculation=aggressive", std::string{"timing.slice="} + slice});
        CHECK(r.output == expected(2));
    }
}

TEST_CASE("one core needs none of it", "[system][cpu]") {
    CHECK(on_exysim("exynos4210", 1, "1 us").output == expected(1));
}

TEST_CASE("QEMU's two cores print the same", "[system][cpu]") {
    const Run r = smp::on_qemu(kProgram, 2);
    CHECK(r.output == expected(2));
}

TEST_CASE("an Exynos4210 has two cores at most", "[system][cpu]") {
    const Run r = on_exysim("exynos4210", 3, "1 us");
    CHECK(r.status != 0);
    CHECK(r.output.find("two cores") != std::string::npos);
}
