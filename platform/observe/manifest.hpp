// Everything needed to repeat a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "platform/config/load.hpp"

namespace exysim::observe {

struct Manifest {
    struct Input {
        std::string name, hash;  ///< file_hash()
    };
    std::string version;
    std::vector<std::string> command;
    std::string folder;     ///< where the command was given; names of files start there
    std::string scenario;   ///< its file
    std::string guest_dir;  ///< as given, or empty
    uint64_t seed = 0;
    std::vector<std::string> sets;
    std::vector<config::LoadedFile> configs;  ///< with their whole text
    std::vector<Input> inputs;                ///< files whose contents matter: clips, kernel, programs
    std::string ending;
    bool partial = false;
    double host_seconds = 0;
};

/// XXH3 of a file's bytes, 16 hexadecimal digits; "unreadable" if it is gone.
std::string file_hash(const std::string& file);
/// With their hashes of now.
std::vector<Manifest::Input> inputs_of(const std::vector<std::string>& files);

std::string manifest_json(const Manifest& manifest);
/// What manifest_json() wrote; throws ConfigError with the file's name if it is none.
Manifest read_run_manifest(const std::filesystem::path& file);

}  // namespace exysim::observe
