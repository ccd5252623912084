// A timeline in Chrome's trace event format, gzipped, which Perfetto (ui.perfetto.dev) and chrome://tracing
// open. Source: "Trace Event Format", the Chromium project's document; ts and dur are microseconds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/base/address.hpp"

namespace exysim::observe {

/// Written as it happens: memory does not grow with the run, but for the names of tracks.
class TraceFile {
public:
    /// Throws std::runtime_error if the file cannot be made.
    explicit TraceFile(const std::filesystem::path& file);
    ~TraceFile();
    TraceFile(const TraceFile&) = delete;
    TraceFile& operator=(const TraceFile&) = delete;

    /// A row of the timeline: `group` is a heading, rows appear in the order they are first named.
    struct Track {
        uint32_t group = 0, row = 0;
    };
    Track track(const std::string& group, const std::string& name);

    using Facts = std::vector<std::pair<std::string_view, std::string>>;
    /// Slices of one track must not overlap.
    void slice(Track at, std::string_view name, Picoseconds begin, Picoseconds end, const Facts& facts = {});
    void instant(Track at, std::string_view name, Picoseconds time, const Facts& facts = {});
    /// A curve of its own under the group's heading.
    void counter(const std::string& group, const std::string& name, Picoseconds time, double value);

    enum class Flow : char { begin = 's', step = 't', end = 'f' };
    /// An arrow's point inside the slice of `at` that encloses `time`. Arrows of one kind (`category`), name
    /// and id belong together.
    void flow(Flow kind, Track at, std::string_view category, std::string_view name, uint64_t id,
              Picoseconds time);

    /// Ends the file; nothing may be added afterwards. The destructor does it too.
    void close();

private:
    void event(const std::string& fields);
    uint32_t group(const std::string& name);

    struct Gzip;
    std::unique_ptr<Gzip> out_;
    bool first_ = true;
    std::map<std::string, uint32_t> groups_;
    std::map<std::pair<uint32_t, std::string>, uint32_t> rows_;
};

/// Gives overlapping slices tracks of their own: "name", "name 2", ...
class Lanes {
public:
    Lanes(TraceFile& trace, std::string group, std::string name)
        : trace_{trace}, group_{std::move(group)}, name_{std::move(name)} {}
    TraceFile::Track free_track(Picoseconds begin, Picoseconds end);

private:
    TraceFile& trace_;
    std::string group_, name_;
    std::vector<Picoseconds> ends_;  // of the last slice of each lane
};

}  // namespace exysim::observe
