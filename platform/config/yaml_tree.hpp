// YAML as a plain tree that knows where everything stands. The only place that sees yaml-cpp, whose marks
// count from zero and whose own exceptions say too little.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/config/diagnostics.hpp"

namespace exysim::config {

/// One value. A map keeps its entries in the order of the text, duplicates included.
struct YamlNode {
    enum class Kind { null, scalar, list, map };
    struct Entry;

    Kind kind = Kind::null;
    bool quoted = false;  ///< a scalar in quotes is text whatever it looks like
    std::string text;     ///< of a scalar
    Place place;
    std::vector<YamlNode> items;  ///< of a list
    std::vector<Entry> entries;   ///< of a map

    /// First entry called `key`; null if absent.
    const YamlNode* find(std::string_view key) const;
    YamlNode* find(std::string_view key);
    /// "a list", "a mapping", "text"... for messages.
    std::string_view kind_name() const;
};

struct YamlNode::Entry {
    std::string key;
    Place place;  ///< of the key
    YamlNode value;
};

/// Parses one document. Syntax errors, aliases and mappings with keys that are not words go to `diagnostics`;
/// the result is then empty.
std::optional<YamlNode> parse_yaml(const std::shared_ptr<const SourceText>& source, Diagnostics& diagnostics);

/// One `--set path=value` split at its first '='. `value` is YAML: `run.frames=10`, `inputs.clip={file:
/// a.y4m}`.
struct Override {
    std::shared_ptr<const SourceText> source;
    std::vector<std::pair<std::string, Place>> path;
    YamlNode value;
};
std::optional<Override> parse_override(const std::string& option, Diagnostics& diagnostics);

/// Puts the value at its path, making mappings on the way; a number names a list item.
void apply(const Override& override_, YamlNode& root, Diagnostics& diagnostics);

}  // namespace exysim::config
