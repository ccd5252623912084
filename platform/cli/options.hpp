// Command lines: Boost.Program_options with suggestions for what was mistyped.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

namespace exysim::cli {

namespace po = boost::program_options;

using Arguments = std::vector<std::string>;

/// Parses `arguments`; positional ones go to the option `positional` (empty = none are allowed), at most
/// `most` of them. Throws ConfigError with a sentence and a suggestion.
po::variables_map parse(const Arguments& arguments, const po::options_description& options,
                        const std::string& positional = {}, int most = 1);

/// Splits before the first word that is neither an option nor an option's value: what follows belongs to a
/// guest program and is not ours to read. A word "--" ends the options too.
struct Split {
    Arguments ours, rest;
};
Split split_at_program(const Arguments& arguments, const po::options_description& options);

/// Value of an option that may be absent.
template <class T>
T value_or(const po::variables_map& values, const char* name, T otherwise) {
    return values.count(name) ? values[name].as<T>() : otherwise;
}

/// A simulated time such as "500 ms" in ns; throws ConfigError naming the option.
uint64_t parse_time_option(const std::string& option, const std::string& text);
/// An address or size such as 0x40008000; throws ConfigError naming the option.
uint64_t parse_number_option(const std::string& option, const std::string& text, uint64_t most);

}  // namespace exysim::cli
