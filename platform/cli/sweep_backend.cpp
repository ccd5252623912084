#include "platform/cli/sweep_backend.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "platform/cli/process_pool.hpp"
#include "platform/config/diagnostics.hpp"
#include "platform/config/nearest.hpp"

namespace exysim::cli {

namespace fs = std::filesystem;

namespace {

/// The command of one point; `index` may be a word that a scheduler replaces.
Arguments command_of(const SweepManifest& manifest, const std::string& index) {
    static const std::string program = fs::read_symlink("/proc/self/exe").string();
    return {program, "run", "--manifest", manifest.file().string(), "--index", index};
}

void run_in_pool(const SweepWork& work) {
    std::vector<Job> jobs;
    for (const size_t point : work.points)
        jobs.push_back({command_of(work.manifest, std::to_string(point)), "/dev/null"});
    run_jobs(
        jobs, work.at_once, [&](size_t) { work.look(); }, work.stop);
}

/// A program of the user's path.
std::string found(const std::string& name, const std::string& package) {
    std::istringstream path{std::getenv("PATH") != nullptr ? std::getenv("PATH") : "/usr/bin:/bin"};
    for (std::string folder; std::getline(path, folder, ':');) {
        const fs::path file = fs::path{folder} / name;
        if (::access(file.c_str(), X_OK) == 0) return file.string();
    }
    throw config::ConfigError{fmt::format("sweep: '{}' is not installed (Debian package {})", name, package)};
}

std::string quoted(const Arguments& words) {
    std::string line;
    for (const std::string& word : words) {
        std::string safe = word;
        for (size_t at = 0; (at = safe.find('\'', at)) != std::string::npos; at += 4)
            safe.replace(at, 1, "'\\''");
        line += (line.empty() ? "'" : " '") + safe + "'";
    }
    return line;
}

/// The numbers of the points to run, a line each.
fs::path write_numbers(const SweepWork& work) {
    const fs::path file = work.manifest.folder / "points.txt";
    std::ofstream{file} << fmt::format("{}\n", fmt::join(work.points, "\n"));
    return file;
}

/// Runs a scheduler to its end, with its own messages in scheduler.log.
void run_scheduler(const SweepWork& work, const Arguments& command) {
    const std::string log = (work.manifest.folder / "scheduler.log").string();
    const auto stop = [&] {
        work.look();
        return work.stop();
    };
    run_jobs(
        {{command, log}}, 1, [](size_t) {}, stop);
    work.look();
    std::ifstream in{log};
    for (std::string line; std::getline(in, line);) fmt::print("  {}\n", line);
}

void run_with_parallel(const SweepWork& work) {
    Arguments command{found("parallel", "parallel"), "--will-cite", "--jobs",
                      std::to_string(work.at_once),  "--arg-file",  write_numbers(work).string()};
    if (!work.hosts.empty()) command.insert(command.end(), {"--sshloginfile", work.hosts});
    Arguments point = command_of(work.manifest, "");
    point.pop_back();
    command.push_back(quoted(point) + " {}");
    run_scheduler(work, command);
}

/// Tasks are lines of the list: a cluster limits their numbers, and only missing points count.
void run_with_slurm(const SweepWork& work) {
    Arguments point = command_of(work.manifest, "");
    point.pop_back();
    const std::string script = fmt::format("exec {} \"$(sed -n \"$((SLURM_ARRAY_TASK_ID + 1))p\" {})\"",
                                           quoted(point), quoted({write_numbers(work).string()}));
    const std::string name = "exysim-" + work.manifest.points[work.points.front()].id;
    run_scheduler(work, {found("sbatch", "slurm-client"), "--wait", "--quiet", "--job-name", name, "--output",
                         "/dev/null", "--array", fmt::format("0-{}%{}", work.points.size() - 1, work.at_once),
                         "--wrap", script});
    if (work.stop())
        run_jobs(
            {{{found("scancel", "slurm-client"), "--name", name}, "/dev/null"}}, 1, [](size_t) {},
            [] { return false; });
}

constexpr SweepBackend kBackends[] = {
    {"pool", "processes of this machine", run_in_pool},
    {"parallel", "GNU parallel, on other hosts too (--hosts)", run_with_parallel},
    {"slurm", "a Slurm job array", run_with_slurm},
};

}  // namespace

const SweepBackend& backend_named(const std::string& name) {
    std::vector<std::string> names;
    for (const SweepBackend& backend : kBackends) {
        if (name == backend.name) return backend;
        names.emplace_back(backend.name);
    }
    throw config::ConfigError{
        fmt::format("--backend {}: expected {}; {}", name, backend_names(), config::suggestion(name, names))};
}

std::string backend_names() {
    std::vector<std::string> names;
    for (const SweepBackend& backend : kBackends)
        names.push_back(fmt::format("{} ({})", backend.name, backend.sentence));
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace exysim::cli
