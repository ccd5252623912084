#include "platform/cli/scenario_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "platform/cli/commands.hpp"
#include "platform/cli/gdb_session.hpp"
#include "platform/cli/guest_events.hpp"
#include "platform/cli/guest_files.hpp"
#include "platform/cli/machine_signals.hpp"
#include "platform/cli/places.hpp"
#include "platform/cli/sanitizer_watch.hpp"
#include "platform/cli/session.hpp"
#include "platform/cli/timeline_watch.hpp"
#include "platform/observe/frame_watch.hpp"
#include "platform/observe/html_report.hpp"
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

/// What runs on the built-in kernel: the scenario's program, else the pipeline runner.
std::string program_file(const config::Scenario& scenario, const RunSettings& s) {
    const config::Program& program = scenario.program;
    if (!program.file.empty()) return program.file;
    return guest_file(s.guest_dir, program.given() ? program.name : "runner");
}

/// Process 1 starts the runner when nobody asks for something else.
std::optional<board::ExecCommand> command_from(const config::Scenario& scenario, const RunSettings& s) {
    if (!scenario.program.given()) return {};
    const std::string file = program_file(scenario, s);
    board::check_program(file, false);
    return guest_command(guest_place(file), scenario.program.arguments, scenario.program.environment);
}

board::Boot boot_from(const config::Scenario& scenario, const RunSettings& s, PhysRange ram) {
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

std::string kernel_file(const config::Scenario& scenario, const RunSettings& s) {
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
    ScenarioRun(const config::Loaded& loaded, const RunSettings& settings)
        : loaded_{loaded},
          scenario_{*loaded.scenario},
          settings_{settings},
          command_{command_from(scenario_, settings)},
          boot_{boot_from(scenario_, settings, {board::kRamBase, loaded.platform.ram.size})},
          machine_{loaded.platform, {.semihosting = false, .scenario = &scenario_}},
          signals_{machine_},
          chosen_signals_{settings.vcd ? observe::choose_signals(signals_.offered(), settings.vcd_signals)
                                       : std::vector<size_t>{}},
          out_{settings.out.empty() ? std::filesystem::path{"out"} / scenario_.name
                                    : std::filesystem::path{settings.out}},
          frames_{recorder_config(scenario_, out_)},
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
            chain_file_->close();
            if (vcd_) vcd_->close(picoseconds(sc_core::sc_time_stamp()));
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
            attach_buffer_flow(machine_, frames_.tracker, *timeline_);
            frames_.set_timeline(*timeline_);
        }
        if (settings_.vcd) vcd_ = signals_.write(out_.path() / "signals.vcd", chosen_signals_);
        if (settings_.sanitize || scenario_.expect.sanitizer)
            sanitizer_.emplace(machine_, kernel_file(scenario_, settings_),
                               program_file(scenario_, settings_));
        code_.emplace(machine_.cpu, settings_.code, [this] { return code_images(); });
        if (ProfileWatch* profiler = code_->profiler(); profiler && timeline_) {
            profiler->in_function = [this](unsigned core, const std::string& function, uint64_t cycle) {
                timeline_->in_function(core, function, machine_.cpu.time_of(cycle));
            };
        }
        kernel_log_.on_crash = [this] { control_.note_panic(); };
        kernel_log_.attach(machine_.uarts[kLogUart].transmitted);
        if (command_) program_output_.attach(machine_.uarts[kProgramUart].transmitted);
        program_log_.attach(machine_.uarts[kProgramUart].transmitted);
        program_log_.attach(machine_.uarts[kErrorUart].transmitted);
        if (auto* unit = camera()) {
            camera::Sensor& sensor = *machine_.sensor(sensor_name());
            camera::Fimc& fimc = unit->fimc;
            frames_.attach_camera({camera_name(), sensor.started, sensor.frame_sent, fimc.frame_written,
                                   fimc.frame_damaged, fimc.frame_dropped},
                                  unit->memory.resolve());
            attach_software(machine_, camera_name(), frames_);
        }
        for (auto& [name, unit] : machine_.fimcs)
            frames_.attach_engine(name, unit->fimc.job_started, unit->fimc.job_done, unit->memory.resolve());
        if (auto* gpu = machine_.gpu.get())
            frames_.attach_engine("g2d", gpu->g2d.job_started, gpu->g2d.job_done, gpu->memory.resolve());
        if (auto* display = machine_.display.get()) {
            frames_.attach_display({"mixer0", display->vp.programmed, display->mixer.vsync_seen,
                                    display->mixer.scanout, display->mixer.frame},
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
        frames_.chains.set_meters(observe::Meters{machine_.statistics, followed_masters()});
        chain_file_.emplace(out_.path() / "frames.json", pipeline_name(), frames_.chains.meters());
        frames_.chains.completed.attach(
            [this](const observe::FrameChain& chain) { chain_file_->add(chain); });
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

    /// Who moves the frames that are followed.
    std::vector<std::string> followed_masters() const {
        if (scenario_.pipelines.empty()) return {};
        const config::Pipeline& pipeline = scenario_.pipelines.front();
        std::vector<std::string> masters{pipeline.source.device};
        for (const config::Stage& stage : pipeline.stages) masters.push_back(stage.device);
        masters.push_back(pipeline.sink.device);
        std::sort(masters.begin(), masters.end());
        masters.erase(std::unique(masters.begin(), masters.end()), masters.end());
        return masters;
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
        code_->close();
        write_profiles(*code_, settings_.code.profile ? (out_.path() / "profile").string() : "");
        if (sanitizer_) out_.write("sanitizer.json", sanitizer_->json());
        out_.write("uart.log", kernel_log_.text());
        out_.write("program.log", program_log_.text());
        out_.write("manifest.json", observe::manifest_json(manifest(partial, host.seconds)));
        const observe::RunFacts facts = run_facts(ending, findings);
        out_.write("run.json", observe::run_json(facts));
        out_.write("junit.xml", observe::junit_xml(facts));
        out_.write("report.html", observe::report_html(out_.path()));
        out_.commit();
        fmt::print("{}", summary);
        if (sanitizer_ && !sanitizer_->clean()) fmt::print("\n{}", sanitizer_->text());
        if (!observe::all_met(verdicts_) || outcome_.guest_failed()) show_program_output();
    }

    observe::RunFacts run_facts(const std::string& ending, const std::vector<observe::Finding>& findings) {
        return {.scenario = scenario_.name,
                .platform = loaded_.platform.name,
                .mode = loaded_.platform.mode,
                .ending = ending,
                .good = status() == kSuccess,
                .simulated = picoseconds(sc_core::sc_time_stamp()),
                .verdicts = &verdicts_,
                .errors = &machine_.guest_errors,
                .findings = findings,
                .crash = outcome_.guest_failed() ? report_crash() : ""};
    }

    std::vector<observe::Finding> find_causes() const {
        if (command_) return {};
        return observe::find_causes(frames_.tracker, frames_.chains, machine_.statistics);
    }

    observe::Manifest manifest(bool partial, double seconds) const {
        return {.version = version(),
                .command = settings_.command,
                .folder = std::filesystem::current_path().string(),
                .scenario = settings_.file,
                .guest_dir = settings_.guest_dir,
                .seed = loaded_.platform.seed,
                .sets = settings_.sets,
                .configs = loaded_.files,
                .inputs = observe::inputs_of(input_files(scenario_, settings_)),
                .ending = outcome_.sentence(),
                .partial = partial,
                .host_seconds = seconds};
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
    const RunSettings& settings_;
    Stopwatch watch_;
    std::optional<board::ExecCommand> command_;
    board::Boot boot_;
    board::Machine machine_;
    MachineSignals signals_;
    std::vector<size_t> chosen_signals_;  // with --vcd
    observe::OutputFolder out_;           // nothing is made before what was asked for is known to be good
    std::unique_ptr<observe::VcdFile> vcd_;
    std::optional<observe::Timeline> timeline_;
    std::optional<observe::ChainFile> chain_file_;
    std::optional<CodeWatch> code_;
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

}  // namespace

std::vector<std::string> input_files(const config::Scenario& scenario, const RunSettings& s) {
    const config::Guest& guest = scenario.guest;
    std::vector<std::string> files{kernel_file(scenario, s), guest.initrd, guest.dtb};
    if (guest.kernel.empty()) {
        files.push_back(guest_file(s.guest_dir, "init"));
        files.push_back(program_file(scenario, s));
    }
    for (const config::Input& input : scenario.inputs) files.insert(files.end(), {input.file, input.times});
    for (const auto& [frame, file] : scenario.expect.images) files.push_back(file);
    for (const auto& [picture, file] : scenario.expect.panel_images) files.push_back(file);
    std::erase(files, "");
    return files;
}

int run_scenario(const config::Loaded& loaded, const RunSettings& settings) {
    return ScenarioRun{loaded, settings}.run();
}

}  // namespace exysim::cli
