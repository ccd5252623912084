#include "platform/config/units.hpp"

#include <catch2/catch.hpp>

using namespace exysim::config;

namespace {
uint64_t value(std::string_view text, Unit unit) {
    const Quantity q = parse_quantity(text, unit);
    INFO(text << ": " << q.problem);
    REQUIRE(q.value);
    return *q.value;
}
std::string problem(std::string_view text, Unit unit) {
    const Quantity q = parse_quantity(text, unit);
    REQUIRE_FALSE(q.value);
    return q.problem;
}
}  // namespace

TEST_CASE("units: suffixes scale to the base unit", "[config]") {
    CHECK(value("12", Unit::count) == 12);
    CHECK(value("0x4000_0000", Unit::count) == 0x4000'0000);
    CHECK(value("512 MiB", Unit::bytes) == 512ULL * 1024 * 1024);
    CHECK(value("512MiB", Unit::bytes) == 512ULL * 1024 * 1024);
    CHECK(value("3 MB", Unit::bytes) == 3'000'000);
    CHECK(value("4096", Unit::bytes) == 4096);
    CHECK(value("1.5 GHz", Unit::hertz) == 1'500'000'000);
    CHECK(value("24000000", Unit::hertz) == 24'000'000);
    CHECK(value("60 ms", Unit::nanoseconds) == 60'000'000);
    CHECK(value("0.25 us", Unit::nanoseconds) == 250);
    CHECK(value("5 s", Unit::nanoseconds) == 5'000'000'000);
    CHECK(value("0", Unit::nanoseconds) == 0);
    CHECK(value("50 %", Unit::percent) == 50);
    CHECK(value("3200 MB/s", Unit::bandwidth) == 3'200'000'000);
}

TEST_CASE("units: a value is read to its end", "[config]") {
    CHECK(problem("12x", Unit::count) == "'12x' is not a whole number");
    CHECK(problem("12 34", Unit::count) == "'12 34' is not a whole number");
    CHECK(problem("1.5", Unit::count) == "'1.5' is not a whole number");
    CHECK(problem("0x", Unit::count) == "'0x' is not a whole number");
    CHECK(problem("12_", Unit::count) == "'12_' is not a whole number");
    CHECK(problem("1e3", Unit::count) == "'1e3' is not a whole number");
    CHECK(problem(".", Unit::count) == "'.' is not a whole number");
    CHECK(problem("ten", Unit::count) == "'ten' is not a whole number");
    CHECK(problem("-1", Unit::count) == "'-1' is negative");
    CHECK(problem("", Unit::bytes) == "is empty, expected a size such as 4 MiB");
}

TEST_CASE("units: times need a suffix, sizes do not", "[config]") {
    CHECK(problem("60", Unit::nanoseconds) == "'60' needs a unit: ns, us, ms, s, min");
    CHECK(problem("60", Unit::percent) == "'60' needs a unit: %");
    CHECK(problem("0.5 ns", Unit::nanoseconds) == "'0.5 ns' is not a whole number");
}

TEST_CASE("units: a wrong suffix names the right ones", "[config]") {
    const Quantity q = parse_quantity("4 MIB", Unit::bytes);
    CHECK(q.problem == "'4 MIB' has an unknown unit 'MIB', expected B, kB, KiB, MB, MiB, GB, GiB");
    CHECK(q.hint == "did you mean 'MiB'?");
    CHECK(problem("5 s", Unit::bytes).find("unknown unit 's'") != std::string::npos);
}

TEST_CASE("units: 64 bits are the limit", "[config]") {
    CHECK(value("18446744073709551615", Unit::count) == UINT64_MAX);
    CHECK(problem("18446744073709551616", Unit::count) == "'18446744073709551616' is too large");
    CHECK(problem("0x1_0000_0000_0000_0000", Unit::count) == "'0x1_0000_0000_0000_0000' is too large");
    CHECK(problem("17179869184 GiB", Unit::bytes) == "'17179869184 GiB' is too large");
}

TEST_CASE("units: values print with the largest whole suffix", "[config]") {
    CHECK(format_quantity(512ULL << 20, Unit::bytes) == "512 MiB");
    CHECK(format_quantity(1500, Unit::nanoseconds) == "1500 ns");
    CHECK(format_quantity(60'000'000, Unit::nanoseconds) == "60 ms");
    CHECK(format_quantity(1'000'000'000, Unit::hertz) == "1 GHz");
    CHECK(format_quantity(3'200'000'000, Unit::bandwidth) == "3200 MB/s");
    CHECK(format_quantity(0, Unit::nanoseconds) == "0 ns");
    CHECK(format_quantity(7, Unit::count) == "7");
}
