#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "platform/cli/commands.hpp"
#include "platform/cli/gdb_session.hpp"
#include "platform/cli/guest_events.hpp"
#include "platform/cli/guest_files.hpp"
#include "platform/cli/places.hpp"
#include "platform/cli/profile_watch.hpp"
#include "platform/cli/sanitizer_watch.hpp"
#include "platform/cli/session.hpp"
#include "platform/cli/sweep_manifest.hpp"
#include "platform/cli/timeline_watch.hpp"
#include "platform/config/load.hpp"
#include "platform/observe/frame_watch.hpp"
#include "platform/observe/html_report.hpp"
#include "platform/observe/manifest.hpp"
#include "platform/observe/measurements.hpp"
#include "platform/observe/output_folder.hpp"
#include "platform/observe/panel_watch.hpp"
#include "platform/observe/report.hpp"
#include "platform/observe/run_facts.hpp"
#include "platform/observe/time_series.hpp"
#include "platform/window/window.hpp"

namespace exysim::cli {

namespace {

constexpr unsigned kLogUart = 0, kProgramUart = 1, kErrorUart = 2;

struct Settings {
    std::string file, out, guest_dir;
    Arguments sets, command;
    uint64_t seed = 0;
    bool timeline = true;
    std::optional<uint16_t> gdb;
    bool profile = false;
    bool sanitize = false;
    bool window = false;
};

po::options_description visible_options() {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this")  //
        ("set", po::value<Arguments>()->composing()->value_name("PATH=VALUE"),
         "override a setting of scenario or platform")                                                      //
        ("out", po::value<std::string>()->value_name("DIR"), "where results go (out/SCENARIO)")             //
        ("seed", po::value<std::string>()->value_name("N"), "seed of everything random (0)")                //
        ("window", "show the display while it runs")                                                        //
        ("profile", "write profile.folded and profile.json: the CPU's cycles, by function and call stack")  //
        ("sanitize", "watch for broken rules of sharing memory with devices, expected or not")              //
        ("no-timeline", "do not write timeline.json.gz")                                                    //
        ("guest-dir", po::value<std::string>()->value_name("DIR"),
         "where the built-in kernel and programs are")  //
        ("manifest", po::value<std::string>()->value_name("FILE"),
         "of a sweep: run its point --index, into its folder")  //
        ("index", po::value<std::string>()->value_name("I"), "number of the point, from 0");
    add_gdb_option(options);
    return options;
}

/// What runs on the built-in kernel: the scenario's program, else the pipeline runner.
std::string program_file(const config::Scenario& scenario, const Settings& s) {
    const config::Program& program = scenario.program;
    if (!program.file.empty()) return program.file;
    return guest_file(s.guest_dir, program.given() ? program.name : "runner");
}

/// Process 1 starts the runner when nobody asks for something else.
std::optional<board::ExecCommand> command_from(const config::Scenario& scenario, const Settings& s) {
    if (!scenario.program.given()) return {};
    const std::string file = program_file(scenario, s);
    board::check_program(file, false);
    return guest_command(guest_place(file), scenario.program.arguments, scenario.program.environment);
}

board::Boot boot_from(const config::Scenario& scenario, const Settings& s, PhysRange ram) {
    const config::Guest& guest = scenario.guest;
    board::Boot boot;
    if (guest.kernel.empty()) {
        const std::string program = program_file(scenario, s);
        boot = builtin_boot(s.guest_dir, ram, {{program, guest_place(program), true}});
        if (!scenario.program.boot.empty()) boot.arguments += " " + scenario.program.boot;
    } else {
        boot.image = board::load_image(guest.kernel, ram);
    }
    if (!guest.initrd.empty()) boot.initrd = board::read_bytes(guest.initrd);
    if (!guest.dtb.empty()) boot.dtb = board::read_bytes(guest.dtb);
    if (!guest.cmdline.empty()) boot.arguments = guest.cmdline;
    boot.dtb_file = guest.dtb;
    boot.scenario = &scenario;
    return boot;
}

std::string kernel_file(const config::Scenario& scenario, const Settings& s) {
    return scenario.guest.kernel.empty() ? guest_file(s.guest_dir, "kernel.elf") : scenario.guest.kernel;
}

observe::RecorderConfig recorder_config(const config::Scenario& scenario, const observe::OutputFolder& out) {
    observe::RecorderConfig made;
    made.folder = out.path() / "frames";
    std::filesystem::create_directories(made.folder);
    made.last = scenario.run.frames - 1;
    made.save_every = scenario.run.save_every;
    if (scenario.run.save_video) made.video_file = out.path() / "frames.y4m";
    if (!scenario.pipelines.empty()) made.rate = scenario.pipelines.front().source.rate;
    for (const auto& [frame, file] : scenario.expect.images) made.compare.insert(frame);
    return made;
}

/// What the panel shows goes beside the delivered frames, first and last picture and each `save_every`th.
observe::RecorderConfig panel_config(const config::Scenario& scenario, const observe::OutputFolder& out) {
    observe::RecorderConfig made;
    made.folder = out.path() / "frames" / "fimd0";
    std::filesystem::create_directories(made.folder);
    made.last = UINT64_MAX;  // not known beforehand
    made.save_every = scenario.run.save_every;
    for (const auto& [picture, file] : scenario.expect.panel_images) made.compare.insert(picture);
    return made;
}

/// One line that is written over and over, on a terminal only.
class ProgressLine {
public:
    explicit ProgressLine(uint64_t frames) : frames_{frames}, shown_{::isatty(STDERR_FILENO) != 0} {}
    ~ProgressLine() {
        if (shown_ && updates_) fmt::print(stderr, "\r\033[K");
    }
    void update(uint64_t delivered) {
        if (!shown_ || watch_.seconds() < next_) return;
        next_ = watch_.seconds() + 0.2;
        ++updates_;
        if (frames_)
            fmt::print(stderr, "\r\033[K  frame {} of {},", delivered, frames_);
        else
            fmt::print(stderr, "\r\033[K ");
        fmt::print(stderr, " {:.3f} s simulated, {:.1f} s passed", sc_core::sc_time_stamp().to_seconds(),
                   watch_.seconds());
        std::fflush(stderr);
    }

private:
    uint64_t frames_;
    bool shown_;
    int updates_ = 0;
    double next_ = 0;
    Stopwatch watch_;
};

/// A scenario on its machine, with everything that watches it.
class ScenarioRun {
public:
    ScenarioRun(const config::Loaded& loaded, const Settings& settings, observe::OutputFolder& out)
        : loaded_{loaded},
          scenario_{*loaded.scenario},
          settings_{settings},
          out_{out},
          command_{command_from(scenario_, settings)},
          boot_{boot_from(scenario_, settings, {board::kRamBase, loaded.platform.ram.size})},
          machine_{loaded.platform, {.semihosting = false, .scenario = &scenario_}},
          frames_{recorder_config(scenario_, out)},
          control_{machine_,
                   {scenario_.bound_ns() * 1000, scenario_.pipelines.empty() ? 0 : scenario_.run.frames}} {
        if (command_) boot_.exec = &*command_;
        board::load(machine_, loaded.platform, boot_);
        attach();
    }

