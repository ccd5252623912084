// Everything needed to repeat a run.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "platform/config/load.hpp"

namespace exysim::observe {

struct Manifest {
    std::string version;
    std::vector<std::string> command;
    uint64_t seed = 0;
    std::vector<std::string> sets;
    std::vector<config::LoadedFile> configs;  ///< with their whole text
    std::vector<std::string> inputs;          ///< files whose contents matter: clips, kernel, programs
    std::string ending;
    bool partial = false;
    double host_seconds = 0;
};

/// XXH3 of a file's bytes, 16 hexadecimal digits; "unreadable" if it is gone.
std::string file_hash(const std::string& file);
std::string manifest_json(const Manifest& manifest);

}  // namespace exysim::observe
