// Reads one mapping of a file into a plain struct: every key it is asked for is known, everything else is a
// mistake. A table of parameters states each setting once: key, type, unit, limits, meaning.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "platform/config/units.hpp"
#include "platform/config/yaml_tree.hpp"

namespace exysim::config {

/// Limits of a number, both allowed.
struct Range {
    uint64_t least = 0;
    uint64_t most = std::numeric_limits<uint64_t>::max();
};

/// One setting of a struct `S`. Its default is what a default-constructed S holds.
template <class S>
struct Parameter {
    std::string_view key;
    std::variant<uint64_t S::*, std::string S::*, bool S::*> member;
    std::string_view meaning;    ///< one sentence
    Unit unit = Unit::count;     ///< of a number
    Range range{};               ///< of a number
    std::string_view choices{};  ///< of a text: the words allowed, parted by blanks; empty = any text
    bool required = false;
};

/// The words of a blank-separated list.
std::vector<std::string> words(std::string_view list);

/// One mapping while it is read.
class Section {
public:
    /// `path` is the mapping's own name, "run"; empty for a whole file. Complains if `node` is no mapping.
    Section(const YamlNode& node, std::string path, Diagnostics& diagnostics);

    /// The value of `key`, which becomes a known key; null if absent.
    const YamlNode* find(std::string_view key);
    /// As find(), and complains if it is absent.
    const YamlNode* require(std::string_view key);

    /// Reads every row of `table` into `object`.
    template <class S>
    void read(std::span<const Parameter<S>> table, S& object);

    /// Complains about keys nobody asked for and keys given twice. Call last.
    void finish();

    std::string path_of(std::string_view key) const;
    const Place& place() const { return node_.place; }
    Place place_of(std::string_view key) const;
    const YamlNode& node() const { return node_; }
    Diagnostics& diagnostics() const { return diagnostics_; }

private:
    const YamlNode& node_;
    std::string path_;
    Diagnostics& diagnostics_;
    std::vector<std::string> known_;
};

/// Single values. Each complains at the value's place and returns nothing if it is not what was wanted.
std::optional<uint64_t> read_number(const YamlNode& node, const std::string& path, Unit unit, Range range,
                                    Diagnostics& diagnostics);
std::optional<std::string> read_text(const YamlNode& node, const std::string& path, Diagnostics& diagnostics);
std::optional<bool> read_bool(const YamlNode& node, const std::string& path, Diagnostics& diagnostics);
/// A text that must be one of `choices`; `what` names them in the message ("pattern").
std::optional<std::string> read_word(const YamlNode& node, const std::string& path, std::string_view what,
                                     const std::vector<std::string>& choices, Diagnostics& diagnostics);

template <class S>
void Section::read(std::span<const Parameter<S>> table, S& object) {
    for (const Parameter<S>& row : table) {
        const YamlNode* value = row.required ? require(row.key) : find(row.key);
        if (!value) continue;
        const std::string path = path_of(row.key);
        if (const auto* number = std::get_if<uint64_t S::*>(&row.member)) {
            if (auto v = read_number(*value, path, row.unit, row.range, diagnostics_)) object.** number = *v;
        } else if (const auto* flag = std::get_if<bool S::*>(&row.member)) {
            if (auto v = read_bool(*value, path, diagnostics_)) object.** flag = *v;
        } else {
            const auto text = std::get<std::string S::*>(row.member);
            auto v = row.choices.empty() ? read_text(*value, path, diagnostics_)
                                         : read_word(*value, path, row.key, words(row.choices), diagnostics_);
            if (v) object.*text = *v;
        }
    }
}

}  // namespace exysim::config
