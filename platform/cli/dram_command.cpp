#include <fmt/format.h>

#include "models/dram/trace_player.hpp"
#include "platform/cli/commands.hpp"
#include "platform/cli/places.hpp"
#include "platform/config/load.hpp"
#include "platform/config/memory_trace.hpp"
#include "platform/observe/dram_report.hpp"

namespace exysim::cli {

namespace {

/// Options that stand for a setting below ram.controller.
struct Shorthand {
    const char* option;
    const char* setting;
    const char* value_name;
    const char* meaning;
};
constexpr Shorthand kShorthands[] = {
    {"preset", "preset", "NAME", "devices: lpddr2-800, lpddr2-1066, ddr3-800, ddr3-1600"},
    {"channels", "geometry.channels", "N", "independent channels"},
    {"order", "map.order", "TEXT", "address fields from the top down: 'rank row bank column'"},
    {"channel-bits", "map.channel_bits", "LIST", "address bits whose XOR is the channel: [7,21]"},
    {"page-policy", "scheduling.page_policy", "NAME", "open, closed or adaptive"},
};

po::options_description visible_options() {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this")                                                          //
        ("trace", po::value<std::string>()->value_name("FILE"), "lines of: time_ns R|W address [bytes]")  //
        ("outstanding", po::value<std::string>()->value_name("N"),
         "closed loop: ignore times, keep N requests in flight")                                           //
        ("base", po::value<std::string>()->value_name("ADDR"), "address of the first byte of memory (0)")  //
        ("platform", po::value<std::string>()->value_name("P"), "platform file or name (exynos4210)")      //
        ("set", po::value<Arguments>()->composing()->value_name("PATH=VALUE"),
         "override a platform setting, for example ram.controller.timing.rcd=12")  //
        ("json", "print JSON");
    for (const Shorthand& s : kShorthands)
        options.add_options()(s.option, po::value<std::string>()->value_name(s.value_name), s.meaning);
    return options;
}

dram::ControllerConfig controller_from(const po::variables_map& values) {
    Arguments sets{"ram.model=controller"};
    for (const Shorthand& s : kShorthands) {
        if (values.count(s.option))
            sets.push_back(
                fmt::format("ram.controller.{}={}", s.setting, values[s.option].as<std::string>()));
    }
    for (const std::string& set : value_or(values, "set", Arguments{})) sets.push_back(set);
    const std::string platform = platform_file(value_or<std::string>(values, "platform", ""));
    return config::load_platform(platform, sets).platform.ram.controller;
}

}  // namespace

int dram_command(const Arguments& arguments) {
    const po::options_description options = visible_options();
    const po::variables_map values = parse(arguments, options);
    if (values.count("help")) {
        fmt::print("{}", help_text("dram", options));
        return kSuccess;
    }
    if (!values.count("trace")) throw config::ConfigError{"dram: expected --trace FILE"};
    const dram::ControllerConfig made = controller_from(values);
    config::TraceLimits limits;
    limits.size = made.geometry.bytes();
    limits.usual_bytes = made.timing.bl * made.geometry.width_bits / 8;
    if (values.count("base"))
        limits.base = parse_number_option("--base", values["base"].as<std::string>(), ~0U);
    const auto trace = config::load_trace(values["trace"].as<std::string>(), limits);

    dram::Controller controller{made};
    if (values.count("outstanding")) {
        const uint64_t n = parse_number_option("--outstanding", values["outstanding"].as<std::string>(),
                                               dram::Controller::kOutstanding);
        if (n == 0) throw config::ConfigError{"--outstanding: is 0, expected at least 1"};
        dram::play_closed(controller, trace, static_cast<uint32_t>(n));
    } else {
        dram::play_timed(controller, trace);
    }
    fmt::print("{}", values.count("json") ? observe::dram_json(controller) : observe::dram_text(controller));
    return kSuccess;
}

}  // namespace exysim::cli
