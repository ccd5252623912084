// Builds one block: fetches instruction words, finds their rows and lets the rows emit operations.
#pragma once

#include <cstdint>
#include <vector>

#include "models/cpu/block.hpp"
#include "models/cpu/instruction_table.hpp"
#include "models/cpu/mutation.hpp"
#include "models/cpu/op.hpp"
#include "models/cpu/timing.hpp"

namespace exysim::cpu {

struct DebugStops;

/// Register fields of an operation, in the order most handlers use them.
struct Regs {
    uint8_t rd = 0, rn = 0, rm = 0, rs = 0;
};

inline constexpr uint32_t kAlways = 14;

/// What rows talk to while they decode one instruction. The rules that make handlers simple:
/// - r15 as an operand: the row passes the register number through source(); that emits an operation that
/// sets
///   r[15] to the architectural PC value first, so handlers read r15 like any register;
/// - r15 as a result: handlers write r[15] like any register, then the row calls branch_to_r15();
/// - conditions and IT blocks: the translator puts a skip operation in front; rows and handlers do not see
/// them.
class Translator {
public:
    struct Options {
        bool timed = false;     ///< cost from BlockSchedule, predicted branches
        bool counting = false;  ///< an operation adds up event counts
        const Mutation* mutation = nullptr;
        const DebugStops* debug = nullptr;
        bool watched = false;  ///< an operation tells the core's BlockWatcher
    };
    /// Translates the block at `va`. `code` holds the bytes from `va` to the end of its page (and, in T32
    /// state, two more if the next page is readable), or fewer; `page_bytes`: from `va` to the end of the
    /// page.
    Translator(const BlockKey& key, std::span<const uint8_t> code, size_t page_bytes, Options options);
    /// Decodes up to the end of the block.
    void run();
    /// The block ended for want of code.
    bool starved() const { return starved_; }
    const BlockDraft& draft() const { return draft_; }

    // --- facts about the instruction being decoded
    bool thumb() const { return key_.thumb; }
    uint32_t address() const { return address_; }  ///< of the instruction
    uint32_t length() const { return length_; }    ///< 2 or 4 bytes
    uint32_t following() const { return address_ + length_; }
    uint32_t pc() const { return address_ + (thumb() ? 4 : 8); }  ///< value of r15 as an operand
    uint32_t aligned_pc() const { return pc() & ~3U; }
    bool in_it_block() const { return it_ != 0; }
    bool last_in_it_block() const { return (it_ & 0xF) == 8; }
    uint32_t condition() const { return condition_; }

    // --- emitting
    Op& emit(Handler handler, uint32_t imm = 0, Regs regs = {});
    /// Register number of a source operand; makes r[15] valid if it is 15.
    uint8_t source(uint32_t n);
    /// Ends the block: jumps to the address just written to r[15], bit 0 selecting Thumb (BX, loads, A32
    /// ALU).
    void branch_to_r15_exchanging();
    /// Ends the block: jumps to r[15] in the present state (T32 and T16 ALU writes).
    void branch_to_r15();
    /// Ends the block with a jump to a known address in the present state, taken under `condition`.
    void branch(uint32_t condition, uint32_t target);
    /// Ends the block after an instruction that changes what decoding or interrupts depend on: leaves the
    /// chain and goes on at the following instruction.
    void synchronize();
    /// Emits the Undefined Instruction exception; ends the block.
    void undefined();
    /// UNPREDICTABLE encodings: this core takes them as UNDEFINED, which is always allowed and never
    /// surprises.
    void unpredictable() { undefined(); }
    /// Floating point: emits the check of CPACR and FPEXC.EN (UNDEFINED if off), once a block where possible.
    /// `doubles`: numbers of the D registers used, or-ed; D16 to D31 can be off (CPACR.D32DIS).
    void require_vfp(uint32_t doubles = 0);
    /// Advanced SIMD: the same check, and CPACR.ASEDIS.
    void require_simd();
    /// A word that follows operations as data: link slot for `target`, patched at run time.
    void emit_link(uint32_t target);
    /// Sets ITSTATE for the following instructions (IT).
    void start_it_block(uint8_t state) { next_it_ = state; }
    /// Drops the skip operation in front and hands its condition to the caller, who tests it himself.
    uint32_t take_condition();
    void end() { ended_ = true; }

private:
    bool step();
    bool ends_for_debugger() const;
    uint32_t instruction_length() const;
    uint32_t fetch() const;
    void begin_condition(uint32_t bits, bool inverted);
    void finish_condition();
    void go_on_at(uint32_t address);
    void require_upper_doubles();
    void count(const Row& row);
    void predict(size_t first_op, const Fields& f);
    void mutate(size_t first_op, const Fields& f);

    Options options_;
    BlockSchedule schedule_;
    BlockKey key_;
    std::span<const uint8_t> code_;
    size_t page_bytes_;
    BlockDraft draft_;
    uint32_t address_ = 0;
    uint32_t length_ = 4;
    uint32_t condition_ = kAlways;
    size_t skip_at_ = 0;  // index of the skip operation, 0 = none
    uint8_t it_ = 0, next_it_ = 0;
    bool pc_valid_ = false;  // r[15] already set for this instruction
    bool vfp_checked_ = false, simd_checked_ = false, upper_checked_ = false;
    bool ended_ = false;
    bool starved_ = false;
};

}  // namespace exysim::cpu
