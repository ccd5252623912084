// Runs every case in a process of its own, because SystemC elaborates once a process (README.md).
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <string>
#include <string_view>
#include <systemc>
#include <vector>

#include "tests/bench/memory/memory_bench.hpp"

namespace po = boost::program_options;
using namespace exysim::bench;

namespace {

const std::span<const Case> kGroups[] = {controller_cases(), burst_cases(), scenario_cases()};

/// Prints the case's line; false if it is too slow or does not end.
bool run_in_child(const Case& c, double seconds) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        const Measured m = c.run(seconds);
        const double rate = m.host == 0 ? 0 : m.count / m.host;
        const bool slow = rate < c.least;
        fmt::print("{:<10} {:<52} {:>8.3f} s {:>9.2f} {:>9.2f} {}{}\n", c.group, c.name, m.host, rate,
                   c.least, c.unit, slow ? "  too slow" : "");
        std::fflush(stdout);
        _exit(slow ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status)) fmt::print("{:<10} {}: died with status {:#x}\n", c.group, c.name, status);
    return status == 0;
}

}  // namespace

int sc_main(int argc, char** argv) {
    po::options_description options;
    options.add_options()("seconds", po::value<double>()->default_value(1))("no-limits", po::bool_switch())(
        "case", po::value<std::string>()->default_value(""))(
        "group", po::value<std::vector<std::string>>()->default_value({}, ""));
    po::positional_options_description groups;
    groups.add("group", -1);
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv).options(options).positional(groups).run(), values);
    const auto part = values["case"].as<std::string>();
    const auto wanted = values["group"].as<std::vector<std::string>>();
    fmt::print("{:<10} {:<52} {:>10} {:>9} {:>9}\n", "group", "case", "CPU", "rate", "least");
    bool good = true;
    for (const std::span<const Case> group : kGroups) {
        for (const Case& c : group) {
            if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), c.group) == wanted.end()) continue;
            if (std::string_view{c.name}.find(part) == std::string_view::npos) continue;
            good &= run_in_child(c, values["seconds"].as<double>());
        }
    }
    return good || values["no-limits"].as<bool>() ? 0 : 1;
}
