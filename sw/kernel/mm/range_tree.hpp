// Disjoint address ranges in a balanced tree, with the lowest gap that fits found without a walk over all of
// them: what vmalloc areas and I/O virtual addresses have in common.
#pragma once

#include <cstdint>

#include "core/result.hpp"

namespace kernel {

/// One range, embedded in its owner (which derives from it). Everything below `size` belongs to the tree.
struct RangeNode {
    uint32_t base = 0;
    uint32_t size = 0;  ///< bytes, not zero while in a tree
    uint32_t priority = 0;
    RangeNode* left = nullptr;
    RangeNode* right = nullptr;
    uint32_t first = 0;        ///< base of the lowest range of the subtree
    uint32_t last = 0;         ///< end of its highest
    uint32_t largest_gap = 0;  ///< between two neighbours of the subtree

    uint32_t end() const { return base + size; }
};

/// A treap by address. Depth is logarithmic whatever the order of calls: priorities come from a generator of
/// the tree's own, so that runs repeat. Not locked; owns no node. Addresses stay below 2^32 - 1.
class RangeTree {
public:
    /// Ranges lie in [first, end).
    constexpr RangeTree(uint32_t first, uint32_t end) : first_{first}, end_{end} {}

    /// Gives `node` the lowest free place with node.size bytes at a multiple of `align` (a power of two).
    /// Errors: kInval for size zero or a bad alignment, kNoSpc.
    Result<> place(RangeNode& node, uint32_t align);
    /// Puts `node` at its own base. Errors: kInval outside or empty, kExist when something is in the way.
    Result<> insert(RangeNode& node);
    /// `node` must be in the tree.
    void remove(RangeNode& node);
    /// The range that contains `address`, or null.
    RangeNode* find(uint32_t address) const;
    /// Lowest range whose base is at or above `address`, or null.
    RangeNode* at_or_after(uint32_t address) const;
    /// Highest range whose base is at or below `address`, or null.
    RangeNode* at_or_before(uint32_t address) const;
    bool empty() const { return !root_; }
    uint32_t count() const { return count_; }

    /// Bytes in no range, and the longest run of them: 1 - largest/free is the fragmentation.
    uint32_t free_bytes() const { return end_ - first_ - used_; }
    uint32_t largest_gap() const;

private:
    uint32_t next_priority();
    void link(RangeNode& node);

    RangeNode* root_ = nullptr;
    uint32_t first_, end_;
    uint32_t used_ = 0;
    uint32_t count_ = 0;
    uint32_t random_ = 0x9E37'79B9;
};

}  // namespace kernel
