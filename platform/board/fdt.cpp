#include "platform/board/fdt.hpp"

#include <fmt/format.h>
#include <libfdt.h>

#include <cassert>
#include <stdexcept>

#include "platform/config/diagnostics.hpp"

namespace exysim::board {

namespace {

constexpr size_t kRoom = 1 << 20;  // bytes for a blob under construction; ours take some 10 KiB

void append_big_endian(std::vector<uint8_t>& bytes, uint64_t value, unsigned width) {
    for (unsigned i = width; i-- > 0;) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

/// libfdt fails here only when the blob outgrows its room, or by our own mistake.
int check(int result) {
    if (result < 0) throw std::logic_error{fmt::format("device tree: {}", fdt_strerror(result))};
    return result;
}

void write(void* blob, const FdtNode& node) {
    check(fdt_begin_node(blob, node.name().c_str()));
    for (const auto& [name, value] : node.properties()) {
        check(fdt_property(blob, name.c_str(), value.data(), static_cast<int>(value.size())));
    }
    for (const FdtNode& child : node.children()) write(blob, child);
    check(fdt_end_node(blob));
}

int find_or_add(void* blob, int parent, const std::string& name) {
    const int found = fdt_subnode_offset(blob, parent, name.c_str());
    return found >= 0 ? found : check(fdt_add_subnode(blob, parent, name.c_str()));
}

/// Children go in from last to first, because each new one becomes its parent's first.
void merge(void* blob, int offset, const FdtNode& node) {
    for (const auto& [name, value] : node.properties()) {
        check(fdt_setprop(blob, offset, name.c_str(), value.data(), static_cast<int>(value.size())));
    }
    for (auto child = node.children().rbegin(); child != node.children().rend(); ++child) {
        merge(blob, find_or_add(blob, offset, child->name()), *child);
    }
}

std::vector<uint8_t> trimmed(std::vector<uint8_t> blob) {
    blob.resize(fdt_totalsize(blob.data()));
    return blob;
}

}  // namespace

FdtNode& FdtNode::bytes(std::string_view property, std::vector<uint8_t> value) {
    properties_.emplace_back(property, std::move(value));
    return *this;
}

FdtNode& FdtNode::text(std::string_view property, std::initializer_list<std::string_view> values) {
    std::vector<uint8_t> all;
    for (const std::string_view value : values) {
        all.insert(all.end(), value.begin(), value.end());
        all.push_back(0);
    }
    return bytes(property, std::move(all));
}

FdtNode& FdtNode::cells(std::string_view property, std::span<const uint32_t> values) {
    std::vector<uint8_t> all;
    for (const uint32_t value : values) append_big_endian(all, value, 4);
    return bytes(property, std::move(all));
}

FdtNode& FdtNode::number(std::string_view property, uint64_t value) {
    std::vector<uint8_t> all;
    append_big_endian(all, value, 8);
    return bytes(property, std::move(all));
}

FdtNode& FdtNode::add(FdtNode child_node) {
    children_.push_back(std::move(child_node));
    return *this;
}

FdtNode* FdtNode::child(std::string_view child_name) {
    for (FdtNode& node : children_) {
        if (node.name_ == child_name) return &node;
    }
    return nullptr;
}

std::vector<uint8_t> flatten(const FdtNode& root) {
    std::vector<uint8_t> blob(kRoom);
    check(fdt_create(blob.data(), static_cast<int>(blob.size())));
    check(fdt_finish_reservemap(blob.data()));
    write(blob.data(), root);
    check(fdt_finish(blob.data()));
    return trimmed(std::move(blob));
}

std::vector<uint8_t> merge_chosen(std::span<const uint8_t> blob, const FdtNode& chosen,
                                  const std::string& file) {
    const bool whole = blob.size() >= sizeof(fdt_header) && fdt_check_full(blob.data(), blob.size()) == 0;
    if (!whole) throw config::ConfigError{fmt::format("{}: is not a flattened device tree", file)};
    std::vector<uint8_t> merged(blob.size() + kRoom);
    check(fdt_open_into(blob.data(), merged.data(), static_cast<int>(merged.size())));
    merge(merged.data(), find_or_add(merged.data(), 0, "chosen"), chosen);
    check(fdt_pack(merged.data()));
    return trimmed(std::move(merged));
}

}  // namespace exysim::board
