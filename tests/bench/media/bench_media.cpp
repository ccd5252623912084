// Runs every case in a process of its own, because SystemC elaborates once a process (README.md).
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <string>
#include <systemc>
#include <vector>

#include "tests/bench/media/media_bench.hpp"

namespace po = boost::program_options;
using namespace exysim::bench;

namespace {

/// The cases of each block.
const std::span<const Case> kBlocks[] = {camera_cases(), display_cases(), gpu_cases()};

/// Prints the case's line; false if it is too slow or does not end.
bool run_in_child(const Case& c, double seconds, const std::string& mode) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        const Measured m = c.run(seconds, mode.c_str());
        const double ratio = m.host / m.simulated, limit = mode == "timing" ? c.timing : c.fast;
        fmt::print("{:<8} {:<48} {:>6} {:>8.3f} s {:>8.3f} s {:>7.2f} {:>6.1f}{}\n", c.block, c.name, mode,
                   m.simulated, m.host, ratio, limit, ratio > limit ? "  too slow" : "");
        std::fflush(stdout);
        _exit(ratio > limit ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status)) fmt::print("{:<8} {}: died with status {:#x}\n", c.block, c.name, status);
    return status == 0;
}

}  // namespace

int sc_main(int argc, char** argv) {
    po::options_description options;
    options.add_options()("seconds", po::value<double>()->default_value(1))(
        "mode", po::value<std::string>()->default_value("fast"))("no-limits", po::bool_switch())(
        "block", po::value<std::vector<std::string>>()->default_value({}, ""));
    po::positional_options_description blocks;
    blocks.add("block", -1);
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv).options(options).positional(blocks).run(), values);
    const auto wanted = values["block"].as<std::vector<std::string>>();
    fmt::print("{:<8} {:<48} {:>6} {:>10} {:>10} {:>7} {:>6}\n", "block", "case", "mode", "simulated", "CPU",
               "ratio", "limit");
    bool good = true;
    for (const std::span<const Case> block : kBlocks) {
        for (const Case& c : block) {
            if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), c.block) == wanted.end()) continue;
            good &= run_in_child(c, values["seconds"].as<double>(), values["mode"].as<std::string>());
        }
    }
    return good || values["no-limits"].as<bool>() ? 0 : 1;
}
