// A device tree as values, written as and into flattened blobs by libfdt.
// Source: Devicetree Specification 0.4, chapter 5 (flattened format).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exysim::board {

/// A node with its properties and children, in the order they were added. Setters return the node itself.
class FdtNode {
public:
    explicit FdtNode(std::string name) : name_{std::move(name)} {}

    FdtNode& bytes(std::string_view property, std::vector<uint8_t> value);
    FdtNode& empty(std::string_view property) { return bytes(property, {}); }
    /// NUL-terminated strings, one or several.
    FdtNode& text(std::string_view property, std::initializer_list<std::string_view> values);
    FdtNode& text(std::string_view property, std::string_view value) { return text(property, {value}); }
    /// 32-bit big-endian cells.
    FdtNode& cells(std::string_view property, std::span<const uint32_t> values);
    FdtNode& cells(std::string_view property, std::initializer_list<uint32_t> values) {
        return cells(property, std::span{values.begin(), values.size()});
    }
    /// One 64-bit big-endian number.
    FdtNode& number(std::string_view property, uint64_t value);

    FdtNode& add(FdtNode child);
    /// The direct child of that name; null if absent.
    FdtNode* child(std::string_view name);

    const std::string& name() const { return name_; }
    const std::vector<std::pair<std::string, std::vector<uint8_t>>>& properties() const {
        return properties_;
    }
    const std::vector<FdtNode>& children() const { return children_; }

private:
    std::string name_;
    std::vector<std::pair<std::string, std::vector<uint8_t>>> properties_;
    std::vector<FdtNode> children_;
};

/// The blob of a whole tree; `root` has an empty name.
std::vector<uint8_t> flatten(const FdtNode& root);

/// Puts the properties and children of `chosen` into /chosen of a foreign blob, replacing what has the same
/// name. Throws ConfigError if `blob` is no device tree.
std::vector<uint8_t> merge_chosen(std::span<const uint8_t> blob, const FdtNode& chosen,
                                  const std::string& file);

}  // namespace exysim::board
