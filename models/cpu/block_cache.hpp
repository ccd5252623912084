// Keeps decoded blocks and finds them: by physical address, and by virtual address for taken branches.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "models/cpu/block.hpp"

namespace exysim::cpu {

/// Virtual address -> head of a block, direct mapped; the fast path of branches that have no link.
class JumpCache {
public:
    /// `target` carries the Thumb bit in bit 0; `context` the generation and privilege in the upper half.
    [[gnu::always_inline]] Op* find(uint64_t context, uint32_t target) const {
        const Entry& e = entries_[slot(target)];
        return e.tag == (context | target) ? e.head : nullptr;
    }
    void insert(uint64_t context, uint32_t target, Op* head) {
        entries_[slot(target)] = {context | target, head};
    }
    void clear() { entries_.fill({}); }

private:
    struct Entry {
        uint64_t tag = ~uint64_t{0};
        Op* head = nullptr;
    };
    static constexpr uint32_t kEntries = 4096;
    static uint32_t slot(uint32_t target) { return ((target >> 1) ^ (target >> 13)) % kEntries; }
    std::array<Entry, kEntries> entries_{};
};

/// All blocks of one core. A block stays until its bytes differ from memory after instruction-cache
/// maintenance, or until the cache is full; then everything goes.
class BlockCache {
public:
    /// The block decoded for `key`, or nullptr. It may be stale: see Block::epoch.
    Block* find(const BlockKey& key);
    /// Keeps a freshly decoded block, replacing one with the same key.
    Block& insert(const BlockKey& key, const BlockDraft& draft, const uint8_t* code);
    /// Resolves a link slot to `head`; remembers it for unlink_all().
    void link(Op* slot, Op* head);

    /// Every block must be compared with memory before its next use.
    void advance_epoch();
    /// A block that has just been compared runs until one of its places loses its code; or once only.
    static void wake(Block& block, bool for_good);
    /// Granule `n` of the block's code lies at `place`.
    void settle(Block& block, uint32_t n, uint32_t place);
    /// The blocks decoded from `place` must be compared before their next use.
    void sleep(uint32_t place);
    uint32_t epoch() const { return epoch_; }
    /// Drops everything; no block may be running.
    void clear();
    /// True when clear() is due; the run loop does it between blocks.
    bool full() const { return op_count_ > kMaxOps; }
    size_t size() const { return blocks_.size(); }

    JumpCache jumps;

private:
    struct Hash {
        size_t operator()(const BlockKey& k) const {
            const uint64_t h = (uint64_t{k.pa.value} << 32 | k.va.value) + k.it * 2U + k.thumb;
            return static_cast<size_t>((h ^ h >> 29) * 0x9E37'79B9'7F4A'7C15U >> 8);
        }
    };
    static constexpr size_t kMaxOps = size_t{4} << 20;  // 64 MiB of operations

    std::unordered_map<BlockKey, std::unique_ptr<Block>, Hash> blocks_;
    std::vector<std::unique_ptr<Block>> retired_;  // replaced blocks; one of them may be running
    struct Tenant {
        Block* block;
        uint32_t granule;
    };
    void unlink_all();

    std::vector<Op*> live_links_;
    std::vector<std::vector<Tenant>> tenants_;  // by place
    size_t op_count_ = 0;
    uint32_t epoch_ = 1;
};

}  // namespace exysim::cpu
