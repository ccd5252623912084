#include "platform/observe/manifest.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

namespace exysim::observe {

std::string file_hash(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) return "unreadable";
    const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state{XXH3_createState(), XXH3_freeState};
    XXH3_64bits_reset(state.get());
    std::array<char, 1 << 16> piece{};
    while (in.read(piece.data(), piece.size()), in.gcount() > 0) {
        XXH3_64bits_update(state.get(), piece.data(), static_cast<size_t>(in.gcount()));
    }
    return fmt::format("{:016x}", XXH3_64bits_digest(state.get()));
}

std::string manifest_json(const Manifest& manifest) {
    nlohmann::ordered_json json{{"schema", 1},
                                {"exysim", manifest.version},
                                {"command", manifest.command},
                                {"seed", manifest.seed},
                                {"set", manifest.sets},
                                {"ending", manifest.ending},
                                {"partial", manifest.partial}};
    json["configs"] = nlohmann::ordered_json::array();
    for (const config::LoadedFile& file : manifest.configs)
        json["configs"].push_back({{"name", file.name}, {"text", file.text}});
    json["inputs"] = nlohmann::ordered_json::array();
    for (const std::string& file : manifest.inputs)
        json["inputs"].push_back({{"name", file}, {"xxh3", file_hash(file)}});
    json["host_seconds"] = manifest.host_seconds;
    return json.dump(2) + "\n";
}

}  // namespace exysim::observe
