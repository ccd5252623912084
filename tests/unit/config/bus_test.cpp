// The bus's settings: what is read, and every kind of mistake with its place.
#include <catch2/catch.hpp>

#include "platform/config/platform.hpp"

using namespace exysim;
using namespace exysim::config;

namespace {

Platform read(const std::string& bus, Diagnostics& diagnostics) {
    const auto source = std::make_shared<const SourceText>(SourceText{"p.yaml", "name: board\nbus:\n" + bus});
    const auto root = parse_yaml(source, diagnostics);
    REQUIRE(root);
    return read_platform(*root, diagnostics);
}
Bus good(const std::string& bus) {
    Diagnostics diagnostics;
    const Platform made = read(bus, diagnostics);
    for (const Diagnostic& d : diagnostics.all()) FAIL_CHECK(d.text());
    return made.bus;
}
void refused(const std::string& bus, const std::string& beginning) {
    Diagnostics diagnostics;
    read(bus, diagnostics);
    REQUIRE(diagnostics.all().size() == 1);
    const std::string text = diagnostics.all().front().text();
    INFO(text);
    CHECK(text.substr(0, beginning.size()) == beginning);
}

}  // namespace

TEST_CASE("config: a bus master is its usual port and what differs from it", "[config]") {
    const Bus usual = good("  latency: 30 ns\n");
    CHECK(usual.masters.at("fimc0").width == 64);
    CHECK(usual.masters.at("cpu").width == 128);
    CHECK(usual.arbitration == "round_robin");
    const Bus made = good(
        "  arbitration: qos\n"
        "  memory: {width: 256, clock: 200 MHz}\n"
        "  masters:\n"
        "    mixer0: {priority: 3, reads: 16}\n"
        "    g2d: {rate: 200 MB/s, allowance: 1 KiB, writes: 2, beats: 8}\n");
    CHECK(made.arbitration == "qos");
    CHECK(made.memory.width == 256);
    CHECK(made.memory.clock_hz == 200'000'000);
    CHECK(made.masters.at("mixer0").priority == 3);
    CHECK(made.masters.at("mixer0").reads == 16);
    CHECK(made.masters.at("mixer0").writes == 8);
    CHECK(made.masters.at("g2d").rate == 200'000'000);
    CHECK(made.masters.at("g2d").allowance == 1024);
    CHECK(made.masters.at("g2d").beats == 8);
    CHECK(made.masters.at("fimc0").rate == 0);
}

TEST_CASE("config: mistakes in the bus's settings name the place", "[config]") {
    const std::string at = "  masters:\n    g2d: ";
    refused("  arbitration: lottery\n", "p.yaml:3:16: bus.arbitration: unknown arbitration 'lottery'");
    refused("  memory: {width: 100}\n", "p.yaml:3:19: bus.memory.width: 100 bits are no width of a port");
    refused("  memory: {width: 4}\n", "p.yaml:3:19: bus.memory.width: ");
    refused("  masters: {g2e: {width: 64}}\n", "p.yaml:3:13: bus.masters.g2e: no such master");
    refused(at + "{width: 48}\n", "p.yaml:4:18: bus.masters.g2d.width: 48 bits are no width of a port");
    refused(at + "{reads: 0}\n", "p.yaml:4:18: bus.masters.g2d.reads: ");
    refused(at + "{beats: 17}\n", "p.yaml:4:18: bus.masters.g2d.beats: ");
    refused(at + "{priority: 4}\n", "p.yaml:4:21: bus.masters.g2d.priority: ");
    refused(at + "{allowance: 8 KiB}\n",
            "p.yaml:4:22: bus.masters.g2d.allowance: means nothing without a rate");
    refused(at + "{rate: 2 GB/s}\n", "p.yaml:4:17: bus.masters.g2d.rate: is more than the port carries");
    refused(at + "{rate: 10 MB/s, allowance: 64}\n",
            "p.yaml:4:37: bus.masters.g2d.allowance: allows 64 B at once, less than one burst of 16 beats");
    refused(at + "{beats: 16, beats: 8}\n", "p.yaml:4:");
    refused(at + "{limit: 3}\n", "p.yaml:4:11: bus.masters.g2d.limit: ");
}
