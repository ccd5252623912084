#include "models/cpu/block_cache.hpp"

#include <algorithm>

namespace exysim::cpu {

Block* BlockCache::find(const BlockKey& key) {
    const auto it = blocks_.find(key);
    return it == blocks_.end() ? nullptr : it->second.get();
}

Block& BlockCache::insert(const BlockKey& key, const BlockDraft& draft, const uint8_t* code) {
    auto block = std::make_unique<Block>();
    block->key = key;
    block->bytes = draft.bytes;
    block->instructions = draft.instructions;
    block->epoch = epoch_;
    block->counts = draft.counts;
    block->op_count = static_cast<uint16_t>(draft.ops.size());
    block->ops = std::make_unique<Op[]>(draft.ops.size());
    block->origins = std::make_unique<Origin[]>(draft.origins.size());
    block->code = std::make_unique<uint8_t[]>(draft.bytes);
    std::copy(draft.ops.begin(), draft.ops.end(), block->ops.get());
    std::copy(draft.origins.begin(), draft.origins.end(), block->origins.get());
    std::copy_n(code, draft.bytes, block->code.get());
    block->ops[0].block = block.get();
    op_count_ += draft.ops.size();

    auto& place = blocks_[key];
    if (place) retired_.push_back(std::move(place));
    place = std::move(block);
    return *place;
}

void BlockCache::link(Op* slot, Op* head) {
    slot->target = head;
    live_links_.push_back(slot);
}

void BlockCache::advance_epoch() {
    ++epoch_;
    for (Op* slot : live_links_) slot->target = nullptr;
    live_links_.clear();
    jumps.clear();
}

void BlockCache::clear() {
    advance_epoch();
    blocks_.clear();
    retired_.clear();
    op_count_ = 0;
}

}  // namespace exysim::cpu
