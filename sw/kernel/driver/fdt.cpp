#include "driver/fdt.hpp"

namespace kernel {

namespace {

enum Token : uint32_t { kBeginNode = 1, kEndNode = 2, kProp = 3, kNop = 4, kEnd = 9 };
constexpr uint32_t kMagic = 0xD00D'FEED;

const uint8_t* blob;

uint32_t be32(const uint8_t* p) {
    return static_cast<uint32_t>(p[0]) << 24 | static_cast<uint32_t>(p[1]) << 16 |
           static_cast<uint32_t>(p[2]) << 8 | p[3];
}
uint32_t header(uint32_t word) { return be32(blob + word * 4); }
const uint8_t* structure() { return blob + header(2); }
const char* strings() { return reinterpret_cast<const char*>(blob + header(3)); }
constexpr uint32_t pad4(uint32_t n) { return (n + 3) & ~3U; }

const uint8_t* skip_nops(const uint8_t* at) {
    while (be32(at) == kNop) at += 4;
    return at;
}

const uint8_t* after_name(const uint8_t* node) {
    return node + 4 + pad4(static_cast<uint32_t>(strlen(reinterpret_cast<const char*>(node + 4))) + 1);
}

const uint8_t* after_property(const uint8_t* at) { return at + 12 + pad4(be32(at + 4)); }

/// First token behind a node's properties: a child's BEGIN_NODE or the node's END_NODE.
const uint8_t* after_properties(const uint8_t* node) {
    const uint8_t* at = skip_nops(after_name(node));
    while (be32(at) == kProp) at = skip_nops(after_property(at));
    return at;
}

const uint8_t* after_node(const uint8_t* node) {
    const uint8_t* at = after_properties(node);
    while (be32(at) == kBeginNode) at = skip_nops(after_node(at));
    return at + 4;
}

Node search_phandle(Node node, uint32_t phandle) {
    const Property p = node.property("phandle");
    if (p && p.cell(0) == phandle) return node;
    for (Node c = node.first_child(); c; c = c.next_sibling()) {
        if (Node found = search_phandle(c, phandle)) return found;
    }
    return {};
}

Node search_parent(Node node, Node wanted) {
    for (Node c = node.first_child(); c; c = c.next_sibling()) {
        if (c == wanted) return node;
        if (Node found = search_parent(c, wanted)) return found;
    }
    return {};
}

}  // namespace

uint32_t Property::cell(uint32_t index) const { return index < cells() ? be32(data + index * 4) : 0; }
Text Property::text() const {
    const Text all{reinterpret_cast<const char*>(data), size};
    return Text{all.data, all.find(0)};
}
bool Property::has_string(Text wanted) const {
    Text rest{reinterpret_cast<const char*>(data), size};
    while (!rest.empty()) {
        const size_t n = rest.find(0);
        if (Text{rest.data, n} == wanted) return true;
        rest = rest.from(n < rest.size ? n + 1 : n);
    }
    return false;
}

Text Node::name() const { return at_ ? Text{reinterpret_cast<const char*>(at_ + 4)} : Text{}; }

Property Node::property_at(uint32_t index, Text& name) const {
    if (!at_) return {};
    const uint8_t* at = skip_nops(after_name(at_));
    for (; be32(at) == kProp; at = skip_nops(after_property(at))) {
        if (index-- > 0) continue;
        name = Text{strings() + be32(at + 8)};
        return {at + 12, be32(at + 4)};
    }
    return {};
}

Property Node::property(Text wanted) const {
    Text name;
    for (uint32_t i = 0;; ++i) {
        const Property p = property_at(i, name);
        if (!p || name == wanted) return p;
    }
}

bool Node::enabled() const {
    const Property status = property("status");
    return !status || status.text() == Text{"okay"} || status.text() == Text{"ok"};
}

Node Node::first_child() const {
    if (!at_) return {};
    const uint8_t* at = after_properties(at_);
    return be32(at) == kBeginNode ? Node{at} : Node{};
}
Node Node::next_sibling() const {
    const uint8_t* at = skip_nops(after_node(at_));
    return be32(at) == kBeginNode ? Node{at} : Node{};
}
Node Node::child(Text wanted) const {
    for (Node c = first_child(); c; c = c.next_sibling()) {
        const Text n = c.name();
        if (n == wanted || Text{n.data, n.find('@')} == wanted) return c;
    }
    return {};
}

Result<> fdt_init(const uint8_t* at) {
    if (be32(at) != kMagic) return Errno::kInval;
    blob = at;
    return Ok{};
}
uint32_t fdt_size() { return header(1); }
Node fdt_root() { return Node{skip_nops(structure())}; }

Node fdt_find(Text path) {
    if (!path.starts_with("/")) {
        const Property alias = fdt_root().child("aliases").property(path);
        return alias ? fdt_find(alias.text()) : Node{};
    }
    Node node = fdt_root();
    while (node && !path.empty()) {
        path = path.from(1);
        const size_t n = path.find('/');
        if (n > 0) node = node.child(Text{path.data, n});
        path = path.from(n);
    }
    return node;
}
Node fdt_by_phandle(uint32_t phandle) { return search_phandle(fdt_root(), phandle); }
Node fdt_parent(Node node) { return search_parent(fdt_root(), node); }

Result<Window> node_reg(Node node, uint32_t index) {
    const Property reg = node.property("reg");
    if (reg.cells() < index * 2 + 2) return Errno::kNoEnt;
    return Window{PhysAddr{reg.cell(index * 2)}, reg.cell(index * 2 + 1)};
}

}  // namespace kernel
