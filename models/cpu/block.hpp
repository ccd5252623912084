// Decoded blocks: straight runs of operations with one entry, and the cache that keeps them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "models/base/address.hpp"
#include "models/cpu/events.hpp"
#include "models/cpu/op.hpp"

namespace exysim::cpu {

/// What a block is decoded for. Operations carry absolute addresses, so the virtual address belongs to the
/// key.
struct BlockKey {
    PhysAddr pa;
    VirtAddr va;
    bool thumb = false;
    uint8_t it = 0;  ///< ITSTATE at the entry, not zero only after a return into an IT block

    friend bool operator==(const BlockKey&, const BlockKey&) = default;
};

/// Where an operation came from; what an exception inside the block needs.
struct Origin {
    uint16_t offset;  ///< of the instruction from the start of the block, bytes
    uint8_t it;       ///< ITSTATE of the instruction
    uint8_t index;    ///< number of the instruction in the block
};

/// ITSTATE after one more instruction (ARM ARM A2.5.2, ITAdvance).
constexpr uint8_t advance_it(uint8_t it) {
    return (it & 7) == 0 ? uint8_t{0} : static_cast<uint8_t>((it & 0xE0) | ((it << 1) & 0x1F));
}

/// A block under construction.
struct BlockDraft {
    std::vector<Op> ops;
    std::vector<Origin> origins;
    uint32_t cycles = 0;
    uint32_t instructions = 0;
    uint32_t bytes = 0;
    bool independent_loads = false;
    BlockCounts counts;
};

inline constexpr uint32_t kMaxBlockInstructions = 64, kMaxBlockBytes = 4 * kMaxBlockInstructions;

/// ops[0] names the block; ops[1] is the head, which counts time and instructions and leaves the chain when
/// the budget is used up, or always while the block sleeps because its code is not known to be current; then
/// come the operations and, after a branch, its link slots.
struct Block {
    BlockKey key;
    uint32_t bytes = 0;  ///< length of the code
    uint32_t instructions = 0;
    uint32_t epoch = 0;    ///< code epoch at which `code` was last compared with memory
    PhysAddr second_page;  ///< where the last instruction ends if it crosses into another page
    bool crosses_page = false;
    bool independent_loads = false;  ///< see BlockSchedule
    uint16_t op_count = 0;
    uint16_t resident = 0;  ///< a bit a granule of code, from the first one: still where it was compared last
    BlockCounts counts;
    std::unique_ptr<Op[]> ops;
    std::unique_ptr<Origin[]> origins;
    std::unique_ptr<uint8_t[]> code;  ///< the bytes it was decoded from

    Op* head() const { return ops.get() + 1; }
    /// Number of granules of code, and the bits of all of them in `resident`.
    uint32_t granules(uint32_t granule) const {
        return (key.pa.value % granule + bytes + granule - 1) / granule;
    }
    uint16_t all_granules(uint32_t granule) const {
        return static_cast<uint16_t>((1U << granules(granule)) - 1);
    }
    /// Where byte `offset` of the code lies.
    PhysAddr place(uint32_t offset) const {
        const uint32_t in_page = kPageSize - key.pa.value % kPageSize;
        return crosses_page && offset >= in_page ? second_page + (offset - in_page) : key.pa + offset;
    }
    const Origin& origin(const Op* op) const { return origins[op - ops.get()]; }
    uint32_t address(const Op* op) const { return key.va.value + origin(op).offset; }
};

/// The block an operation inside it belongs to.
Block& block_of(Op* op);

}  // namespace exysim::cpu
