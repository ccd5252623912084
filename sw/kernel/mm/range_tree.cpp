#include "mm/range_tree.hpp"

#include "core/types.hpp"

namespace kernel {

namespace {

uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

/// Recomputes what `n` knows about its subtree from its children.
void update(RangeNode& n) {
    n.first = n.left ? n.left->first : n.base;
    n.last = n.right ? n.right->last : n.end();
    n.largest_gap = 0;
    if (n.left) n.largest_gap = larger(n.left->largest_gap, n.base - n.left->last);
    if (n.right) {
        n.largest_gap = larger(n.largest_gap, larger(n.right->largest_gap, n.right->first - n.end()));
    }
}

/// Everything below `at` goes to `low`, the rest to `high`.
void split(RangeNode* tree, uint32_t at, RangeNode*& low, RangeNode*& high) {
    if (!tree) {
        low = high = nullptr;
        return;
    }
    if (tree->base < at) {
        split(tree->right, at, tree->right, high);
        low = tree;
    } else {
        split(tree->left, at, low, tree->left);
        high = tree;
    }
    update(*tree);
}

/// Joins two trees, all of `low` below all of `high`.
RangeNode* join(RangeNode* low, RangeNode* high) {
    if (!low) return high;
    if (!high) return low;
    if (low->priority > high->priority) {
        low->right = join(low->right, high);
        update(*low);
        return low;
    }
    high->left = join(low, high->left);
    update(*high);
    return high;
}

RangeNode* without(RangeNode* tree, const RangeNode& node) {
    if (tree == &node) return join(tree->left, tree->right);
    if (node.base < tree->base) {
        tree->left = without(tree->left, node);
    } else {
        tree->right = without(tree->right, node);
    }
    update(*tree);
    return tree;
}

struct Wish {
    uint32_t size, align;
};

/// Where the wish fits in [low, high), or 0 at no place.
bool fits(const Wish& w, uint32_t low, uint32_t high, uint32_t& at) {
    const uint64_t start = (uint64_t{low} + w.align - 1) & ~uint64_t{w.align - 1};
    if (start + w.size > high) return false;
    at = static_cast<uint32_t>(start);
    return true;
}

/// Lowest place in [low, high), where `tree` holds all the ranges of.
bool find_gap(const RangeNode* tree, uint32_t low, uint32_t high, const Wish& w, uint32_t& at) {
    if (!tree) return fits(w, low, high, at);
    const uint32_t widest = larger(tree->largest_gap, larger(tree->first - low, high - tree->last));
    if (widest < w.size) return false;
    return find_gap(tree->left, low, tree->base, w, at) || find_gap(tree->right, tree->end(), high, w, at);
}

}  // namespace

/// xorshift32 (Marsaglia 2003).
uint32_t RangeTree::next_priority() {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    return random_;
}

void RangeTree::link(RangeNode& node) {
    node.left = node.right = nullptr;
    node.priority = next_priority();
    update(node);
    RangeNode *low, *high;
    split(root_, node.base, low, high);
    root_ = join(join(low, &node), high);
    used_ += node.size;
    ++count_;
}

Result<> RangeTree::place(RangeNode& node, uint32_t align) {
    if (node.size == 0 || align == 0 || (align & (align - 1))) return Errno::kInval;
    uint32_t at = 0;
    if (!find_gap(root_, first_, end_, {node.size, align}, at)) return Errno::kNoSpc;
    node.base = at;
    link(node);
    return Ok{};
}

Result<> RangeTree::insert(RangeNode& node) {
    if (node.size == 0 || node.base < first_ || node.base > end_ || node.size > end_ - node.base)
        return Errno::kInval;
    const RangeNode* next = at_or_after(node.base);
    if (find(node.base) || (next && next->base < node.end())) return Errno::kExist;
    link(node);
    return Ok{};
}

void RangeTree::remove(RangeNode& node) {
    root_ = without(root_, node);
    used_ -= node.size;
    --count_;
}

RangeNode* RangeTree::find(uint32_t address) const {
    RangeNode* n = root_;
    while (n) {
        if (address < n->base) {
            n = n->left;
        } else if (address - n->base < n->size) {
            return n;
        } else {
            n = n->right;
        }
    }
    return nullptr;
}

RangeNode* RangeTree::at_or_after(uint32_t address) const {
    RangeNode* best = nullptr;
    for (RangeNode* n = root_; n;) {
        if (n->base >= address) {
            best = n;
            n = n->left;
        } else {
            n = n->right;
        }
    }
    return best;
}

RangeNode* RangeTree::at_or_before(uint32_t address) const {
    RangeNode* best = nullptr;
    for (RangeNode* n = root_; n;) {
        if (n->base <= address) {
            best = n;
            n = n->right;
        } else {
            n = n->left;
        }
    }
    return best;
}

uint32_t RangeTree::largest_gap() const {
    if (!root_) return end_ - first_;
    return larger(root_->largest_gap, larger(root_->first - first_, end_ - root_->last));
}

}  // namespace kernel
