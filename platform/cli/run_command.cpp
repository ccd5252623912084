#include <fmt/format.h>

#include <filesystem>

#include "platform/cli/commands.hpp"
#include "platform/cli/gdb_session.hpp"
#include "platform/cli/scenario_run.hpp"
#include "platform/cli/sweep_manifest.hpp"

namespace exysim::cli {

namespace {

po::options_description visible_options() {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this")  //
        ("set", po::value<Arguments>()->composing()->value_name("PATH=VALUE"),
         "override a setting of scenario or platform")                                                      //
        ("out", po::value<std::string>()->value_name("DIR"), "where results go (out/SCENARIO)")             //
        ("seed", po::value<std::string>()->value_name("N"), "seed of everything random: --set seed=N")      //
        ("window", "show the display while it runs")                                                        //
        ("profile", "write profile.folded and profile.json: the CPU's cycles, by function and call stack")  //
        ("sanitize", "watch for broken rules of sharing memory with devices, expected or not")              //
        ("profile-lines", "... and profile.lines: by source line")                                          //
        ("no-timeline", "do not write timeline.json.gz")                                                    //
        ("vcd",
         "write signals.vcd: lines, supplies, cameras and displays over time, for waveform viewers")  //
        ("vcd-signals", po::value<std::string>()->value_name("GLOB,..."),
         "... of these signals, or all; 'exysim describe --signals' lists them")  //
        ("guest-dir", po::value<std::string>()->value_name("DIR"),
         "where the built-in kernel and programs are")  //
        ("manifest", po::value<std::string>()->value_name("FILE"),
         "of a sweep: run its point --index, into its folder")                               //
        ("index", po::value<std::string>()->value_name("I"), "number of the point, from 0")  //
        ("repeat", po::value<std::string>()->value_name("FILE"),
         "of a run's manifest.json: run the same again; a file that has changed since is a mistake");
    add_gdb_option(options);
    add_trace_options(options);
    return options;
}

/// A repeated run must not quietly be another one.
void check_inputs(const observe::Manifest& then, const config::Scenario& scenario, const RunSettings& s) {
    const std::vector<observe::Manifest::Input> now = observe::inputs_of(input_files(scenario, s));
    if (then.version != version())
        fmt::print(stderr, "exysim: the run was one of version {}, this is {}\n", then.version, version());
    for (size_t i = 0; i < std::max(now.size(), then.inputs.size()); ++i) {
        if (i >= now.size() || i >= then.inputs.size())
            throw config::ConfigError{"--repeat: the manifest names other files than the run reads"};
        if (now[i].hash != then.inputs[i].hash)
            throw config::ConfigError{
                fmt::format("--repeat: {} is not what it was: its XXH3 is {}, expected {}", now[i].name,
                            now[i].hash, then.inputs[i].hash)};
    }
}

RunSettings settings_from(const po::variables_map& values, const Arguments& arguments) {
    RunSettings s;
    s.file = value_or<std::string>(values, "scenario", "");
    s.out = value_or<std::string>(values, "out", "");
    s.guest_dir = value_or<std::string>(values, "guest-dir", "");
    s.sets = value_or(values, "set", Arguments{});
    s.gdb = gdb_port(values);
    s.code = {values.count("profile") != 0, values.count("profile-lines") != 0, trace_request(values)};
    if (s.code.lines && !s.code.profile) throw config::ConfigError{"run: --profile-lines needs --profile"};
    s.sanitize = values.count("sanitize") != 0;
    s.timeline = values.count("no-timeline") == 0;
    s.vcd = values.count("vcd") != 0;
    s.vcd_signals = value_or<std::string>(values, "vcd-signals", "");
    if (values.count("vcd-signals") && !s.vcd) throw config::ConfigError{"run: --vcd-signals needs --vcd"};
    s.command = arguments;
    s.command.insert(s.command.begin(), {"exysim", "run"});
    s.window = values.count("window") != 0;
    if (values.count("seed")) s.sets.push_back("seed=" + values["seed"].as<std::string>());
    return s;
}

/// `whose` manifest says what these options would.
void refuse_options(const po::variables_map& values, std::string_view whose,
                    std::initializer_list<const char*> options) {
    for (const char* option : options) {
        if (values.count(option))
            throw config::ConfigError{fmt::format("run: {} says what {} is", whose, option)};
    }
}

/// A run again, as far as the manifest decides: what is watched and where results go may differ.
RunSettings settings_from_repeat(const po::variables_map& values, const Arguments& arguments) {
    namespace fs = std::filesystem;
    refuse_options(values, "--repeat", {"scenario", "set", "seed"});
    RunSettings s = settings_from(values, arguments);
    s.repeated = observe::read_run_manifest(values["repeat"].as<std::string>());
    s.file = s.repeated->scenario;
    s.sets = s.repeated->sets;
    if (!s.out.empty()) s.out = fs::absolute(s.out).string();
    s.guest_dir = s.guest_dir.empty() ? s.repeated->guest_dir : fs::absolute(s.guest_dir).string();
    std::error_code error;
    fs::current_path(s.repeated->folder, error);  // where the names in the manifest start
    if (error)
        throw config::ConfigError{fmt::format("--repeat: {}: {}", s.repeated->folder, error.message())};
    return s;
}

/// One point of a sweep; the manifest says all that options would.
RunSettings settings_from_manifest(const po::variables_map& values, const Arguments& arguments) {
    refuse_options(values, "--manifest", {"scenario", "set", "out", "seed", "guest-dir"});
    if (!values.count("index")) throw config::ConfigError{"run: --manifest needs --index"};
    const SweepManifest manifest = read_manifest(values["manifest"].as<std::string>());
    if (manifest.points.empty()) throw config::ConfigError{"run: the manifest has no points"};
    const uint64_t index =
        parse_number_option("--index", values["index"].as<std::string>(), manifest.points.size() - 1);
    const ManifestPoint& point = manifest.points[index];
    RunSettings s;
    s.file = manifest.scenario;
    s.out = manifest.results(point).string();
    s.guest_dir = manifest.guest_dir;
    s.sets = point.sets;
    s.timeline = false;
    s.command = arguments;
    s.command.insert(s.command.begin(), {"exysim", "run"});
    become_run_of(manifest, point);
    return s;
}

}  // namespace

int run_command(const Arguments& arguments) {
    const po::options_description options = visible_options();
    po::options_description all;
    all.add(options).add_options()("scenario", po::value<std::string>());
    const po::variables_map values = parse(arguments, all, "scenario");
    if (values.count("help")) {
        fmt::print("{}", help_text("run", options));
        return kSuccess;
    }
    const RunSettings settings = values.count("manifest") ? settings_from_manifest(values, arguments)
                                 : values.count("repeat") ? settings_from_repeat(values, arguments)
                                                          : settings_from(values, arguments);
    if (settings.file.empty()) throw config::ConfigError{"run: expected a scenario file"};
    const config::Loaded loaded =
        settings.repeated ? config::load_scenario(settings.file, settings.sets, settings.repeated->configs)
                          : config::load_scenario(settings.file, settings.sets);
    if (settings.repeated) check_inputs(*settings.repeated, *loaded.scenario, settings);
    return run_scenario(loaded, settings);
}

}  // namespace exysim::cli