    int run() {
        {
            ProgressLine progress{command_ ? 0 : scenario_.run.frames};
            observe::TimeSeries series{machine_.statistics};
            control_.each_step = [&] {
                progress.update(frames_.tracker.delivered());
                series.sample(picoseconds(sc_core::sc_time_stamp()));
                if (timeline_) timeline_->sample(machine_.statistics, picoseconds(sc_core::sc_time_stamp()));
                if (window_) window_->poll();
            };
            const SignalGuard guard{control_};
            const auto gdb = GdbSession::create(settings_.gdb, machine_, control_);
            if (gdb) gdb->start();
            outcome_ = control_.run();
            if (gdb) gdb->exited(outcome_.status);
            out_.write("series.json", series.json());
            if (timeline_) timeline_->close(picoseconds(sc_core::sc_time_stamp()));
        }
        frames_.recorder.finish();
        measurements_.read(program_output_.text());
        measurements_.register_in(machine_.statistics);
        if (panel_) panel_->recorder.finish();
        judge();
        write();
        return status();
    }

private:
    void attach() {
        if (settings_.timeline) {
            timeline_.emplace(out_.path() / "timeline.json.gz");
            attach_timeline(machine_, *timeline_);
            frames_.set_timeline(*timeline_);
        }
        if (settings_.sanitize || scenario_.expect.sanitizer)
            sanitizer_.emplace(machine_, kernel_file(scenario_, settings_),
                               program_file(scenario_, settings_));
        if (settings_.profile) profile_.emplace(machine_.cpu, code_images());
        kernel_log_.on_crash = [this] { control_.note_panic(); };
        kernel_log_.attach(machine_.uarts[kLogUart].transmitted);
        if (command_) program_output_.attach(machine_.uarts[kProgramUart].transmitted);
        program_log_.attach(machine_.uarts[kProgramUart].transmitted);
        program_log_.attach(machine_.uarts[kErrorUart].transmitted);
        if (auto* unit = camera()) {
            camera::Sensor& sensor = *machine_.sensor(sensor_name());
            camera::Fimc& fimc = unit->fimc;
            frames_.attach_camera({sensor.started, sensor.frame_sent, fimc.frame_written, fimc.frame_damaged,
                                   fimc.frame_dropped},
                                  unit->memory.resolve());
            attach_software(machine_, camera_name(), frames_);
        }
        for (auto& [name, unit] : machine_.fimcs)
            frames_.attach_engine(unit->fimc.job_started, unit->fimc.job_done, unit->memory.resolve());
        if (auto* gpu = machine_.gpu.get())
            frames_.attach_engine(gpu->g2d.job_started, gpu->g2d.job_done, gpu->memory.resolve());
        if (auto* display = machine_.display.get()) {
            frames_.attach_display({display->vp.programmed, display->mixer.vsync_seen, display->mixer.scanout,
                                    display->mixer.frame},
                                   display->memory.resolve());
        }
        if (auto* panel = machine_.panel.get()) {
            panel_.emplace(panel_config(scenario_, out_));
            panel_->attach(panel->fimd.frame);
        }
        if (settings_.window) open_window();
        control_.progress = [this] {
            return board::FrameProgress{frames_.tracker.delivered(), frames_.tracker.last_delivery()};
        };
        frames_.chains.set_meters(observe::Meters{machine_.statistics});
        observe::register_frames(pipeline_name(), frames_.tracker, machine_.statistics);
        observe::register_chains(pipeline_name(), frames_.chains, machine_.statistics);
    }

