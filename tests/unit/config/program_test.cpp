// Scenarios that run a program instead of pipelines.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "platform/config/load.hpp"

using namespace exysim::config;

namespace {

/// A folder with platform p.yaml and scenario s.yaml: `rest` behind the first two lines; the working
/// directory while it lives.
struct Folder {
    std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::path here = "/tmp/exysim_program_test." + std::to_string(getpid());
    explicit Folder(const std::string& rest) {
        std::filesystem::create_directories(here);
        std::filesystem::current_path(here);
        std::ofstream{"p.yaml"} << "name: board\ndevices:\n  fimc0:\n  mixer0:\n";
        std::ofstream{"s.yaml"} << "scenario: s\nplatform: p.yaml\n" << rest;
    }
    ~Folder() {
        std::filesystem::current_path(before);
        std::filesystem::remove_all(here);
    }
};

std::string error(const std::string& rest) {
    const Folder folder{rest};
    try {
        load_scenario("s.yaml", {});
    } catch (const ConfigError& e) {
        return e.what();
    }
    return "none";
}

bool says(const std::string& text, const std::string& words) {
    INFO(text);
    CHECK(text.find(words) != std::string::npos);
    return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("program: name, arguments, boot options and bounds on what it measures", "[config]") {
    const Folder folder{
        "program: {name: tests/costs, arguments: [iommu, '7'], environment: [A=1], boot: dma_test}\n"
        "expect:\n"
        "  measured: {a.time: < 1.5 us, b: 17, c: \">= 2 MiB\", d: 10 %}\n"};
    const Scenario s = *load_scenario("s.yaml", {}).scenario;
    REQUIRE(s.program.given());
    CHECK(s.program.arguments == std::vector<std::string>{"iommu", "7"});
    CHECK(s.program.environment == std::vector<std::string>{"A=1"});
    CHECK(s.program.boot == "dma_test");
    CHECK(s.bound_ns() == 60'000'000'000);
    REQUIRE(s.expect.measured.size() == 4);
    CHECK(s.expect.measured[0].unit == Unit::nanoseconds);
    CHECK(s.expect.measured[0].bound.value == 1500);
    CHECK(s.expect.measured[0].bound.op == Bound::Op::less);
    CHECK(s.expect.measured[1].unit == Unit::count);
    CHECK(s.expect.measured[2].bound.value == 2 << 20);
    CHECK(s.expect.measured[3].unit == Unit::percent);
}

TEST_CASE("program: what contradicts itself is refused where it stands", "[config]") {
    says(error("program: {}\n"), "s.yaml:3:10: program: expected one of 'name' and 'file'");
    says(error("program: {name: a, file: s.yaml}\n"), "expected one of 'name' and 'file'");
    says(error("program: {file: nowhere}\n"), "s.yaml:3:17: program.file: no such program 'nowhere'");
    says(error("program: {name: ../a}\n"),
         "s.yaml:3:17: program.name: names a program below the guest folder");
    says(error("program: {nam: a}\n"), "did you mean 'name'?");
    says(error("program: {name: a, arguments: b}\n"),
         "program.arguments: is a single value, expected a list");
    says(error("program: {name: a, environment: [B]}\n"), "program.environment: 'B' is not NAME=VALUE");
    says(error("program: {name: a}\nguest: {kernel: s.yaml}\n"),
         "guest.kernel: a program runs on the built-in kernel");
    says(error("program: {name: a}\npipelines: [{source: {}, sink: {}}]\n"),
         "pipelines: a scenario has either pipelines or a program");
    says(error("program: 7\n"), "s.yaml:3:10: program:");
}

TEST_CASE("program: measured expectations need a program and a number with a known unit", "[config]") {
    says(error("expect: {measured: {a: 1}}\n"), "expect.measured: only a program measures; there is none");
    says(error("program: {name: a}\nexpect: {measured: {a: < 5 parsecs}}\n"),
         "s.yaml:4:24: expect.measured.a: '5 parsecs' is not a whole number with a unit");
    says(error("program: {name: a}\nexpect: {measured: {a: 1, a: 2}}\n"), "expect.measured.a");
}
