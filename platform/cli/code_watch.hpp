// What the cores execute: profiles and traces of `run`, `exec` and `boot`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/cli/options.hpp"
#include "platform/cli/profile_watch.hpp"
#include "platform/debug/exec_trace.hpp"
#include "platform/debug/line_profile.hpp"

namespace exysim::cli {

/// The program files that the guest may run.
using MakeImages = std::function<debug::CodeImages()>;

/// What the command line says of a trace.
struct TraceRequest {
    std::string file, from, to;  ///< moments as given: an address, a time, a function; empty: none
    uint64_t most = 0;           ///< instructions
};
/// Adds `--trace-exec` and its bounds.
void add_trace_options(po::options_description& options);
/// Nothing without `--trace-exec`; throws ConfigError for bounds without it.
std::optional<TraceRequest> trace_request(const po::variables_map& values);

struct CodeRequest {
    bool profile = false, lines = false;
    std::optional<TraceRequest> trace;
};

/// Lives as long as the simulation; made before it starts. Throws ConfigError for what cannot be done.
class CodeWatch {
public:
    CodeWatch(cpu::CpuCluster& cpu, const CodeRequest& request, const MakeImages& images);
    ~CodeWatch();
    CodeWatch(const CodeWatch&) = delete;
    CodeWatch& operator=(const CodeWatch&) = delete;

    /// Charges and writes the cores' last blocks; after the simulation.
    void close();
    /// Null without one.
    const debug::Profile* profile() const { return profile_ ? &profile_->profile() : nullptr; }
    ProfileWatch* profiler() { return profile_ ? &*profile_ : nullptr; }
    /// The same by source lines.
    const debug::LineProfile* lines() const { return lines_ ? &*lines_ : nullptr; }

private:
    struct Tracer;
    struct LineWatcher;

    void attach_lines(debug::CodeImages images);
    void attach_trace(const TraceRequest& request, debug::CodeImages images);

    cpu::CpuCluster& cpu_;
    BlockWatchers watchers_;
    std::optional<ProfileWatch> profile_;
    std::optional<debug::ExecTrace> trace_;
    std::vector<std::unique_ptr<Tracer>> tracers_;
    std::optional<debug::LineProfile> lines_;
    std::vector<std::unique_ptr<LineWatcher>> line_watchers_;
    std::optional<TurnClock> turns_;  // with lines_
};

/// Adds `--profile PREFIX` for commands without a results folder.
void add_profile_option(po::options_description& options);
/// After close(): writes PREFIX.folded, PREFIX.json and PREFIX.lines, unless `prefix` is empty.
void write_profiles(const CodeWatch& watch, const std::string& prefix);

}  // namespace exysim::cli
