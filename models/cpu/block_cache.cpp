#include "models/cpu/block_cache.hpp"

#include <algorithm>

#include "models/cpu/control_ops.hpp"

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
    block->independent_loads = draft.independent_loads;
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
    if (place) {
        place->ops[1].handler = &sleeping_head;  // whoever still comes by here finds the new one
        retired_.push_back(std::move(place));
        unlink_all();
    }
    place = std::move(block);
    return *place;
}

void BlockCache::link(Op* slot, Op* head) {
    slot->target = head;
    live_links_.push_back(slot);
}

void BlockCache::advance_epoch() {
    ++epoch_;
    unlink_all();
}

void BlockCache::wake(Block& block, bool for_good) {
    block.ops[1].handler = for_good ? &block_head : &single_head;
}

void BlockCache::settle(Block& block, uint32_t n, uint32_t place) {
    if (place >= tenants_.size()) tenants_.resize(place + 1);
    tenants_[place].push_back({&block, n});
    block.resident = static_cast<uint16_t>(block.resident | 1U << n);
}

void BlockCache::sleep(uint32_t place) {
    if (place >= tenants_.size()) return;
    for (const Tenant& t : tenants_[place]) {
        t.block->resident = static_cast<uint16_t>(t.block->resident & ~(1U << t.granule));
        t.block->ops[1].handler = &sleeping_head;
    }
    tenants_[place].clear();
}

void BlockCache::unlink_all() {
    for (Op* slot : live_links_) slot->target = nullptr;
    live_links_.clear();
    jumps.clear();
}

void BlockCache::clear() {
    advance_epoch();
    for (auto& place : tenants_) place.clear();
    blocks_.clear();
    retired_.clear();
    op_count_ = 0;
}

}  // namespace exysim::cpu
