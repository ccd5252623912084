#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "platform/cli/commands.hpp"
#include "platform/cli/places.hpp"
#include "platform/cli/process_pool.hpp"
#include "platform/config/dump.hpp"
#include "platform/config/sweep.hpp"
#include "platform/observe/manifest.hpp"
#include "platform/observe/sweep_results.hpp"

namespace exysim::cli {

namespace {

namespace fs = std::filesystem;

std::atomic<bool> interrupted{false};

/// One point of the plan: its settings as words of a command line, and its name.
struct Point {
    const config::SweepPoint* settings;
    Arguments sets;
    std::string id;  ///< hash of the resolved configuration and of what runs it
};

/// A dump without its comments: where a value came from does not matter.
std::string without_origins(const std::string& dump) {
    std::istringstream in{dump};
    std::string text;
    for (std::string line; std::getline(in, line);) text += line.substr(0, line.rfind(" # ")) + "\n";
    return text;
}

std::string hash(const std::string& text) {
    return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

class Sweep {
public:
    Sweep(const config::SweepPlan& plan, fs::path folder, std::string guest_dir)
        : plan_{plan}, folder_{std::move(folder)}, guest_dir_{std::move(guest_dir)} {
        const std::string program = observe::file_hash("/proc/self/exe");
        const std::string guest = observe::file_hash(guest_file(guest_dir_, "kernel.elf")) +
                                  observe::file_hash(guest_file(guest_dir_, "runner"));
        for (const config::SweepPoint& settings : plan.points) {
            Point point{&settings, plan.sets, {}};
            for (const auto& [path, value] : settings.settings) point.sets.push_back(path + "=" + value);
            const config::Loaded loaded =
                config::load_scenario(plan.scenario, point.sets);  // refuses mistakes
            point.id = hash(program + guest + without_origins(config::dump_platform(loaded)) +
                            without_origins(config::dump_scenario(loaded, "")));
            points_.push_back(std::move(point));
        }
    }

    int run(unsigned at_once) {
        fs::create_directories(folder_ / "runs");
        write_manifest();
        run_missing(at_once);
        return gather();
    }

private:
    fs::path place(const Point& point) const { return folder_ / "runs" / point.id; }
    bool done(const Point& point) const { return fs::exists(place(point) / "run.json"); }

    void write_manifest() const {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const Point& point : points_) list.push_back({{"id", point.id}, {"set", point.sets}});
        const nlohmann::ordered_json all{{"schema", 1}, {"scenario", plan_.scenario}, {"points", list}};
        std::ofstream{folder_ / "manifest.json"} << all.dump(2) << "\n";
    }

    Job job_of(const Point& point) const {
        Job job{{fs::read_symlink("/proc/self/exe").string(), "run", plan_.scenario, "--out",
                 place(point).string(), "--no-timeline"},
                place(point).string() + ".log"};
        if (!guest_dir_.empty()) job.command.insert(job.command.end(), {"--guest-dir", guest_dir_});
        for (const std::string& set : point.sets) job.command.insert(job.command.end(), {"--set", set});
        return job;
    }

    void run_missing(unsigned at_once) {
        std::vector<const Point*> missing;
        std::vector<Job> jobs;
        for (const Point& point : points_) {
            const bool twice = std::any_of(missing.begin(), missing.end(),
                                           [&](const Point* other) { return other->id == point.id; });
            if (done(point) || twice) continue;
            missing.push_back(&point);
            jobs.push_back(job_of(point));
        }
        fmt::print("{} points, {} of them to run\n", points_.size(), jobs.size());
        size_t ended = 0;
        run_jobs(
            jobs, at_once, std::chrono::nanoseconds{plan_.timeout_ns},
            [&](size_t n, const JobEnd& end) {
                if (end.timed_out) timed_out_.push_back(missing[n]->id);
                fmt::print("{}/{} {} {}\n", ++ended, jobs.size(), missing[n]->id,
                           end.timed_out ? "timed out" : fmt::format("status {}", end.status));
                std::fflush(stdout);
            },
            [] { return interrupted.load(); });
    }

    std::string status_of(const Point& point) const {
        if (std::find(timed_out_.begin(), timed_out_.end(), point.id) != timed_out_.end()) return "timed out";
        if (!done(point)) return "no result";
        const auto facts = nlohmann::json::parse(std::ifstream{place(point) / "run.json"}, nullptr, false);
        return facts.value("good", false) ? "passed" : "failed";
    }

    int gather() const {
        std::vector<observe::SweepRow> rows;
        bool good = true;
        for (const Point& point : points_) {
            observe::SweepRow row{point.id, point.settings->settings, status_of(point), {}};
            if (done(point)) row.result = observe::read_result(place(point));
            good &= row.status == "passed";
            rows.push_back(std::move(row));
        }
        observe::write_csv(folder_ / "results.csv", rows);
        observe::write_sqlite(folder_ / "results.sqlite", rows);
        fmt::print("results in {}\n", (folder_ / "results.csv").string());
        return good ? kSuccess : kExpectationFailed;
    }

    const config::SweepPlan& plan_;
    fs::path folder_;
    std::string guest_dir_;
    std::vector<Point> points_;
    std::vector<std::string> timed_out_;
};

}  // namespace

int sweep_command(const Arguments& arguments) {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this")  //
        ("out", po::value<std::string>()->value_name("DIR"),
         "where results go (out/PLAN); what is there "
         "already is not run again")                                                               //
        ("jobs,j", po::value<std::string>()->value_name("N"), "runs at a time (one a processor)")  //
        ("guest-dir", po::value<std::string>()->value_name("DIR"),
         "where the built-in kernel and programs are");
    po::options_description all;
    all.add(options).add_options()("plan", po::value<std::string>());
    const po::variables_map values = parse(arguments, all, "plan");
    if (values.count("help")) {
        fmt::print("{}", help_text("sweep", options));
        return kSuccess;
    }
    if (!values.count("plan")) throw config::ConfigError{"sweep: expected a plan file"};
    const std::string file = values["plan"].as<std::string>();
    const config::SweepPlan plan = config::load_sweep(file);
    unsigned at_once = std::max(1U, std::thread::hardware_concurrency());
    if (values.count("jobs"))
        at_once = std::max(
            1U, static_cast<unsigned>(parse_number_option("--jobs", values["jobs"].as<std::string>(), 1024)));
    const fs::path usual = fs::path{"out"} / fs::path{file}.stem();
    Sweep sweep{plan, value_or(values, "out", usual.string()),
                value_or<std::string>(values, "guest-dir", "")};
    std::signal(SIGINT, [](int) { interrupted.store(true); });
    std::signal(SIGTERM, [](int) { interrupted.store(true); });
    return sweep.run(at_once);
}

}  // namespace exysim::cli
