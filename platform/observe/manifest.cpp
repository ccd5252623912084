#include "platform/observe/manifest.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "platform/config/diagnostics.hpp"

namespace exysim::observe {

namespace {
constexpr int kSchema = 2;
using Json = nlohmann::ordered_json;
}  // namespace

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

std::vector<Manifest::Input> inputs_of(const std::vector<std::string>& files) {
    std::vector<Manifest::Input> inputs;
    for (const std::string& file : files) inputs.push_back({file, file_hash(file)});
    return inputs;
}

std::string manifest_json(const Manifest& manifest) {
    Json json{
        {"schema", kSchema},          {"exysim", manifest.version},    {"command", manifest.command},
        {"folder", manifest.folder},  {"scenario", manifest.scenario}, {"guest_dir", manifest.guest_dir},
        {"seed", manifest.seed},      {"set", manifest.sets},          {"ending", manifest.ending},
        {"partial", manifest.partial}};
    json["configs"] = Json::array();
    for (const config::LoadedFile& file : manifest.configs)
        json["configs"].push_back({{"name", file.name}, {"text", file.text}});
    json["inputs"] = Json::array();
    for (const Manifest::Input& input : manifest.inputs)
        json["inputs"].push_back({{"name", input.name}, {"xxh3", input.hash}});
    json["host_seconds"] = manifest.host_seconds;
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Manifest read_run_manifest(const std::filesystem::path& file) {
    std::ifstream in{file};
    if (!in) throw config::ConfigError{fmt::format("{}: cannot be read", file.string())};
    Manifest m;
    try {
        const Json json = Json::parse(in);
        if (json.at("schema") != kSchema)
            throw config::ConfigError{
                fmt::format("{}: is of another version, expected {}", file.string(), kSchema)};
        m.version = json.at("exysim");
        m.folder = json.at("folder");
        m.scenario = json.at("scenario");
        m.guest_dir = json.at("guest_dir");
        m.seed = json.at("seed");
        m.sets = json.at("set").get<std::vector<std::string>>();
        m.partial = json.at("partial");
        for (const Json& config : json.at("configs"))
            m.configs.push_back({config.at("name"), config.at("text")});
        for (const Json& input : json.at("inputs")) m.inputs.push_back({input.at("name"), input.at("xxh3")});
    } catch (const nlohmann::json::exception& e) {
        throw config::ConfigError{fmt::format("{}: is no manifest of a run ({})", file.string(), e.what())};
    }
    return m;
}

}  // namespace exysim::observe
