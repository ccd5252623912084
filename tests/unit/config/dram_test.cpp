// The controller's settings and memory traces: what is read, and every kind of mistake with its place.
#include "platform/config/dram.hpp"

#include <catch2/catch.hpp>

#include "platform/config/memory_trace.hpp"
#include "platform/config/platform.hpp"

using namespace exysim;
using namespace exysim::config;

namespace {

Platform read(const std::string& ram, Diagnostics& diagnostics) {
    const auto source = std::make_shared<const SourceText>(SourceText{"p.yaml", "name: board\nram:\n" + ram});
    const auto root = parse_yaml(source, diagnostics);
    REQUIRE(root);
    return read_platform(*root, diagnostics);
}
dram::ControllerConfig good(const std::string& ram) {
    Diagnostics diagnostics;
    const Platform made = read(ram, diagnostics);
    for (const Diagnostic& d : diagnostics.all()) FAIL_CHECK(d.text());
    return made.ram.controller;
}
/// The only mistake's text.
std::string mistake(const std::string& ram) {
    Diagnostics diagnostics;
    read(ram, diagnostics);
    REQUIRE(diagnostics.all().size() == 1);
    return diagnostics.all().front().text();
}
bool starts(const std::string& text, const std::string& with) {
    INFO(text);
    CHECK(text.substr(0, with.size()) == with);
    return text.starts_with(with);
}
constexpr TraceLimits kLimits{.base = 0x4000'0000, .size = 1 << 20};
std::string trace_error(const std::string& text) {
    try {
        parse_trace("t.txt", text, kLimits);
    } catch (const ConfigError& e) {
        return e.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("config: a controller is a preset and what differs from it", "[config]") {
    CHECK(good("  size: 512 MiB\n").timing == dram::preset("ddr3-800")->timing);
    const auto made = good(
        "  model: controller\n"
        "  controller:\n"
        "    preset: ddr3-1600\n"
        "    timing: {rcd: 12, rfc: 300 ns, refi: 3.9 us, xp: 6.1 ns}\n"
        "    geometry: {ranks: 2}\n"
        "    map: {order: row rank bank column, channel_bits: [12], bank_hash: true}\n"
        "    scheduling: {page_policy: adaptive, write_high: 24}\n");
    CHECK(made.timing.tck_ps == 1250);
    CHECK(made.timing.rcd == 12);
    CHECK(made.timing.rfc == 240);
    CHECK(made.timing.refi == 3120);
    CHECK(made.timing.xp == 5);  // rounded up
    CHECK(made.timing.ras == 28);
    CHECK(made.geometry.ranks == 2);
    CHECK(made.mapping.order == "row rank bank column");
    CHECK(made.mapping.channel_bits == std::vector<uint32_t>{12});
    CHECK(made.mapping.bank_hash);
    CHECK(made.scheduling.page_policy == dram::PagePolicy::adaptive);
    CHECK(made.scheduling.write_high == 24);
    CHECK(good("  controller: {preset: ddr3-800, clock: 330 MHz}\n").timing.tck_ps == 3030);
}

TEST_CASE("config: the model follows the mode unless it is said", "[config]") {
    Ram ram;
    CHECK_FALSE(ram.uses_controller("fast"));
    CHECK(ram.uses_controller("timing"));
    ram.model = "simple";
    CHECK_FALSE(ram.uses_controller("timing"));
    ram.model = "controller";
    CHECK(ram.uses_controller("fast"));
}

TEST_CASE("config: whoever gives a rate or a latency and no model has memory of that kind", "[config]") {
    const auto model = [](const std::string& ram) {
        Diagnostics diagnostics;
        const Ram made = read(ram, diagnostics).ram;
        CHECK(diagnostics.all().empty());
        return made.model;
    };
    CHECK(model("  bandwidth: 110 MB/s\n") == "simple");
    CHECK(model("  latency: 40 ns\n") == "simple");
    CHECK(model("  size: 64 MiB\n") == "auto");
    CHECK(model("  bandwidth: 110 MB/s\n  model: auto\n") == "auto");
    CHECK(model("  bandwidth: 110 MB/s\n  controller: {preset: ddr3-800}\n") == "auto");
}

TEST_CASE("config: controllers that cannot be are refused where they say so", "[config]") {
    const std::string at = "  controller:\n";
    starts(mistake(at + "    preset: ddr3-1601\n"),
           "p.yaml:4:13: ram.controller.preset: unknown preset 'ddr3-1601', expected");
    CHECK(mistake(at + "    preset: ddr3-1601\n").find("did you mean 'ddr3-1600'?") != std::string::npos);
    CHECK(mistake(at + "    timing: {rdc: 6}\n").find("did you mean 'rcd'?") != std::string::npos);
    starts(mistake(at + "    timing: {rc: 20}\n"),
           "p.yaml:4:18: ram.controller.timing.rc: is 20 clocks, less than 21 clocks of tRAS + tRP");
    starts(mistake(at + "    timing: {rcd: 6x}\n"), "p.yaml:4:19: ram.controller.timing.rcd: '6x'");
    starts(mistake(at + "    timing: {rcd: 9 us}\n"),
           "p.yaml:4:19: ram.controller.timing.rcd: 9 us is 3600 clocks");
    starts(mistake(at + "    geometry: {banks: 6}\n"),
           "p.yaml:4:23: ram.controller.geometry.banks: is 6, not a power of two");
    starts(mistake(at + "    geometry: {row_bits: 12}\n"),
           "p.yaml:4:15: ram.controller.geometry: holds 256 MiB, less than ram.size of 512 MiB");
    starts(mistake(at + "    map: {channel_bits: [3]}\n"),
           "p.yaml:4:25: ram.controller.map.channel_bits: name bit 3, which lies inside a burst of 32 bytes");
    starts(mistake(at + "    map: {channel_bits: 7}\n"),
           "p.yaml:4:25: ram.controller.map.channel_bits: is a single value, expected a list");
    starts(mistake(at + "    map: {order: row bank column}\n"),
           "p.yaml:4:18: ram.controller.map.order: must name each of rank, row, bank and column once");
    starts(mistake(at + "    scheduling: {write_high: 40}\n"),
           "p.yaml:4:30: ram.controller.scheduling.write_high: is more than write_queue");
    starts(mistake(at + "    scheduling: {page_policy: shut}\n"),
           "p.yaml:4:31: ram.controller.scheduling.page_policy: unknown page policy 'shut'");
    starts(mistake("  model: controler\n"), "p.yaml:3:10: ram.model: unknown model 'controler'");
    // more RAM than the preset holds is a mistake only where the controller is used
    starts(mistake("  size: 1536 MiB\n  model: controller\n"),
           "p.yaml:3:3: ram.controller.geometry: holds 1 GiB, less than ram.size of 1536 MiB");
    good("  size: 1536 MiB\n");
}

TEST_CASE("config: every setting of the controller is described", "[config]") {
    const auto all = controller_settings();
    for (const char* path :
         {"ram.controller.preset", "ram.controller.timing.faw", "ram.controller.geometry.width",
          "ram.controller.map.order", "ram.controller.scheduling.max_wait"}) {
        CHECK(
            std::any_of(all.begin(), all.end(), [&](const ControllerSetting& s) { return s.path == path; }));
    }
}

TEST_CASE("trace: times, directions, addresses and sizes are read", "[config]") {
    const auto trace = parse_trace(
        "t.txt", "# a trace\n0 R 0x40000000\n\n12.5 W 1073741888 64 # written\n12.5\tr 0x400fffe0\r\n",
        kLimits);
    REQUIRE(trace.size() == 3);
    CHECK(trace[0].offset == 0);
    CHECK(trace[0].bytes == 32);
    CHECK_FALSE(trace[0].write);
    CHECK(trace[1].at == 12'500);
    CHECK(trace[1].offset == 64);
    CHECK(trace[1].bytes == 64);
    CHECK(trace[1].write);
    CHECK(trace[2].offset == 0xFFFE0);
}

TEST_CASE("trace: mistakes are shown with line, column and caret", "[config]") {
    starts(trace_error("0 R 0x40000000\n5 X 0x40000000\n"), "t.txt:2:3: 'X' is neither R nor W\n");
    CHECK(trace_error("5 X 0x40000000\n").find("5 X 0x40000000\n") != std::string::npos);
    CHECK(trace_error("5 X 0x40000000\n").find("|   ^") != std::string::npos);
    starts(trace_error("x R 0x40000000\n"), "t.txt:1:1: 'x' is no time");
    starts(trace_error("1.2345 R 0x40000000\n"), "t.txt:1:1: '1.2345' is no time");
    starts(trace_error("-1 R 0x40000000\n"), "t.txt:1:1: '-1' is no time");
    for (const std::string time : {"0x10", "0X10", "1.0x5", "1.-5", "1.", ".5", "1.5.5", "1e3"})
        starts(trace_error(time + " R 0x40000000\n"), "t.txt:1:1: '" + time + "' is no time");
    starts(trace_error("9 R 0x40000000\n8 R 0x40000000\n"),
           "t.txt:2:1: '8' is earlier than the request before");
    starts(trace_error("0 R 0x4000000g\n"), "t.txt:1:5: '0x4000000g' is no address");
    starts(trace_error("0 R 0x3fffffff\n"),
           "t.txt:1:5: '0x3fffffff' is outside memory: 1 MiB from 0x40000000");
    starts(trace_error("0 R 0x400fffe1\n"), "t.txt:1:5: '0x400fffe1' is outside memory");
    starts(trace_error("0 R 0x40000000 0\n"), "t.txt:1:16: '0' is no size");
    starts(trace_error("0 R 0x40000000 99999\n"), "t.txt:1:16: '99999' is no size");
    starts(trace_error("0 R 0x40000000 32 7\n"), "t.txt:1:19: '7' is one word too many");
    starts(trace_error("0 R\n"), "t.txt:1:3: 'R' the line ends here");
    starts(trace_error(""), "t.txt:1:1: holds no requests");
    const std::string all = trace_error("a R 1\nb R 2\n");  // both at once
    CHECK(all.find("t.txt:1:1") != std::string::npos);
    CHECK(all.find("t.txt:2:1") != std::string::npos);
}
