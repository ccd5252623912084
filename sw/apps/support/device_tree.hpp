// The device tree as Linux shows it: a folder a node, a file a property. The host puts the scenario under
// /chosen/exysim with the YAML's structure: lists as numbered nodes, strings NUL-terminated, numbers as
// big-endian u64 in base units (bytes, ns, Hz).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace apps {

/// One node below /proc/device-tree. Copies are cheap; nothing is cached.
class Node {
public:
    explicit Node(std::string path) : path_{std::move(path)} {}
    /// The scenario's root node.
    static Node scenario() { return Node{"/proc/device-tree/chosen/exysim"}; }

    bool exists() const;
    Node child(const std::string& name) const { return Node{path_ + "/" + name}; }
    /// The items of a list node, in order: children "0", "1", ...
    std::vector<Node> items() const;

    /// A property. Throws Error naming the path when it is missing or has the wrong size.
    std::string string(const std::string& name) const;
    uint64_t number(const std::string& name) const;
    std::optional<std::string> maybe_string(const std::string& name) const;
    std::optional<uint64_t> maybe_number(const std::string& name) const;

    const std::string& path() const { return path_; }

private:
    std::optional<std::string> raw(const std::string& name) const;

    std::string path_;
};

/// The platform bus name of an aliased device: alias `fimc0` -> node `.../fimc@11800000` -> "11800000.fimc".
/// Throws Error for an unknown alias.
std::string platform_name(const std::string& alias);

}  // namespace apps
