#include "platform/cli/sweep_manifest.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "platform/cli/commands.hpp"
#include "platform/config/diagnostics.hpp"

namespace exysim::cli {

namespace fs = std::filesystem;

namespace {

constexpr int kSchema = 2;

fs::path beside(fs::path place, const char* suffix) { return place += suffix; }

/// For the signal handler, which may not look anything up.
std::array<char, 4096> late_mark_path{};

void end_late_run(int) {
    ::close(::open(late_mark_path.data(), O_CREAT | O_WRONLY, 0644));
    ::_exit(kExpectationFailed);
}

}  // namespace

fs::path SweepManifest::log(const ManifestPoint& point) const { return beside(results(point), ".log"); }
fs::path SweepManifest::late_mark(const ManifestPoint& point) const {
    return beside(results(point), ".late");
}
bool SweepManifest::done(const ManifestPoint& point) const { return fs::exists(results(point) / "run.json"); }

void write_manifest(const SweepManifest& m) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const ManifestPoint& point : m.points) list.push_back({{"id", point.id}, {"set", point.sets}});
    const nlohmann::ordered_json all{{"schema", kSchema},
                                     {"scenario", m.scenario},
                                     {"guest_dir", m.guest_dir},
                                     {"timeout_ns", m.timeout_ns},
                                     {"points", list}};
    std::ofstream{m.file()} << all.dump(2) << "\n";
}

SweepManifest read_manifest(const fs::path& file) {
    std::ifstream in{file};
    if (!in) throw config::ConfigError{fmt::format("--manifest {}: cannot be read", file.string())};
    SweepManifest m;
    m.folder = fs::absolute(file).parent_path();
    try {
        const auto all = nlohmann::json::parse(in);
        if (all.at("schema") != kSchema)
            throw config::ConfigError{fmt::format("--manifest {}: is of another version", file.string())};
        m.scenario = all.at("scenario");
        m.guest_dir = all.at("guest_dir");
        m.timeout_ns = all.at("timeout_ns");
        for (const auto& point : all.at("points"))
            m.points.push_back({point.at("id"), point.at("set").get<Arguments>()});
    } catch (const nlohmann::json::exception& e) {
        throw config::ConfigError{
            fmt::format("--manifest {}: is no manifest of a sweep ({})", file.string(), e.what())};
    }
    return m;
}

void become_run_of(const SweepManifest& m, const ManifestPoint& point) {
    fs::remove(m.late_mark(point));
    const int log = ::open(m.log(point).c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    if (log < 0)
        throw config::ConfigError{fmt::format("{}: {}", m.log(point).string(), std::strerror(errno))};
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    if (m.timeout_ns == 0) return;
    m.late_mark(point).string().copy(late_mark_path.data(), late_mark_path.size() - 1);
    std::signal(SIGALRM, end_late_run);
    const itimerval limit{{},
                          {static_cast<time_t>(m.timeout_ns / 1'000'000'000),
                           static_cast<suseconds_t>(m.timeout_ns % 1'000'000'000 / 1000)}};
    ::setitimer(ITIMER_REAL, &limit, nullptr);
}

}  // namespace exysim::cli
