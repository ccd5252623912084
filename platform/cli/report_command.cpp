#include <fmt/format.h>

#include <fstream>

#include "platform/cli/commands.hpp"
#include "platform/config/diagnostics.hpp"
#include "platform/observe/html_report.hpp"

namespace exysim::cli {

int report_command(const Arguments& arguments) {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this")  //
        ("out", po::value<std::string>()->value_name("FILE"), "where the page goes (DIR/report.html)");
    po::options_description all;
    all.add(options).add_options()("folder", po::value<std::string>());
    const po::variables_map values = parse(arguments, all, "folder");
    if (values.count("help")) {
        fmt::print("{}", help_text("report", options));
        return kSuccess;
    }
    if (!values.count("folder")) throw config::ConfigError{"report: expected the folder of a run's results"};
    const std::string folder = values["folder"].as<std::string>();
    const std::string file = value_or(values, "out", folder + "/report.html");
    const std::string page = observe::report_html(folder);
    if (!(std::ofstream{file} << page)) throw config::ConfigError{fmt::format("{}: cannot write", file)};
    fmt::print("{}\n", file);
    return kSuccess;
}

}  // namespace exysim::cli
