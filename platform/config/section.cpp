#include "platform/config/section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "platform/config/nearest.hpp"

namespace exysim::config {

namespace {

bool expect_scalar(const YamlNode& node, const std::string& path, std::string_view wanted,
                   Diagnostics& diagnostics) {
    if (node.kind == YamlNode::Kind::scalar) return true;
    diagnostics.error(node.place, path, fmt::format("is {}, expected {}", node.kind_name(), wanted));
    return false;
}

std::string range_problem(const std::string& text, Unit unit, Range range) {
    constexpr uint64_t kUnlimited = std::numeric_limits<uint64_t>::max();
    const std::string least = format_quantity(range.least, unit);
    if (range.most == kUnlimited) return fmt::format("{} is too small, expected at least {}", text, least);
    return fmt::format("{} is out of range, expected {} to {}", text, least,
                       format_quantity(range.most, unit));
}

}  // namespace

std::vector<std::string> words(std::string_view list) {
    std::istringstream stream{std::string{list}};
    std::vector<std::string> all;
    for (std::string word; stream >> word;) all.push_back(word);
    return all;
}

Section::Section(const YamlNode& node, std::string path, Diagnostics& diagnostics)
    : node_{node}, path_{std::move(path)}, diagnostics_{diagnostics} {
    if (node.kind == YamlNode::Kind::map) return;
    diagnostics.error(node.place, path_, fmt::format("is {}, expected a mapping", node.kind_name()));
}

const YamlNode* Section::find(std::string_view key) {
    known_.emplace_back(key);
    return node_.find(key);
}

const YamlNode* Section::require(std::string_view key) {
    const YamlNode* value = find(key);
    if (!value && node_.kind == YamlNode::Kind::map) {
        diagnostics_.error(node_.place, path_, fmt::format("lacks '{}'", key));
    }
    return value;
}

void Section::finish() {
    for (auto entry = node_.entries.begin(); entry != node_.entries.end(); ++entry) {
        const auto same = [&](const YamlNode::Entry& e) { return e.key == entry->key; };
        const auto first = std::find_if(node_.entries.begin(), entry, same);
        if (first != entry) {
            diagnostics_.error(entry->place, path_of(entry->key),
                               fmt::format("is given twice, first in line {}", first->place.line));
        } else if (std::find(known_.begin(), known_.end(), entry->key) == known_.end()) {
            std::string hint = suggestion(entry->key, known_);
            if (hint.empty()) hint = "known here: " + list_of(known_);
            diagnostics_.error(entry->place, path_of(entry->key), "unknown key", hint);
        }
    }
}

std::string Section::path_of(std::string_view key) const {
    return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
}

Place Section::place_of(std::string_view key) const {
    const YamlNode* value = node_.find(key);
    return value ? value->place : node_.place;
}

std::optional<uint64_t> read_number(const YamlNode& node, const std::string& path, Unit unit, Range range,
                                    Diagnostics& diagnostics) {
    if (!expect_scalar(node, path, example_of(unit), diagnostics)) return {};
    if (node.quoted) {
        diagnostics.error(node.place, path, fmt::format("is text, expected {}", example_of(unit)));
        return {};
    }
    const Quantity quantity = parse_quantity(node.text, unit);
    if (!quantity.value) {
        diagnostics.error(node.place, path, quantity.problem, quantity.hint);
        return {};
    }
    if (*quantity.value < range.least || *quantity.value > range.most) {
        diagnostics.error(node.place, path, range_problem(node.text, unit, range));
        return {};
    }
    return quantity.value;
}

std::optional<std::string> read_text(const YamlNode& node, const std::string& path,
                                     Diagnostics& diagnostics) {
    if (!expect_scalar(node, path, "text", diagnostics)) return {};
    if (node.text.find('\0') == std::string::npos) return node.text;
    diagnostics.error(node.place, path, "holds a NUL character");
    return {};
}

std::optional<bool> read_bool(const YamlNode& node, const std::string& path, Diagnostics& diagnostics) {
    if (!expect_scalar(node, path, "true or false", diagnostics)) return {};
    if (!node.quoted && (node.text == "true" || node.text == "false")) return node.text == "true";
    diagnostics.error(node.place, path, fmt::format("'{}' is neither true nor false", node.text));
    return {};
}

std::optional<std::string> read_word(const YamlNode& node, const std::string& path, std::string_view what,
                                     const std::vector<std::string>& choices, Diagnostics& diagnostics) {
    if (!expect_scalar(node, path, list_of(choices), diagnostics)) return {};
    if (std::find(choices.begin(), choices.end(), node.text) != choices.end()) return node.text;
    diagnostics.error(node.place, path,
                      fmt::format("unknown {} '{}', expected {}", what, node.text, list_of(choices)),
                      suggestion(node.text, choices));
    return {};
}

}  // namespace exysim::config
