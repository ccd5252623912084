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
    : port{p}, config{c}, mmu{system, p, *this, c.tlbs}, monitors{&m}, granule_{p.granule()} {
    reads.set_granule(granule_);
    writes.set_granule(granule_);
    port.attach(*this);
    monitors->attach(*this);
    reset(0);
}

void Core::reset(uint32_t entry) {
    const uint64_t passed = cycles();
    system = {};
    secure = bank_secure_ = true;
    fixed_masks = 0;
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
    const bool level = pmu::interrupt(*this);
    if (std::exchange(pmu_level_, level) != level) end_slice();
}

void Core::count_blocks(bool on) {
    if (std::exchange(counting_, on) == on) return;
    recount_ = true;
    cut();
}

void Core::set_debug_stops(const DebugStops& stops) {
    const bool same_code = stops.single == debug_.single && stops.addresses == debug_.addresses;
    const bool same_data = stops.watches == debug_.watches;
    if (same_code && same_data) return;
    debug_ = stops;
    if (!same_data) {
        drop_host_entries();
        update_context();
    }
    recount_ = recount_ || !same_code;
    cut();
}

void Core::set_block_watcher(BlockWatcher* watcher) {
    watcher_ = watcher;
    recount_ = true;
    cut();
}

Op* Core::debug_stop() {
    countdown += running->imm;
    instructions -= running->rd;
    stop_ = Stop::debugger;
    return leave_at_head(running);
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
    if (countdown <= 0) return nullptr;  // a fetch, which may wait for memory, belongs to the next slice
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

MemoryAttributes Core::code_attributes(const Mapping& m) const {
    const bool cached = (system.sctlr & sctlr::kI) != 0;
    const bool flat =
        m.size_log2 == 32;  // MMU off: Normal, write-through if the cache is on (ARM ARM B3.2.1)
    if (flat || !cached) {
        const CachePolicy policy = cached ? CachePolicy::write_through : CachePolicy::none;
        return {MemoryType::normal, policy, policy, !flat && m.shareable};
    }
    return {m.type, static_cast<CachePolicy>(m.inner), static_cast<CachePolicy>(m.outer), m.shareable};
}

Block* Core::find_block() {
    if (!thumb) r[15] &= ~3U;
    const uint32_t pc = r[15];
    const Mapping m = mmu.translate(VirtAddr{pc}, Access::fetch, privileged());
    if (m.fault != Fault::none) {
        prefetch_abort(m.fault, pc);
        return nullptr;
    }
    const MemoryAttributes how = code_attributes(m);
    const BlockKey key{m.pa, VirtAddr{pc}, thumb, it};
    Block* block = blocks.find(key);
    if (block != nullptr && usable(*block, how)) return block;
    return translate_block(key, how);
}

/// A block whose last instruction ends on another page: that page must still follow.
bool Core::second_page_holds(const Block& block) {
    const uint32_t second = (block.key.va.value & ~(kPageSize - 1)) + kPageSize;
    const Mapping m = mmu.translate(VirtAddr{second}, Access::fetch, privileged());
    return m.fault == Fault::none && m.pa == block.second_page;
}

bool Core::usable(Block& block, const MemoryAttributes& how) {
    if (block.crosses_page && !second_page_holds(block)) return false;
    if (std::exchange(block.epoch, blocks.epoch()) != blocks.epoch()) block.resident = 0;
    const uint16_t all = block.all_granules(granule_);
    for (uint32_t n = 0, at = 0; block.resident != all && at < block.bytes; ++n) {
        const uint32_t here = std::min(block.bytes - at, granule_ - block.place(at).value % granule_);
        if ((block.resident >> n & 1) == 0 && !compare(block, n, {at, here}, how)) return false;
        at += here;
    }
    BlockCache::wake(block, block.resident == all);
    return true;
}

/// Granule `n` of the block's code is what it was decoded from.
bool Core::compare(Block& block, uint32_t n, CodeSpan span, const MemoryAttributes& how) {
    const PhysAddr pa = block.place(span.offset);
    const CodeBytes code = port.code(pa, block.key.va + span.offset, how);
    if (code.data == nullptr) return false;
    const uint8_t* now = code.data + pa.value % granule_;
    if (std::memcmp(block.code.get() + span.offset, now, span.bytes) != 0) return false;
    settle(block, n, code.place);
    return true;
}

void Core::settle(Block& block, uint32_t n, uint32_t place) {
    if (place == CodeBytes::kUntilDropped) {
        block.resident = static_cast<uint16_t>(block.resident | 1U << n);
    } else if (place != CodeBytes::kUnkept) {
        blocks.settle(block, n, place);
    }
}

/// Appends the rest of a granule of code to `code`, at most what a block can use. False after a bus error.
bool Core::fetch_granule(const BlockKey& key, const MemoryAttributes& how, CodeWindow& code) {
    const PhysAddr pa = key.pa + code.size;
    const CodeBytes found = port.code(pa, key.va + code.size, how);
    if (found.data == nullptr) return false;
    const uint32_t offset = pa.value % granule_;
    const uint32_t here = std::min(kMaxBlockBytes - code.size, granule_ - offset);
    std::memcpy(code.bytes.data() + code.size, found.data + offset, here);
    code.size += here;
    return true;
}

/// Appends the second half of a T32 instruction from the next page.
Mapping Core::fetch_second_page(const BlockKey& key, CodeWindow& code) {
    const VirtAddr va = key.va + code.size;
    Mapping m = mmu.translate(va, Access::fetch, privileged());
    if (m.fault != Fault::none) return m;
    const CodeBytes found = port.code(m.pa, va, code_attributes(m));
    if (found.data == nullptr) {
        m.fault = Fault::external;
        return m;
    }
    std::memcpy(code.bytes.data() + code.size, found.data, 2);
    code.size += 2;
    return m;
}

Block* Core::translate_block(const BlockKey& key, const MemoryAttributes& how) {
    const uint32_t in_page = std::min(kMaxBlockBytes, kPageSize - key.pa.value % kPageSize);
    CodeWindow code;
    Mapping second;
    for (;;) {
        if (code.size < in_page) {
            if (!fetch_granule(key, how, code)) {
                prefetch_abort(Fault::external, key.va.value + code.size);
                return nullptr;
            }
        }
        const bool page_ends = (key.va.value + code.size) % kPageSize == 0;
        if (code.size == in_page && key.thumb && page_ends) second = fetch_second_page(key, code);
        Translator translator{
            key,
            {code.bytes.data(), code.size},
            in_page,
            {config.block_timing, counting_, config.mutation, &debug_, watcher_ != nullptr}};
        translator.run();
        if (translator.starved() && code.size < in_page) continue;
        return keep_block(key, translator.draft(), code, second, how);
    }
}

Block* Core::keep_block(const BlockKey& key, const BlockDraft& draft, const CodeWindow& code,
                        const Mapping& second, const MemoryAttributes& how) {
    const uint32_t in_page = kPageSize - key.pa.value % kPageSize;
    if (draft.instructions == 0) {
        prefetch_abort(second.fault, key.va.value + in_page);
        return nullptr;
    }
    if (blocks.full()) cut();
    Block& block = blocks.insert(key, draft, code.bytes.data());
    block.crosses_page = draft.bytes > in_page;
    block.second_page = second.pa;
    if (!usable(block, how)) BlockCache::wake(block, false);  // it was fetched a moment ago: it may run once
    return &block;
}

// --- context of cached decisions

void Core::update_context() {
    if (mode() == Mode::monitor || (system.scr & scr::kNs) != 0) [[unlikely]]
        update_security();
    const bool mmu_on = (system.sctlr & sctlr::kM) != 0;
    const uint32_t low = (mmu_on ? system.asid() << 1 : 0) | (privileged() ? 0 : 1);
    data_context = uint64_t{generation_ << 9 | low} << 32;
    fetch_context = uint64_t{fetch_generation_ << 9 | low} << 32;
    all_accesses_ = debug_.watches.empty() ? kPlain : kGuarded;
    if ((control & psr::kE) == 0) return;
    all_accesses_ |= kBigEndian;
    data_context = kNoMatch;  // always the slow path
}

void Core::drop_host_entries() {
    if (++generation_ >= kLastGeneration) {
        generation_ = 0;
        reads.clear();
        writes.clear();
    }
    large_mappings_.fill(0);
}

void Core::drop_fetches() {
    if (++fetch_generation_ >= kLastGeneration) {
        fetch_generation_ = 0;
        blocks.jumps.clear();
    }
}

void Core::empty_micro_tlbs() {
    mmu.empty_micro_tlbs();
    drop_host_entries();
    drop_fetches();
    update_context();
}

void Core::drop_decisions() {
    empty_micro_tlbs();
    port.translations_changed();
}

void Core::change_address_space() {
    if (mmu.has_tlbs()) return empty_micro_tlbs();
    update_context();  // without TLBs host-table entries know their ASID
}

void Core::drop_translations() {
    mmu.main.invalidate_all();
    drop_decisions();
}

void Core::drop_translations_of(uint32_t asid) {
    mmu.main.invalidate_asid(asid);
    drop_decisions();
}

void Core::drop_translation(uint32_t operand) {
    mmu.main.invalidate(VirtAddr{operand}, operand & 0xFF);
    drop_page(operand & ~(kPageSize - 1));
}

void Core::drop_translation_of_any_asid(uint32_t va) {
    mmu.main.invalidate_in_any_asid(VirtAddr{va});
    drop_page(va & ~(kPageSize - 1));
}

/// What rests on the translation of a page goes; with TLBs everything does, as their micro TLBs are emptied.
void Core::drop_page(uint32_t va) {
    const uint32_t mib = va >> 20;
    const bool large = (large_mappings_[mib / 64] >> mib % 64 & 1) != 0;
    if (mmu.has_tlbs() || large) return drop_decisions();
    reads.remove_page(va);
    writes.remove_page(va);
    drop_fetches();
    update_context();
    port.translations_changed();
}

bool Core::debug_translate(VirtAddr va, PhysAddr& pa) {
    const Mapping m = mmu.peek(va);
    pa = m.pa;
    return m.fault == Fault::none;
}

}  // namespace exysim::cpu
