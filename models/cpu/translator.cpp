#include "models/cpu/translator.hpp"

#include <algorithm>
#include <cstring>

#include "models/cpu/branch.hpp"
#include "models/cpu/branch_decode.hpp"
#include "models/cpu/control_ops.hpp"
#include "models/cpu/core.hpp"

namespace exysim::cpu {

namespace {
constexpr bool is_wide(uint32_t halfword) { return (halfword >> 11) >= 0x1D; }
}  // namespace

Translator::Translator(const BlockKey& key, std::span<const uint8_t> code, size_t page_bytes, Options options)
    : options_{options},
      key_{key},
      code_{code},
      page_bytes_{page_bytes},
      address_{key.va.value},
      it_{key.it} {
    draft_.ops.reserve(2 * kMaxBlockInstructions);
    emit(nullptr);  // place of the block pointer
    emit(&block_head);
    if (options.debug != nullptr && options.debug->addresses.contains(address_)) emit(&debug_stop);
    if (options.counting) emit(&count_events);
    if (options.watched) emit(&tell_watcher);
}

/// A block with one instruction or more ends before a place where the debugger wants to stop.
bool Translator::ends_for_debugger() const {
    if (options_.debug == nullptr || draft_.instructions == 0) return false;
    return options_.debug->single || options_.debug->addresses.contains(address_);
}

void Translator::run() {
    while (!ended_ && draft_.instructions < kMaxBlockInstructions && draft_.bytes < page_bytes_) {
        starved_ = !step();
        if (starved_ || ends_for_debugger()) break;
    }
    if (!ended_) go_on_at(address_);
    Op& head = draft_.ops[1];
    draft_.independent_loads = options_.timed && schedule_.independent_loads();
    head.imm = options_.timed ? schedule_.cycles() : draft_.cycles;
    head.rd = static_cast<uint8_t>(draft_.instructions);
}

bool Translator::step() {
    if (draft_.bytes + 2 > code_.size()) return false;
    length_ = instruction_length();
    if (draft_.bytes + length_ > code_.size()) return false;  // crosses into code that is not there now
    uint32_t bits = fetch();
    const Encoding* encoding = (!thumb() ? a32() : length_ == 2 ? t16() : t32()).find(bits);
    const bool mutated = encoding != nullptr && options_.mutation != nullptr &&
                         options_.mutation->concerns(encoding->row, address_);
    if (mutated && options_.mutation->how == Perturbation::immediate) bits ^= immediate_bit(*encoding);
    pc_valid_ = false;
    next_it_ = advance_it(it_);
    const size_t first_op = draft_.ops.size();
    begin_condition(bits, mutated && options_.mutation->how == Perturbation::condition);
    if (encoding != nullptr) {
        const Fields fields{*encoding, bits};
        const bool conditional = condition_ < kAlways;
        encoding->row->decode(*this, fields);
        draft_.cycles += encoding->row->cycles;
        if (options_.counting) count(*encoding->row);
        if (mutated) mutate(first_op, fields);
        if (options_.timed) {
            schedule_.add(fields, conditional);
            predict(first_op, fields);
        }
    } else {
        undefined();
    }
    draft_.bytes += length_;
    ++draft_.instructions;
    it_ = next_it_;
    finish_condition();
    address_ += length_;
    return true;
}

void Translator::count(const Row& row) {
    const Unit unit = timing_of(row).unit;
    BlockCounts& counts = draft_.counts;
    if (unit == Unit::load) ++counts.loads;
    if (unit == Unit::store) ++counts.stores;
    if (unit == Unit::branch) ++counts.branches;
    if (unit == Unit::branch && row.decode != &bx && row.decode != &blx_register) ++counts.immediate_branches;
}

/// Works on a row's operations after they have been emitted. Operations that end a block keep their place at
/// its end: flags and results of such rows are perturbed in front of them.
void Translator::mutate(size_t first_op, const Fields& f) {
    const Perturbation how = options_.mutation->how;
    first_op = std::min(first_op, draft_.ops.size());
    if (how == Perturbation::omitted) {
        ended_ = false;
        const size_t kept = skip_at_ != 0 ? skip_at_ + 1 : first_op;
        draft_.ops.resize(kept);
        draft_.origins.resize(kept);
        return;
    }
    if (how == Perturbation::condition || how == Perturbation::immediate || ended_) return;  // decoded so
    const bool vfp = f.row().name[0] == 'V';
    const char letter = f.width('d') != 0 ? 'd' : 't';
    emit(&perturb, static_cast<uint32_t>(how),
         {.rd = static_cast<uint8_t>(vfp ? 16 * (f('D') & 1) + (f('d') & 15) : f(letter) & 15), .rn = vfp});
}

/// Puts the predicting form of a branch in place of the plain one.
void Translator::predict(size_t first_op, const Fields& f) {
    for (size_t i = std::min(first_op, draft_.ops.size()); i < draft_.ops.size(); ++i) {
        Op& op = draft_.ops[i];
        const Predicted form = predicted(op.handler);
        if (form.handler == nullptr) continue;
        op.handler = form.handler;
        if (!form.keeps_imm) op.imm = address_ >> 1;
        const bool by_link = f.width('m') != 0 && f('m') == 14;
        const bool from_stack = f.width('r') != 0 && (f.width('n') < 4 || f('n') == 13);
        op.rs = by_link || from_stack;
    }
}

uint32_t Translator::instruction_length() const {
    if (!thumb()) return 4;
    uint16_t first;
    std::memcpy(&first, code_.data() + draft_.bytes, sizeof first);
    return is_wide(first) ? 4 : 2;
}

uint32_t Translator::fetch() const {
    const uint8_t* at = code_.data() + draft_.bytes;
    uint32_t word = 0;
    std::memcpy(&word, at, length_);
    return thumb() && length_ == 4 ? word << 16 | word >> 16 : word;
}

void Translator::begin_condition(uint32_t bits, bool inverted) {
    skip_at_ = 0;
    condition_ = kAlways;
    if (thumb()) {
        if (it_ != 0) condition_ = it_ >> 4;
    } else {
        condition_ = bits >> 28;
    }
    if (condition_ >= kAlways) return;
    condition_ ^= static_cast<uint32_t>(inverted);
    skip_at_ = draft_.ops.size();
    emit(skip_unless(condition_));
}

void Translator::finish_condition() {
    if (skip_at_ == 0) return;
    draft_.ops[skip_at_].rd = static_cast<uint8_t>(draft_.ops.size() - skip_at_ - 1);
    if (ended_) go_on_at(following());
}

uint32_t Translator::take_condition() {
    if (skip_at_ == 0) return kAlways;
    draft_.ops.erase(draft_.ops.begin() + static_cast<ptrdiff_t>(skip_at_));
    draft_.origins.erase(draft_.origins.begin() + static_cast<ptrdiff_t>(skip_at_));
    skip_at_ = 0;
    return condition_;
}

Op& Translator::emit(Handler handler, uint32_t imm, Regs regs) {
    Op op;
    op.handler = handler;
    op.imm = imm;
    op.rd = regs.rd;
    op.rn = regs.rn;
    op.rm = regs.rm;
    op.rs = regs.rs;
    draft_.ops.push_back(op);
    draft_.origins.push_back(
        {static_cast<uint16_t>(draft_.bytes), it_, static_cast<uint8_t>(draft_.instructions)});
    return draft_.ops.back();
}

uint8_t Translator::source(uint32_t n) {
    if (n == 15 && !pc_valid_) {
        emit(&set_register, pc(), {.rd = 15});
        pc_valid_ = true;
    }
    return static_cast<uint8_t>(n);
}

void Translator::branch_to_r15_exchanging() {
    emit(&branch_exchange, 0, {.rm = 15});
    end();
}

void Translator::branch_to_r15() {
    emit(thumb() ? &branch_register_thumb : &branch_register_arm, 0, {.rm = 15});
    end();
}

void Translator::branch(uint32_t condition, uint32_t target) {
    emit(branch_if(condition));
    emit_link(target);
    if (condition < kAlways) emit_link(following());
    end();
}

void Translator::emit_link(uint32_t target) {
    Op& slot = emit(nullptr, target | (thumb() ? 1 : 0));
    if (target == key_.va.value) schedule_.loops();
    const bool same_page = (target ^ key_.va.value) < kPageSize;
    slot.rd = same_page;
}

void Translator::go_on_at(uint32_t address) {
    if (it_ != 0) {
        emit(&leave_chain, address, {.rd = thumb(), .rn = it_});
    } else {
        emit(branch_if(kAlways));
        emit_link(address);
    }
    ended_ = true;
}

void Translator::synchronize() {
    emit(&leave_chain, following(), {.rd = thumb(), .rn = next_it_});
    end();
}

void Translator::undefined() {
    emit(&undefined_instruction);
    end();
}

void Translator::require_vfp(uint32_t doubles) {
    if (doubles >= 16) return require_upper_doubles();
    if (vfp_checked_) return;
    emit(&check_vfp);
    vfp_checked_ = condition_ >= kAlways;
}

void Translator::require_upper_doubles() {
    if (upper_checked_) return;
    emit(&check_upper_doubles);
    if (condition_ >= kAlways) vfp_checked_ = upper_checked_ = true;
}

void Translator::require_simd() {
    if (simd_checked_) return;
    emit(&check_simd);
    if (condition_ >= kAlways) vfp_checked_ = simd_checked_ = true;
}

}  // namespace exysim::cpu
