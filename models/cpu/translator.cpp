#include "models/cpu/translator.hpp"

#include <cstring>

#include "models/cpu/branch.hpp"
#include "models/cpu/control_ops.hpp"

namespace exysim::cpu {

namespace {
constexpr bool is_wide(uint32_t halfword) { return (halfword >> 11) >= 0x1D; }
}  // namespace

Translator::Translator(const BlockKey& key, std::span<const uint8_t> code, size_t page_bytes)
    : key_{key}, code_{code}, page_bytes_{page_bytes}, address_{key.va.value}, it_{key.it} {
    draft_.ops.reserve(2 * kMaxBlockInstructions);
    emit(nullptr);  // place of the block pointer
    emit(&block_head);
}

void Translator::run() {
    while (!ended_ && draft_.instructions < kMaxBlockInstructions && draft_.bytes < page_bytes_) {
        starved_ = !step();
        if (starved_) break;
    }
    if (!ended_) go_on_at(address_);
    Op& head = draft_.ops[1];
    head.imm = draft_.cycles;
    head.rd = static_cast<uint8_t>(draft_.instructions);
}

bool Translator::step() {
    if (draft_.bytes + 2 > code_.size()) return false;
    length_ = instruction_length();
    if (draft_.bytes + length_ > code_.size()) return false;  // crosses into code that is not there now
    const uint32_t bits = fetch();
    const Encoding* encoding = (!thumb() ? a32() : length_ == 2 ? t16() : t32()).find(bits);
    pc_valid_ = false;
    next_it_ = advance_it(it_);
    begin_condition(bits);
    if (encoding != nullptr) {
        encoding->row->decode(*this, Fields{*encoding, bits});
        draft_.cycles += encoding->row->cycles;
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

void Translator::begin_condition(uint32_t bits) {
    skip_at_ = 0;
    condition_ = kAlways;
    if (thumb()) {
        if (it_ != 0) condition_ = it_ >> 4;
    } else {
        condition_ = bits >> 28;
    }
    if (condition_ >= kAlways) return;
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

void Translator::require_vfp() {
    if (vfp_checked_) return;
    emit(&check_vfp);
    vfp_checked_ = condition_ >= kAlways;
}

void Translator::require_simd() {
    if (simd_checked_) return;
    emit(&check_simd);
    if (condition_ >= kAlways) vfp_checked_ = simd_checked_ = true;
}

}  // namespace exysim::cpu
