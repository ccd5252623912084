// manifest.json of a sweep's folder: what its points are. `exysim run --manifest M --index I` runs one of
// them from it alone, so that any scheduler can.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "platform/cli/options.hpp"

namespace exysim::cli {

struct ManifestPoint {
    std::string id;  ///< hash of the resolved configuration and of what runs it
    Arguments sets;  ///< as after --set
};

struct SweepManifest {
    std::filesystem::path folder;     ///< where it lies; not part of the file
    std::string scenario, guest_dir;  ///< absolute; guest_dir may be empty
    uint64_t timeout_ns = 0;          ///< of the host, a point; 0 = none
    std::vector<ManifestPoint> points;

    std::filesystem::path file() const { return folder / "manifest.json"; }
    std::filesystem::path results(const ManifestPoint& point) const { return folder / "runs" / point.id; }
    /// What the run printed.
    std::filesystem::path log(const ManifestPoint& point) const;
    /// There is this file if the point was ended for taking too long.
    std::filesystem::path late_mark(const ManifestPoint& point) const;
    bool done(const ManifestPoint& point) const;
};

void write_manifest(const SweepManifest& manifest);
/// Errors: ConfigError for what cannot be read or is no such manifest.
SweepManifest read_manifest(const std::filesystem::path& file);

/// Makes this process the run of `point`: what it prints goes to the point's log, and it ends itself when the
/// time is up.
void become_run_of(const SweepManifest& manifest, const ManifestPoint& point);

}  // namespace exysim::cli
