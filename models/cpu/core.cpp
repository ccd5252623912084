#include "models/cpu/core.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <limits>
#include <utility>

#include "models/cpu/control_ops.hpp"
#include "models/cpu/exclusive_monitors.hpp"
#include "models/cpu/performance_monitor.hpp"
#include "models/cpu/translator.hpp"

namespace exysim::cpu {

namespace {
constexpr uint32_t kLastGeneration = (1U << 23) - 2;  // all ones stays free: it tags what must never match
constexpr uint64_t kNoMatch = uint64_t{0xFFFF'FFFF} << 32;
}  // namespace

Core::Core(const CoreConfig& c, MemoryPort& p, ExclusiveMonitors& m)
    : port{p}, config{c}, mmu{system, p}, monitors{&m} {
    monitors->attach(*this);
    reset(0);
}

void Core::reset(uint32_t entry) {
    const uint64_t passed = cycles();
    system = {};
    set_cpsr(static_cast<uint32_t>(Mode::supervisor) | psr::kA | psr::kI | psr::kF);
    r.fill(0);
    vfp = {};
    r[15] = entry & ~1U;
    thumb = (entry & 1) != 0;
    wait_kind_ = WaitKind::none;
    halted_ = locked_up_ = false;
    event_ = false;
    fault_ = {};
    predictor.forget();
    count_blocks(false);
    pmu_level_ = false;
    limit_ = static_cast<int64_t>(passed);
    countdown = 0;
    monitors->clear(*this);
    drop_translations();
    drop_code();
}

// --- the run loop

Stop Core::run(int64_t cycles_to_run) {
    slice_end_ = limit_ - countdown + cycles_to_run;
    stop_ = halted_ ? Stop::halted : Stop::budget;
    while (stop_ == Stop::budget) {
        // First: an overflow that is due may end the slice.
        const int64_t watch = pmu::watched(*this) ? pmu::horizon(*this) : std::numeric_limits<int64_t>::max();
        const int64_t now = limit_ - countdown, left = std::min(slice_end_ - now, watch);
        if (left <= 0 || waiting()) break;
        limit_ = now + left;
        countdown = left;
        if (std::exchange(wait_kind_, WaitKind::none) == WaitKind::event) event_ = false;
        if (unmasked_lines() != 0) take_interrupt();
        if (blocks.full() || std::exchange(recount_, false)) blocks.clear();
        Block* block = find_block();
        Op* op = block != nullptr ? block->head() : nullptr;
        while (op != nullptr) op = op->handler(*this, op);
        running = nullptr;
    }
    return waiting() ? Stop::waiting : stop_;
}

void Core::cut() {
    limit_ -= countdown;
    countdown = 0;
}

void Core::end_slice() {
    cut();
    slice_end_ = limit_;
}

void Core::halt() {
    halted_ = true;
    stop_ = Stop::halted;
    end_slice();
}

void Core::pmu_changed() {
    if (std::exchange(pmu_level_, pmu::interrupt(*this)) != pmu_level_) end_slice();
}

void Core::count_blocks(bool on) {
    if (std::exchange(counting_, on) == on) return;
    recount_ = true;
    cut();
}

void Core::set_line(uint32_t mask, bool level) {
    lines_ = level ? lines_ | mask : lines_ & ~mask;
    if (unmasked_lines() != 0) cut();
}

void Core::send_event() { event_ = true; }

void Core::wait(WaitKind kind) {
    if (kind == WaitKind::event && std::exchange(event_, false)) return;
    wait_kind_ = kind;
    cut();
}

bool Core::waiting() const {
    if (wait_kind_ == WaitKind::none) return false;
    return lines_ == 0 && !(wait_kind_ == WaitKind::event && event_);
}

// --- ways out of and into the chain

Op* Core::leave(uint32_t address, bool in_thumb, uint8_t it_state) {
    r[15] = address;
    thumb = in_thumb;
    it = it_state;
    return nullptr;
}

Op* Core::leave_at_head(Op* head) {
    const BlockKey& key = block_of(head).key;
    return leave(key.va.value, key.thumb, key.it);
}

Op* Core::leave_after(Op* op, Stop why) {
    const Block& block = block_of(op);
    const Origin& from = block.origin(op);
    uint32_t offset = block.bytes;
    uint8_t state = advance_it(from.it);
    for (size_t i = static_cast<size_t>(op - block.ops.get()); i < block.op_count; ++i) {
        if (block.origins[i].index == from.index) continue;
        offset = block.origins[i].offset;
        state = block.origins[i].it;
        break;
    }
    stop_ = why;
    return leave(block.key.va.value + offset, block.key.thumb, state);
}

Op* Core::enter(uint32_t target) {
    leave(target & ~1U, (target & 1) != 0);
    Block* block = find_block();
    if (block == nullptr) return nullptr;
    blocks.jumps.insert(fetch_context, target, block->head());
    return block->head();
}

Op* Core::resolve(Op* slot) {
    Op* head = blocks.jumps.find(fetch_context, slot->imm);
    if (head == nullptr) head = enter(slot->imm);
    const bool same_page = slot->rd != 0;
    if (head != nullptr && same_page && !block_of(head).crosses_page) blocks.link(slot, head);
    return head;
}

// --- finding and translating blocks

Block* Core::find_block() {
    if (!thumb) r[15] &= ~3U;
    const uint32_t pc = r[15];
    const Mapping m = mmu.translate(VirtAddr{pc}, Access::fetch, privileged());
    if (m.fault != Fault::none) {
        prefetch_abort(m.fault, pc);
        return nullptr;
    }
    const HostPage page = port.page(m.pa);
    if (page.data == nullptr) {
        prefetch_abort(Fault::external, pc);
        return nullptr;
    }
    const BlockKey key{m.pa, VirtAddr{pc}, thumb, it};
    Block* block = blocks.find(key);
    if (block != nullptr && usable(*block, page.data)) return block;
    return translate_block(key, page.data);
}

bool Core::usable(Block& block, const uint8_t* page) {
    const uint32_t offset = block.key.pa.value % kPageSize;
    const uint32_t here = std::min(block.bytes, kPageSize - offset);
    const uint8_t* rest = nullptr;
    if (block.crosses_page) {
        const uint32_t second = block.key.va.value - offset + kPageSize;
        const Mapping m = mmu.translate(VirtAddr{second}, Access::fetch, privileged());
        if (m.fault != Fault::none || m.pa != block.second_page) return false;
        rest = port.page(m.pa).data;
    }
    if (block.epoch == blocks.epoch()) return true;
    if (std::memcmp(block.code.get(), page + offset, here) != 0) return false;
    if (rest != nullptr && std::memcmp(block.code.get() + here, rest, block.bytes - here) != 0) return false;
    block.epoch = blocks.epoch();
    return true;
}

Block* Core::translate_block(const BlockKey& key, const uint8_t* page) {
    // The longest block and, behind the end of the page, the second half of a T32 instruction.
    std::array<uint8_t, 4 * kMaxBlockInstructions + 2> code;
    const uint32_t offset = key.pa.value % kPageSize;
    const uint32_t here = std::min<uint32_t>(4 * kMaxBlockInstructions, kPageSize - offset);
    std::memcpy(code.data(), page + offset, here);
    uint32_t available = here;
    Mapping second;
    const uint32_t second_va = key.va.value + here;
    if (key.thumb && offset + here == kPageSize) {
        second = mmu.translate(VirtAddr{second_va}, Access::fetch, privileged());
        const HostPage rest = second.fault == Fault::none ? port.page(second.pa) : HostPage{};
        if (rest.data != nullptr) {
            std::memcpy(code.data() + here, rest.data, 2);
            available += 2;
        } else if (second.fault == Fault::none) {
            second.fault = Fault::external;
        }
    }
    Translator translator{
        key, {code.data(), available}, here, {config.block_timing, counting_, config.mutation}};
    translator.run();
    const BlockDraft& draft = translator.draft();
    if (draft.instructions == 0) {
        prefetch_abort(second.fault, second_va);
        return nullptr;
    }
    if (blocks.full()) cut();
    Block& block = blocks.insert(key, draft, code.data());
    block.crosses_page = draft.bytes > here;
    block.second_page = second.pa;
    return &block;
}

// --- context of cached decisions

void Core::update_context() {
    const bool mmu_on = (system.sctlr & sctlr::kM) != 0;
    const uint32_t low = (mmu_on ? system.asid() << 1 : 0) | (privileged() ? 0 : 1);
    data_context = uint64_t{generation_ << 9 | low} << 32;
    fetch_context = uint64_t{fetch_generation_ << 9 | low} << 32;
    if ((control & psr::kE) != 0) data_context = kNoMatch;  // big-endian data: always the slow path
}

void Core::drop_translations() {
    if (++generation_ >= kLastGeneration) {
        generation_ = 0;
        reads.clear();
        writes.clear();
    }
    if (++fetch_generation_ >= kLastGeneration) {
        fetch_generation_ = 0;
        blocks.jumps.clear();
    }
    large_mappings_.fill(0);
    update_context();
}

void Core::drop_translation(uint32_t va) {
    const uint32_t mib = va >> 20;
    if ((large_mappings_[mib / 64] >> mib % 64 & 1) != 0) return drop_translations();
    reads.remove_page(va);
    writes.remove_page(va);
    if (++fetch_generation_ >= kLastGeneration) {
        fetch_generation_ = 0;
        blocks.jumps.clear();
    }
    update_context();
}

bool Core::debug_translate(VirtAddr va, PhysAddr& pa) const {
    const Mapping m = mmu.walk(va);
    pa = m.pa;
    return m.fault == Fault::none;
}

}  // namespace exysim::cpu