    debug::CodeImages code_images() const {
        debug::CodeImages images;
        images.add("kernel", kernel_file(scenario_, settings_));
        if (!scenario_.guest.kernel.empty()) return images;
        const std::string program = program_file(scenario_, settings_);
        images.add(std::filesystem::path{program}.filename().string(), program);
        images.add("init", guest_file(settings_.guest_dir, "init"));
        return images;
    }

    std::string pipeline_name() const {
        return scenario_.pipelines.empty() ? "pipeline" : scenario_.pipelines.front().name;
    }

    /// Of the mixer, or of the panel where there is none.
    void open_window() {
        try {
            window_.emplace("exysim: " + scenario_.name);
        } catch (const std::runtime_error& problem) {
            throw config::ConfigError{problem.what()};
        }
        const auto show = [this](const DisplayFrame& frame) { window_->show(frame); };
        if (machine_.display) {
            machine_.display->mixer.frame.attach(show);
        } else if (machine_.panel) {
            machine_.panel->fimd.frame.attach(show);
        }
    }

    /// The FIMC whose frames are followed.
    board::FimcUnit* camera() { return machine_.fimc(camera_name()); }
    std::string camera_name() const {
        return scenario_.pipelines.empty() ? "fimc0" : scenario_.pipelines.front().source.device;
    }

