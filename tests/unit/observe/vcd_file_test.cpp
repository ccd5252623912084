#include "platform/observe/vcd_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "platform/config/diagnostics.hpp"
#include "platform/observe/signal_choice.hpp"
#include "tests/support/vcd_reader.hpp"

using namespace exysim;
using namespace exysim::observe;
namespace fs = std::filesystem;

namespace {

fs::path file_called(const char* name) {
    return fs::temp_directory_path() / (std::string{"vcd_test_"} + name);
}

using Values = std::vector<std::pair<uint64_t, uint64_t>>;

const std::vector<SignalFacts> kOffered = {{"bus.cpu.read", 1, "", false},
                                           {"bus.fimc0.read", 1, "", false},
                                           {"fimc0.irq", 1, ""},
                                           {"fimc0.job", 1, ""},
                                           {"hdmi.vsync", 1, ""}};

}  // namespace

TEST_CASE("vcd: what IEEE 1364 asks of a file, to the letter", "[observe][vcd]") {
    const fs::path file = file_called("letter");
    {
        VcdFile vcd{file, "1", {{"a.b.x", 1}, {"a.c", 8}, {"d", 1}}};
        vcd.set(0, 1, 1000);
        vcd.set(1, 5, 1000);
        vcd.set(0, 0, 2500);
        vcd.close(3000);
    }
    std::ostringstream all;
    all << std::ifstream{file}.rdbuf();
    CHECK(all.str() ==
          "$version exysim 1 $end\n$timescale 1 ps $end\n"
          "$scope module a $end\n$scope module b $end\n$var wire 1 ! x $end\n$upscope $end\n"
          "$var wire 8 \" c [7:0] $end\n$upscope $end\n$var wire 1 # d $end\n"
          "$enddefinitions $end\n#0\n$dumpvars\n0!\nb0 \"\n0#\n$end\n"
          "#1000\n1!\nb101 \"\n#2500\n0!\n#3000\n");
}

TEST_CASE("vcd: changes told out of order stand in order, and what comes back at once is no change",
          "[observe][vcd]") {
    const fs::path file = file_called("order");
    VcdFile vcd{file, "1", {{"busy", 1}, {"depth", 4}}};
    // Three intervals, two that touch, told last first: low only between 30 and 40.
    for (const auto& [begin, end] : {std::pair<Picoseconds, Picoseconds>{40, 50}, {20, 30}, {10, 20}}) {
        vcd.add(0, 1, begin);
        vcd.add(0, -1, end);
        vcd.add(1, 1, begin);
        vcd.add(1, -1, end + 5);
    }
    vcd.close(60);
    const test::Vcd read = test::read_vcd(file);
    CHECK(read.timescale == "1 ps");
    CHECK(read.signals.at("busy").values == Values{{0, 0}, {10, 1}, {30, 0}, {40, 1}, {50, 0}});
    CHECK(read.signals.at("depth").values ==
          Values{{0, 0}, {10, 1}, {20, 2}, {25, 1}, {35, 0}, {40, 1}, {55, 0}});
    CHECK(read.end == 60);
    CHECK(read.comments == 0);
}

TEST_CASE("vcd: what is known too late stands at the last written moment, and the file says so",
          "[observe][vcd]") {
    const fs::path file = file_called("late");
    VcdFile vcd{file, "1", {{"a", 1}, {"b", 1}}};
    vcd.set(0, 1, 1000);
    vcd.set(0, 0, 2000 + VcdFile::kHold);  // writes the first
    vcd.set(1, 1, 500);
    vcd.close(3000 + VcdFile::kHold);
    const test::Vcd read = test::read_vcd(file);
    CHECK(read.signals.at("b").values == Values{{0, 0}, {1000, 1}});
    CHECK(read.signals.at("a").rises() == 1);
    CHECK(read.comments == 1);
}

TEST_CASE("vcd: a thousand signals have names of their own", "[observe][vcd]") {
    std::vector<VcdFile::Signal> many;
    for (int n = 0; n < 10000; ++n) many.push_back({"s.n" + std::to_string(n), 1 + n % 64U});
    const fs::path file = file_called("many");
    VcdFile vcd{file, "1", many};
    for (size_t n = 0; n < many.size(); ++n) vcd.set(n, ~uint64_t{0}, 7 + n);
    vcd.close(20000);
    const test::Vcd read = test::read_vcd(file);  // throws for an identifier that is used twice
    REQUIRE(read.signals.size() == many.size());
    for (size_t n = 0; n < many.size(); ++n)
        CHECK(read.signals.at(many[n].name).last() == ~uint64_t{0} >> (64 - many[n].width));
}

TEST_CASE("vcd: a file that cannot be written is said to be", "[observe][vcd]") {
    CHECK_THROWS_WITH((VcdFile{"/nonexistent/x.vcd", "1", {}}), Catch::Contains("/nonexistent/x.vcd"));
    VcdFile full{"/dev/full", "1", {{"a", 1}}};
    CHECK_THROWS_WITH(full.close(1), Catch::Contains("/dev/full"));
}

TEST_CASE("signals are chosen by name, scope or pattern", "[observe][vcd]") {
    using Chosen = std::vector<size_t>;
    CHECK(choose_signals(kOffered, "") == Chosen{2, 3, 4});
    CHECK(choose_signals(kOffered, "all") == Chosen{0, 1, 2, 3, 4});
    CHECK(choose_signals(kOffered, "hdmi.vsync,fimc0.irq,hdmi.vsync") == Chosen{2, 4});
    CHECK(choose_signals(kOffered, "fimc0") == Chosen{2, 3});
    CHECK(choose_signals(kOffered, "*.read,*.j?b") == Chosen{0, 1, 3});
    CHECK_THROWS_WITH(choose_signals(kOffered, "fimc0.irq,hdmi.vsnc"),
                      Catch::Contains("'hdmi.vsnc'") && Catch::Contains("did you mean 'hdmi.vsync'?"));
    CHECK_THROWS_WITH(choose_signals(kOffered, "fimc"), Catch::Contains("did you mean 'fimc0'?"));
    CHECK_THROWS_WITH(choose_signals(kOffered, "quite_another"), Catch::Contains("describe --signals"));
    CHECK_THROWS_AS(choose_signals(kOffered, "fimc0.irq,,hdmi.vsync"), config::ConfigError);
}
