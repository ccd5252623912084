// The commands of `exysim`. Each takes the words after its name and returns the exit status; bad input is
// thrown as ConfigError.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "platform/cli/options.hpp"

namespace exysim::cli {

/// Exit statuses, the same for every command.
enum Status : int {
    kSuccess = 0,
    kExpectationFailed = 1,
    kBadInput = 2,
    kGuestFailed = 3,
    kInternalError = 4,
};

int run_command(const Arguments& arguments);
int boot_command(const Arguments& arguments);
int exec_command(const Arguments& arguments);
int check_command(const Arguments& arguments);
int list_command(const Arguments& arguments);
int describe_command(const Arguments& arguments);
int report_command(const Arguments& arguments);
int schema_command(const Arguments& arguments);
int sweep_command(const Arguments& arguments);
int completion_command(const Arguments& arguments);
int diff_command(const Arguments& arguments);
int dram_command(const Arguments& arguments);

struct Command {
    std::string_view name;
    std::string_view arguments;
    std::string_view summary;
    int (*run)(const Arguments&);  ///< null = planned, not available yet
};
std::span<const Command> commands();

std::string help_text();
/// Usage line and options of one command.
std::string help_text(std::string_view command, const po::options_description& options);
std::string version();

/// Runs a whole command line without the program's name; prints errors and returns the exit status.
int main(const Arguments& arguments);

}  // namespace exysim::cli
