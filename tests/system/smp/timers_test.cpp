// The private region of the Cortex-A9 as every core sees it. Expected figures: the program's own numbers.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <regex>
#include <string>

#include "run_program.hpp"

using namespace exysim::test;
using smp::Run;

namespace {

constexpr const char* kProgram = "timers_program";

/// What the program prints on `n` cores; `pins`: interrupts of the external controller that came as PPI 31.
std::string expected(unsigned n, unsigned pins) {
    std::string text = fmt::format("cores {}\n", n);
    for (unsigned i = 0; i < n; ++i) {
        text += fmt::format(
            "core {}\nbase 1\nown 1\nticks 4\nbarks 1\nmatches 4\nsgis 1\nstrangers 0\nperiods 3\n", i);
    }
    for (unsigned i = 0; i < n; ++i) text += fmt::format("pins {}\n", pins);
    return text;
}

}  // namespace

TEST_CASE("each of two cores has timer, watchdog, comparator and interrupt interface of its own",
          "[system][cpu]") {
    for (const char* slice : {"timing.slice=100 ns", "timing.slice=1 us", "timing.slice=10 us"}) {
        INFO(slice);
        CHECK(smp::on_exysim(kProgram, "exynos4210", 2, {slice}).output == expected(2, 1));
    }
}

TEST_CASE("so has each of an Exynos4412's four", "[system][cpu]") {
    const Run r = smp::on_exysim(kProgram, "exynos4412", 4);
    CHECK(r.output == expected(4, 1));
    CHECK(r.status == 0);
}

TEST_CASE("QEMU's cores count the same interrupts, but its pins bypass the private controller",
          "[system][cpu]") {
    // QEMU's clock is the host's, so that interrupts come late: how late is not compared.
    const auto counts = [](const std::string& text) {
        return std::regex_replace(text, std::regex{"periods [0-9]+\n"}, "");
    };
    CHECK(counts(smp::on_qemu(kProgram, 2).output) == counts(expected(2, 0)));
}
