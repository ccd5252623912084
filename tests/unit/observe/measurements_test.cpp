// What a program says it measured, against what was expected.
#include "platform/observe/measurements.hpp"

#include <catch2/catch.hpp>

using namespace exysim;
using namespace exysim::observe;

namespace {

config::Expectation wanted(const std::string& name, config::Bound::Op op, uint64_t value, config::Unit unit) {
    return {name, {op, value, "bound"}, unit};
}

constexpr auto kLess = config::Bound::Op::less, kEqual = config::Bound::Op::equal;
constexpr auto kTime = config::Unit::nanoseconds, kBytes = config::Unit::bytes, kCount = config::Unit::count;

}  // namespace

TEST_CASE("measurements: lines with and without units, among others", "[observe]") {
    Measurements m;
    m.read(
        "1..2\nok 1 - a\nmeasured a.b-c_1 48300 ns\r\n# measured no 1\nmeasured n 17\nmeasured s 4 "
        "KiB\nmeasured t 12 us");
    REQUIRE(m.all().size() == 4);
    CHECK(m.all().at("a.b-c_1").value == 48300);
    CHECK(m.all().at("a.b-c_1").unit == kTime);
    CHECK(m.all().at("n").unit == kCount);
    CHECK(m.all().at("s").value == 4096);
    CHECK(m.all().at("t").value == 12000);
    CHECK(all_met(m.judge({})));
}

TEST_CASE("measurements: a bound holds in its own unit only", "[observe]") {
    Measurements m;
    m.read("measured t 12 us\nmeasured zero 0 B\n");
    CHECK(all_met(m.judge({wanted("t", kLess, 13'000, kTime), wanted("zero", kEqual, 0, kCount)})));
    CHECK_FALSE(all_met(m.judge({wanted("t", kLess, 12'000, kTime)})));
    CHECK_FALSE(all_met(m.judge({wanted("t", kLess, 13'000, kBytes)})));
    CHECK_FALSE(all_met(m.judge({wanted("t", kLess, 13'000, kCount)})));
    const auto absent = m.judge({wanted("u", kEqual, 0, kCount)});
    REQUIRE(absent.size() == 1);
    CHECK(absent[0].name == "measured.u");
    CHECK(absent[0].found == "not measured");
    CHECK_FALSE(absent[0].met);
}

TEST_CASE("measurements: a broken line or a name told twice fails the run", "[observe]") {
    for (const char* line : {"measured x", "measured x twelve", "measured x 12 parsecs", "measured x/y 1",
                             "measured a 1\nmeasured a 2", "measured  a 1"}) {
        INFO(line);
        Measurements m;
        m.read(line);
        CHECK_FALSE(all_met(m.judge({})));
    }
}

TEST_CASE("measurements: they are statistics too", "[observe]") {
    Measurements m;
    m.read("measured a 4 KiB\n");
    Statistics statistics;
    m.register_in(statistics);
    CHECK(statistics.all().at("program.a").value() == 4096);
    CHECK(statistics.all().at("program.a").unit == "bytes");
    CHECK(m.text().find("4 KiB   a") != std::string::npos);
}
