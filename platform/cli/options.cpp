#include "platform/cli/options.hpp"

#include <fmt/format.h>

#include "platform/config/diagnostics.hpp"
#include "platform/config/nearest.hpp"
#include "platform/config/units.hpp"

namespace exysim::cli {

namespace {

std::vector<std::string> names_of(const po::options_description& options) {
    std::vector<std::string> names;
    for (const auto& option : options.options()) names.push_back("--" + option->long_name());
    return names;
}

[[noreturn]] void refuse(const std::string& what, const std::string& hint = {}) {
    throw config::ConfigError{hint.empty() ? what : fmt::format("{}; {}", what, hint)};
}

/// The option's row, for a word such as "--out" or "--out=x"; null if there is none.
const po::option_description* row_of(const std::string& word, const po::options_description& options) {
    if (word.size() < 2 || word[0] != '-') return nullptr;
    const std::string name =
        word.substr(word.find_first_not_of('-'), word.find('=') - word.find_first_not_of('-'));
    return options.find_nothrow(name, false);
}

}  // namespace

po::variables_map parse(const Arguments& arguments, const po::options_description& options,
                        const std::string& positional, int most) {
    namespace style = po::command_line_style;
    const int flags = style::allow_long | style::allow_short | style::allow_dash_for_short |
                      style::long_allow_adjacent | style::long_allow_next |
                      style::short_allow_next;  // no abbreviations: they change with new options
    try {
        po::positional_options_description places;
        if (!positional.empty()) places.add(positional.c_str(), most);
        po::variables_map values;
        po::store(po::command_line_parser{arguments}.options(options).positional(places).style(flags).run(),
                  values);
        po::notify(values);
        return values;
    } catch (const po::unknown_option& e) {
        refuse(fmt::format("unknown option '{}'", e.get_option_name()),
               config::suggestion(e.get_option_name(), names_of(options)));
    } catch (const po::too_many_positional_options_error&) {
        refuse("too many arguments");
    } catch (const po::error& e) {
        refuse(e.what());
    }
}

Split split_at_program(const Arguments& arguments, const po::options_description& options) {
    size_t i = 0;
    while (i < arguments.size() && arguments[i].starts_with('-') && arguments[i] != "--") {
        const po::option_description* row = row_of(arguments[i], options);
        const bool takes_next =
            row && row->semantic()->max_tokens() > 0 && arguments[i].find('=') == std::string::npos;
        i += takes_next ? 2 : 1;
    }
    i = std::min(i, arguments.size());
    const auto middle = arguments.begin() + static_cast<std::ptrdiff_t>(i);
    const bool separator = middle != arguments.end() && *middle == "--";
    return {{arguments.begin(), middle}, {middle + separator, arguments.end()}};
}

uint64_t parse_time_option(const std::string& option, const std::string& text) {
    const config::Quantity time = config::parse_quantity(text, config::Unit::nanoseconds);
    if (!time.value) refuse(fmt::format("{}: {}", option, time.problem), time.hint);
    return *time.value;
}

uint64_t parse_number_option(const std::string& option, const std::string& text, uint64_t most) {
    const config::Quantity number = config::parse_quantity(text, config::Unit::count);
    if (!number.value) refuse(fmt::format("{}: {}", option, number.problem), number.hint);
    if (*number.value > most)
        refuse(fmt::format("{}: {} is out of range, expected at most {:#x}", option, text, most));
    return *number.value;
}

}  // namespace exysim::cli
