// Flattened device tree, read in place (Devicetree Specification 0.4, chapter 5).
#pragma once

#include <cstdint>

#include "core/result.hpp"
#include "core/string.hpp"
#include "core/types.hpp"

namespace kernel {

/// Bytes of one property; cells are big-endian.
struct Property {
    const uint8_t* data = nullptr;
    uint32_t size = 0;

    explicit operator bool() const { return data != nullptr; }
    uint32_t cells() const { return size / 4; }
    uint32_t cell(uint32_t index) const;
    /// First string, or empty.
    Text text() const;
    /// Whether `wanted` is one of the strings.
    bool has_string(Text wanted) const;
};

/// A node, by its place in the structure block. A null node has no properties and no children.
class Node {
public:
    Node() = default;
    explicit Node(const uint8_t* at) : at_{at} {}
    explicit operator bool() const { return at_ != nullptr; }
    friend bool operator==(Node, Node) = default;

    Text name() const;
    Property property(Text name) const;
    bool compatible(Text with) const { return property("compatible").has_string(with); }
    /// A node is used unless its status says otherwise.
    bool enabled() const;
    Node first_child() const;
    Node next_sibling() const;
    Node child(Text name) const;
    /// Property number `index` in order; a null property after the last.
    Property property_at(uint32_t index, Text& name) const;

private:
    const uint8_t* at_ = nullptr;  // at FDT_BEGIN_NODE
};

/// Checks the blob and makes it the tree. Errors: kInval.
Result<> fdt_init(const uint8_t* blob);
uint32_t fdt_size();
Node fdt_root();
/// Absolute path, or an alias. Null when there is none.
Node fdt_find(Text path);
Node fdt_by_phandle(uint32_t phandle);
Node fdt_parent(Node node);

/// Address and size of `reg` entry `index`, with one address and one size cell. Errors: kNoEnt.
struct Window {
    PhysAddr base;
    uint32_t size;
};
Result<Window> node_reg(Node node, uint32_t index = 0);

}  // namespace kernel
