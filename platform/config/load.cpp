#include "platform/config/load.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace exysim::config {

namespace {

constexpr std::string_view kPlatformKeys[] = {"name", "soc", "mode",         "speculation", "seed",
                                              "l1",   "l2",  "store_buffer", "power",       "timing",
                                              "cpu",  "ram", "bus",          "acp",         "devices"};

/// The file's text, or nothing and a diagnostic.
std::optional<std::string> read_file(const std::string& name, const Place& asked_at,
                                     Diagnostics& diagnostics) {
    std::error_code error;
    if (std::filesystem::is_directory(name, error)) {
        diagnostics.error(asked_at, "", "'" + name + "' is a folder, expected a file");
        return {};
    }
    std::ifstream in{name, std::ios::binary};
    if (!in) {
        diagnostics.error(asked_at, "",
                          "cannot read '" + name + "': " + std::generic_category().message(errno));
        return {};
    }
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

/// One file as a tree.
struct Document {
    YamlNode root;
    bool parsed = false;
};

class Loader {
public:
    explicit Loader(const std::vector<std::string>& sets, const std::vector<LoadedFile>& recorded = {})
        : recorded_{recorded} {
        for (const std::string& set : sets) {
            if (auto parsed = parse_override(set, diagnostics_)) overrides_.push_back(std::move(*parsed));
        }
    }

    Document parse(const std::string& file, const Place& asked_at = {}) {
        auto text = text_of(file, asked_at);
        if (!text) return {};
        loaded_.files.push_back({file, *text});
        auto root =
            parse_yaml(std::make_shared<const SourceText>(SourceText{file, std::move(*text)}), diagnostics_);
        if (!root) return {};
        return {std::move(*root), true};
    }

    /// A platform on its own takes every override, so that those of a scenario are refused as unknown keys.
    void platform_alone(Document& document, const std::string& file) {
        if (!document.parsed) return;
        for (const Override& o : overrides_) apply(o, document.root, diagnostics_);
        read_platform_into(document, file);
    }
    void scenario(Document& document, const std::string& file) {
        if (!document.parsed) return;
        override_keys(document.root, false);
        const std::string folder = std::filesystem::path{file}.parent_path().string();
        loaded_.scenario = read_scenario(document.root, folder, diagnostics_);
        loaded_.scenario->file = file;
        loaded_.scenario_tree = document.root;
        const YamlNode* named = document.root.find("platform");
        if (!named || named->kind != YamlNode::Kind::scalar) return;  // reported already
        Document machine = parse(loaded_.scenario->platform_file, named->place);
        if (!machine.parsed) return;
        override_keys(machine.root, true);
        read_platform_into(machine, loaded_.scenario->platform_file);
        check_against_platform(*loaded_.scenario, document.root, loaded_.platform, diagnostics_);
    }

    Loaded finish() {
        diagnostics_.throw_if_any();
        return std::move(loaded_);
    }

private:
    std::optional<std::string> text_of(const std::string& file, const Place& asked_at) {
        for (const LoadedFile& known : recorded_) {
            if (known.name == file) return known.text;
        }
        return read_file(file, asked_at, diagnostics_);
    }
    void read_platform_into(const Document& document, const std::string& file) {
        loaded_.platform = read_platform(document.root, diagnostics_);
        loaded_.platform.file = file;
        loaded_.platform_tree = document.root;
    }
    /// The first word of an override's path decides which file it goes to.
    void override_keys(YamlNode& root, bool is_platform) {
        for (const Override& o : overrides_) {
            const bool platform_key = std::find(std::begin(kPlatformKeys), std::end(kPlatformKeys),
                                                o.path.front().first) != std::end(kPlatformKeys);
            if (platform_key == is_platform) apply(o, root, diagnostics_);
        }
    }

    const std::vector<LoadedFile> recorded_;
    Diagnostics diagnostics_;
    std::vector<Override> overrides_;
    Loaded loaded_;
};

}  // namespace

Loaded load_scenario(const std::string& file, const std::vector<std::string>& sets,
                     const std::vector<LoadedFile>& recorded) {
    Loader loader{sets, recorded};
    Document document = loader.parse(file);
    loader.scenario(document, file);
    return loader.finish();
}

Loaded load_platform(const std::string& file, const std::vector<std::string>& sets) {
    Loader loader{sets};
    Document document = loader.parse(file);
    loader.platform_alone(document, file);
    return loader.finish();
}

Loaded load_any(const std::string& file, const std::vector<std::string>& sets) {
    Loader loader{sets};
    Document document = loader.parse(file);
    const bool is_platform = document.root.find("soc") || document.root.find("devices");
    if (is_platform && !document.root.find("scenario")) {
        loader.platform_alone(document, file);
    } else {
        loader.scenario(document, file);
    }
    return loader.finish();
}

}  // namespace exysim::config
