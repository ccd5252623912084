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
#include "platform/cli/sweep_backend.hpp"
#include "platform/cli/sweep_manifest.hpp"
#include "platform/config/dump.hpp"
#include "platform/config/sweep.hpp"
#include "platform/observe/manifest.hpp"
#include "platform/observe/sweep_page.hpp"
#include "platform/observe/sweep_results.hpp"

namespace exysim::cli {

namespace {

namespace fs = std::filesystem;

std::atomic<bool> interrupted{false};

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

/// What all of them share: the program, the kernel and the pipeline runner.
std::string software_hash(const std::string& guest_dir) {
    return observe::file_hash("/proc/self/exe") + observe::file_hash(guest_file(guest_dir, "kernel.elf")) +
           observe::file_hash(guest_file(guest_dir, "runner"));
}

/// Refuses mistakes in any point's settings.
SweepManifest manifest_of(const config::SweepPlan& plan, const fs::path& folder,
                          const std::string& guest_dir) {
    SweepManifest manifest{fs::absolute(folder).lexically_normal(),
                           fs::absolute(plan.scenario).string(),
                           guest_dir.empty() ? "" : fs::absolute(guest_dir).string(),
                           plan.timeout_ns,
                           {}};
    const std::string software = software_hash(guest_dir);
    for (const config::SweepPoint& settings : plan.points) {
        ManifestPoint point{"", plan.sets};
        for (const auto& [path, value] : settings.settings) point.sets.push_back(path + "=" + value);
        const config::Loaded loaded = config::load_scenario(plan.scenario, point.sets);
        point.id = hash(software + without_origins(config::dump_platform(loaded)) +
                        without_origins(config::dump_scenario(loaded, "")));
        manifest.points.push_back(std::move(point));
    }
    return manifest;
}

class Sweep {
public:
    Sweep(const config::SweepPlan& plan, SweepManifest manifest)
        : plan_{plan}, manifest_{std::move(manifest)} {}

    int run(const SweepBackend& backend, unsigned at_once, const std::string& hosts) {
        fs::create_directories(manifest_.folder / "runs");
        write_manifest(manifest_);
        waiting_ = missing();
        total_ = waiting_.size();
        fmt::print("{} points, {} of them to run\n", manifest_.points.size(), total_);
        std::fflush(stdout);
        if (total_ != 0)
            backend.run({manifest_, waiting_, at_once, hosts, [this] { report_ended(); },
                         [] { return interrupted.load(); }});
        report_ended();
        return gather();
    }

private:
    /// Points without a result, each once; what a killed run has left of them goes.
    std::vector<size_t> missing() const {
        std::vector<size_t> list;
        for (size_t n = 0; n < manifest_.points.size(); ++n) {
            const ManifestPoint& point = manifest_.points[n];
            const bool twice = std::any_of(list.begin(), list.end(), [&](size_t other) {
                return manifest_.points[other].id == point.id;
            });
            if (twice || manifest_.done(point)) continue;
            fs::remove(manifest_.late_mark(point));
            list.push_back(n);
        }
        for (const auto& entry : fs::directory_iterator{manifest_.folder / "runs"}) {
            if (entry.path().string().find(".partial-") != std::string::npos) fs::remove_all(entry.path());
        }
        return list;
    }

    /// Prints which points have come to an end since the last look.
    void report_ended() {
        std::erase_if(waiting_, [&](size_t n) {
            const ManifestPoint& point = manifest_.points[n];
            if (!manifest_.done(point) && !fs::exists(manifest_.late_mark(point))) return false;
            fmt::print("{}/{} {} {}\n", ++ended_, total_, point.id, status_of(point));
            return true;
        });
        std::fflush(stdout);
    }

    std::string status_of(const ManifestPoint& point) const {
        if (fs::exists(manifest_.late_mark(point))) return "timed out";
        if (!manifest_.done(point)) return "no result";
        const auto facts =
            nlohmann::json::parse(std::ifstream{manifest_.results(point) / "run.json"}, nullptr, false);
        return facts.value("good", false) ? "passed" : "failed";
    }

    int gather() const {
        std::vector<observe::SweepRow> rows;
        bool good = true;
        for (size_t n = 0; n < manifest_.points.size(); ++n) {
            const ManifestPoint& point = manifest_.points[n];
            observe::SweepRow row{point.id, plan_.points[n].settings, status_of(point), {}};
            if (manifest_.done(point)) row.result = observe::read_result(manifest_.results(point));
            if (row.status == "no result") fmt::print("no result: {}\n", manifest_.log(point).string());
            good &= row.status == "passed";
            rows.push_back(std::move(row));
        }
        observe::write_csv(manifest_.folder / "results.csv", rows);
        observe::write_sqlite(manifest_.folder / "results.sqlite", rows);
        observe::write_sweep_page(manifest_.folder / "results.html",
                                  fs::path{manifest_.scenario}.stem().string(), rows);
        fmt::print("results in {}\n", (manifest_.folder / "results.html").string());
        return good ? kSuccess : kExpectationFailed;
    }

    const config::SweepPlan& plan_;
    SweepManifest manifest_;
    std::vector<size_t> waiting_;
    size_t total_ = 0, ended_ = 0;
};

}  // namespace

int sweep_command(const Arguments& arguments) {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this")  //
        ("out", po::value<std::string>()->value_name("DIR"),
         "where results go (out/PLAN); what is there "
         "already is not run again")                                                               //
        ("jobs,j", po::value<std::string>()->value_name("N"), "runs at a time (one a processor)")  //
        ("backend", po::value<std::string>()->value_name("NAME"),
         ("who runs the points: " + backend_names()).c_str())  //
        ("hosts", po::value<std::string>()->value_name("FILE"),
         "for parallel: ssh logins, one a line, that see the same files")  //
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
    const SweepBackend& backend = backend_named(value_or<std::string>(values, "backend", "pool"));
    if (values.count("hosts") && std::string{"parallel"} != backend.name)
        throw config::ConfigError{"sweep: --hosts is for --backend parallel"};
    const std::string guest_dir = value_or<std::string>(values, "guest-dir", "");
    Sweep sweep{plan, manifest_of(plan, value_or(values, "out", usual.string()), guest_dir)};
    std::signal(SIGINT, [](int) { interrupted.store(true); });
    std::signal(SIGTERM, [](int) { interrupted.store(true); });
    return sweep.run(backend, at_once, value_or<std::string>(values, "hosts", ""));
}

}  // namespace exysim::cli