    std::string sensor_name() const {
        if (scenario_.pipelines.empty()) return "yuv";
        return scenario_.input(scenario_.pipelines.front().source.input)->sensor;
    }

    void judge() {
        verdicts_ = observe::judge(
            scenario_.expect, observe::measure(frames_.tracker, machine_.guest_errors, machine_.statistics));
        for (observe::Verdict& v : measurements_.judge(scenario_.expect.measured))
            verdicts_.push_back(std::move(v));
        if (sanitizer_) verdicts_.push_back(sanitizer_->judge(scenario_.expect.sanitizer));
        for (const auto& [frame, file] : scenario_.expect.images)
            verdicts_.push_back(observe::judge_image("images", frame, file, frames_.recorder.kept(frame)));
        for (const auto& [picture, file] : scenario_.expect.panel_images) {
            const auto* shown = panel_ ? panel_->recorder.kept(picture) : nullptr;
            verdicts_.push_back(observe::judge_image("panel_images", picture, file, shown));
        }
        if (outcome_.end == board::End::exit_request || outcome_.status != 0) {
            verdicts_.push_back({"guest status", "0", std::to_string(outcome_.status), outcome_.status == 0});
        }
    }

    void write() {
        const bool partial = outcome_.end == board::End::interrupted;
        const observe::HostFacts host{watch_.seconds(), peak_memory()};
        const std::string ending = outcome_.sentence() + (partial ? "; these results are partial" : "");
        const std::vector<observe::Finding> findings = find_causes();
        const std::string summary = observe::summary_text(
            {scenario_.name, ending, picoseconds(sc_core::sc_time_stamp()), host,
             command_ ? nullptr : &frames_.tracker, command_ ? nullptr : &frames_.chains, &measurements_,
             &machine_.statistics, &machine_.guest_errors, verdicts_, findings, out_.final_place().string(),
             traffic_note()});
        out_.write("summary.txt", summary);
        out_.write("stats.json", observe::stats_json(scenario_.name, machine_.statistics));
        out_.write("frames.json", observe::chains_json(pipeline_name(), frames_.chains));
        if (profile_) write_profile();
        if (sanitizer_) out_.write("sanitizer.json", sanitizer_->json());
        out_.write("uart.log", kernel_log_.text());
        out_.write("program.log", program_log_.text());
        out_.write("junit.xml", observe::junit_xml(scenario_.name, verdicts_));
        out_.write("manifest.json", observe::manifest_json(manifest(partial, host.seconds)));
        std::string crash;
        if (outcome_.guest_failed()) crash = report_crash();
        out_.write("run.json",
                   observe::run_json({scenario_.name, loaded_.platform.name, loaded_.platform.mode, ending,
                                      status() == kSuccess, picoseconds(sc_core::sc_time_stamp()), &verdicts_,
                                      &machine_.guest_errors, findings, crash}));
        out_.write("report.html", observe::report_html(out_.path()));
        out_.commit();
        fmt::print("{}", summary);
        if (sanitizer_ && !sanitizer_->clean()) fmt::print("\n{}", sanitizer_->text());
        if (!observe::all_met(verdicts_) || outcome_.guest_failed()) show_program_output();
    }

    std::vector<observe::Finding> find_causes() const {
        if (command_) return {};
        return observe::find_causes(frames_.tracker, frames_.chains, machine_.statistics);
    }

    void write_profile() {
        profile_->close();
        out_.write("profile.folded", profile_->profile().folded());
        out_.write("profile.json", profile_->profile().json());
    }

    observe::Manifest manifest(bool partial, double seconds) const {
        observe::Manifest m{version(), settings_.command,   settings_.seed, settings_.sets, loaded_.files,
                            {},        outcome_.sentence(), partial,        seconds};
        for (const config::Input& input : scenario_.inputs) {
            if (!input.file.empty()) m.inputs.push_back(input.file);
        }
        m.inputs.push_back(kernel_file(scenario_, settings_));
        if (command_) m.inputs.push_back(program_file(scenario_, settings_));
        return m;
    }

    std::string traffic_note() const {
        if (loaded_.platform.mode != "fast") return "";
        return "(mode fast: the CPU reaches memory directly, its figures are device registers)";
    }

    std::string report_crash() {
        const std::string report =
            fmt::format("{}: {}\n{}", scenario_.name, outcome_.sentence(),
                        crash_report(machine_, kernel_log_, kernel_file(scenario_, settings_)));
        out_.write("crash.txt", report);
        fmt::print(stderr, "exysim: {}", report);
        return report;
    }

    void show_program_output() const {
        const std::string lines = program_log_.last_lines(10);
        if (!lines.empty()) fmt::print(stderr, "last output of the guest's programs:\n{}\n", lines);
    }

    int status() const {
        if (outcome_.guest_failed()) return kGuestFailed;
        const bool cut_short =
            outcome_.end == board::End::time_limit || outcome_.end == board::End::interrupted;
        return cut_short || !observe::all_met(verdicts_) ? kExpectationFailed : kSuccess;
    }

    const config::Loaded& loaded_;
    const config::Scenario& scenario_;
    const Settings& settings_;
    observe::OutputFolder& out_;
    Stopwatch watch_;
    std::optional<board::ExecCommand> command_;
    board::Boot boot_;
    board::Machine machine_;
    std::optional<observe::Timeline> timeline_;
    std::optional<ProfileWatch> profile_;
    std::optional<SanitizerWatch> sanitizer_;
    observe::FrameWatch frames_;
    std::optional<observe::PanelWatch> panel_;  // where the platform has fimd0
    std::optional<window::Window> window_;
    observe::ConsoleLog kernel_log_, program_log_, program_output_;
    observe::Measurements measurements_;
    board::RunControl control_;
    board::Outcome outcome_;
    std::vector<observe::Verdict> verdicts_;
};

Settings settings_from(const po::variables_map& values, const Arguments& arguments) {
    Settings s;
    s.file = values["scenario"].as<std::string>();
    s.out = value_or<std::string>(values, "out", "");
    s.guest_dir = value_or<std::string>(values, "guest-dir", "");
    s.sets = value_or(values, "set", Arguments{});
    s.gdb = gdb_port(values);
    s.profile = values.count("profile") != 0;
    s.sanitize = values.count("sanitize") != 0;
    s.timeline = values.count("no-timeline") == 0;
    s.command = arguments;
    s.command.insert(s.command.begin(), {"exysim", "run"});
    s.window = values.count("window") != 0;
    if (values.count("seed"))
        s.seed = parse_number_option("--seed", values["seed"].as<std::string>(), UINT64_MAX);
    return s;
}

/// One point of a sweep; the manifest says all that options would.
Settings settings_from_manifest(const po::variables_map& values, const Arguments& arguments) {
    for (const char* option : {"scenario", "set", "out", "seed", "guest-dir"}) {
        if (values.count(option))
            throw config::ConfigError{fmt::format("run: --manifest says what {} is", option)};
    }
    if (!values.count("index")) throw config::ConfigError{"run: --manifest needs --index"};
    const SweepManifest manifest = read_manifest(values["manifest"].as<std::string>());
    if (manifest.points.empty()) throw config::ConfigError{"run: the manifest has no points"};
    const uint64_t index =
        parse_number_option("--index", values["index"].as<std::string>(), manifest.points.size() - 1);
    const ManifestPoint& point = manifest.points[index];
    Settings s;
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
    const bool of_sweep = values.count("manifest") != 0;
    if (!of_sweep && !values.count("scenario")) throw config::ConfigError{"run: expected a scenario file"};
    const Settings settings =
        of_sweep ? settings_from_manifest(values, arguments) : settings_from(values, arguments);
    const config::Loaded loaded = config::load_scenario(settings.file, settings.sets);
    observe::OutputFolder out{settings.out.empty() ? std::filesystem::path{"out"} / loaded.scenario->name
                                                   : std::filesystem::path{settings.out}};
    return ScenarioRun{loaded, settings, out}.run();
}

}  // namespace exysim::cli
